"""What the representation of instances must offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch
    from numpy.typing import NDArray

    from training.ml.config import DecodeConfig


@dataclass(frozen=True)
class Decoded:
    """Objects of one picture.

    Attributes
    ----------
    labels : ndarray of int32
        (Y, X) or (Z, Y, X); ids 1..n.
    scores : ndarray of float32, shape (n,)
        Confidence of each object, in [0, 1].
    classes : ndarray of float32, shape (n, K), or None
        Distribution of each object over the classes, where objects have one.
    """

    labels: NDArray[Any]
    scores: NDArray[Any]
    classes: NDArray[Any] | None = None


class Head(Protocol):
    """A representation of instances: targets, loss and decoding.

    The first map is always the foreground (logit in, probability out).
    """

    def channels(self, dims: int) -> int:
        """Count the maps that the network puts out, in ``dims`` dimensions."""
        ...

    def targets(self, labels: NDArray[Any]) -> NDArray[Any]:
        """Target maps (K, ...) float32 of a label image (...)."""
        ...

    def turn(self, targets: torch.Tensor, matrices: torch.Tensor) -> torch.Tensor:
        """Correct maps (N, K, ...) with a direction after their pixels were moved.

        ``matrices`` (N, dims, dims) take a direction (X, Y(, Z)) of the patch to the picture.
        """
        ...

    def loss(
        self, output: torch.Tensor, targets: torch.Tensor, valid: torch.Tensor
    ) -> torch.Tensor:
        """Mean loss over the valid pixels; output (N, K, ...), valid (N, 1, ...)."""
        ...

    def activate(self, output: torch.Tensor) -> torch.Tensor:
        """Return maps that may be averaged over tiles and mirrored copies."""
        ...

    def unflip(self, maps: torch.Tensor, axes: Sequence[int]) -> torch.Tensor:
        """Undo mirroring of spatial axes (0 = first) on maps (N, K, ...)."""
        ...

    def decode(self, maps: NDArray[Any], settings: DecodeConfig, *, area: float) -> Decoded:
        """Objects of maps (K, ...); ``area`` is a typical object's, in pixels of the maps."""
        ...
