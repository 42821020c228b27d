"""What a search does next."""

import pytest

from training.search.plan import Budget, Next, Standing, find_best, next_step

TEN = Budget(total=600, trial=60, lanes=1)


def done(value, role="tried", seconds=60.0):
    return Standing(role, "done", seconds, value)


DEFAULT = done(0.5, "default")
RUNNING = Standing("tried", "running")
FAILED = Standing("tried", "failed", 1.0)


@pytest.mark.parametrize(
    ("trials", "budget", "step"),
    [
        ([Standing("default", "running")], TEN, Next.WAIT),
        ([Standing("default", "running")], Budget(600, 60, 2), Next.TRY),
        ([DEFAULT], TEN, Next.TRY),
        # Eight of ten trainings may be tried: two are kept for the confirmation.
        ([DEFAULT, *[done(0.6)] * 6], TEN, Next.TRY),
        ([DEFAULT, *[done(0.6)] * 7], TEN, Next.CONFIRM_DEFAULT),
        # What was pruned has left time for others.
        ([DEFAULT, *[done(0.6)] * 5, *[Standing("tried", "pruned", 10)] * 5], TEN, Next.TRY),
        ([DEFAULT, *[done(0.6)] * 7, Standing("confirm_default", "running")], TEN, Next.WAIT),
        ([DEFAULT, *[done(0.6)] * 7, done(0.5, "confirm_default")], TEN, Next.CONFIRM_BEST),
        (
            [DEFAULT, *[done(0.6)] * 7, done(0.5, "confirm_default"), done(0.6, "confirm_best")],
            TEN,
            Next.FINISH,
        ),
        # Nothing was better than the settings as they are: there is nothing to confirm.
        ([DEFAULT, *[done(0.4)] * 7], TEN, Next.FINISH),
        # Too short to spare trainings for a confirmation.
        ([DEFAULT, done(0.6), done(0.6)], Budget(180, 60, 1), Next.FINISH),
        ([Standing("default", "failed")], TEN, Next.GIVE_UP),
        ([DEFAULT, FAILED, FAILED], TEN, Next.TRY),
        ([DEFAULT, FAILED, FAILED, FAILED], TEN, Next.GIVE_UP),
    ],
)
def test_next_step(trials, budget, step):
    assert next_step(trials, budget) == step


def test_a_running_trial_counts_in_full():
    two = Budget(total=300, trial=60, lanes=2)
    assert next_step([DEFAULT, done(0.6), done(0.6), RUNNING], two) == Next.TRY
    assert next_step([DEFAULT, done(0.6), done(0.6), done(0.6), RUNNING], two) == Next.WAIT


def test_the_best_is_the_first_of_equals_and_never_a_confirmation():
    trials = [DEFAULT, done(0.7), done(0.7), done(0.9, "confirm_best"), RUNNING]
    assert find_best(trials) == 1
    assert find_best([RUNNING]) is None
