"""What a search does next, from how its trials stand and what is left of its budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from training.search.models import TrialRole, TrialState

# A search of fewer trainings than this cannot spare two for the confirmation.
FEWEST_TO_CONFIRM = 6
MOST_TRIALS = 200
MOST_FAILURES = 3


class Next(Enum):
    """What to do."""

    TRY = auto()
    CONFIRM_DEFAULT = auto()
    CONFIRM_BEST = auto()
    WAIT = auto()
    FINISH = auto()
    GIVE_UP = auto()


@dataclass(frozen=True)
class Budget:
    """Seconds of training of all workers together, of one trial, and trials side by side."""

    total: float
    trial: float
    lanes: int

    @property
    def reserve(self) -> float:
        """Seconds that are kept for the confirmation."""
        return 2 * self.trial if self.total >= FEWEST_TO_CONFIRM * self.trial else 0.0


@dataclass(frozen=True)
class Standing:
    """How one trial stands."""

    role: str
    state: str
    seconds: float = 0.0
    value: float | None = None


def next_step(trials: Sequence[Standing], budget: Budget) -> Next:
    """Decide what to do next.

    Parameters
    ----------
    trials : sequence of Standing
        In the order of their numbers; the first is the default.
    budget : Budget
        What may be spent; a running trial counts in full.

    Returns
    -------
    Next
        One step; ask again after doing it.
    """
    if _is_vain(trials):
        return Next.GIVE_UP
    running = [trial for trial in trials if trial.state == TrialState.RUNNING]
    if len(running) >= budget.lanes:
        return Next.WAIT
    confirming = {trial.role for trial in trials} & {
        TrialRole.CONFIRM_DEFAULT.value,
        TrialRole.CONFIRM_BEST.value,
    }
    spent = sum(t.seconds for t in trials if t.state != TrialState.RUNNING)
    spent += len(running) * budget.trial
    # A second of grace: budgets are sums of floating-point minutes.
    affordable = spent + budget.trial <= budget.total - budget.reserve + 1
    if not confirming and affordable and len(trials) < MOST_TRIALS:
        return Next.TRY
    if not confirming and running:
        return Next.WAIT
    best = find_best(trials)
    if best is None:
        return Next.GIVE_UP
    if best > 0 and budget.reserve > 0:
        if TrialRole.CONFIRM_DEFAULT not in confirming:
            return Next.CONFIRM_DEFAULT
        if TrialRole.CONFIRM_BEST not in confirming:
            return Next.CONFIRM_BEST
    return Next.WAIT if running else Next.FINISH


def find_best(trials: Sequence[Standing]) -> int | None:
    """Return the place of the best finished trial (no confirmation); the first of equals."""
    done = [
        at
        for at, trial in enumerate(trials)
        if trial.state == TrialState.DONE
        and trial.value is not None
        and trial.role in (TrialRole.DEFAULT, TrialRole.TRIED)
    ]
    return max(done, key=lambda at: (trials[at].value or 0.0, -at), default=None)


def _is_vain(trials: Sequence[Standing]) -> bool:
    """Whether there is nothing to compare with, or the newest trials all failed."""
    if trials and trials[0].state == TrialState.FAILED:
        return True
    ended = [trial.state for trial in trials if trial.state != TrialState.RUNNING]
    newest = ended[-MOST_FAILURES:]
    return len(newest) == MOST_FAILURES and set(newest) == {TrialState.FAILED.value}
