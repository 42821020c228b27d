"""The model as it is: weights, settings, card. ``python -m training.ml predict`` runs it."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from training.ml.export.write import card_files

if TYPE_CHECKING:
    from pathlib import Path

    from training.ml.export.base import Packed

MODEL_FILES = ("model.json", "weights.safetensors")


class SafetensorsExport:
    """Weights as safetensors, ``model.json``, and the card; entry of ``EXPORTS``."""

    name = "safetensors"

    def write(self, packed: Packed, out: Path) -> None:
        """Write the package as one zip file."""
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in MODEL_FILES:
                archive.write(packed.folder / name, name)
            for name, text in card_files(packed.about).items():
                archive.writestr(name, text)
