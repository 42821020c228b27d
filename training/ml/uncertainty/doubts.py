"""A method of uncertainty as predictors use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from training.ml.uncertainty import UNCERTAINTY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import torch
    from numpy.typing import NDArray

    from training.ml.config import UncertaintyConfig
    from training.ml.inferer import Forward
    from training.ml.uncertainty.base import Subject

# Numbers in memory; a picture whose answers would be more is predicted without doubt.
MOST_VALUES = 1 << 27


@dataclass(frozen=True)
class Doubts:
    """What shall be asked of a model beside its prediction.

    Attributes
    ----------
    config : UncertaintyConfig
        Method and its settings.
    states : sequence of mapping
        Weights of the model at other times.
    """

    config: UncertaintyConfig
    states: Sequence[Mapping[str, torch.Tensor]] = ()

    @property
    def shared(self) -> bool:
        """Whether what is predicted anyway are members too."""
        return UNCERTAINTY[self.config.method].mirrored

    def others(self, subject: Subject, *, own: int) -> list[Forward]:
        """Return members that are not predicted anyway.

        Parameters
        ----------
        subject : Subject
            The model.
        own : int
            Functions whose mean is the prediction: 1, or 4 with mirrored copies.

        Returns
        -------
        list of callable
            To be called beside the prediction's own.
        """
        members = UNCERTAINTY[self.config.method].members(subject, self.config)
        return members[own:] if self.shared else members


def split_members(stacked: NDArray[Any], channels: int) -> tuple[NDArray[Any], NDArray[np.float32]]:
    """Undo `training.ml.inferer.with_members`.

    Parameters
    ----------
    stacked : ndarray of float32, shape ((1 + M) K, ...)
        Maps.
    channels : int
        K.

    Returns
    -------
    tuple of ndarray, shapes (K, ...) and (M, K, ...)
        The prediction, and its members; the prediction alone where there are none.
    """
    apart = stacked.reshape(-1, channels, *stacked.shape[1:])
    return apart[0], apart[1:] if len(apart) > 1 else apart
