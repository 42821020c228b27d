"""The network as one ONNX file, and what to feed it."""

from __future__ import annotations

import json
import tempfile
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.ml.export.formats import INPUT, OUTPUT, write_onnx
from training.ml.export.served import Percentiles, serve
from training.ml.export.write import card_files

if TYPE_CHECKING:
    from training.ml.export.base import Packed
    from training.ml.export.served import Served


class OnnxExport:
    """``model.onnx``, ``inputs_outputs.json`` and the card; entry of ``EXPORTS``."""

    name = "onnx"

    def write(self, packed: Packed, out: Path) -> None:
        """Write the package as one zip file.

        Raises
        ------
        TrainingError
            Codes ``no_network``, ``export_differs``.
        """
        served = serve(packed.card, packed.weights)
        with (
            tempfile.TemporaryDirectory() as folder,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            path = Path(folder) / "model.onnx"
            write_onnx(path, served)
            archive.write(path, path.name)
            archive.writestr("inputs_outputs.json", json.dumps(feeding(served), indent=1))
            for name, text in card_files(packed.about).items():
                archive.writestr(name, text)


def feeding(served: Served) -> dict[str, Any]:
    """Say what goes in and what comes out, in plain values."""
    spatial = ["batch", "channel", *served.axes]
    return {
        "input": {
            "name": INPUT,
            "axes": spatial,
            "dtype": "float32",
            "channels": served.channels,
            "sides_are_multiples_of": served.multiple,
            "normalisation": {
                "kind": "percentiles of the whole picture, per channel, become 0 and 1"
                if isinstance(served.intensity, Percentiles)
                else "intensities, per channel, become 0 and 1",
                **asdict(served.intensity),
            },
        },
        "output": {
            "name": OUTPUT,
            "axes": spatial if served.per_pixel else ["batch", "class"],
            "channels": list(served.outputs),
        },
        "beside": served.hint,
        "calibration": dict(served.calibration),
    }
