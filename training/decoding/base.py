"""What every decoding of maps takes and gives."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class BasinSettings:
    """Thresholds of a model, and the size of its objects.

    Attributes
    ----------
    foreground : float
        Smallest foreground probability of an object's pixel.
    seed : float
        Prominence of a centre (watershed), or smallest share of converging flow.
    area : float
        Pixels of a typical object in the maps.
    """

    foreground: float
    seed: float
    area: float


class Basins(Protocol):
    """Divides the foreground of maps among objects, none left out for its size or score."""

    def __call__(self, maps: NDArray[Any], settings: BasinSettings) -> NDArray[np.int32]:
        """Return ids 1..n (...) of maps (K, ...), 0 for background and for what has no centre."""
        ...
