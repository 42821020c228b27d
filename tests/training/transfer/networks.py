"""Small networks of strangers, good and bad, as files."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn


class Threshold(nn.Module):
    """Foreground where the picture is bright, and a boundary where it is half bright."""

    def forward(self, pictures):
        bright = torch.sigmoid((pictures[:, :1] - 0.5) * 40)
        return torch.cat([bright, 4 * bright * (1 - bright)], dim=1)


class Hostile(nn.Module):
    """Does what the first pixel says: 0 behaves, 1 reads, 2 writes, 3 never ends."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path: str = path

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        what = int(pictures.flatten()[0].item())
        if what == 1:
            return torch.from_file(self.path, False, 4, dtype=torch.float32)
        if what == 2:
            torch.save(pictures, self.path)
        while what == 3:
            pictures = pictures * 1.0
        return pictures


def save_torchscript(module: nn.Module, path: Path, *, scripted: bool = False) -> Path:
    module.eval()
    traced = (
        torch.jit.script(module) if scripted else torch.jit.trace(module, torch.rand(1, 1, 8, 8))
    )
    torch.jit.save(traced, str(path))
    return path


def save_onnx(path: Path, *, axes: str = "bcyx", gain: float = 40.0, **more) -> Path:
    """Sigmoid of gain * (x - 0.5), element by element, with free sizes."""
    shape = list(axes)
    graph = helper.make_graph(
        [
            helper.make_node("Sub", ["image", "half"], ["shifted"]),
            helper.make_node("Mul", ["shifted", "gain"], ["scaled"]),
            helper.make_node("Sigmoid", ["scaled"], ["maps"]),
        ],
        "threshold",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("maps", TensorProto.FLOAT, shape)],
        [
            numpy_helper.from_array(np.array([0.5], np.float32), "half"),
            numpy_helper.from_array(np.array([gain], np.float32), "gain"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(path), **more)
    return path


def save_greedy(path: Path) -> Path:
    """Gives 64 GB of zeros for any picture."""
    graph = helper.make_graph(
        [
            helper.make_node("ConstantOfShape", ["size"], ["zeros"]),
            helper.make_node("Add", ["zeros", "image"], ["maps"]),
        ],
        "greedy",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, list("bcyx"))],
        [helper.make_tensor_value_info("maps", TensorProto.FLOAT, None)],
        [helper.make_tensor("size", TensorProto.INT64, [5], [1 << 34, 1, 1, 1, 1])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(path))
    return path


def save_classifier(path: Path) -> Path:
    """Scores of two classes: mean, and one less mean, as (N, 2)."""
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMean", ["image"], ["mean"], axes=[1, 2, 3], keepdims=0),
            helper.make_node("Unsqueeze", ["mean", "last"], ["column"]),
            helper.make_node("Sub", ["one", "column"], ["rest"]),
            helper.make_node("Concat", ["column", "rest"], ["scores"], axis=1),
        ],
        "classes",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["b", 1, 16, 24])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["b", 2])],
        [
            helper.make_tensor("last", TensorProto.INT64, [1], [1]),
            helper.make_tensor("one", TensorProto.FLOAT, [1, 1], [1.0]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(path))
    return path
