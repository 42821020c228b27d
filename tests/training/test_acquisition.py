"""One contract for every acquisition strategy, and an oracle case for each."""

import dataclasses

import numpy as np
import pytest

from training.acquisition import ACQUISITIONS, PoolFeatures
from training.acquisition.entropy import entropies
from training.acquisition.margin import margins
from training.acquisition.typiclust import typicality


def make_pool(n=40, d=6, k=5, c=3, m=0, seed=0):
    rng = np.random.default_rng(seed)
    p = rng.random((n, k, c)) + 0.01
    return PoolFeatures(
        ids=np.arange(n) * 7 + 3,
        embeddings=rng.normal(size=(n, d)).astype(np.float32),
        foreground=rng.random(n).astype(np.float32),
        probabilities=(p / p.sum(axis=2, keepdims=True)).astype(np.float32),
        weights=rng.random((n, k)).astype(np.float32),
        labelled_embeddings=rng.normal(size=(m, d)).astype(np.float32),
    )


def select(name, features, k, seed=0):
    return ACQUISITIONS[name].select(features, k=k, rng=np.random.default_rng(seed))


@pytest.mark.parametrize("name", ACQUISITIONS)
class TestContract:
    def test_name_is_the_key_and_says_what_it_does(self, name):
        assert ACQUISITIONS[name].name == name
        assert ACQUISITIONS[name].summary

    @pytest.mark.parametrize("m", [0, 9])
    @pytest.mark.parametrize("k", [0, 1, 7, 40])
    def test_gives_k_different_samples_and_all_utilities(self, name, k, m):
        chosen = select(name, make_pool(m=m), k)
        assert chosen.order.dtype == np.int64
        assert chosen.utilities.dtype == np.float32
        assert chosen.order.shape == (k,)
        assert np.unique(chosen.order).size == k
        assert chosen.utilities.shape == (40,)
        assert np.isfinite(chosen.utilities).all()

    def test_a_smaller_pool_is_given_back_whole(self, name):
        assert sorted(select(name, make_pool(n=6), 100).order) == list(range(6))

    def test_an_empty_pool_gives_nothing(self, name):
        assert select(name, make_pool(n=0), 5).order.size == 0

    def test_the_same_seed_gives_the_same_batch(self, name):
        features = make_pool(m=4)
        first, again = select(name, features, 9, seed=5), select(name, features, 9, seed=5)
        np.testing.assert_array_equal(first.order, again.order)
        np.testing.assert_array_equal(first.utilities, again.utilities)

    def test_the_pool_is_not_changed(self, name):
        features = make_pool(m=4)
        before = {k: v.copy() for k, v in dataclasses.asdict(features).items()}
        select(name, features, 9)
        for key, value in before.items():
            np.testing.assert_array_equal(getattr(features, key), value)

    def test_identical_samples_are_no_trouble(self, name):
        features = make_pool()
        same = dataclasses.replace(
            features,
            embeddings=np.ones_like(features.embeddings),
            probabilities=np.full_like(features.probabilities, 1 / 3),
            foreground=np.zeros_like(features.foreground),
        )
        assert np.unique(select(name, same, 12).order).size == 12

    def test_a_negative_number_is_refused(self, name):
        with pytest.raises(ValueError, match="-1"):
            select(name, make_pool(), -1)


@pytest.mark.parametrize(
    "field", ["embeddings", "foreground", "probabilities", "weights", "labelled_embeddings"]
)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_infinity_are_refused(field, bad):
    features = make_pool(m=3)
    values = getattr(features, field).copy()
    values[0] = bad
    with pytest.raises(ValueError, match=field):
        dataclasses.replace(features, **{field: values})


def test_shapes_and_ids_are_checked():
    features = make_pool(m=3)
    with pytest.raises(ValueError, match="repeat"):
        dataclasses.replace(features, ids=np.zeros(40, dtype=np.int64))
    with pytest.raises(ValueError, match="foreground"):
        dataclasses.replace(features, foreground=features.foreground[:-1])
    with pytest.raises(ValueError, match="weights"):
        dataclasses.replace(features, weights=features.weights[:, :-1])
    with pytest.raises(ValueError, match="length"):
        dataclasses.replace(features, labelled_embeddings=np.zeros((2, 5), dtype=np.float32))


def test_random_serves_everybody_alike():
    features = make_pool(n=10)
    rng = np.random.default_rng(1)
    picks = [ACQUISITIONS["random"].select(features, k=3, rng=rng).order for _ in range(2000)]
    shares = np.bincount(np.concatenate(picks), minlength=10) / 2000
    assert np.abs(shares - 0.3).max() < 0.04


def test_foreground_random_prefers_full_samples_and_leaves_empty_ones_last():
    foreground = np.array([0, 0, 0.1, 0.4], dtype=np.float32)
    features = dataclasses.replace(make_pool(n=4), foreground=foreground)
    rng = np.random.default_rng(1)
    strategy = ACQUISITIONS["foreground_random"]
    first = [int(strategy.select(features, k=1, rng=rng).order[0]) for _ in range(2000)]
    shares = np.bincount(first, minlength=4) / 2000
    assert shares[3] == pytest.approx(0.8, abs=0.04)
    assert shares[:2].sum() < 0.01


