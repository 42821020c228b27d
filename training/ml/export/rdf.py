"""What ``rdf.yaml`` says (BioImage.IO model description 0.5)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from training.ml.export.served import Percentiles

if TYPE_CHECKING:
    from pathlib import Path

    from training.cards import CardDocument
    from training.ml.export.served import Served

FORMAT_VERSION = "0.5.4"
INPUT, OUTPUT = "image", "output"
LONGEST_NAME, LONGEST_DESCRIPTION = 128, 1024
CITE = {
    "text": "Ronneberger et al., U-Net: Convolutional Networks for Biomedical Image Segmentation.",
    "doi": "10.1007/978-3-319-24574-4_28",
}
CITE_RESIDUAL = {
    "text": "He et al., Deep Residual Learning for Image Recognition.",
    "doi": "10.1109/CVPR.2016.90",
}


@dataclass(frozen=True)
class Files:
    """Names of the files of a package."""

    onnx: str
    torchscript: str
    test_input: str
    test_output: str
    cover: str
    documentation: str
    attachments: tuple[str, ...]


def describe_package(
    about: CardDocument,
    served: Served,
    files: Files,
    *,
    folder: Path,
    opset: int,
    torch_version: str,
) -> dict[str, Any]:
    """Content of ``rdf.yaml`` for the files of a folder.

    Parameters
    ----------
    about : CardDocument
        The model card for people.
    served : Served
        The network.
    files : Files
        Names.
    folder : Path
        Where the files are; their SHA-256 is taken.
    opset : int
        Of the ONNX file.
    torch_version : str
        That wrote the TorchScript file.

    Returns
    -------
    dict
        Plain values.
    """

    def source(name: str) -> dict[str, str]:
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        return {"source": name, "sha256": digest}

    authors = [{"name": _plain(name)} for name in about.authors]
    return {
        "type": "model",
        "format_version": FORMAT_VERSION,
        "name": _plain(about.name)[:LONGEST_NAME],
        "description": (about.intended_use or f"{about.task_kind} model")[:LONGEST_DESCRIPTION],
        "authors": authors or [{"name": "not named"}],
        "cite": [CITE if served.per_pixel else CITE_RESIDUAL],
        "license": about.licence or "CC-BY-4.0",
        "documentation": files.documentation,
        "covers": [files.cover],
        "tags": ["cytoloop", about.task_kind, f"{served.dims}d"],
        "attachments": [source(name) for name in files.attachments],
        "inputs": [_input(served, source(files.test_input))],
        "outputs": [_output(served, source(files.test_output))],
        "weights": {
            "onnx": {**source(files.onnx), "opset_version": opset},
            "torchscript": {
                **source(files.torchscript),
                "pytorch_version": torch_version,
                "parent": "onnx",
            },
        },
        "config": {
            "bioimageio": {
                "reproducibility_tolerance": [
                    {"relative_tolerance": 0.001, "absolute_tolerance": 0.001}
                ]
            },
            "cytoloop": {
                "task_kind": about.task_kind,
                "beside": served.hint,
                "calibration": dict(served.calibration),
            },
        },
    }


def _input(served: Served, test: dict[str, str]) -> dict[str, Any]:
    channels = [f"channel_{n}" for n in range(served.channels)]
    return {
        "id": INPUT,
        "description": "Raw intensities; see config.cytoloop.beside for their scale.",
        "axes": [
            {"type": "batch"},
            {"type": "channel", "channel_names": channels},
            *({"type": "space", "id": axis, "size": _size(served, at)}
              for at, axis in enumerate(served.axes)),
        ],
        "test_tensor": test,
        "data": {"type": "float32"},
        "preprocessing": [_normalisation(served)],
    }  # fmt: skip


def _size(served: Served, axis: int) -> int | dict[str, int]:
    if not served.per_pixel:
        return served.shape[axis]
    return {"min": 2 * served.multiple, "step": served.multiple}


def _normalisation(served: Served) -> dict[str, Any]:
    how = served.intensity
    if isinstance(how, Percentiles):
        kwargs: dict[str, Any] = {
            "axes": list(served.axes),
            "min_percentile": how.low,
            "max_percentile": how.high,
        }
        return {"id": "scale_range", "kwargs": kwargs}
    spans = [high - low for low, high in zip(how.low, how.high, strict=True)]
    gains = [1 / span for span in spans]
    offsets = [-low / span for low, span in zip(how.low, spans, strict=True)]
    kwargs = {"axis": "channel", "gain": gains, "offset": offsets}
    return {"id": "scale_linear", "kwargs": kwargs}


def _output(served: Served, test: dict[str, str]) -> dict[str, Any]:
    names = [_identifier(name, at) for at, name in enumerate(served.outputs)]
    axes: list[dict[str, Any]] = [
        {"type": "batch"},
        {"type": "channel", "channel_names": names},
    ]
    if served.per_pixel:
        axes += [
            {"type": "space", "id": axis, "size": {"tensor_id": INPUT, "axis_id": axis}}
            for axis in served.axes
        ]
    return {
        "id": OUTPUT,
        "description": "Maps, one per channel." if served.per_pixel else "Probabilities.",
        "axes": axes,
        "test_tensor": test,
        "data": {"type": "float32"},
    }


def _identifier(name: str, at: int) -> str:
    """Lower-case word of letters, digits and underscores, as the format asks for."""
    word = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name)
    return word.lower().strip("_") if word.strip("_")[:1].isalpha() else f"class_{at}"


def _plain(text: str) -> str:
    """Letters, digits and blanks, which is what names may hold."""
    kept = "".join(letter if letter.isalnum() or letter in "_+- ()" else " " for letter in text)
    return " ".join(kept.split()) or "unnamed"
