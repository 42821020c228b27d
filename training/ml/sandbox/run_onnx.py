"""ONNX networks, inside the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def load(path: str, threads: int) -> Callable[[NDArray[np.float32]], list[NDArray[Any]]]:
    """Load a network of one input; the callable gives all its outputs."""
    model = onnx.load(path, load_external_data=False)
    if any(one.data_location for one in model.graph.initializer):
        raise ValueError("its weights lie in another file; save it as one file")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(
        path, sess_options=options, providers=["CPUExecutionProvider"]
    )
    inputs = session.get_inputs()
    if len(inputs) != 1:
        raise ValueError(f"it has {len(inputs)} inputs; networks with one are taken")
    name = inputs[0].name
    return lambda pictures: [np.asarray(out) for out in session.run(None, {name: pictures})]
