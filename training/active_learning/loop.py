"""The life of a round as a pure state machine, and what follows when it ends."""

from dataclasses import dataclass
from enum import StrEnum


class RoundState(StrEnum):
    """Where a round stands."""

    SCORING = "scoring"
    LABELLING = "labelling"
    TRAINING = "training"
    EVALUATING = "evaluating"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RoundEvent(StrEnum):
    """What can happen to a round."""

    BATCH_QUEUED = "batch_queued"
    ALL_LABELLED = "all_labelled"
    MORE_WANTED = "more_wanted"
    RUN_FINISHED = "run_finished"
    EVALUATED = "evaluated"
    WENT_WRONG = "went_wrong"
    SCORED_AGAIN = "scored_again"
    TRAINED_AGAIN = "trained_again"
    CANCELLED = "cancelled"


LIVE_STATES = frozenset(
    {
        RoundState.SCORING,
        RoundState.LABELLING,
        RoundState.TRAINING,
        RoundState.EVALUATING,
    }
)

TRANSITIONS: dict[tuple[RoundState, RoundEvent], RoundState] = {
    (RoundState.SCORING, RoundEvent.BATCH_QUEUED): RoundState.LABELLING,
    (RoundState.LABELLING, RoundEvent.ALL_LABELLED): RoundState.TRAINING,
    (RoundState.TRAINING, RoundEvent.RUN_FINISHED): RoundState.EVALUATING,
    # The labels so far teach nothing, as where all are of one class.
    (RoundState.TRAINING, RoundEvent.MORE_WANTED): RoundState.LABELLING,
    (RoundState.EVALUATING, RoundEvent.EVALUATED): RoundState.DONE,
    # Labels are never lost by a failure: a round whose batch was queued goes on from there.
    (RoundState.FAILED, RoundEvent.SCORED_AGAIN): RoundState.SCORING,
    (RoundState.FAILED, RoundEvent.TRAINED_AGAIN): RoundState.LABELLING,
    **{(state, RoundEvent.WENT_WRONG): RoundState.FAILED for state in LIVE_STATES},
    **{(state, RoundEvent.CANCELLED): RoundState.CANCELLED for state in LIVE_STATES},
}


class IllegalTransitionError(ValueError):
    """The event cannot happen in this state."""

    def __init__(self, state: RoundState, event: RoundEvent) -> None:
        super().__init__(f"a round that is {state} cannot take the event {event}")
        self.state = state
        self.event = event


def advance(state: RoundState, event: RoundEvent) -> RoundState:
    """Return the state after the event.

    Parameters
    ----------
    state : RoundState
        The round's state now.
    event : RoundEvent
        What happened.

    Returns
    -------
    RoundState
        The state after it.

    Raises
    ------
    IllegalTransitionError
        If the event cannot happen in that state.
    """
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransitionError(state, event) from None


@dataclass(frozen=True)
class NextRound:
    """Whether another round follows, and why (not)."""

    start: bool
    code: str


def decide_next_round(*, auto: bool, rounds_done: int, max_rounds: int, pool: int) -> NextRound:
    """Say whether another round is to be started after one that is done.

    Parameters
    ----------
    auto : bool
        Whether the project's loop goes on by itself.
    rounds_done : int
        Rounds that ended as done.
    max_rounds : int
        Most rounds wanted; 0 for no limit.
    pool : int
        Samples of the training split without ground truth.

    Returns
    -------
    NextRound
        The decision with a stable code.
    """
    if not auto:
        return NextRound(start=False, code="loop_is_manual")
    if max_rounds and rounds_done >= max_rounds:
        return NextRound(start=False, code="enough_rounds")
    if pool == 0:
        return NextRound(start=False, code="pool_is_empty")
    return NextRound(start=True, code="next_round")
