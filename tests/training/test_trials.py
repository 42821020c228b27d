"""Each arm's labels alone: trained alike, measured alike, never promoted."""

import json

import pytest

from core.jobs.models import Job
from tests.training.fakes import make_context, run_queued_jobs
from training.active_learning.advance import advance_rounds
from training.active_learning.selectors import get_learning_curve
from training.active_learning.trials import run_trial
from training.model_registry.services import get_champion, look_at_test
from training.models import ArmTrial, ModelVersion, Round

pytestmark = pytest.mark.django_db


@pytest.fixture
def compared(make_setting, engine_double):
    setting = make_setting(
        n_train=12, loop={"compare_arms": True, "control_fraction": 0.5, "auto": False}
    )
    setting.label(*setting.val, *setting.test)
    return setting


def go_round(setting):
    round_ = setting.begin()
    run_queued_jobs()
    setting.label_batch(round_)
    advance_rounds()
    return round_, run_queued_jobs()


@pytest.mark.slow
def test_each_arm_is_trained_alone_from_nothing(compared, engine_double):
    first, done = go_round(compared)
    assert done.count("training.try_arm") == 2
    second, _ = go_round(compared)
    trials = {(t.round_id, t.arm): t for t in ArmTrial.objects.all()}
    assert {key: t.n_labels for key, t in trials.items()} == {
        (first.pk, "control"): 2,
        (first.pk, "strategy"): 2,
        (second.pk, "control"): 4,
        (second.pk, "strategy"): 4,
    }
    assert all(t.done_at and set(t.metrics) == {"val", "test"} for t in trials.values())
    alone = [request for request in engine_double.trained if "trials" in str(request.out)]
    assert len(alone) == 4
    assert all(request.init is None for request in alone)
    assert {(request.seed, request.minutes) for request in alone[2:]} == {
        (second.seed, 0.1),
    }
    # Neither arm's network may become anything else.
    assert ModelVersion.objects.filter(project=compared.project).count() == 2


def test_an_arm_sees_only_what_it_chose(compared, engine_double, monkeypatch):
    seen = []
    train = engine_double.train

    def watched(request, *, watch):
        manifest = json.loads((request.snapshot / "manifest.json").read_text())
        items = [item["id"] for item in manifest["items"] if item["split"] == "train"]
        seen.append((str(request.out), {int(item) for item in items}))
        return train(request, watch=watch)

    monkeypatch.setattr("training.engine.train", watched)
    round_, _ = go_round(compared)
    alone = [items for out, items in seen if "trials" in out]
    chosen = [
        set(round_.samples.filter(arm=arm).values_list("sample_id", flat=True))
        for arm in ("control", "strategy")
    ]
    assert sorted(map(sorted, alone)) == sorted(map(sorted, chosen))


def test_the_curve_shows_the_arms_on_test_only_after_a_look(compared, engine_double):
    go_round(compared)
    arms = {(p.arm, p.split) for p in get_learning_curve(compared.project).points if p.labels}
    assert arms == {("all", "val"), ("control", "val"), ("strategy", "val")}
    look_at_test(get_champion(compared.project), by=compared.manager)
    points = get_learning_curve(compared.project).points
    tested = {p.arm: p.labels for p in points if p.split == "test" and p.labels}
    assert tested == {"all": 4, "control": 2, "strategy": 2}


def test_running_a_trial_again_changes_nothing(compared, engine_double):
    go_round(compared)
    before = len(engine_double.trained)
    trial = ArmTrial.objects.select_related("round__project", "round__run__snapshot").first()
    run_trial(trial, make_context())
    assert len(engine_double.trained) == before


def test_a_loop_that_does_not_ask_for_it_gets_no_trial(setting, engine_double):
    go_round(setting)
    assert Round.objects.filter(state="done").exists()
    assert not Job.objects.filter(kind="training.try_arm").exists()
