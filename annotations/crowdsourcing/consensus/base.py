"""What a consensus method takes and gives. Pure NumPy."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from annotations.crowdsourcing.consensus.pixels import FusedPixels
from annotations.labels.bands import LabelImage
from annotations.labels.planes import LabelStack


@dataclass(frozen=True)
class InstanceAnswer:
    """One person's objects.

    Attributes
    ----------
    labels : LabelImage, (T, Z, Y, X)
        0 = background; read band by band.
    classes : mapping of int to int
        Object id to class index; objects without a class are absent.
    """

    labels: LabelImage
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
class FusedSet:
    """The classes that answers add up to, where a sample may have several.

    Attributes
    ----------
    members : tuple of FusedMember
        Each class that somebody named, in the order of indexes.
    agreement : float or None
        Mean Jaccard index over pairs of people; None for one person alone.
    confidence : float
        Mean share of people who say what was decided, over those classes; 1 without any.
    """

    members: tuple["FusedMember", ...]
    agreement: float | None
    confidence: float

    @property
    def is_undecided(self) -> bool:
        """Whether people are split evenly about a class, so that a reviewer should look."""
        return any(member.is_tied for member in self.members)


@dataclass(frozen=True)
class FusedMember:
    """One class: how many named it, whether it was taken, and whether half of the people did."""

    class_index: int
    votes: int
    is_taken: bool
    is_tied: bool


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
    labels : LabelStack, (T, Z, Y, X)
        Label image with ids 1, 2, ...; packed.
    objects : tuple of FusedObject
        In the order of their ids.
    agreement : float or None
        Mean F1 over pairs of people, at an IoU of 0.5; None for one person alone.
    confidence : float
        Mean confidence of the objects; the agreement where there are none.
    """

    labels: LabelStack
    objects: tuple[FusedObject, ...]
    agreement: float | None
    confidence: float


class ConsensusMethod(Protocol):
    """A way to make one answer of many."""

    def fuse_classes(self, votes: Sequence[int]) -> FusedClass:
        """Fuse class indexes, one per person, in the order of submission (one at least)."""
        ...

    def fuse_sets(self, votes: Sequence[Collection[int]]) -> FusedSet:
        """Fuse sets of class indexes, one per person (one at least); a set may be empty."""
        ...

    def fuse_instances(self, answers: Sequence[InstanceAnswer]) -> FusedInstances:
        """Fuse label images of equal shape, one per person, in the order of submission."""
        ...

    def fuse_pixels(self, answers: Sequence[LabelImage], *, unpainted_counts: bool) -> FusedPixels:
        """Fuse class images of equal shape, one per person; see `consensus.pixels`."""
        ...
