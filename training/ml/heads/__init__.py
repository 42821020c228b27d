"""Representations of instances."""

from training.ml.heads.base import Decoded, Head
from training.ml.heads.distance import DistanceHead

HEADS: dict[str, Head] = {
    "distance": DistanceHead(),
}

__all__ = ["HEADS", "Decoded", "Head"]
