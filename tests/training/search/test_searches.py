"""Searches: trials as jobs, pruning, parallel lanes, death and interruption, cancel, use."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.audit import AuditEvent
from core.errors import Conflict, DomainError
from core.jobs.models import Job
from core.jobs.services import claim, sweep
from tests.factories import client_for
from tests.training.search.conftest import SPACE, run_trials
from training import tasks
from training.models import Search, TrainingSettings, Trial
from training.runs.services import RunSettings, start_run
from training.runs.settings import use_settings
from training.search.execution import config_of
from training.search.services import (
    SearchSettings,
    advance_searches,
    apply_search,
    cancel_search,
    start_search,
)
from training.snapshots.workspace import work_root

pytestmark = pytest.mark.django_db


def start(setting, **more):
    options = {"minutes": 12.0, "trial_minutes": 1.0, "space": SPACE} | more
    return start_search(setting.project, settings=SearchSettings(**options), by=setting.manager)


def test_a_search_finds_better_settings_and_confirms_them(labelled, rated):
    search = start(labelled)
    assert [t.role for t in search.trials.all()] == ["default"]
    run_trials()
    search.refresh_from_db()
    assert search.state == "done"
    trials = list(search.trials.all())
    assert trials[0].values == {"optim.rate": 0.003, "head": "flow"}
    assert [t.role for t in trials[-2:]] == ["confirm_default", "confirm_best"]
    best = trials[search.result["best"]]
    assert trials[-1].values == best.values
    assert {t.seed for t in trials[:-2]} == {0}
    assert {t.seed for t in trials[-2:]} == {1}
    assert best.value == max(t.value for t in trials[:-2] if t.state == "done")
    gain = search.result["gain"]
    assert search.result["confirmed"]
    assert (gain["items"], gain["groups"]) == (6, 6)
    assert gain["mean"] == pytest.approx(best.value - trials[0].value)
    assert gain["low"] <= gain["mean"] <= gain["high"]
    assert search.result["config"]["optim"]["rate"] == best.values["optim.rate"]
    assert set(search.result["importances"]) == {"optim.rate", "head"}
    assert search.result["counts"]["pruned"] > 0
    assert not (work_root() / "searches" / str(search.pk)).exists()


def test_only_validation_items_are_scored_and_the_test_split_is_not_there(labelled, rated):
    search = start(labelled, minutes=2.0)
    run_trials()
    scored = {row["sample"] for row in search.trials.first().items}
    assert scored == {sample.pk for sample in labelled.val}


def test_folds_are_done_one_by_one_and_gone_on_with(labelled, rated):
    search = start(labelled, minutes=6.0, folds=3)
    rated.interrupt = {1}
    job = search.trials.get().job
    tasks.try_settings(str(job.pk))
    trial = search.trials.get(number=0)
    assert (trial.state, len(trial.rungs)) == ("running", 1)
    job.refresh_from_db()
    assert job.state == "queued"
    run_trials()
    trial.refresh_from_db()
    assert [r.fold for r in rated.trained[:4]] == ["1/3", "2/3", "2/3", "3/3"]
    assert len({row["sample"] for row in trial.items}) == len(trial.items) == 10
    assert trial.state == "done"


def test_lanes_are_filled_and_differ(labelled, rated):
    search = start(labelled, lanes=3, minutes=6.0)
    tasks.try_settings(str(search.trials.get().job.pk))
    running = search.trials.filter(state="running")
    assert running.count() == 3
    assert len({str(trial.values) for trial in running}) == 3
    run_trials()
    search.refresh_from_db()
    assert search.state == "done"


def test_a_trial_whose_worker_dies_again_and_again_fails_and_the_search_goes_on(labelled, rated):
    search = start(labelled, minutes=6.0)
    tasks.try_settings(str(search.trials.get().job.pk))
    second = search.trials.get(number=1)
    for _ in range(second.job.max_attempts):
        assert claim(str(second.job.pk), worker="doomed", now=timezone.now()) is not None
        sweep(now=timezone.now() + timedelta(minutes=5))
    advance_searches()
    second.refresh_from_db()
    assert second.state == "failed"
    assert search.trials.filter(number=2, state="running").exists()
    run_trials()
    search.refresh_from_db()
    assert search.state == "done"


def test_doing_a_trial_twice_trains_once(labelled, rated):
    search = start(labelled, minutes=2.0)
    job = search.trials.get().job
    tasks.try_settings(str(job.pk))
    Job.objects.filter(pk=job.pk).update(state="queued")
    tasks.try_settings(str(job.pk))
    assert len(rated.trained) == 1
    assert search.trials.count() == 2


def test_failures_in_a_row_end_the_search_with_their_reason(labelled, rated):
    search = start(labelled)
    rated.fail = {1, 2, 3}
    for _ in range(8):
        run_trials()
        advance_searches()
    search.refresh_from_db()
    assert (search.state, search.code) == ("failed", "training_failed")
    assert search.trials.count() == 4


def test_settings_that_no_run_can_use_are_refused_before_a_search(labelled, rated):
    # Settings are checked when they are stored; earlier versions did not.
    use_settings(labelled.project, {}, source="hand", by=None)
    TrainingSettings.objects.update(config={"optim": {"rat": 1}})
    with pytest.raises(DomainError) as caught:
        start(labelled)
    assert caught.value.code == "bad_config"
    assert not Search.objects.exists()
    assert rated.trained == []


def test_cancelling_stops_trials_and_a_new_search_may_begin(labelled, rated):
    search = start(labelled)
    with pytest.raises(Conflict, match="search_in_progress"):
        start(labelled)
    search = cancel_search(search)
    assert search.state == "cancelled"
    assert search.trials.get().job.state in ("cancelled", "queued")
    assert run_trials() == 0
    assert cancel_search(search).state == "cancelled"
    start(labelled)


@pytest.mark.parametrize(
    "options",
    [
        {"minutes": 0.001},
        {"minutes": 1.5, "trial_minutes": 1.0},
        {"minutes": 5.0, "trial_minutes": 1.0, "folds": 3},
        {"folds": 1},
        {"lanes": 99},
        {"space": [{"key": "optim.rate", "kind": "float", "low": 2, "high": 1}]},
        {"space": [{"key": "optim.speed", "kind": "float", "low": 1, "high": 2}]},
        {"space": [{"key": "optim.rate", "kind": "float", "low": 0.01, "high": 1000}]},
        {"space": [{"key": "head", "kind": "choice", "choices": ["flow", "star"]}]},
    ],
)
def test_impossible_searches_are_refused(labelled, options):
    with pytest.raises(DomainError):
        start(labelled, **options)
    assert not Search.objects.exists()


def test_without_validation_labels_only_folds_can_choose(make_setting, rated):
    setting = make_setting(n_val=0)
    setting.label(*setting.train[:6])
    with pytest.raises(Conflict, match="no_validation"):
        start(setting)
    start(setting, folds=2)


def test_what_was_found_is_used_by_the_next_run(labelled, rated):
    search = start(labelled, minutes=6.0)
    with pytest.raises(Conflict, match="search_not_done"):
        apply_search(search, by=labelled.manager)
    run_trials()
    search.refresh_from_db()
    apply_search(search, by=labelled.manager)
    known = TrainingSettings.objects.get(project=labelled.project)
    assert (known.source, known.origin) == ("search", str(search.pk))
    run = start_run(labelled.project, settings=RunSettings(config={"optim": {"batch": 4}}), by=None)
    assert run.config["optim"] == known.config["optim"] | {"batch": 4}
    assert AuditEvent.objects.filter(verb="search.applied").count() == 1


def test_a_trial_is_trained_with_its_values_over_the_projects_settings(labelled):
    use_settings(labelled.project, {"optim": {"batch": 8}}, source="hand", by=None)
    search = start(labelled)
    trial = Trial(search=search, role="tried", values={"optim.rate": 0.02, "head": "distance"})
    assert config_of(trial) == {"optim": {"batch": 8, "rate": 0.02}, "head": "distance"}
    trial.role = "confirm_default"
    assert config_of(trial) == {"optim": {"batch": 8}}


def test_the_api_from_start_to_use(labelled, rated):
    client = client_for(labelled.manager)
    project = f"/api/v1/projects/{labelled.project.pk}"
    offered = client.get(f"{project}/search-space").json()
    keys = [row["key"] for row in offered["space"] + offered["further"]]
    assert "optim.rate" in keys
    assert len(set(keys)) == len(keys)
    body = {"minutes": 6, "trial_minutes": 1, "space": SPACE}
    made = client.post(f"{project}/searches", body)
    assert made.status_code == 201
    run_trials()
    seen = client.get(f"/api/v1/searches/{made.json()['id']}").json()
    assert seen["state"] == "done"
    assert "items" not in seen["trials"][0]
    assert client.post(f"/api/v1/searches/{seen['id']}/apply").status_code == 200
    settings = client.get(f"{project}/training-settings").json()
    assert settings["config"] == seen["result"]["config"]
    assert settings["kind"] == "search"


def test_presets_are_offered_suggested_and_used(labelled):
    client = client_for(labelled.manager)
    project = f"/api/v1/projects/{labelled.project.pk}"
    offered = client.get(f"{project}/presets").json()
    assert offered["suggested"] in [row["name"] for row in offered["presets"]]
    answer = client.put(f"{project}/training-settings", {"preset": "phase_contrast_cells"})
    assert answer.json()["kind"] == "preset"
    assert start_run(labelled.project, settings=RunSettings(), by=None).config["data"] == {
        "diameter": 28.0,
        "patch": 160,
    }
    wrong = client.put(f"{project}/training-settings", {"preset": "cell_crops"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "unknown_preset")
    assert client.put(f"{project}/training-settings", {"config": {}}).json()["config"] == {}
