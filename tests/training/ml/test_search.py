"""Search without a database: spaces, proposals, pruning, importances."""

import math

import pytest

from training.ml.config import Config
from training.ml.config_io import config_from_dict, config_to_dict
from training.ml.errors import ConfigError, TrainingError
from training.ml.folds import validation_fold
from training.ml.manifest import Item, Snapshot
from training.ml.search import Tried, importances, is_hopeless, propose
from training.ml.search_space import (
    SPACES,
    Dimension,
    default_space,
    pick_values,
    read_space,
    space_rows,
)
from training.nested import nest

SPACE = (
    Dimension("optim.rate", "float", low=1e-4, high=1e-1, log=True),
    Dimension("optim.batch", "int", low=2, high=16),
    Dimension("network.channels", "choice", choices=([8, 16], [16, 32])),
)


def quality(values):
    """Best at a rate of 0.01; nothing else matters."""
    return 1 - abs(math.log10(values["optim.rate"]) + 2) / 2


def searched(n, seed=0):
    tried = []
    for _ in range(n):
        values = propose(SPACE, tried, seed=seed)
        tried.append(Tried(values, "done", quality(values), (quality(values) / 2,)))
    return tried


def test_proposals_lie_in_the_space_and_repeat_under_a_seed():
    tried = searched(8)
    for trial in tried:
        assert all(d.holds(trial.values[d.key]) for d in SPACE)
        config_from_dict(nest(trial.values) | {"network": {"channels": [8, 16], "strides": [2]}})
    assert [t.values for t in tried] == [t.values for t in searched(8)]
    assert tried[0].values != searched(1, seed=1)[0].values


def test_it_learns_where_good_trials_lie_and_what_mattered():
    tried = searched(24)
    early = sum(t.value for t in tried[:6]) / 6
    late = sum(t.value for t in tried[-6:]) / 6
    assert late > early
    shares = importances(SPACE, tried)
    assert next(iter(shares)) == "optim.rate"
    assert sum(shares.values()) == pytest.approx(1, abs=1e-3)


def test_importances_need_trials_that_differ():
    tried = searched(5)
    assert importances(SPACE, tried[:4]) == {}
    assert importances(SPACE, [Tried(t.values, "done", 0.5) for t in tried]) == {}


def test_trials_side_by_side_differ_and_others_are_passed_over():
    values = propose(SPACE, [], seed=0)
    waiting = [
        Tried(values, "running"),
        Tried({}, "done", 0.9),
        Tried({"optim.rate": 5.0}, "done", 0.9),
        Tried(values, "failed"),
        Tried(values, "pruned", None, (0.1, math.nan)),
    ]
    assert propose(SPACE, waiting, seed=0) != values


def test_a_trial_below_the_median_of_its_rung_is_given_up():
    values = propose(SPACE, [], seed=0)
    others = [Tried(values, "done", 0.9, (0.2 * n, 0.9)) for n in range(1, 5)]
    assert is_hopeless(SPACE, others, [0.4])
    assert not is_hopeless(SPACE, others, [0.55])
    assert not is_hopeless(SPACE, others, [0.4, 0.95])
    assert not is_hopeless(SPACE, others, [])
    assert not is_hopeless(SPACE, others, [math.nan])
    assert not is_hopeless(SPACE, others[:3], [0.1])


@pytest.mark.parametrize("kind", [*SPACES, "restoration"])
def test_default_spaces_are_of_real_settings_and_hold_the_defaults(kind):
    space = default_space(kind)
    assert read_space(space_rows(space)) == space
    assert pick_values(config_to_dict(Config()), space) is not None
    for dimension in space:
        ends = dimension.choices or (dimension.low, dimension.high)
        for value in ends:
            config_from_dict(nest({dimension.key: value}))


def test_settings_outside_of_the_space_have_no_place_in_it():
    config = {"optim": {"rate": 0.01, "batch": 8}, "network": {"channels": (8, 16)}}
    where = {"optim.rate": 0.01, "optim.batch": 8, "network.channels": [8, 16]}
    assert pick_values(config, SPACE) == where
    assert pick_values(config | {"optim": {"rate": 0.5, "batch": 8}}, SPACE) is None


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"kind": "float", "low": 0, "high": 1}],
        [{"key": "a", "kind": "word"}],
        [{"key": "a", "kind": "float", "low": 1, "high": 1}],
        [{"key": "a", "kind": "float", "low": 0, "high": 1, "log": True}],
        [{"key": "a", "kind": "float", "low": "x", "high": 1}],
        [{"key": "a", "kind": "int", "low": 0.5, "high": 2}],
        [{"key": "a", "kind": "choice", "choices": [1]}],
        [{"key": "a", "kind": "float", "low": 0, "high": 1, "step": 2}],
        [{"key": "a", "kind": "float", "low": 0, "high": 1}] * 2,
    ],
)
def test_spaces_that_make_no_sense_are_refused(rows):
    with pytest.raises(ConfigError):
        read_space(rows)


def test_a_fold_validates_instead_of_the_split(tmp_path):
    items = tuple(
        Item(id=str(n), image=tmp_path, split=split, group=f"g{n}")
        for n, split in enumerate(["train"] * 5 + ["val", "test"])
    )
    snapshot = Snapshot("instance", (), items, "d")
    folds = [validation_fold(snapshot, at, n=3) for at in range(3)]
    held_out = [item.id for fold in folds for item in fold.of("val")]
    assert sorted(held_out) == ["0", "1", "2", "3", "4", "5"]
    assert all(not fold.of("test") for fold in folds)
    with pytest.raises(TrainingError, match="bad_fold"):
        validation_fold(snapshot, 3, n=3)
