"""What a preset is, and what is known of pictures when one is suggested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class PictureFacts:
    """What tells modalities apart, as medians over some pictures.

    Attributes
    ----------
    planes, channels : int
        Depth (Z) and number of channels.
    side : int
        Shorter side of a plane, in pixels.
    ground : float
        Where the median lies between the darkest and the brightest pixels, in [0, 1]: near 0
        for bright objects on a dark ground, near 1 for dark ones on a bright ground, between
        for grey relief with shadows and halos.
    colour : float
        Mean saturation, in [0, 1], of pictures with three channels; 0 for others.
    """

    planes: int
    channels: int
    side: int
    ground: float
    colour: float


@dataclass(frozen=True)
class Labelling:
    """What is asked of the pictures.

    Attributes
    ----------
    task_kind : str
        Key of ``TASK_KINDS``.
    class_counts : tuple of int
        Labelled examples of each class, for a classification; where an example may have several
        classes, those that have none come last.
    """

    task_kind: str
    class_counts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Preset:
    """A starting point for one kind of picture.

    Attributes
    ----------
    name : str
        Key of ``PRESETS``.
    task_kinds : tuple of str
        For which kinds of tasks.
    title, reason : str
        What it is for, and why its settings differ from the defaults.
    changes : mapping
        Nested settings that differ from the defaults.
    suits : callable
        ``suits(facts, labelling)``: how well it fits, in [0, 1]; 0 = not at all.
    """

    name: str
    task_kinds: tuple[str, ...]
    title: str
    reason: str
    changes: Mapping[str, Any]
    suits: Callable[[PictureFacts, Labelling], float]


CROPS = ("classification", "multilabel")


def between(value: float, low: float, high: float) -> float:
    """Rise from 0 at ``low`` to 1 at ``high`` (which may be the smaller), on a straight line."""
    return min(1.0, max(0.0, (value - low) / (high - low)))
