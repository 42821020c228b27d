"""What a round scores and which samples it chooses, over real rows."""

import pytest
from django.utils import timezone

from annotations.crowdsourcing.assignment import claim_samples, release
from annotations.crowdsourcing.services import dequeue, enqueue
from annotations.labels.services import open_draft
from annotations.models import ProjectRole, Proposal, Sample
from tests.factories import join_project, make_user
from tests.training.fakes import make_context, run_queued_jobs
from training.active_learning.advance import advance_round, advance_rounds
from training.active_learning.batch import candidates
from training.active_learning.scoring import score_chunk
from training.active_learning.selectors import list_arms
from training.models import ModelState, ModelVersion, PoolScore, Round

pytestmark = pytest.mark.django_db


def test_a_strategy_that_needs_doubt_has_the_model_asked_again(setting, engine_double):
    setting.project.loop = {**setting.project.loop, "strategy": "consistency"}
    setting.project.save(update_fields=["loop"])
    round_ = setting.begin()
    run_queued_jobs()
    assert not engine_double.doubted
    setting.label_batch(round_)
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
    setting.begin()
    setting.finish_rounds(3)
    chosen = [row.sample_id for round_ in Round.objects.all() for row in round_.samples.all()]
    assert len(chosen) == len(set(chosen)) == 12
    assert {s.pk for s in setting.train} == set(chosen)


def test_unlabelled_held_out_samples_get_their_share_of_the_batch(make_setting, engine_double):
    setting = make_setting(n_train=20)
    round_ = setting.begin(batch_size=10)
    run_queued_jobs()
    round_.refresh_from_db()
    arms = {arm.name: arm.n for arm in list_arms(round_)}
    assert arms == {"control": 3, "strategy": 7, "val": 2, "test": 1}
    assert Sample.objects.filter(state="queued", split="test").count() == 1


@pytest.mark.slow
def test_people_start_held_out_samples_from_no_model(make_setting, engine_double):
    setting = make_setting(n_train=12)
    setting.begin(batch_size=4)
    setting.finish_rounds(2)
    assert ModelVersion.objects.filter(state=ModelState.CHAMPION).exists()
    sources = set(Proposal.objects.order_by("pk").values_list("sample__split", "source").distinct())
    held_out = {source for split, source in sources if split != "train"}
    assert held_out == {"zero-label start"}
    assert {source for split, source in sources if split == "train"} > held_out


def test_the_same_seed_chooses_the_same_batch(make_setting, engine_double):
    chosen = []
    for _ in range(2):
        setting = make_setting()
        round_ = setting.begin(seed=7, strategy="random")
        run_queued_jobs()
        order = {sample.pk: at for at, sample in enumerate(setting.train)}
        chosen.append({order[row.sample_id] for row in round_.samples.filter(arm="control")})
    assert chosen[0] == chosen[1]


def test_the_queue_serves_the_batch_in_its_order(setting, engine_double):
    round_ = setting.begin()
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
    setting.begin()
    run_queued_jobs()
    assert Sample.objects.filter(state="queued", split="train").count() == 4


def test_scoring_in_chunks_gives_each_sample_one_score(make_setting, engine_double, monkeypatch):
    monkeypatch.setattr("training.active_learning.services.CHUNK_SAMPLES", 5)
    setting = make_setting(n_val=0, n_test=0)
    round_ = setting.begin()
    assert round_.chunks.count() == 3
    assert run_queued_jobs() == ["training.score_chunk"] * 3
    assert PoolScore.objects.filter(round=round_).count() == 12
    assert round_.samples.count() == 4


def test_scoring_twice_is_harmless(setting, engine_double):

    round_ = setting.begin()
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
    setting.begin()
    for number in (1, 2):
        run_queued_jobs()
        setting.label_batch(Round.objects.get(number=number))
        advance_rounds()
    run_queued_jobs()
    third = Round.objects.get(number=3)
    assert third.state == "labelling"
    assert third.scored_by == Round.objects.get(number=2).scored_by
    assert PoolScore.objects.filter(round=third).count() == 4
    pool = {str(sample.pk) for sample in setting.train}
    looked = [set(ids) & pool for model, ids in engine_double.predicted if model is not None]
    assert sorted(len(ids) for ids in looked if ids) == [8]


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
