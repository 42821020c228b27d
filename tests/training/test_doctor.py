"""The run doctor: each check finds its illness, and leaves healthy runs alone."""

import dataclasses
import math

import pytest

from training.runs.doctor import DOCTOR_CHECKS, RunEvidence, examine

HEALTHY = RunEvidence(
    losses=tuple(1 / (1 + i) + 0.1 for i in range(20)),
    validation=((4, 0.4), (9, 0.6), (14, 0.7), (19, 0.72)),
    n_train=40,
    n_validation=10,
    n_objects=900,
    steps=1800,
    seconds=300.0,
)

ILL = {
    "diverged": [
        {"losses": (1.0, 0.5, math.nan, math.nan)},
        {"losses": (1.0, 0.6, 0.5, 0.5, 4.0, 9.0, 12.0)},
    ],
    "overfitting": [{"validation": ((4, 0.5), (9, 0.7), (14, 0.62), (17, 0.6), (19, 0.58))}],
    "too_few_labels": [{"n_objects": 12}, {"n_validation": 0}],
    "too_short": [{"steps": 3, "seconds": 29.0}],
}


def test_a_healthy_run_has_no_findings():
    assert examine(HEALTHY) == []


def test_a_run_without_points_breaks_no_check():
    examine(RunEvidence(losses=(), validation=(), n_train=0, n_validation=0, n_objects=0))


@pytest.mark.parametrize("name", DOCTOR_CHECKS)
def test_each_check_finds_its_illness_and_says_what_to_do(name):
    for change in ILL[name]:
        (finding,) = examine(dataclasses.replace(HEALTHY, **change))
        assert finding.code == name
        assert finding.evidence
        assert finding.meaning
        assert finding.remedy


def test_noise_is_no_illness():
    noisy = dataclasses.replace(
        HEALTHY,
        losses=(1.0, 0.7, 0.9, 0.6, 0.8, 0.5, 0.75, 0.55),
        validation=((1, 0.5), (3, 0.6), (5, 0.59), (7, 0.6)),
    )
    assert examine(noisy) == []
