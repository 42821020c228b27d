"""Reliability, expected calibration error and ranking, against scikit-learn and by hand."""

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.metrics import log_loss as sklearn_log_loss

from training.metrics.calibration import (
    brier_score,
    calibration_error,
    log_loss,
    reliability_curve,
)
from training.metrics.ranking import auroc


def cases(n=400, seed=0):
    rng = np.random.default_rng(seed)
    confidence = rng.random(n)
    return confidence, rng.random(n) < confidence**2


@pytest.mark.parametrize(("by", "theirs"), [("width", "uniform"), ("mass", "quantile")])
def test_the_curve_is_that_of_scikit_learn(by, theirs):
    confidence, correct = cases()
    curve = reliability_curve(confidence, correct, bins=10, by=by)
    true, stated = calibration_curve(correct, confidence, n_bins=10, strategy=theirs)
    np.testing.assert_allclose([b.accuracy for b in curve], true)
    np.testing.assert_allclose([b.confidence for b in curve], stated)
    assert sum(b.n for b in curve) == 400


def test_the_error_by_hand():
    confidence = np.array([0.95, 0.85, 0.6, 0.55, 0.15])
    correct = np.array([True, False, True, True, False])
    curve = reliability_curve(confidence, correct, bins=2)
    # Up to one half: one case, 0.15 against 0. Above: (0.95 + 0.85 + 0.6 + 0.55) / 4 = 0.7375
    # against 0.75.
    assert [b.n for b in curve] == [1, 4]
    assert calibration_error(curve) == pytest.approx((1 * 0.15 + 4 * 0.0125) / 5)
    halves = reliability_curve(confidence, correct, bins=2, by="mass")
    assert [b.n for b in halves] == [3, 2]


def test_a_weight_counts_as_so_many_cases():
    confidence, correct = cases(60)
    weights = np.arange(60) % 3 + 1
    for by in ("width", "mass"):
        heavy = reliability_curve(confidence, correct, bins=4, by=by, weights=weights)
        many = reliability_curve(
            np.repeat(confidence, weights),
            np.repeat(correct, weights),
            bins=4,
            by=by,
            weights=np.ones(weights.sum()),
        )
        assert [astuple(b) for b in heavy] == [pytest.approx(astuple(b)) for b in many]
    assert log_loss(confidence, correct, weights) == pytest.approx(
        log_loss(np.repeat(confidence, weights), np.repeat(correct, weights))
    )


def test_log_loss_and_brier_are_those_of_scikit_learn():
    confidence, correct = cases()
    assert log_loss(confidence, correct) == pytest.approx(sklearn_log_loss(correct, confidence))
    assert brier_score(confidence, correct) == pytest.approx(brier_score_loss(correct, confidence))


def test_auroc_is_that_of_scikit_learn_with_ties():
    scores, positive = np.round(cases()[0], 1), cases()[1]
    assert auroc(scores, positive) == pytest.approx(roc_auc_score(positive, scores))
    assert auroc(np.zeros(4), np.array([1, 0, 1, 0])) == 0.5
    assert np.isnan(auroc(np.zeros(2), np.ones(2)))


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_the_error_lies_between_0_and_1_and_no_case_is_lost(rows):
    confidence = np.array([c for c, _ in rows])
    correct = np.array([t for _, t in rows])
    for by in ("width", "mass"):
        curve = reliability_curve(confidence, correct, by=by)
        assert sum(b.n for b in curve) == len(rows)
        assert 0 <= calibration_error(curve) <= 1


@pytest.mark.parametrize("bad", [[np.nan], [1.2], [-0.1], []])
def test_bad_confidences_are_refused(bad):
    with pytest.raises(ValueError, match="confidence"):
        reliability_curve(np.array(bad), np.ones(len(bad), dtype=bool))
