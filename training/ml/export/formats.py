"""A network as an ONNX or TorchScript file, checked against the network itself."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import onnx
import onnxruntime
import torch

from training.ml.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from training.ml.export.served import Served

INPUT, OUTPUT = "image", "output"
OPSET = 17
# Of values in [-1, 1]; sums are made in another order elsewhere.
TOLERANCE = 1e-3


def write_onnx(path: Path, served: Served) -> None:
    """Write an ONNX file that takes any batch and size, and check it.

    Parameters
    ----------
    path : Path
        Where to; one file, weights inside.
    served : Served
        The network.

    Raises
    ------
    TrainingError
        Code ``export_differs``.
    """
    free = {at + 2: axis for at, axis in enumerate(served.axes)}
    axes = {INPUT: {0: "batch", **free}, OUTPUT: {0: "batch"}}
    if served.per_pixel:
        axes[OUTPUT] |= free
    with warnings.catch_warnings():
        # The exporter through TorchDynamo writes weights into a second file.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            served.module, (_example(served, served.shape),), str(path), input_names=[INPUT],
            output_names=[OUTPUT], dynamic_axes=axes, opset_version=OPSET, dynamo=False,
        )  # fmt: skip
    # The exporter may give the module back in training mode.
    served.module.eval()
    onnx.checker.check_model(str(path), full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(
        str(path), sess_options=options, providers=["CPUExecutionProvider"]
    )
    for shape in _shapes(served):
        pictures = _example(served, shape)
        found = session.run(None, {INPUT: pictures.numpy()})[0]
        _compare(served, pictures, torch.from_numpy(np.asarray(found)), what="ONNX")


def write_torchscript(path: Path, served: Served) -> None:
    """Write a traced TorchScript file, and check it.

    Raises
    ------
    TrainingError
        Code ``export_differs``.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        traced = torch.jit.trace(  # type: ignore[no-untyped-call]
            served.module, _example(served, served.shape)
        )
        torch.jit.save(traced, str(path))
        again = torch.jit.load(str(path), map_location="cpu")  # type: ignore[no-untyped-call]
    for shape in _shapes(served):
        pictures = _example(served, shape)
        with torch.inference_mode():
            found = again(pictures)
        _compare(served, pictures, found, what="TorchScript")


def _shapes(served: Served) -> Iterator[tuple[int, ...]]:
    """Sizes to check: the network's own, and two that are not square where it takes any."""
    yield served.shape
    if served.per_pixel:
        step = served.multiple
        yield (2 * step, 3 * step, 5 * step)[-served.dims :]
        yield (2 * step, 7 * step, 2 * step)[-served.dims :]


def _example(served: Served, shape: tuple[int, ...]) -> torch.Tensor:
    """Two pictures (2, C, ...) of a ramp with noise, the same each time."""
    generator = torch.Generator().manual_seed(sum(shape))
    noise = torch.rand((2, served.channels, *shape), generator=generator)
    return noise * torch.linspace(0.2, 1.0, shape[-1])


def _compare(served: Served, pictures: torch.Tensor, found: torch.Tensor, *, what: str) -> None:
    with torch.inference_mode():
        wanted = served.module(pictures)
    if found.shape != wanted.shape:
        raise TrainingError(
            "export_differs", f"{what} gives {tuple(found.shape)}, not {tuple(wanted.shape)}."
        )
    furthest = float((found - wanted).abs().max())
    if not furthest <= TOLERANCE:
        raise TrainingError(
            "export_differs",
            f"{what} differs from the model by {furthest:.3g} on pictures of "
            f"{tuple(pictures.shape)}. Take the model away as safetensors, and report this.",
        )
