"""Ways to take a model away: each writes one zip file."""

from training.ml.export.base import Export, Packed
from training.ml.export.bioimageio_package import BioImageIoExport
from training.ml.export.onnx_package import OnnxExport
from training.ml.export.safetensors_package import SafetensorsExport
from training.ml.export.write import export_model

EXPORTS: dict[str, Export] = {
    "bioimageio": BioImageIoExport(),
    "onnx": OnnxExport(),
    "safetensors": SafetensorsExport(),
}

__all__ = ["EXPORTS", "Export", "Packed", "export_model"]
