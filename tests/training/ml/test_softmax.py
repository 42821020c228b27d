"""The instant model against scikit-learn, and its gradient against differences."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from training.ml.errors import TrainingError
from training.ml.softmax import fit_softmax, loss_and_gradient


def blobs(rng, *, n=60, d=5, c=3):
    classes = rng.integers(0, c, n)
    features = rng.normal(size=(n, d)) + rng.normal(size=(c, d))[classes] * 1.2
    return features, classes


def test_gradient_is_that_of_the_loss():
    rng = np.random.default_rng(0)
    features, classes = blobs(rng)
    targets = np.eye(3)[classes] * rng.uniform(0.5, 2, (60, 1))
    weights, bias = rng.normal(size=(5, 3)), rng.normal(size=3)
    _, by_weights, by_bias = loss_and_gradient(weights, bias, features, targets, l2=0.3)
    for at in np.ndindex(5, 3):
        moved = [weights.copy(), weights.copy()]
        moved[0][at] += 1e-6
        moved[1][at] -= 1e-6
        up, down = (loss_and_gradient(w, bias, features, targets, l2=0.3)[0] for w in moved)
        assert by_weights[at] == pytest.approx((up - down) / 2e-6, abs=1e-6)
    assert by_bias.shape == (3,)


@pytest.mark.parametrize("classes_present", [2, 3])
def test_fit_equals_scikit_learn(classes_present):
    rng = np.random.default_rng(1)
    features, classes = blobs(rng, c=classes_present)
    l2 = 0.05
    model = fit_softmax(
        features, classes, n_classes=classes_present, l2=l2, balanced=False, steps=20000
    )
    scaled = (features - model.mean) / model.spread
    # Their penalty is for two classes on one column where ours has two: 1/2 w^2 against 2 (w/2)^2.
    strength = 1 / (len(features) * l2) * (1 if classes_present > 2 else 2)
    oracle = LogisticRegression(C=strength, tol=1e-10, max_iter=10000).fit(scaled, classes)
    np.testing.assert_allclose(
        model.probabilities(features), oracle.predict_proba(scaled), atol=2e-4
    )


def test_balancing_lifts_the_rare_class():
    rng = np.random.default_rng(2)
    classes = np.array([0] * 90 + [1] * 10)
    features = rng.normal(size=(100, 2)) + classes[:, None]
    plain, balanced = (
        fit_softmax(features, classes, n_classes=2, balanced=b).probabilities(features)[:, 1].mean()
        for b in (False, True)
    )
    assert balanced > plain + 0.1


def test_a_class_without_samples_stays_possible_but_unlikely():
    features = np.array([[0.0, 1.0], [1.0, 0.0]])
    chances = fit_softmax(features, np.array([0, 2]), n_classes=3).probabilities(features)
    assert chances.shape == (2, 3)
    assert (chances[:, 1] < 0.2).all()


def test_refuses_nan_and_emptiness():
    with pytest.raises(TrainingError, match="not_finite"):
        fit_softmax(np.array([[np.nan]]), np.array([0]), n_classes=1)
    with pytest.raises(TrainingError, match="nothing_to_learn"):
        fit_softmax(np.zeros((0, 2)), np.zeros(0, int), n_classes=2)
