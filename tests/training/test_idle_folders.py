"""Working folders that nobody came back to go; those of live and of fresh work stay."""

import os
import time

import pytest

from core.jobs.models import Job, JobState
from tests.training.search.conftest import SPACE
from training import tasks
from training.idle_folders import JOBS
from training.models import Search
from training.search.services import SearchSettings, start_search
from training.snapshots.workspace import IDLE_SECONDS, work_root

pytestmark = pytest.mark.django_db


def left(purpose, key, *, seconds=IDLE_SECONDS + 60):
    """A folder as a training leaves it, some time ago."""
    folder = work_root() / purpose / str(key)
    (folder / "out").mkdir(parents=True)
    (folder / "out" / "checkpoint").write_bytes(b"weights")
    then = time.time() - seconds
    for path in (folder / "out", folder):
        os.utime(path, (then, then))
    return folder


@pytest.mark.parametrize("purpose", JOBS)
def test_a_folder_goes_a_week_after_its_training_failed(purpose):
    for key, state in enumerate(JobState.values):
        Job.objects.create(kind=JOBS[purpose], subject=str(key), state=state)
    folders = {state: left(purpose, key) for key, state in enumerate(JobState.values)}
    gone = left(purpose, "of-a-deleted-row")
    tasks.drop_idle_folders()
    stay = {state for state, folder in folders.items() if folder.exists()}
    assert stay == {"queued", "running"}
    assert not gone.exists()


def test_a_checkpoint_is_kept_for_a_retry_within_the_week():
    Job.objects.create(kind=JOBS["runs"], subject="1", state="failed")
    folder = left("runs", 1)
    os.utime(folder / "out")
    tasks.drop_idle_folders()
    assert folder.exists()
    os.utime(folder / "out", (0, 0))
    tasks.drop_idle_folders()
    assert not folder.exists()
    assert not list(work_root().glob("idle-*"))


def test_a_search_keeps_its_folder_as_long_as_it_runs(setting):
    setting.label(*setting.train[:3])
    options = SearchSettings(minutes=12.0, trial_minutes=1.0, space=SPACE)
    search = start_search(setting.project, settings=options, by=setting.manager)
    folder = left("searches", search.pk)
    tasks.drop_idle_folders()
    assert folder.exists()
    Search.objects.update(state="cancelled")
    tasks.drop_idle_folders()
    assert not folder.exists()
