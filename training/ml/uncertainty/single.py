"""One forward pass: nothing is asked twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.ml.config import UncertaintyConfig
    from training.ml.inferer import Forward
    from training.ml.uncertainty.base import Subject


class Single:
    """The prediction as it is: its own entropy, and no spread."""

    summary = "the prediction's own probabilities, nothing more"
    mirrored = False

    def members(self, subject: Subject, config: UncertaintyConfig) -> list[Forward]:
        """No member beside the prediction itself."""
        return []
