"""Representations of instances."""

from training.ml.heads.base import Decoded, Head
from training.ml.heads.distance import DistanceHead
from training.ml.heads.flow import FlowHead

HEADS: dict[str, Head] = {
    "distance": DistanceHead(),
    "flow": FlowHead(),
}

__all__ = ["HEADS", "Decoded", "Head"]
