"""From maps to objects, and maps as files: pure NumPy, so that the web process may use it too."""

from training.decoding.base import Basins, BasinSettings
from training.decoding.distance import distance_basins
from training.decoding.flow import flow_basins

# One entry per head of `training.ml.heads`; takes maps of one plane.
BASINS: dict[str, Basins] = {
    "distance": distance_basins,
    "flow": flow_basins,
}

__all__ = ["BASINS", "BasinSettings", "Basins"]
