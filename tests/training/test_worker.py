"""The loop with a real worker, a real trainer, and kill -9 in the middle."""

import time

import pytest

from annotations.models import Proposal, SampleState
from core.jobs.models import Job
from training.active_learning.services import RoundSettings, start_round
from training.models import ModelState, ModelVersion, PoolScore, Round

pytestmark = pytest.mark.slow(seconds=60)

LONGEST = 240.0


def wait_for(condition, what: str, processes):
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.3)
    rounds = list(Round.objects.values("number", "state", "code", "detail"))
    jobs = list(Job.objects.values("kind", "state", "attempts", "code", "detail"))
    raise AssertionError(f"{what} never came: {rounds}, {jobs}\n{processes.log_of('celery')}")


@pytest.fixture
def labelled(transactional_db, make_setting):
    setting = make_setting(loop={"train_minutes": 0.1, "max_rounds": 2})
    setting.label(*setting.val, *setting.test)
    return setting


def _in_state(round_, processes, *states):
    def look():
        round_.refresh_from_db()
        assert round_.state != "failed", f"{round_.detail}\n{processes.log_of('celery')}"
        return round_.state in states

    return look


def test_the_loop_goes_round_and_survives_the_death_of_its_worker(labelled, site_processes):
    round_ = start_round(labelled.project, settings=RoundSettings(), by=None)
    worker = site_processes.start_worker()
    scoring = Job.objects.filter(kind="training.score_chunk")
    wait_for(lambda: scoring.filter(state__in=["running", "done"]).exists(), "scoring",
             site_processes)  # fmt: skip
    site_processes.kill(worker)
    worker = site_processes.start_worker()
    wait_for(_in_state(round_, site_processes, "labelling"), "the batch", site_processes)
    assert round_.samples.count() == 4
    assert PoolScore.objects.filter(round=round_).count() == 12
    assert Proposal.objects.filter(sample__state=SampleState.QUEUED).count() == 4

    labelled.label_batch(round_)
    training = Job.objects.filter(kind="training.train_run", state="running")
    wait_for(lambda: training.filter(progress__phase="training").exists(), "training",
             site_processes)  # fmt: skip
    site_processes.kill(worker)
    site_processes.start_worker()
    wait_for(_in_state(round_, site_processes, "done"), "the first round's end", site_processes)
    run = round_.run
    run.job.refresh_from_db()
    assert run.job.attempts == 2
    assert ModelVersion.objects.filter(project=labelled.project).count() == 1
    steps = list(run.curve.values_list("step", flat=True))
    assert steps == sorted(set(steps))

    second = wait_for(
        lambda: Round.objects.filter(number=2, state="labelling").first(), "round 2", site_processes
    )
    version = ModelVersion.objects.get()
    assert version.evaluations.get(split="val").metrics["images"] == 6
    # So short a training may not beat the zero-label start; then that goes on proposing.
    assert version.gate["decision"] in ("promote", "keep")
    assert second.scored_by == (version if version.state == ModelState.CHAMPION else None)
