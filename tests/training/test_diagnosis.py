"""Findings of a run in the database: live, at the end, after a failure, and from test and pool."""

import io
import json

import numpy as np
import pytest
from PIL import Image as Picture

from core.storage import get_storage
from tests.training.fakes import run_queued_jobs
from training import curves, engine
from training.doctor import examine
from training.doctor.evidence import RunEvidence
from training.models import TrainingRun
from training.runs.diagnosis import merge_findings
from training.runs.facts import gather_facts, see_samples
from training.runs.services import RunSettings, start_run
from training.snapshots.selectors import get_manifest

pytestmark = pytest.mark.django_db

FIGURE = {
    "kind": "lines",
    "title": "Loss",
    "x_label": "",
    "y_label": "",
    "labels": [],
    "series": [],
    "picture": "",
}


def finding(code, *, severity="warning", samples=(), **more):
    return {
        "code": code,
        "stage": "before",
        "severity": severity,
        "evidence": "Seen.",
        "meaning": "Means.",
        "remedy": "Do.",
        "numbers": {"n": 1.0},
        "actions": [],
        "samples": list(samples),
        "figures": [FIGURE],
    } | more


def write_body(out, name, *findings, sight="data:image/png;base64,AA=="):
    (out / "doctor").mkdir(parents=True, exist_ok=True)
    body = {"findings": list(findings), "sight": sight}
    (out / "doctor" / name).write_text(json.dumps(body))


def give_thumbnail(sample, pixels):
    target = io.BytesIO()
    Picture.fromarray(pixels.astype(np.uint8)).save(target, "PNG")
    sample.image.thumbnail = get_storage().put(target.getvalue())
    sample.image.save(update_fields=["thumbnail"])


@pytest.fixture
def labelled(setting):
    setting.label(*setting.train[:3])
    return setting


def start(setting):
    return start_run(setting.project, settings=RunSettings(), by=setting.manager)


def test_what_the_trainer_finds_first_is_stored_while_it_trains(
    labelled, engine_double, monkeypatch
):
    seen = []

    def training(request, *, watch):
        write_body(request.out, "before.json", finding("saturated", severity="error"))
        monkeypatch.setattr("training.runs.diagnosis.LOOK_SECONDS", 0.0)
        watch([curves.CurveRow(step=1, seconds=1.0, loss=1.0)])
        seen.append(TrainingRun.objects.get())
        return engine_double.train(request, watch=watch)

    monkeypatch.setattr(engine, "train", training)
    run = start(labelled)
    run_queued_jobs()
    (live,) = seen
    assert [one["code"] for one in live.findings] == ["saturated", "few_labels"]
    assert live.figures["findings"] == [[FIGURE], []]
    assert live.figures["sight"].startswith("data:")
    assert "figures" not in live.findings[0]
    run.refresh_from_db()
    assert [one["code"] for one in run.findings] == ["saturated", "few_labels"]


def test_at_the_end_the_trainers_last_word_counts(labelled, engine_double, monkeypatch):
    def training(request, *, watch):
        write_body(request.out, "before.json", finding("saturated"))
        write_body(request.out, "findings.json", finding("underfitting"), sight="")
        return engine_double.train(request, watch=watch)

    monkeypatch.setattr(engine, "train", training)
    run = start(labelled)
    run_queued_jobs()
    run.refresh_from_db()
    assert {one["code"] for one in run.findings} == {"underfitting", "few_labels"}
    assert run.figures["sight"]


def test_a_run_that_fails_says_why_all_the_same(labelled, engine_double, monkeypatch):
    def training(request, *, watch):
        write_body(request.out, "before.json", finding("unreadable", severity="error"))
        lines = [{"step": at, "seconds": at, "loss": loss} for at, loss in ((1, 1.0), (2, None))]
        lines[1]["loss"] = float("nan")
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (request.out / "curves.jsonl").write_text(text)
        raise engine.DomainError("training_failed", "The loss is not finite.")

    monkeypatch.setattr(engine, "train", training)
    run = start(labelled)
    run_queued_jobs()
    run.refresh_from_db()
    assert {"unreadable", "diverged"} <= {one["code"] for one in run.findings}


def test_a_test_picture_that_is_nearly_a_training_picture_is_found(labelled):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, size=(40, 60)).repeat(4, axis=0).repeat(4, axis=1)
    give_thumbnail(labelled.train[0], pixels)
    give_thumbnail(labelled.test[0], pixels // 2 + 20)
    run = start(labelled)
    data, _ = gather_facts(labelled.project, get_manifest(run.snapshot))
    (found,) = examine(RunEvidence(data=data))
    assert found.code == "near_duplicates"
    assert found.samples == (str(labelled.test[0].pk),)


def test_populations_are_the_splits_and_the_pool(labelled):
    rng = np.random.default_rng(0)
    for sample in (*labelled.train, *labelled.val, *labelled.test):
        give_thumbnail(sample, rng.integers(0, 255, size=(32, 48)))
    run = start(labelled)
    _, populations = gather_facts(labelled.project, get_manifest(run.snapshot))
    assert [p.name for p in populations] == ["train", "val", "test", "pool"]
    assert [len(p.ids) for p in populations] == [3, 6, 3, 9]
    assert len({p.features.shape[1] for p in populations}) == 1


def test_pictures_without_a_thumbnail_are_left_out(labelled):
    assert see_samples(labelled.train) == {}


def test_facts_cost_the_same_number_of_queries_for_any_number_of_samples(
    labelled, django_assert_max_num_queries
):
    manifest = get_manifest(start(labelled).snapshot)
    with django_assert_max_num_queries(4):
        gather_facts(labelled.project, manifest)


def test_findings_of_one_code_are_joined_by_their_samples():
    first = finding("near_duplicates", samples=["1", "2"])
    same = finding("near_duplicates", samples=["2"])
    other = finding("near_duplicates", samples=["2", "9"], severity="error")
    assert merge_findings([first], [same]) == [first]
    assert merge_findings([first], [other]) == [other, first]


def test_figures_are_served_to_those_who_may_see_the_run(labelled, engine_double, client):
    run = start(labelled)
    run_queued_jobs()
    client.force_login(labelled.manager)
    body = client.get(f"/api/v1/runs/{run.pk}/figures").json()
    assert body == {"sight": "", "findings": [[]]}
    assert client.get(f"/api/v1/runs/{run.pk}").json()["findings"][0]["actions"] == [
        {
            "action": "label_more",
            "changes": {},
            "samples": [],
            "split": "train",
            "group": "",
        }
    ]


def test_findings_of_earlier_versions_are_still_served(labelled, client):
    run = start(labelled)
    run.findings = [{"code": "x", "evidence": "e", "meaning": "m", "remedy": "r"}]
    run.save(update_fields=["findings"])
    client.force_login(labelled.manager)
    (old,) = client.get(f"/api/v1/runs/{run.pk}").json()["findings"]
    assert (old["severity"], old["actions"], old["samples"]) == ("warning", [], [])
