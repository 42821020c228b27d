"""The round's state machine, arms and forecast."""

import itertools

import numpy as np
import pytest

from training.active_learning.arms import CONTROL, STRATEGY, fill_arms, plan_arms
from training.active_learning.forecast import CurvePoint, forecast
from training.active_learning.loop import (
    LIVE_STATES,
    TRANSITIONS,
    IllegalTransitionError,
    RoundEvent,
    RoundState,
    advance,
    decide_next_round,
)


def test_a_good_round_goes_through_all_states():
    state = RoundState.SCORING
    for event, expected in [
        (RoundEvent.BATCH_QUEUED, RoundState.LABELLING),
        (RoundEvent.ALL_LABELLED, RoundState.TRAINING),
        (RoundEvent.RUN_FINISHED, RoundState.EVALUATING),
        (RoundEvent.EVALUATED, RoundState.DONE),
    ]:
        state = advance(state, event)
        assert state == expected


def test_every_other_transition_is_refused():
    for state, event in itertools.product(RoundState, RoundEvent):
        if (state, event) not in TRANSITIONS:
            with pytest.raises(IllegalTransitionError, match=state):
                advance(state, event)


def test_live_rounds_can_fail_and_be_cancelled_and_ended_ones_cannot():
    for state in RoundState:
        for event in (RoundEvent.WENT_WRONG, RoundEvent.CANCELLED):
            assert ((state, event) in TRANSITIONS) == (state in LIVE_STATES)
    assert advance(RoundState.FAILED, RoundEvent.SCORED_AGAIN) == RoundState.SCORING
    assert advance(RoundState.FAILED, RoundEvent.TRAINED_AGAIN) == RoundState.LABELLING


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "next_round"),
        ({"auto": False}, "loop_is_manual"),
        ({"rounds_done": 5}, "enough_rounds"),
        ({"rounds_done": 99, "max_rounds": 0}, "next_round"),
        ({"pool": 0}, "pool_is_empty"),
    ],
)
def test_what_follows_a_round(change, code):
    facts = {"auto": True, "rounds_done": 1, "max_rounds": 5, "pool": 10} | change
    decision = decide_next_round(**facts)
    assert decision.code == code
    assert decision.start == (code == "next_round")


@pytest.mark.parametrize(
    ("size", "fraction", "control"), [(20, 0.2, 4), (1, 0.1, 1), (3, 0.1, 1), (10, 1.0, 10)]
)
def test_the_control_arm_is_never_empty(size, fraction, control):
    arms = {
        arm.name: arm for arm in plan_arms(size=size, strategy="entropy", control_fraction=fraction)
    }
    assert arms[CONTROL].size == control
    assert arms[CONTROL].strategy == "random"
    assert sum(arm.size for arm in arms.values()) == size


def test_random_is_its_own_control():
    (arm,) = plan_arms(size=9, strategy="random", control_fraction=0.2)
    assert (arm.name, arm.size) == (CONTROL, 9)


@pytest.mark.parametrize(("size", "fraction"), [(0, 0.2), (5, 0.0), (5, 1.5)])
def test_impossible_plans_are_refused(size, fraction):
    with pytest.raises(ValueError, match=r"must|at least"):
        plan_arms(size=size, strategy="entropy", control_fraction=fraction)


def _fill(seed, pool, ranking, size=20):
    arms = plan_arms(size=size, strategy="entropy", control_fraction=0.25)
    return fill_arms(
        arms, pool=pool, rankings={"entropy": ranking}, rng=np.random.default_rng(seed)
    )


def test_arms_share_no_sample_and_the_ranking_holds():
    pool = range(100, 200)
    picks = _fill(1, pool, list(reversed(pool)))
    assert len({pick.sample for pick in picks}) == len(picks) == 20
    control = {pick.sample for pick in picks if pick.arm == CONTROL}
    strategy = [pick.sample for pick in picks if pick.arm == STRATEGY]
    assert len(control) == 5
    assert strategy == [s for s in reversed(pool) if s not in control][:15]


def test_the_draw_depends_on_the_seed_and_not_on_the_order_of_the_pool():
    pool = list(range(50))
    assert _fill(3, pool, pool) == _fill(3, pool[::-1], pool)
    assert _fill(3, pool, pool) != _fill(4, pool, pool)


def test_the_control_is_uniform_whatever_the_ranking():
    pool = list(range(10))
    counts = np.zeros(10)
    for seed in range(3000):
        for pick in _fill(seed, pool, pool, size=4):
            counts[pick.sample] += pick.arm == CONTROL
    assert np.abs(counts / 3000 - 0.1).max() < 0.025


def test_a_small_pool_and_a_short_ranking_are_filled_up():
    picks = _fill(0, [5, 6, 7], [7])
    assert {pick.sample for pick in picks} == {5, 6, 7}


def _truth(n):
    return 0.9 - 1.5 * n**-0.6


def test_the_forecast_covers_a_power_law():
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(20):
        labels = [10, 20, 40, 60, 80]
        points = [CurvePoint(n, _truth(n) + rng.normal(0, 0.02)) for n in labels]
        result = forecast(points, more=100)
        hits += result.low <= _truth(180) <= result.high
        assert result.labels == 180
        assert result.gain_low <= result.gain <= result.gain_high
    assert hits >= 14


def test_a_flat_curve_promises_nothing_and_a_steep_one_does():
    flat = forecast([CurvePoint(n, 0.8, 0.01) for n in (50, 100, 150, 200)])
    steep = forecast([CurvePoint(n, _truth(n), 0.01) for n in (10, 15, 20, 25)])
    assert flat.gain < 0.02
    assert flat.worthwhile < 0.5 < steep.worthwhile


def test_two_points_are_no_curve():
    assert forecast([CurvePoint(10, 0.5), CurvePoint(20, 0.6), CurvePoint(20, 0.61)]) is None
    assert forecast([]) is None


def test_forecast_refuses_nonsense():
    with pytest.raises(ValueError, match="finite"):
        forecast([CurvePoint(10, float("nan")), CurvePoint(20, 0.6), CurvePoint(30, 0.7)])
    with pytest.raises(ValueError, match="label"):
        forecast([CurvePoint(0, 0.5), CurvePoint(20, 0.6), CurvePoint(30, 0.7)])
