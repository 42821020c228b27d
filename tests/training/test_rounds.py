"""Rounds over real rows: score, choose, label, train, evaluate, promote, and again."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotations.crowdsourcing.assignment import claim_samples, release
from annotations.crowdsourcing.services import dequeue, enqueue
from annotations.labels.services import open_draft
from annotations.models import ProjectRole, Proposal, Sample, SampleState
from core.errors import Conflict, DomainError
from core.jobs.models import Job
from tests.factories import join_project, make_user
from tests.training.fakes import make_context, run_queued_jobs
from training.active_learning.advance import advance_round, advance_rounds
from training.active_learning.batch import candidates
from training.active_learning.scoring import score_chunk
from training.active_learning.selectors import get_learning_curve, list_arms
from training.active_learning.services import (
    RoundSettings,
    cancel_round,
    retry_round,
    start_round,
)
from training.model_registry.services import look_at_test
from training.models import Evaluation, ModelState, ModelVersion, PoolScore, Round, TrainingRun
from training.runs.services import RunSettings, start_run

pytestmark = pytest.mark.django_db


def begin(setting, **settings):
    return start_round(setting.project, settings=RoundSettings(**settings), by=setting.manager)


def label_batch(setting, round_):
    setting.label(*[row.sample for row in round_.samples.select_related("sample__image")])


@pytest.mark.slow
def test_the_loop_goes_round_until_it_has_enough(setting, engine_double):
    round_ = begin(setting)
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

    label_batch(setting, round_)
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
        label_batch(setting, Round.objects.get(project=setting.project, number=number))
        advance_rounds()
        run_queued_jobs()
    assert list(Round.objects.values_list("state", flat=True)) == ["done"] * 3
    assert ModelVersion.objects.filter(state=ModelState.CHAMPION).count() == 1
    # Each round begins with the base again: here there is none, so from nothing.
    assert [request.init for request in engine_double.trained] == [None, None, None]


def test_a_strategy_that_needs_doubt_has_the_model_asked_again(setting, engine_double):
    setting.project.loop = {**setting.project.loop, "strategy": "consistency"}
    setting.project.save(update_fields=["loop"])
    round_ = begin(setting)
    run_queued_jobs()
    assert not engine_double.doubted
    label_batch(setting, round_)
    advance_rounds()
    run_queued_jobs()
    second = Round.objects.get(project=setting.project, number=2)
    assert second.strategy == "consistency"
    assert engine_double.doubted
    doubts = {
        score.sample_id: score.features["doubt"]["inconsistency"]
        for score in PoolScore.objects.filter(round=second, sample__split="train")
    }
    picked = {row.sample_id: row.utility for row in second.samples.filter(arm="strategy")}
    assert picked
    assert picked == {pk: pytest.approx(doubts[pk], abs=1e-6) for pk in picked}


@pytest.mark.slow
def test_no_sample_is_chosen_twice_and_held_out_ones_are_not_trained_on(setting, engine_double):
    begin(setting)
    for _ in range(3):
        run_queued_jobs()
        live = Round.objects.order_by("-number").first()
        label_batch(setting, live)
        advance_rounds()
        run_queued_jobs()
    chosen = [row.sample_id for round_ in Round.objects.all() for row in round_.samples.all()]
    assert len(chosen) == len(set(chosen)) == 12
    assert {s.pk for s in setting.train} == set(chosen)


def test_unlabelled_held_out_samples_get_their_share_of_the_batch(make_setting, engine_double):
    setting = make_setting(n_train=20)
    round_ = begin(setting, batch_size=10)
    run_queued_jobs()
    round_.refresh_from_db()
    arms = {arm.name: arm.n for arm in list_arms(round_)}
    assert arms == {"control": 3, "strategy": 7, "val": 2, "test": 1}
    assert Sample.objects.filter(state="queued", split="test").count() == 1


@pytest.mark.slow
def test_people_start_held_out_samples_from_no_model(make_setting, engine_double):
    setting = make_setting(n_train=12)
    begin(setting, batch_size=4)
    for _ in range(2):
        run_queued_jobs()
        live = Round.objects.order_by("-number").first()
        label_batch(setting, live)
        advance_rounds()
        run_queued_jobs()
    assert ModelVersion.objects.filter(state=ModelState.CHAMPION).exists()
    sources = set(Proposal.objects.order_by("pk").values_list("sample__split", "source").distinct())
    held_out = {source for split, source in sources if split != "train"}
    assert held_out == {"zero-label start"}
    assert {source for split, source in sources if split == "train"} > held_out


def test_the_same_seed_chooses_the_same_batch(make_setting, engine_double):
    chosen = []
    for _ in range(2):
        setting = make_setting()
        round_ = begin(setting, seed=7, strategy="random")
        run_queued_jobs()
        order = {sample.pk: at for at, sample in enumerate(setting.train)}
        chosen.append({order[row.sample_id] for row in round_.samples.filter(arm="control")})
    assert chosen[0] == chosen[1]


def test_the_queue_serves_the_batch_in_its_order(setting, engine_double):
    round_ = begin(setting)
    run_queued_jobs()
    queue = list(
        Sample.objects.filter(state="queued").order_by("-priority").values_list("pk", flat=True)
    )
    assert queue == list(round_.samples.order_by("rank").values_list("sample_id", flat=True))


def test_new_samples_that_wait_in_the_queue_are_candidates_of_the_first_round(
    make_setting, engine_double
):
    setting = make_setting()
    setting.project.queue_is_chosen = False
    setting.project.save()
    Sample.objects.filter(pk__in=[s.pk for s in setting.train]).update(state="queued", open_slots=1)
    begin(setting)
    run_queued_jobs()
    assert Sample.objects.filter(state="queued", split="train").count() == 4


def test_scoring_in_chunks_gives_each_sample_one_score(make_setting, engine_double, monkeypatch):
    monkeypatch.setattr("training.active_learning.services.CHUNK_SAMPLES", 5)
    setting = make_setting(n_val=0, n_test=0)
    round_ = begin(setting)
    assert round_.chunks.count() == 3
    assert run_queued_jobs() == ["training.score_chunk"] * 3
    assert PoolScore.objects.filter(round=round_).count() == 12
    assert round_.samples.count() == 4


def test_scoring_twice_is_harmless(setting, engine_double):

    round_ = begin(setting)
    chunk = round_.chunks.get()
    score_chunk(chunk, make_context())
    chunk.done_at = None
    score_chunk(chunk, make_context())
    assert PoolScore.objects.filter(round=round_).count() == 12
    run_queued_jobs()
    advance_round(round_.pk)
    assert round_.samples.count() == 4


@pytest.mark.slow
def test_a_champion_that_stays_does_not_look_twice(setting, engine_double):
    begin(setting)
    for number in (1, 2):
        run_queued_jobs()
        label_batch(setting, Round.objects.get(number=number))
        advance_rounds()
    run_queued_jobs()
    third = Round.objects.get(number=3)
    assert third.state == "labelling"
    assert third.scored_by == Round.objects.get(number=2).scored_by
    assert PoolScore.objects.filter(round=third).count() == 4
    pool = {str(sample.pk) for sample in setting.train}
    looked = [set(ids) & pool for model, ids in engine_double.predicted if model is not None]
    assert sorted(len(ids) for ids in looked if ids) == [8]


def test_only_one_round_at_a_time(setting, engine_double):
    begin(setting)
    with pytest.raises(Conflict, match="round_in_progress"):
        begin(setting)
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.create(
            project=setting.project, number=9, strategy="random", batch_size=1, seed=0
        )


def test_an_empty_pool_says_so(make_setting):
    setting = make_setting(n_train=2)
    setting.label(*setting.train)
    with pytest.raises(Conflict, match="pool_is_empty"):
        begin(setting)


def test_unknown_strategies_and_sizes_are_refused(setting):
    with pytest.raises(DomainError, match="bad_round"):
        begin(setting, strategy="telepathy")
    with pytest.raises(DomainError, match="bad_round"):
        begin(setting, control_fraction=2.0)


@pytest.mark.slow
def test_labels_that_teach_nothing_call_for_more(setting, engine_double):
    round_ = begin(setting)
    run_queued_jobs()
    first = {row.sample_id for row in round_.samples.all()}
    engine_double.fail_training = "The train split has fewer than two classes."
    engine_double.fail_code = "nothing_to_learn"
    asked = [4, 8, 12]
    for n in asked:
        label_batch(setting, round_)
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
    round_ = begin(setting)
    run_queued_jobs()
    label_batch(setting, round_)
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
        round_ = begin(setting)
        run_queued_jobs()
    advance_rounds()
    round_.refresh_from_db()
    assert (round_.state, round_.code) == ("failed", "prediction_failed")
    retry_round(round_)
    run_queued_jobs()
    round_.refresh_from_db()
    assert round_.state == "labelling"


def test_cancelling_gives_back_what_nobody_labelled(setting, engine_double):
    round_ = begin(setting)
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
    begin(setting)


def test_a_manual_loop_stops_after_its_round(make_setting, engine_double):
    setting = make_setting(loop={"auto": False})
    setting.label(*setting.val)
    round_ = begin(setting)
    run_queued_jobs()
    label_batch(setting, round_)
    advance_rounds()
    run_queued_jobs()
    advance_rounds()
    assert Round.objects.get().state == "done"
    assert not Job.objects.filter(state="queued").exists()


def test_a_round_waits_while_somebody_trains_by_hand(setting, engine_double):

    round_ = begin(setting)
    run_queued_jobs()
    label_batch(setting, round_)
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
    round_ = begin(setting)
    run_queued_jobs()
    label_batch(setting, round_)
    advance_rounds()
    run_queued_jobs()
    round_.refresh_from_db()
    assert round_.state == "done", round_.detail
    curve = get_learning_curve(setting.project)
    assert curve.metric == "accuracy"
    assert [p.labels for p in curve.points if p.arm == "all"] == [4]


def test_the_learning_curve_hides_the_test_split_until_somebody_looks(setting, engine_double):

    round_ = begin(setting)
    run_queued_jobs()
    label_batch(setting, round_)
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


def test_what_was_claimed_and_given_back_untouched_may_be_chosen_again(setting, engine_double):
    annotator = make_user()
    join_project(setting.project, annotator, ProjectRole.ANNOTATOR)
    sample = setting.train[0]
    enqueue([sample.pk])
    now = timezone.now()
    (lease,) = claim_samples(setting.project, annotator, count=1, now=now)
    open_draft(sample, annotator)
    assert sample.pk not in candidates(setting.project.pk, "train", queue_is_chosen=False)
    release(lease.id, annotator, token=lease.token, now=now)
    dequeue([sample.pk])
    assert sample.pk in candidates(setting.project.pk, "train", queue_is_chosen=True)
