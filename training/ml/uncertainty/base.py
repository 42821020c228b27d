"""What a method of uncertainty sees of a model, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import torch
    from torch import nn

    from training.ml.config import UncertaintyConfig
    from training.ml.inferer import Forward, Unflip

    Turn = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Geometry:
    """How maps are put back onto the picture that was mirrored or turned.

    Attributes
    ----------
    unflip : callable
        Undoes mirroring of spatial axes on maps, see ``Head.unflip``.
    turn : callable
        Corrects maps with a direction after their pixels were moved, see ``Head.turn``.
    """

    unflip: Unflip
    turn: Turn


@dataclass(frozen=True)
class Subject:
    """A model as the methods see it.

    Attributes
    ----------
    network : nn.Module
        Ready to predict.
    forward_of : callable
        Given such a network, the function from pictures (N, C, ...) to what is predicted: maps
        (N, K, ...) or class probabilities (N, K).
    geometry : Geometry or None
        Of maps; None where the output has no place in the picture.
    multiple : int
        What the sides of pictures in Y and X are multiples of.
    states : sequence of mapping
        Weights of the model at other times.
    """

    network: nn.Module
    forward_of: Callable[[nn.Module], Forward]
    geometry: Geometry | None
    multiple: int = 1
    states: Sequence[Mapping[str, torch.Tensor]] = ()


class Method(Protocol):
    """One source of several answers: entry type of ``UNCERTAINTY``.

    Attributes
    ----------
    summary : str
        What it does, in words for people.
    mirrored : bool
        Whether its members begin with those that prediction averages anyway: the picture itself,
        then its mirrored copies. These are not predicted twice.
    """

    summary: str
    mirrored: bool

    def members(self, subject: Subject, config: UncertaintyConfig) -> list[Forward]:
        """Return functions that answer for the same picture; they repeat themselves."""
        ...
