"""The gate: paired bootstrap over groups, and its decisions."""

import numpy as np
import pytest

from training.model_registry.gate import Decision, judge, judge_first, paired_bootstrap


def _judge(champion, candidate, groups=None):
    champion, candidate = np.array(champion, dtype=float), np.array(candidate, dtype=float)
    groups = np.arange(champion.size) if groups is None else np.array(groups)
    return judge(champion, candidate, groups, rng=np.random.default_rng(0))


def test_a_clearly_better_candidate_is_promoted():
    result = _judge(np.full(20, 0.6), np.linspace(0.65, 0.8, 20))
    assert result.decision == Decision.PROMOTE
    assert 0 < result.low < result.delta < result.high
    assert result.n == 20
    assert "20 validation items" in result.reason


def test_equal_and_worse_candidates_are_not():
    scores = np.linspace(0.3, 0.9, 20)
    assert _judge(scores, scores).decision == Decision.KEEP
    assert _judge(scores, scores - 0.1).decision == Decision.KEEP


def test_a_lucky_mean_is_not_enough():
    candidate = np.full(20, 0.48)
    candidate[0] = 1.0
    result = _judge(np.full(20, 0.5), candidate)
    assert result.delta > 0
    assert result.decision == Decision.KEEP


def test_pairing_sees_a_small_steady_gain_under_a_large_spread():
    champion = np.linspace(0, 0.9, 12)
    assert _judge(champion, champion + 0.02).decision == Decision.PROMOTE


def test_few_groups_decide_nothing_however_many_items():
    result = _judge(np.full(40, 0.5), np.full(40, 0.9), groups=np.arange(40) % 3)
    assert result.decision == Decision.NOT_ENOUGH
    assert "3 independent" in result.reason
    assert _judge([], []).decision == Decision.NOT_ENOUGH


def test_groups_widen_the_interval():
    rng = np.random.default_rng(5)
    shared = np.repeat(rng.normal(0, 0.1, size=10), 10)
    alone = paired_bootstrap(shared, np.arange(100), rng=np.random.default_rng(0))
    grouped = paired_bootstrap(shared, np.repeat(np.arange(10), 10), rng=np.random.default_rng(0))
    assert grouped[1] - grouped[0] > 2 * (alone[1] - alone[0])


def test_the_interval_covers_the_truth():
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(200):
        differences = rng.normal(0.05, 0.1, size=30)
        low, high = paired_bootstrap(differences, np.arange(30), rng=rng)
        hits += low <= 0.05 <= high
    assert 165 <= hits <= 195


def test_the_same_seed_gives_the_same_answer_and_nan_is_refused():
    champion, candidate = np.linspace(0.2, 0.5, 9), np.linspace(0.4, 0.45, 9)
    assert _judge(champion, candidate) == _judge(champion, candidate)
    with pytest.raises(ValueError, match="finite"):
        _judge([0.5, np.nan], [0.5, 0.5])
    with pytest.raises(ValueError, match="one entry"):
        _judge([0.5, 0.5], [0.5])


def _first(start, candidate):
    start, candidate = np.array(start, dtype=float), np.array(candidate, dtype=float)
    groups = np.arange(start.size)
    return judge_first(start, candidate, groups, rng=np.random.default_rng(0))


def test_the_first_model_has_to_beat_the_zero_label_start():
    start = np.linspace(0.5, 0.7, 12)
    assert _first(start, start + 0.1).decision == Decision.PROMOTE
    worse = _first(start, start - 0.4)
    assert worse.decision == Decision.KEEP
    assert "zero-label start" in worse.reason


def test_where_there_is_little_to_tell_the_first_model_is_promoted_unless_it_looks_worse():
    assert _first([], []).decision == Decision.PROMOTE
    assert _first([0.5, 0.6], [0.5, 0.7]).decision == Decision.PROMOTE
    assert _first([0.5, 0.6], [0.1, 0.2]).decision == Decision.NOT_ENOUGH
