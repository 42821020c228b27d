"""Ways to find the cell that is clicked, the best first: pure NumPy, one file each."""

from training.assist.clickers.base import Clicker
from training.assist.clickers.classical import CLASSICAL
from training.assist.clickers.features import FEATURES

CLICKERS: dict[str, Clicker] = {
    "features": FEATURES,
    "classical": CLASSICAL,
}

__all__ = ["CLICKERS", "Clicker"]
