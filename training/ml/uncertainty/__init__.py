"""Several answers of one model to the same picture, and how far they differ."""

from __future__ import annotations

from training.ml.uncertainty.base import Method, Subject
from training.ml.uncertainty.dropout import Dropout
from training.ml.uncertainty.keeping import Snapshots
from training.ml.uncertainty.single import Single
from training.ml.uncertainty.views import Views

UNCERTAINTY: dict[str, Method] = {
    "single": Single(),
    "tta": Views(),
    "dropout": Dropout(),
    "snapshots": Snapshots(),
}

__all__ = ["UNCERTAINTY", "Method", "Subject"]
