"""Samples that wait before the first round get a start."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.crowdsourcing.services import enqueue_new_samples
from annotations.models import Proposal
from core.errors import DomainError
from core.jobs.models import Job
from core.storage import get_storage
from tests.training.fakes import make_context
from training import tasks
from training.active_learning.prelabel import prelabel, queue_prelabelling
from training.assist.maps import get_doubt_plane
from training.models import ModelVersion, Prediction

pytestmark = pytest.mark.django_db


@pytest.fixture
def fresh(make_setting):
    setting = make_setting(n_train=5)
    setting.project.queue_is_chosen = False
    setting.project.save()
    enqueue_new_samples(setting.project)
    return setting


def test_what_waits_gets_one_proposal_each(fresh, engine_double):
    queue_prelabelling(now=timezone.now())
    queue_prelabelling(now=timezone.now())
    job = Job.objects.get(kind="training.prelabel")
    tasks.prelabel(str(job.pk))
    job.refresh_from_db()
    assert job.state == "done", job.detail
    assert Proposal.objects.filter(sample__in=fresh.train).count() == 5
    assert prelabel(fresh.project, make_context()) == 0
    queue_prelabelling(now=timezone.now())
    assert Job.objects.filter(kind="training.prelabel").count() == 1


def test_what_the_champion_says_of_each_pixel_is_kept(fresh, engine_double):
    ModelVersion.objects.create(
        project=fresh.project,
        number=1,
        state="champion",
        weights=get_storage().put(b"weights"),
        card={"model": {"kind": "fake"}, "classes": [1]},
    )
    prelabel(fresh.project, make_context())
    kept = {row.sample_id: get_storage().get(row.maps) for row in Prediction.objects.all()}
    assert kept == {sample.pk: f"maps of {sample.pk}".encode() for sample in fresh.train}
    _, plane = get_doubt_plane(fresh.train[0], t=0, z=0)
    assert set(plane.unpack().ravel()) == {60}


def test_a_failed_job_is_not_repeated_at_once(fresh, engine_double, monkeypatch):
    def broken(**_):
        raise DomainError("unreadable_picture", "No.")

    monkeypatch.setattr("training.engine.predict", broken)
    queue_prelabelling(now=timezone.now())
    tasks.prelabel(str(Job.objects.get().pk))
    queue_prelabelling(now=timezone.now())
    assert Job.objects.count() == 1
    queue_prelabelling(now=timezone.now() + timedelta(minutes=11))
    assert Job.objects.count() == 2


def test_nothing_is_done_where_rounds_choose(make_setting, engine_double):
    make_setting(n_train=3)
    queue_prelabelling(now=timezone.now())
    assert not Job.objects.exists()