def _beliefs(rows, weights=None):
    probabilities = np.array(rows, dtype=np.float32)
    n, k = probabilities.shape[:2]
    features = make_pool(n=n, k=k, c=probabilities.shape[2])
    chosen = np.ones((n, k)) if weights is None else np.array(weights)
    return dataclasses.replace(
        features, probabilities=probabilities, weights=chosen.astype(np.float32)
    )


def test_entropy_by_hand():
    features = _beliefs(
        [[[0.5, 0.5, 0], [1, 0, 0]], [[1, 0, 0], [1, 0, 0]], [[1 / 3] * 3, [1 / 3] * 3]]
    )
    np.testing.assert_allclose(entropies(features), [np.log(2) / 2, 0, np.log(3)], atol=1e-6)
    assert list(select("entropy", features, 3).order) == [2, 0, 1]


def test_entropy_and_margin_disagree_where_they_should():
    # Two close favourites against a flat field with a small lead: margin wants the first.
    features = _beliefs([[[0.5, 0.5, 0.0]], [[0.4, 0.3, 0.3]]])
    assert select("margin", features, 1).order[0] == 0
    assert select("entropy", features, 1).order[0] == 1
    np.testing.assert_allclose(margins(features), [1.0, 0.9], atol=1e-6)


def test_weights_leave_padding_out():
    features = _beliefs([[[0.5, 0.5], [1, 0]], [[0.5, 0.5], [1, 0]]], weights=[[1, 0], [1, 3]])
    np.testing.assert_allclose(entropies(features), [np.log(2), np.log(2) / 4], atol=1e-6)
    unseen = _beliefs([[[0.5, 0.5]]], weights=[[0]])
    assert entropies(unseen)[0] == margins(unseen)[0] == 0


def _clusters(sizes, seed=0):
    rng = np.random.default_rng(seed)
    centres = 40 * rng.normal(size=(len(sizes), 5))
    kind = np.repeat(np.arange(len(sizes)), sizes)
    points = (centres[kind] + rng.normal(size=(kind.size, 5))).astype(np.float32)
    return kind, dataclasses.replace(make_pool(n=kind.size), embeddings=points)


@pytest.mark.parametrize("name", ["typiclust", "core_set"])
def test_coverage_strategies_find_every_kind_where_chance_does_not(name):
    kind, features = _clusters([300, 12, 10, 9])
    assert set(kind[select(name, features, 4).order]) == {0, 1, 2, 3}
    by_chance = [len(set(kind[select("random", features, 4, seed=s).order])) for s in range(50)]
    assert np.mean(by_chance) < 2


@pytest.mark.parametrize("name", ["typiclust", "core_set"])
def test_coverage_strategies_leave_out_kinds_that_are_labelled(name):
    kind, features = _clusters([60, 40, 30])
    labelled = features.embeddings[kind == 0][:1]
    features = dataclasses.replace(features, labelled_embeddings=labelled)
    assert set(kind[select(name, features, 2).order]) == {1, 2}


def test_typical_samples_lie_in_the_middle():
    rng = np.random.default_rng(2)
    points = rng.normal(size=(200, 4))
    chosen = points[np.argsort(-typicality(points))[:10]]
    assert np.linalg.norm(chosen, axis=1).mean() < 0.6 * np.linalg.norm(points, axis=1).mean()


def test_core_set_covers_within_twice_the_best_radius():
    # Greedy k-centres is a 2-approximation: 5 tight clumps, 5 centres, radius about a clump's.
    _, features = _clusters([20, 20, 20, 20, 20])
    chosen = features.embeddings[select("core_set", features, 5).order]
    gaps = np.linalg.norm(features.embeddings[:, None] - chosen[None], axis=2).min(axis=1)
    assert gaps.max() < 8


@pytest.mark.parametrize(
    ("name", "field"), [("bald", "information"), ("consistency", "inconsistency")]
)
def test_doubt_is_ranked_and_chance_decides_where_it_is_unknown(name, field):
    strategy = ACQUISITIONS[name]
    assert strategy.needs_doubt
    assert strategy.needs_model
    values = np.array([0.1, 0.7, 0.3], dtype=np.float32)
    features = dataclasses.replace(make_pool(n=3), **{field: values})
    chosen = select(name, features, 2)
    assert list(chosen.order) == [1, 2]
    np.testing.assert_array_equal(chosen.utilities, values)
    rng = np.random.default_rng(0)
    first = [int(strategy.select(make_pool(n=3), k=1, rng=rng).order[0]) for _ in range(60)]
    assert set(first) == {0, 1, 2}


def test_doubt_is_checked():
    with pytest.raises(ValueError, match="information"):
        dataclasses.replace(make_pool(n=3), information=np.array([np.nan, 0, 0], dtype=np.float32))
    with pytest.raises(ValueError, match="inconsistency"):
        dataclasses.replace(make_pool(n=3), inconsistency=np.zeros(2, dtype=np.float32))
