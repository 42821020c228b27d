"""Temperature and confidence: right on made cases, monotone, left alone where they cannot help."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from training.metrics.calibration import calibration_error, reliability_curve
from training.ml.calibration import (
    apply_temperature,
    calibrate_class_pixels,
    calibrate_classes,
    calibrate_labels,
    calibrate_objects,
    calibrate_pixels,
    load_confidence,
    soften,
)
from training.ml.calibration.confidence import fit_isotonic, fit_logistic
from training.ml.calibration.judge import make_folds
from training.ml.calibration.temperature import fit_temperature


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def overconfident(n=4000, classes=3, factor=2.5, seed=0):
    """Probabilities whose logits are `factor` times too large, and true classes."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1.5, (n, classes))
    honest = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = (rng.random((n, 1)) > honest.cumsum(axis=1)).sum(axis=1)
    loud = np.exp(factor * logits)
    return loud / loud.sum(axis=1, keepdims=True), truth


def objects(n=3000, seed=0):
    """Scores near 0.9 whatever they are worth: right with chance sigmoid(3 logit(s) - 6)."""
    rng = np.random.default_rng(seed)
    scores = rng.uniform(0.6, 0.99, n)
    chance = sigmoid(3 * np.log(scores / (1 - scores)) - 6)
    return scores, rng.random(n) < chance, np.arange(n) // 30


def test_temperature_finds_the_factor_and_leaves_the_order():
    probabilities, truth = overconfident()
    assert fit_temperature(probabilities, truth) == pytest.approx(2.5, rel=0.06)
    softened = apply_temperature(probabilities, 2.5)
    np.testing.assert_allclose(softened.sum(axis=1), 1)
    np.testing.assert_array_equal(softened.argmax(axis=1), probabilities.argmax(axis=1))
    np.testing.assert_allclose(apply_temperature(probabilities, 1.0), probabilities, atol=1e-6)


def test_soften_is_the_temperature_of_two_classes():
    p = np.linspace(0.01, 0.99, 33).reshape(3, 11)
    both = np.stack([1 - p, p], axis=-1)
    np.testing.assert_allclose(soften(p, 1.7), apply_temperature(both, 1.7)[..., 1], atol=1e-5)
    assert soften(np.array([0.5]), 4.0)[0] == 0.5
    assert soften(np.array([0.0, 1.0]), 2.0) == pytest.approx([0, 1], abs=1e-3)


def test_a_weight_is_so_many_cases():
    probabilities, truth = overconfident(n=200)
    weights = np.arange(200) % 4 + 1
    many = fit_temperature(np.repeat(probabilities, weights, axis=0), np.repeat(truth, weights))
    assert fit_temperature(probabilities, truth, weights) == pytest.approx(many, rel=1e-3)


def test_logistic_finds_the_curve():
    scores, right, _ = objects()
    found = fit_logistic(scores, right)
    assert found.slope == pytest.approx(3, rel=0.15)
    assert found.offset == pytest.approx(-6, rel=0.15)


def test_scores_that_mislead_are_given_one_confidence():
    scores, right, _ = objects()
    assert fit_logistic(scores, ~right).slope == 0


def test_isotonic_is_that_of_scikit_learn_inside_its_blocks():
    scores, right, _ = objects(400)
    ours = fit_isotonic(scores, right).apply(scores)
    theirs = IsotonicRegression().fit_transform(scores, right)
    inside = (theirs > 0.1) & (theirs < 0.9)
    np.testing.assert_allclose(ours[inside], theirs[inside], atol=2e-6)
    assert ours.min() > 0
    assert ours.max() < 1


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=80),
    st.sampled_from([fit_isotonic, fit_logistic]),
)
def test_confidence_never_falls_and_lies_between_0_and_1(rows, fit):
    scores, right = np.array([s for s, _ in rows]), np.array([r for _, r in rows])
    found = fit(scores, right)
    grid = found.apply(np.linspace(0, 1, 101))
    assert (np.diff(grid) >= -1e-6).all()
    assert ((grid >= 0) & (grid <= 1)).all()
    again = load_confidence(json.loads(json.dumps(found.to_dict())))
    np.testing.assert_allclose(again.apply(scores), found.apply(scores), atol=1e-6)


def ece(confidence, correct):
    return calibration_error(reliability_curve(confidence, correct, by="mass"))


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.sampled_from([fit_isotonic, fit_logistic]))
def test_the_error_falls_on_the_data_it_was_fitted_on(seed, fit):
    scores, right, _ = objects(600, seed)
    assert ece(fit(scores, right).apply(scores), right) < ece(scores, right)


def test_objects_become_chances_and_the_report_says_how():
    scores, right, pictures = objects()
    done = calibrate_objects(scores, right, pictures)
    report = done.report
    assert report["method"] == "isotonic"
    assert report["used"]
    assert report["n"] == 3000
    assert report["before"]["ece_width"] > 0.1
    assert report["after"]["ece_width"] < 0.03
    assert report["after"]["log_loss"] < report["before"]["log_loss"]
    assert sum(row["n"] for row in report["curves"]["after"]) == 3000
    fresh, fresh_right, _ = objects(seed=1)
    chance = load_confidence(done.settings).apply(fresh)
    assert ece(chance, fresh_right) < 0.04
    json.dumps(report)


