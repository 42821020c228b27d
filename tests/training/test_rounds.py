"""Rounds over real rows: score, choose, label, train, evaluate, promote, and again."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotations.models import Project, Proposal, Sample, SampleState
from core.errors import Conflict, DomainError
from core.jobs.models import Job
from tests.training.fakes import run_queued_jobs
from training.active_learning.advance import advance_rounds
from training.active_learning.selectors import get_learning_curve, list_arms
from training.active_learning.services import (
    cancel_round,
    retry_round,
)
from training.model_registry.services import look_at_test
from training.models import Evaluation, ModelState, ModelVersion, Round, TrainingRun
from training.runs.services import RunSettings, start_run

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_the_loop_goes_round_until_it_has_enough(setting, engine_double):
    round_ = setting.begin()
    assert round_.state == "scoring"
    assert run_queued_jobs() == ["training.score_chunk"]
    round_.refresh_from_db()
    assert round_.state == "labelling"
    assert round_.strategy == "typiclust"
    assert [(a.name, a.n) for a in sorted(list_arms(round_), key=lambda a: a.name)] == [
        ("control", 1),
        ("strategy", 3),
    ]
    queued = Sample.objects.filter(project=setting.project, state=SampleState.QUEUED)
    assert queued.count() == 4
    assert all(sample.split == "train" for sample in queued)
    assert Proposal.objects.filter(sample__in=queued, source="zero-label start").count() == 4

    advance_rounds()
    round_.refresh_from_db()
    assert round_.state == "labelling"

    setting.label_batch(round_)
    advance_rounds()
    round_.refresh_from_db()
    assert round_.state == "training"
    done = run_queued_jobs()
    assert done[:2] == ["training.train_run", "training.evaluate_model"]
    round_.refresh_from_db()
    assert round_.state == "done"
    champion = ModelVersion.objects.get(project=setting.project, state=ModelState.CHAMPION)
    assert champion.run == round_.run
    assert champion.gate["decision"] == "promote"
    assert {e.split for e in round_.evaluations.all()} == {"val", "test"}
    assert champion.evaluations.get(split="val").metrics["ap50"] == 1.0

    second = Round.objects.get(project=setting.project, number=2)
    assert second.state == "labelling"
    assert second.scored_by == champion
    assert second.strategy == "entropy"
    newest = Proposal.objects.filter(sample__in=second.samples.values("sample")).last()
    assert newest.source == "model 1"
    assert "unsure about 1 of 2 outlines" in set(
        Sample.objects.filter(state=SampleState.QUEUED).values_list("reason", flat=True)
    )
    for number in (2, 3):
        setting.label_batch(Round.objects.get(project=setting.project, number=number))
        advance_rounds()
        run_queued_jobs()
    assert list(Round.objects.values_list("state", flat=True)) == ["done"] * 3
    assert ModelVersion.objects.filter(state=ModelState.CHAMPION).count() == 1
    # Each round begins with the base again: here there is none, so from nothing.
    assert [request.init for request in engine_double.trained] == [None, None, None]


def test_only_one_round_at_a_time(setting, engine_double):
    setting.begin()
    with pytest.raises(Conflict, match="round_in_progress"):
        setting.begin()
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.create(
            project=setting.project, number=9, strategy="random", batch_size=1, seed=0
        )


def test_an_empty_pool_says_so(make_setting):
    setting = make_setting(n_train=2)
    setting.label(*setting.train)
    with pytest.raises(Conflict, match="pool_is_empty"):
        setting.begin()


def test_unknown_strategies_and_sizes_are_refused(setting):
    with pytest.raises(DomainError, match="bad_round"):
        setting.begin(strategy="telepathy")
    with pytest.raises(DomainError, match="bad_round"):
        setting.begin(control_fraction=2.0)


@pytest.mark.slow
def test_labels_that_teach_nothing_call_for_more(setting, engine_double):
    round_ = setting.begin()
    run_queued_jobs()
    first = {row.sample_id for row in round_.samples.all()}
    engine_double.fail_training = "The train split has fewer than two classes."
    engine_double.fail_code = "nothing_to_learn"
    asked = [4, 8, 12]
    for n in asked:
        setting.label_batch(round_)
        advance_rounds()
        run_queued_jobs()
        advance_rounds()
        round_.refresh_from_db()
        assert round_.samples.count() == min(12, n + 4)
    # Of the twelve there are none is left now, so that the round says what is wrong.
    assert (round_.state, round_.code) == ("failed", "nothing_to_learn")

    more = round_.samples.filter(arm="more").order_by("rank")
    assert [row.rank for row in more] == list(range(4, 12))
    assert first.isdisjoint(row.sample_id for row in more)
    assert {(a.name, a.strategy, a.n, a.labelled) for a in list_arms(round_)} >= {
        ("more", "random", 8, 8)
    }
    engine_double.fail_training = ""
    retry_round(round_)
    advance_rounds()
    run_queued_jobs()
    round_.refresh_from_db()
    assert round_.state == "done"


def test_a_failed_training_fails_the_round_and_a_retry_finishes_it(setting, engine_double):
    round_ = setting.begin()
    run_queued_jobs()
    setting.label_batch(round_)
    engine_double.fail_training = "Out of memory."
    advance_rounds()
    run_queued_jobs()
    advance_rounds()
    round_.refresh_from_db()
    assert (round_.state, round_.code) == ("failed", "training_failed")
    assert "Out of memory" in round_.detail
    engine_double.fail_training = ""
    retry_round(round_)
    advance_rounds()
    run_queued_jobs()
    round_.refresh_from_db()
    assert round_.state == "done"
    assert round_.code == ""
    with pytest.raises(Conflict):
        retry_round(round_)


def test_a_failed_scoring_fails_the_round_and_a_retry_scores_again(
    setting, engine_double, monkeypatch
):
    def broken(**_):
        raise DomainError("prediction_failed", "No such file.")

    with monkeypatch.context() as patch:
        patch.setattr("training.engine.predict", broken)
        round_ = setting.begin()
        run_queued_jobs()
    advance_rounds()
    round_.refresh_from_db()
    assert (round_.state, round_.code) == ("failed", "prediction_failed")
    retry_round(round_)
    run_queued_jobs()
    round_.refresh_from_db()
    assert round_.state == "labelling"


def test_cancelling_gives_back_what_nobody_labelled(setting, engine_double):
    round_ = setting.begin()
    run_queued_jobs()
    first = round_.samples.select_related("sample__image").first().sample
    setting.label(first)
    cancel_round(round_)
    round_.refresh_from_db()
    assert round_.state == "cancelled"
    assert Sample.objects.filter(state="queued").count() == 0
    first.refresh_from_db()
    assert first.state == "accepted"
    with pytest.raises(Conflict, match="round_over"):
        cancel_round(round_)
    setting.begin()


def test_a_manual_loop_stops_after_its_round(make_setting, engine_double):
    setting = make_setting(loop={"auto": False})
    setting.label(*setting.val)
    round_ = setting.begin()
    run_queued_jobs()
    setting.label_batch(round_)
    advance_rounds()
    run_queued_jobs()
    advance_rounds()
    assert Round.objects.get().state == "done"
    assert not Job.objects.filter(state="queued").exists()


def test_an_archived_project_ends_its_round_and_begins_no_other(setting, engine_double):
    round_ = setting.begin()
    run_queued_jobs()
    setting.label_batch(round_)
    Project.objects.update(archived_at=timezone.now())
    advance_rounds()
    run_queued_jobs()
    advance_rounds()
    round_.refresh_from_db()
    assert (round_.state, round_.detail) == ("done", "")
    assert Round.objects.count() == 1


def test_a_round_waits_while_somebody_trains_by_hand(setting, engine_double):
    round_ = setting.begin()
    run_queued_jobs()
    setting.label_batch(round_)
    start_run(setting.project, settings=RunSettings(), by=setting.manager)
    advance_rounds()
    round_.refresh_from_db()
    assert round_.state == "labelling"
    run_queued_jobs()
    advance_rounds()
    run_queued_jobs()
    round_.refresh_from_db()
    assert round_.state == "done"
    assert TrainingRun.objects.count() == 2


def test_a_classification_goes_round_too(make_setting, engine_double):
    setting = make_setting(task_kind="classification", loop={"max_rounds": 1})
    setting.label(*setting.val)
    round_ = setting.begin()
    run_queued_jobs()
    setting.label_batch(round_)
    advance_rounds()
    run_queued_jobs()
    round_.refresh_from_db()
    assert round_.state == "done", round_.detail
    curve = get_learning_curve(setting.project)
    assert curve.metric == "accuracy"
    assert [p.labels for p in curve.points if p.arm == "all"] == [4]


def test_the_learning_curve_hides_the_test_split_until_somebody_looks(setting, engine_double):

    round_ = setting.begin()
    run_queued_jobs()
    setting.label_batch(round_)
    advance_rounds()
    run_queued_jobs()
    curve = get_learning_curve(setting.project)
    assert {(p.split, p.arm, p.labels) for p in curve.points} == {
        ("val", "start", 0),
        ("val", "all", 4),
    }
    start = next(p for p in curve.points if p.arm == "start")
    assert start.ap50 == pytest.approx(0.5)
    assert curve.forecast is None
    version = ModelVersion.objects.get()
    assert look_at_test(version, by=setting.manager).looks == 1
    assert look_at_test(version, by=setting.manager).looks == 2
    curve = get_learning_curve(setting.project)
    assert sorted((p.split, p.arm) for p in curve.points) == [
        ("test", "all"),
        ("test", "start"),
        ("val", "all"),
        ("val", "start"),
    ]
    assert Evaluation.objects.filter(split="test", model_version=version).count() == 1
