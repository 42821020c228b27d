"""Intervals and tests against values worked out by hand or by SciPy."""

import numpy as np
import pytest
from scipy import stats

from tests.training.doctor.healthy import answers
from training.doctor.after.label_errors import find_label_errors
from training.doctor.evidence import Classified
from training.doctor.rate_range import suggest_rate
from training.doctor.statistics import (
    effective_number,
    energy_distances,
    group_bootstrap,
    interval,
    shift_test,
    wilson,
)


@pytest.mark.parametrize(("hits", "n"), [(0, 5), (3, 10), (10, 10), (48, 100)])
def test_wilson_is_that_of_scipy(hits, n):
    expected = stats.binomtest(hits, n).proportion_ci(method="wilson")
    assert wilson(hits, n) == pytest.approx((expected.low, expected.high))


def test_wilson_without_cases_says_nothing():
    assert wilson(0, 0) == (0.0, 1.0)


def test_effective_numbers_follow_the_paper():
    # (1 - 0.9^n) / 0.1 for n = 0, 1, 2.
    assert effective_number([0, 1, 2], beta=0.9) == pytest.approx([0.0, 1.0, 1.9])
    assert effective_number([100_000])[0] == pytest.approx(1000.0)


def test_the_bootstrap_of_groups_is_wider_than_that_of_items():
    values = {f"{group}{n}": float(group) for group in range(5) for n in range(8)}
    alone = interval(group_bootstrap(values, {}))
    grouped = interval(group_bootstrap(values, {name: name[0] for name in values}))
    assert grouped[1] - grouped[0] > 2 * (alone[1] - alone[0])
    one_group = interval(group_bootstrap(values, dict.fromkeys(values, "all")))
    assert one_group == alone


def test_the_energy_coefficient_of_points_on_a_line():
    # Samples {0, 1} and {3}: A = 2.5, B = 0.5, C = 0, so (5 - 0.5) / 5 = 0.9.
    distances = np.abs(np.subtract.outer([0.0, 1.0, 3.0], [0.0, 1.0, 3.0]))
    sides = np.array([[True, True, False]]).T
    assert energy_distances(distances, sides) == pytest.approx([0.9])


def test_a_shift_is_found_and_chance_is_not():
    rng = np.random.default_rng(4)
    one, same = rng.normal(size=(30, 5)), rng.normal(size=(25, 5))
    groups = [str(at) for at in range(30)], [str(at) for at in range(25)]
    _, p = shift_test(one, same, groups)
    assert p > 0.05
    size, p = shift_test(one, same + 1.5, groups)
    assert p == pytest.approx(1 / 1000)
    assert size > 0.1


def test_items_of_one_group_do_not_count_as_many():
    rng = np.random.default_rng(4)
    centres = rng.normal(size=(4, 5)) * 3
    one = np.repeat(centres[:2], 10, axis=0) + rng.normal(size=(20, 5)) * 0.1
    other = np.repeat(centres[2:], 10, axis=0) + rng.normal(size=(20, 5)) * 0.1
    each = [str(at) for at in range(20)]
    pairs = [str(at // 10) for at in range(20)]
    assert shift_test(one, other, (each, each))[1] < 0.01
    assert shift_test(one, other, (pairs, pairs))[1] > 0.1


def test_confident_learning_by_hand():
    # Thresholds: mean 0.6 of class 0 over its four items, 0.8 of class 1 over its two.
    p = np.array([[0.9, 0.1], [0.7, 0.3], [0.6, 0.4], [0.2, 0.8], [0.2, 0.8], [0.2, 0.8]])
    found = find_label_errors(Classified(tuple("abcdef"), np.array([0, 0, 0, 0, 1, 1]), p))
    assert found.at.tolist() == [3]
    assert found.proposed.tolist() == [1]


def test_the_surest_label_error_comes_first():
    good = answers("t", 40)
    p = good.probabilities.copy()
    p[4], p[8] = [0.05, 0.95], [0.01, 0.99]
    found = find_label_errors(Classified(good.ids, good.truth, p))
    assert found.at.tolist() == [8, 4]


def test_a_class_that_nobody_used_is_never_proposed():
    p = np.tile([0.1, 0.2, 0.7], (6, 1))
    found = find_label_errors(Classified(tuple("abcdef"), np.array([0, 0, 0, 1, 1, 1]), p))
    assert 2 not in found.proposed


def test_the_rate_lies_below_that_of_the_smallest_loss():
    rates = np.geomspace(1e-5, 1, 51)
    # Falls to 1e-2, then rises: the smoothed minimum lies a few steps later.
    losses = np.abs(np.log10(rates) + 2) + 0.2
    rate = suggest_rate(rates.tolist(), losses.tolist())
    assert 3e-3 <= rate <= 2e-2


def test_no_rate_is_proposed_where_the_loss_never_fell():
    rates = np.geomspace(1e-5, 1, 40).tolist()
    assert suggest_rate(rates, [1.0] * 40) is None
    assert suggest_rate(rates, [1.0 + 0.1 * at for at in range(40)]) is None
    assert suggest_rate(rates[:5], [1.0, 0.5, 0.2, 0.1, 0.1]) is None
    assert suggest_rate(rates, [float("nan")] * 40) is None
