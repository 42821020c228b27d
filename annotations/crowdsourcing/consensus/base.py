"""What a consensus method takes and gives. Pure NumPy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class InstanceAnswer:
    """One person's objects.

    Attributes
    ----------
    labels : ndarray of uint32, (T, Z, Y, X)
        Label image, 0 = background.
    classes : mapping of int to int
        Object id to class index; objects without a class are absent.
    """

    labels: Labels
    classes: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FusedClass:
    """The class that answers add up to.

    Attributes
    ----------
    class_index : int
        The answer.
    confidence : float
        How sure the method is of it, 0 to 1.
    agreement : float or None
        Share of the people who said it; None for one person alone.
    is_undecided : bool
        Whether other classes are as good, so that a reviewer should look.
    """

    class_index: int
    confidence: float
    agreement: float | None
    is_undecided: bool


@dataclass(frozen=True)
class FusedObject:
    """One object of a consensus.

    Attributes
    ----------
    id : int
        Its id in the fused label image.
    class_index : int or None
        Its class.
    votes : int
        How many people drew it.
    confidence : float
        0 to 1: how many drew it and how alike.
    is_disputed : bool
        Whether people differ about its existence, class or outline.
    """

    id: int
    class_index: int | None
    votes: int
    confidence: float
    is_disputed: bool


@dataclass(frozen=True)
class FusedInstances:
    """The objects that answers add up to.

    Attributes
    ----------
    labels : ndarray of uint32, (T, Z, Y, X)
        Label image with ids 1, 2, ...
    objects : tuple of FusedObject
        In the order of their ids.
    agreement : float or None
        Mean F1 over pairs of people, at an IoU of 0.5; None for one person alone.
    confidence : float
        Mean confidence of the objects; the agreement where there are none.
    """

    labels: Labels
    objects: tuple[FusedObject, ...]
    agreement: float | None
    confidence: float


class ConsensusMethod(Protocol):
    """A way to make one answer of many."""

    def fuse_classes(self, votes: Sequence[int]) -> FusedClass:
        """Fuse class indexes, one per person, in the order of submission (one at least)."""
        ...

    def fuse_instances(self, answers: Sequence[InstanceAnswer]) -> FusedInstances:
        """Fuse label images of equal shape, one per person, in the order of submission."""
        ...
