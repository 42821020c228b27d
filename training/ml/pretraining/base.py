"""What a pretext task must offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    import torch

    from training.ml.pretraining.settings import PretrainConfig


@dataclass(frozen=True)
class Spoiled:
    """Patches of which something was taken away.

    Attributes
    ----------
    pictures : Tensor, shape (N, C, ...)
        As the network sees them.
    weight : Tensor, shape (N, 1, ...)
        Above 0 where the original is to be rebuilt.
    """

    pictures: torch.Tensor
    weight: torch.Tensor


class Pretext(Protocol):
    """A way to take something away: entry type of ``PRETEXTS``.

    Attributes
    ----------
    summary : str
        What the network has to rebuild, in words.
    """

    summary: str

    def spoil(
        self, pictures: torch.Tensor, settings: PretrainConfig, *, rng: np.random.Generator
    ) -> Spoiled:
        """Take something away from normalised patches (N, C, ...), which stay as they are."""
        ...
