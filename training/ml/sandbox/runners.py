"""Formats that a stranger's network may come in; networks are loaded inside the sandbox only."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Format to the module that loads it: frameworks take seconds to import.
FORMATS = {
    "onnx": "training.ml.sandbox.run_onnx",
    "torchscript": "training.ml.sandbox.run_torchscript",
}


def load(job: Mapping[str, Any]) -> Callable[[str, str], None]:
    """Load a network.

    Parameters
    ----------
    job : mapping
        ``network`` (file), ``format`` (key of ``FORMATS``), ``threads``, and ``output`` (which of
        several outputs).

    Returns
    -------
    callable
        Reads one ``.npy`` file and writes another.
    """
    network = importlib.import_module(FORMATS[job["format"]]).load(job["network"], job["threads"])
    which = int(job["output"])

    def run(source: str, target: str) -> None:
        found = network(np.load(source, allow_pickle=False))
        if which >= len(found):
            raise ValueError(f"the network has {len(found)} output(s), not {which + 1}")
        values = np.ascontiguousarray(found[which])
        if values.dtype.kind not in "biuf":
            raise ValueError(f"the network's output is of type {values.dtype}")
        part = Path(f"{target}.part")
        with part.open("wb") as stream:
            np.save(stream, values, allow_pickle=False)
        part.rename(target)

    return run
