"""The model as a package that other programs of the field run (BioImage.IO, format 0.5)."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import yaml

from training.ml.export.formats import OPSET, write_onnx, write_torchscript
from training.ml.export.pictures import draw_example, prepare_example, write_cover
from training.ml.export.rdf import Files, describe_package
from training.ml.export.safetensors_package import MODEL_FILES
from training.ml.export.served import serve
from training.ml.export.write import CARD_JSON, CARD_MARKDOWN, card_files

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.ml.export.base import Packed
    from training.ml.export.served import Served

RDF = "rdf.yaml"
FILES = Files(
    onnx="weights.onnx",
    torchscript="weights.pt",
    test_input="test_input.npy",
    test_output="test_output.npy",
    cover="cover.png",
    documentation=CARD_MARKDOWN,
    attachments=(*MODEL_FILES, CARD_JSON),
)


class BioImageIoExport:
    """``rdf.yaml`` with ONNX and TorchScript weights, test tensors and our own files.

    Our own files are attached, so that the package is known again when it comes back.
    Entry of ``EXPORTS``.
    """

    name = "bioimageio"

    def write(self, packed: Packed, out: Path) -> None:
        """Write the package as one zip file.

        Raises
        ------
        TrainingError
            Codes ``no_network``, ``export_differs``.
        """
        served = serve(packed.card, packed.weights)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            _write_files(folder, packed, served)
            text = describe_package(
                packed.about, served, FILES, folder=folder, opset=OPSET,
                torch_version=torch.__version__.split("+")[0],
            )  # fmt: skip
            (folder / RDF).write_text(
                yaml.safe_dump(text, sort_keys=False, allow_unicode=True), encoding="utf-8"
            )
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
                for path in sorted(folder.iterdir()):
                    archive.write(path, path.name)


def _write_files(folder: Path, packed: Packed, served: Served) -> None:
    write_onnx(folder / FILES.onnx, served)
    write_torchscript(folder / FILES.torchscript, served)
    raw = draw_example(served)
    output = _run(served, prepare_example(served, raw))
    np.save(folder / FILES.test_input, raw)
    np.save(folder / FILES.test_output, output)
    write_cover(folder / FILES.cover, served, raw, output)
    for file in MODEL_FILES:
        (folder / file).write_bytes((packed.folder / file).read_bytes())
    for file, text in card_files(packed.about).items():
        (folder / file).write_text(text, encoding="utf-8")


def _run(served: Served, pictures: NDArray[np.float32]) -> NDArray[Any]:
    with torch.inference_mode():
        return np.asarray(served.module(torch.from_numpy(pictures)).numpy())
