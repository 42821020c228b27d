"""The contract of all checks: each finds its illness, and leaves healthy runs alone."""

import dataclasses
import json

import pytest

from tests.training.doctor.healthy import HEALTHY_OF
from tests.training.doctor.illnesses import ILL, NOT_ILL
from training.doctor import DOCTOR_CHECKS, RunEvidence, examine
from training.doctor.base import SEVERITIES, STAGES
from training.doctor.evidence import CurveFacts, DataFacts, ResultFacts
from training.metrics import METRICS

EMPTY = RunEvidence(
    n_train=0,
    n_validation=None,
    data=DataFacts("instance", ()),
    curves=CurveFacts(),
    results=ResultFacts("AP50"),
)
JARGON = ("bbox", "logit", "argmax", "epoch", "TODO", "NaN")


@pytest.mark.parametrize("kind", METRICS)
def test_a_healthy_run_has_no_findings(kind):
    assert examine(HEALTHY_OF[kind]) == []


@pytest.mark.parametrize("evidence", [RunEvidence(), EMPTY])
def test_where_nothing_is_known_nothing_is_found(evidence):
    assert examine(evidence) == []


def test_every_check_has_runs_that_trigger_it_and_runs_that_must_not():
    assert set(ILL) == set(NOT_ILL) == set(DOCTOR_CHECKS)


@pytest.mark.parametrize("code", DOCTOR_CHECKS)
def test_each_check_finds_its_illness_and_says_what_to_do(code):
    check = DOCTOR_CHECKS[code]
    for evidence in ILL[code]:
        finding = check.look(evidence)
        assert finding is not None
        assert (finding.code, finding.stage) == (code, check.stage)
        assert finding.stage in STAGES
        assert finding.severity in SEVERITIES
        for text in (finding.evidence, finding.meaning, finding.remedy):
            assert not text[0].islower()
            assert text.rstrip().endswith(".")
            assert "  " not in text
            assert not any(word in text for word in JARGON)
        assert finding.numbers
        for action in finding.actions:
            assert action.changes or action.samples or action.split


@pytest.mark.parametrize("code", DOCTOR_CHECKS)
def test_no_check_cries_wolf(code):
    for evidence in NOT_ILL[code]:
        assert DOCTOR_CHECKS[code].look(evidence) is None


@pytest.mark.parametrize("code", DOCTOR_CHECKS)
def test_findings_are_json_and_figures_have_what_they_draw(code):
    for evidence in ILL[code]:
        body = json.loads(json.dumps(DOCTOR_CHECKS[code].look(evidence).to_json(), allow_nan=False))
        for figure in body["figures"]:
            assert figure["title"]
            if figure["kind"] == "picture":
                assert figure["picture"].startswith("data:image/png;base64,")
            for series in figure["series"]:
                positions = figure["labels"] if figure["kind"] == "bars" else series["x"]
                assert len(positions) == len(series["y"])


def test_the_gravest_comes_first():
    evidence = dataclasses.replace(
        ILL["mixed_depths"][0],
        curves=ILL["plateau"][0].curves,
        results=ILL["weak_classes"][0].results,
    )
    found = examine(evidence)
    assert [finding.severity for finding in found] == ["error", "warning", "note"]
    assert [finding.code for finding in found] == ["plateau", "weak_classes", "mixed_depths"]


def test_stages_are_looked_at_one_by_one():
    assert examine(ILL["diverged"][0], stages=("before", "after")) == []
    assert [f.code for f in examine(ILL["diverged"][0], stages=("during",))] == ["diverged"]
