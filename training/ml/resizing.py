"""Resizing pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F
from scipy import ndimage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def resize(plane: NDArray[Any], shape: Sequence[int]) -> NDArray[np.float32]:
    """Resize by linear interpolation, smoothing first where it shrinks.

    Parameters
    ----------
    plane : ndarray
        (Y, X) or (Z, Y, X).
    shape : sequence of int
        Wanted shape.

    Returns
    -------
    ndarray of float32
        Of the wanted shape.
    """
    values = np.asarray(plane, dtype=np.float32)
    if tuple(shape) == values.shape:
        return values
    factors = [old / new for old, new in zip(values.shape, shape, strict=True)]
    sigmas = [max(0.0, (factor - 1) / 2) for factor in factors]
    if any(sigmas):
        values = ndimage.gaussian_filter(values, sigmas, mode="nearest")
    stacked = torch.from_numpy(np.ascontiguousarray(values))[None, None]
    mode = "bilinear" if values.ndim == 2 else "trilinear"
    return np.asarray(F.interpolate(stacked, size=tuple(shape), mode=mode)[0, 0].numpy())
