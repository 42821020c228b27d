"""Representations of instances."""

from training.ml.heads.base import Decoded, Head
from training.ml.heads.classed import ClassedHead
from training.ml.heads.distance import DistanceHead
from training.ml.heads.flow import FlowHead

HEADS: dict[str, Head] = {
    "distance": DistanceHead(),
    "flow": FlowHead(),
}


def build_head(name: str, *, n_classes: int) -> Head:
    """Return an entry of ``HEADS``, with classes of objects beside it where there are any."""
    return ClassedHead(HEADS[name], n_classes) if n_classes else HEADS[name]


__all__ = ["HEADS", "ClassedHead", "Decoded", "Head", "build_head"]
