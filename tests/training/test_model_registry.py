"""Model versions: registered once, judged on validation, one champion, counted test looks."""

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from core.audit import AuditEvent
from core.errors import Conflict
from tests.training.fakes import run_queued_jobs
from training.model_registry.evaluation import align_classes
from training.model_registry.gate import Decision, judge
from training.model_registry.selectors import count_looks, get_metrics, get_model_for
from training.model_registry.services import evaluate_model, get_champion, look_at_test, promote
from training.models import Evaluation, ModelState, ModelVersion
from training.runs.services import RunSettings, start_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def train(setting, engine_double):
    setting.label(*setting.train[:3])

    def run_once() -> ModelVersion:
        start_run(setting.project, settings=RunSettings(), by=None)
        run_queued_jobs()
        return ModelVersion.objects.order_by("-number").first()

    return run_once


def test_the_first_model_becomes_champion_and_an_equal_one_does_not(setting, train):
    first = train()
    assert first.state == ModelState.CHAMPION
    second = train()
    assert second.number == 2
    assert second.state == ModelState.REJECTED
    assert second.gate["decision"] == Decision.KEEP
    assert second.gate["against"] == 1
    assert second.gate["n"] == 6
    assert get_champion(setting.project) == first


def test_a_better_model_is_promoted(setting, train, monkeypatch):
    first = train()
    worse = Evaluation.objects.get(model_version=first, split="val")
    worse.per_image = [{**line, "value": 0.4} for line in worse.per_image]
    worse.save()
    second = train()
    first.refresh_from_db()
    assert (first.state, second.state) == (ModelState.RETIRED, ModelState.CHAMPION)
    assert second.gate["delta"] == pytest.approx(0.6)


def test_with_few_validation_groups_the_candidate_waits_for_a_person(make_setting, engine_double):
    setting = make_setting(n_val=2)
    setting.label(*setting.train[:3], *setting.val)
    for _ in range(2):
        start_run(setting.project, settings=RunSettings(), by=None)
        run_queued_jobs()
    second = ModelVersion.objects.get(number=2)
    assert second.state == ModelState.CANDIDATE
    assert second.gate["decision"] == "not_enough"
    promote(second, by=setting.manager)
    assert get_champion(setting.project) == second


def test_evaluating_twice_measures_once(setting, train, engine_double):
    version = train()
    before = len(engine_double.predicted)
    rows = Evaluation.objects.count()
    evaluate_model(version, check=lambda: None)
    assert len(engine_double.predicted) == before
    assert Evaluation.objects.count() == rows == 4
    version.refresh_from_db()
    assert version.state == ModelState.CHAMPION


def test_the_champion_is_measured_again_when_there_are_new_validation_truths(
    setting, train, engine_double
):
    first = train()
    setting.label(setting.val[0])
    train()
    assert Evaluation.objects.filter(model_version=first, split="val").count() == 2


def test_a_champion_that_is_measured_again_stays_whatever_it_scores(setting, train):
    version = train()
    mine = Evaluation.objects.get(model_version=version, split="val")
    mine.per_image = [{**line, "value": 0.0} for line in mine.per_image]
    mine.save()
    assert evaluate_model(version, check=lambda: None).decision == Decision.KEEP
    version.refresh_from_db()
    assert version.state == ModelState.CHAMPION
    assert version.gate["decision"] == Decision.KEEP


def test_who_is_promoted_while_a_candidate_is_measured_is_what_it_is_judged_against(
    setting, train, monkeypatch
):
    first, second, third = train(), train(), train()
    ModelVersion.objects.filter(pk=third.pk).update(state=ModelState.CANDIDATE)
    third.refresh_from_db()
    judged = []

    def judge_and_promote(rival, ours, groups, *, rng):
        judged.append(get_champion(setting.project).number)
        if len(judged) == 1:
            promote(second, by=setting.manager)
        return judge(rival, ours, groups, rng=rng)

    monkeypatch.setattr("training.model_registry.services.judge", judge_and_promote)
    evaluate_model(third, check=lambda: None)
    third.refresh_from_db()
    assert judged == [first.number, second.number]
    assert third.gate["against"] == second.number
    assert get_champion(setting.project) == second


def test_a_person_who_promotes_the_candidate_meanwhile_decides(setting, train, monkeypatch):
    _, second = train(), train()
    ModelVersion.objects.filter(pk=second.pk).update(state=ModelState.CANDIDATE)
    second.refresh_from_db()

    def judge_and_promote(rival, ours, groups, *, rng):
        promote(ModelVersion.objects.get(pk=second.pk), by=setting.manager)
        return judge(rival, ours, groups, rng=rng)

    monkeypatch.setattr("training.model_registry.services.judge", judge_and_promote)
    evaluate_model(second, check=lambda: None)
    assert get_champion(setting.project) == second


def test_a_look_shows_the_newest_score(setting, train):
    version = train()
    old = Evaluation.objects.get(model_version=version, split="test")
    old.pk, old.items_hash = None, "of more labels"
    old.save()
    assert look_at_test(version, by=setting.manager).items_hash == "of more labels"


def test_the_database_knows_one_champion_per_project(setting, train):
    first = train()
    second = train()
    with pytest.raises(IntegrityError), transaction.atomic():
        ModelVersion.objects.filter(pk=second.pk).update(state=ModelState.CHAMPION)
    assert promote(first, by=setting.manager) == first
    assert ModelVersion.objects.filter(state=ModelState.CHAMPION).count() == 1


def test_promoting_is_kept_in_the_trail(setting, train):
    train()
    second = train()
    promote(second, by=setting.manager)
    event = AuditEvent.objects.filter(verb="model.promoted").last()
    assert (event.actor, event.subject_id) == (setting.manager, str(second.pk))


def test_the_test_split_stays_sealed_until_a_look_and_looks_are_counted(setting, train):
    version = train()
    seen = get_model_for(setting.manager, version.pk)
    assert set(get_metrics(seen)) == {"val"}
    assert count_looks(seen) == 0
    look_at_test(version, by=setting.manager)
    look_at_test(version, by=setting.manager)
    seen = get_model_for(setting.manager, version.pk)
    assert set(get_metrics(seen)) == {"val", "test"}
    assert count_looks(seen) == 2
    assert AuditEvent.objects.filter(verb="model.test_look").count() == 2


def test_there_is_nothing_to_look_at_without_test_truths(make_setting, engine_double):
    setting = make_setting(n_test=0)
    setting.label(*setting.train[:3], *setting.val)
    start_run(setting.project, settings=RunSettings(), by=None)
    run_queued_jobs()
    with pytest.raises(Conflict, match="not_evaluated"):
        look_at_test(ModelVersion.objects.get(), by=setting.manager)


def test_classes_that_came_or_went_do_not_shift_the_others():
    aligned = align_classes([0.6, 0.3, 0.1], known=[1, 2, 4], wanted=[2, 4, 5])
    np.testing.assert_allclose(aligned, [0.75, 0.25, 0.0])
    np.testing.assert_allclose(align_classes([1.0], known=[1], wanted=[2, 3]), [0.5, 0.5])


def test_a_first_model_that_is_worse_than_the_start_is_not_used(setting, train, monkeypatch):
    monkeypatch.setattr(
        "training.model_registry.services.measure", lambda what, check: _scored(what.version)
    )
    version = train()
    assert version.state == ModelState.REJECTED
    assert get_champion(setting.project) is None


def _scored(version):
    value = 0.6 if version is None else 0.1
    lines = [{"sample": n, "group": str(n), "value": value} for n in range(8)]
    return Evaluation(model_version=version, per_image=lines)
