"""Training runs: start, live progress, cancel, retry, and doing the same job twice."""

import math
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from core.errors import Conflict, DomainError
from core.jobs.models import Job
from core.jobs.runner import JobInterruptedError
from core.jobs.services import sweep
from tests.training.fakes import run_queued_jobs
from training import curves, engine, tasks
from training.models import CurvePoint, ModelVersion, TrainingRun
from training.runs.execution import run_folder
from training.runs.selectors import list_curve
from training.runs.services import RunSettings, cancel_run, retry_run, start_run
from training.runs.settings import use_settings

pytestmark = pytest.mark.django_db


@pytest.fixture
def labelled(setting):
    setting.label(*setting.train[:3])
    return setting


def start(setting, **settings):
    return start_run(setting.project, settings=RunSettings(**settings), by=setting.manager)


def test_a_run_keeps_what_it_can_be_remade_with(labelled):
    run = start(labelled, seed=5, minutes=2.0, config={"head": "distance"})
    assert run.config == {"head": "distance", "minutes": 2.0}
    assert run.seed == 5
    assert run.snapshot.n_train == 3
    assert run.environment["packages"]["torch"].startswith("2.")
    assert run.job.state == "queued"
    assert run.job.queue == "train"
    assert run.created_by == labelled.manager


def test_the_budget_is_the_projects_where_none_is_given(labelled):
    assert start(labelled).config["minutes"] == 0.1


@pytest.mark.parametrize("minutes", [-1.0, 0.001, 1e9])
def test_impossible_budgets_are_refused(labelled, minutes):
    with pytest.raises(DomainError, match="bad_budget"):
        start(labelled, minutes=minutes)
    assert not TrainingRun.objects.exists()


def test_a_project_trains_once_at_a_time(labelled, engine_double):
    start(labelled)
    with pytest.raises(Conflict, match="run_in_progress"):
        start(labelled)
    run_queued_jobs()
    start(labelled)


def test_a_run_leaves_curves_log_report_and_a_model(labelled, engine_double):
    run = start(labelled)
    run_queued_jobs()
    run.refresh_from_db()
    run.job.refresh_from_db()
    assert run.job.state == "done"
    assert run.job.progress["fraction"] > 0
    assert run.curve.count() == 7
    assert run.log == "trained\n"
    assert run.report == {"steps": 7}
    assert [finding["code"] for finding in run.findings] == ["few_labels"]
    assert run.model_version.card["snapshot"] == run.snapshot.content_hash
    assert not run_folder(run).exists()


def test_doing_the_job_twice_gives_one_model(labelled, engine_double):
    run = start(labelled)
    tasks.train_run(str(run.job.pk))
    tasks.train_run(str(run.job.pk))
    assert len(engine_double.trained) == 1
    # The worker died after it had registered the model, before it had said so.
    Job.objects.filter(pk=run.job.pk).update(state="queued")
    tasks.train_run(str(run.job.pk))
    assert ModelVersion.objects.count() == 1
    assert run.curve.count() == 7


def test_numbers_that_are_none_do_not_break_the_curves(labelled, engine_double, monkeypatch):
    def diverging(request, *, watch):
        watch([curves.CurveRow(step=1, seconds=1.0, loss=math.nan, val=math.inf)])
        raise DomainError("training_failed", "The loss is not finite.")

    monkeypatch.setattr(engine, "train", diverging)
    run = start(labelled)
    run_queued_jobs()
    run.job.refresh_from_db()
    assert (run.job.state, run.job.code) == ("failed", "training_failed")
    point = run.curve.get()
    assert point.loss is None
    assert point.val is None


def test_cancelling_a_waiting_run_and_retrying_it(labelled, engine_double):
    run = start(labelled)
    assert cancel_run(run).job.state == "cancelled"
    assert run_queued_jobs() == []
    again = retry_run(run)
    assert again.pk == run.pk
    assert again.job.state == "queued"
    with pytest.raises(Conflict, match="run_not_over"):
        retry_run(run)
    run_queued_jobs()
    with pytest.raises(Conflict, match="run_not_over"):
        retry_run(run)
    assert ModelVersion.objects.filter(run=run).exists()


def test_no_run_is_retried_beside_a_live_one(labelled, engine_double):
    run = start(labelled)
    cancel_run(run)
    start(labelled)
    with pytest.raises(Conflict, match="run_in_progress"):
        retry_run(run)


def test_a_run_whose_model_was_kept_before_its_worker_died_is_not_trained_again(
    labelled, engine_double
):
    run = start(labelled)
    run_queued_jobs()
    run.job.refresh_from_db()
    Job.objects.filter(pk=run.job_id).update(state="queued", finished_at=None)
    run_queued_jobs()
    assert len(engine_double.trained) == 1
    assert ModelVersion.objects.filter(run=run).count() == 1


def test_settings_that_no_training_takes_are_refused_at_once(labelled):
    for config in ({"optim": 5}, {"nonsense": True}, {"steps": 0}):
        with pytest.raises(DomainError, match="bad_config"):
            use_settings(labelled.project, config, source="hand", by=None)
        with pytest.raises(DomainError, match="bad_config"):
            start_run(labelled.project, settings=RunSettings(config=config), by=None)


def test_a_failed_run_keeps_its_folder_for_the_retry(labelled, engine_double):
    engine_double.fail_training = "Out of memory."
    run = start(labelled)
    run_queued_jobs()
    assert run_folder(run).exists()
    engine_double.fail_training = ""
    retry_run(run)
    run_queued_jobs()
    first, second = engine_double.trained
    assert first.out == second.out
    assert not run_folder(run).exists()


def test_a_training_that_was_stopped_from_outside_goes_back_to_the_queue(
    labelled, engine_double, monkeypatch
):
    def stopped(request, *, watch):
        raise JobInterruptedError

    run = start(labelled)
    with monkeypatch.context() as patch:
        patch.setattr(engine, "train", stopped)
        tasks.train_run(str(run.job.pk))
    run.job.refresh_from_db()
    assert run.job.state == "queued"
    run_queued_jobs()
    run.job.refresh_from_db()
    assert run.job.state == "done"


def test_a_database_that_goes_away_leaves_the_job_to_the_sweep(
    labelled, engine_double, monkeypatch
):
    def cut_off(request, *, watch):
        raise OperationalError("server closed the connection unexpectedly")

    run = start(labelled)
    with monkeypatch.context() as patch:
        patch.setattr(engine, "train", cut_off)
        patch.setattr("core.jobs.runner.connection.close", lambda: None)
        with pytest.raises(OperationalError):
            tasks.train_run(str(run.job.pk))
    run.job.refresh_from_db()
    assert run.job.state == "running"
    sweep(now=timezone.now() + timedelta(minutes=5))
    run_queued_jobs()
    run.job.refresh_from_db()
    assert (run.job.state, run.job.attempts) == ("done", 2)


@pytest.mark.slow
def test_a_long_curve_is_thinned_out_but_keeps_what_was_validated(labelled):
    run = start(labelled)
    CurvePoint.objects.bulk_create(
        CurvePoint(run=run, step=step, seconds=step, val=0.5 if step == 4999 else None)
        for step in range(1, 9001)
    )
    points = list_curve(run)
    assert len(points) < 2000
    assert points[-1].step == 9000
    assert 4999 in {point.step for point in points}
    assert [p.step for p in points] == sorted(p.step for p in points)
