"""Intervals of pooled numbers."""

import numpy as np
import pytest

from training.metrics.bootstrap import pooled_intervals


def mean(values):
    return {"mean": float(np.mean(values))}


def test_the_interval_of_a_mean_is_that_of_its_standard_error():
    values = np.random.default_rng(0).normal(5.0, 2.0, 400)
    groups = [str(at) for at in range(400)]
    found = pooled_intervals(values.tolist(), groups, mean, rng=np.random.default_rng(1))["mean"]
    half = 1.96 * values.std() / np.sqrt(400)
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - half, abs=0.05)
    assert found.high == pytest.approx(values.mean() + half, abs=0.05)


def test_groups_are_drawn_as_a_whole():
    # Two groups of constant values: a resample holds one, the other, or both in equal parts.
    values, groups = [0.0] * 50 + [1.0] * 50, ["a"] * 50 + ["b"] * 50
    found = pooled_intervals(values, groups, mean, rng=np.random.default_rng(0))["mean"]
    assert (found.low, found.value, found.high) == (0.0, 0.5, 1.0)


def test_one_group_has_no_interval():
    assert pooled_intervals([1.0, 2.0], ["a", "a"], mean, rng=np.random.default_rng(0)) == {}


def test_each_score_needs_its_group():
    with pytest.raises(ValueError, match="2 scores but 1 groups"):
        pooled_intervals([1.0, 2.0], ["a"], mean, rng=np.random.default_rng(0))
