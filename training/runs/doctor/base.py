"""What a check sees and what it says."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class RunEvidence:
    """A run as the doctor sees it.

    Attributes
    ----------
    losses : tuple of float
        Training loss over time.
    validation : tuple of (int, float)
        Position in `losses` and validation score (larger is better), where one was measured.
    n_train, n_validation : int
        Labelled items in each split.
    n_objects : int
        Labelled objects in the training split (items, for classification).
    steps : int or None
        Steps made; None where nothing is learned in steps.
    seconds : float
        Time it took.
    """

    losses: tuple[float, ...]
    validation: tuple[tuple[int, float], ...]
    n_train: int
    n_validation: int
    n_objects: int
    steps: int | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Finding:
    """What a check found: the evidence, what it means, what to do."""

    code: str
    evidence: str
    meaning: str
    remedy: str


DoctorCheck = Callable[[RunEvidence], Finding | None]