def test_few_objects_take_a_logistic_curve():
    scores, right, pictures = objects(300)
    assert calibrate_objects(scores, right, pictures).settings["kind"] == "logistic"


@pytest.mark.parametrize("n", [0, 20])
def test_too_few_objects_are_left_alone_and_it_is_said(n):
    scores, right, pictures = objects(n)
    done = calibrate_objects(scores, right, pictures)
    assert done.settings is None
    assert done.report["code"] == "too_few"
    assert f"There are {n} objects" in done.report["reason"]
    np.testing.assert_array_equal(done.values, scores)


def test_objects_that_all_are_right_are_left_alone():
    scores, _, pictures = objects(300)
    done = calibrate_objects(scores, np.ones(300, dtype=bool), pictures)
    assert done.report["code"] == "too_few"
    assert "300 right and 0 wrong" in done.report["reason"]


def test_scores_that_are_chances_already_are_left_alone():
    rng = np.random.default_rng(3)
    scores = rng.uniform(0.02, 0.98, 5000)
    done = calibrate_objects(scores, rng.random(5000) < scores, np.arange(5000) // 50)
    assert done.report["code"] == "no_gain"
    assert done.settings is None


def test_class_probabilities_are_softened_and_measured_on_other_folds():
    probabilities, truth = overconfident(400)
    done = calibrate_classes(probabilities, truth, np.arange(400))
    assert done.settings["temperature"] == pytest.approx(2.5, rel=0.2)
    assert done.report["after"]["ece_width"] < done.report["before"]["ece_width"]
    assert done.values.shape == (400, 3)
    np.testing.assert_allclose(done.values.sum(axis=1), 1)
    assert calibrate_classes(probabilities[:20], truth[:20], np.arange(20)).settings is None


def test_pixels_are_counted_not_listed():
    rng = np.random.default_rng(0)
    levels = np.tile(np.linspace(0.02, 0.98, 40), 8)
    pictures = np.repeat(np.arange(4), 80)
    true = np.repeat(np.tile([True, False], 4), 40)
    honest = sigmoid(np.log(levels / (1 - levels)) / 2)
    counts = rng.poisson(1000 * np.where(true, honest, 1 - honest))
    done = calibrate_pixels(levels, true, counts, pictures)
    assert done.settings["temperature"] == pytest.approx(2, rel=0.03)
    assert done.report["n"] == counts.sum()
    assert done.report["after"]["ece_mass"] < done.report["before"]["ece_mass"] / 5
    one = calibrate_pixels(levels[:80], true[:80], counts[:80], pictures[:80])
    assert one.report["code"] == "too_few"


def test_folds_keep_pictures_whole_and_fill_alike():
    groups = np.repeat(["a", "b", "c", "d", "e", "f"], [40, 30, 30, 20, 20, 20])
    folds = make_folds(groups)
    assert all(np.unique(folds[groups == g]).size == 1 for g in "abcdef")
    assert np.bincount(folds).min() >= 20
    assert np.unique(make_folds(np.zeros(12))).size == 5


def test_class_pixels_count_as_often_as_they_stand_for():
    probabilities, truth = overconfident(n=3000)
    groups = np.arange(3000) // 100
    each = calibrate_class_pixels(probabilities, truth, np.ones(3000), groups)
    assert each.settings["temperature"] == pytest.approx(2.5, rel=0.08)
    assert each.report["after"]["ece_width"] < each.report["before"]["ece_width"] / 2
    assert each.report["n"] == 3000
    # Half of the rows that count twice are the same as all of them twice.
    counts = np.where(np.arange(3000) < 1500, 2.0, 0.0)
    some = calibrate_class_pixels(probabilities, truth, counts, groups)
    plain = fit_temperature(probabilities[:1500], truth[:1500])
    assert some.settings["temperature"] == pytest.approx(plain, abs=1e-3)


def test_pixels_of_one_picture_tell_nothing_of_others():
    probabilities, truth = overconfident(n=200)
    found = calibrate_class_pixels(probabilities, truth, np.ones(200), np.zeros(200))
    assert (found.settings, found.report["code"]) == (None, "too_few")
    assert found.report["before"]["ece_width"] > 0


def test_classes_that_are_each_yes_or_no_get_one_temperature():
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 1.5, (600, 3))
    truth = rng.random((600, 3)) < sigmoid(logits)
    found = calibrate_labels(sigmoid(2 * logits), truth, np.arange(600) // 4)
    assert found.settings["temperature"] == pytest.approx(2, rel=0.12)
    assert found.report["n"] == 1800
    few = calibrate_labels(sigmoid(2 * logits)[:20], truth[:20], np.arange(20))
    assert (few.settings, few.report["code"]) == (None, "too_few")
