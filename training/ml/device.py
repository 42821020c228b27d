"""Where and how precisely to compute."""

from __future__ import annotations

import contextlib
import os
import platform
from typing import TYPE_CHECKING

import torch

from training.ml.errors import ConfigError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def set_threads(threads: int | None = None) -> int:
    """Set the number of compute threads.

    Parameters
    ----------
    threads : int or None
        None takes ``CYTOLOOP_THREADS``, else torch's own choice.

    Returns
    -------
    int
        Threads in use.
    """
    wanted = threads if threads is not None else int(os.environ.get("CYTOLOOP_THREADS") or 0)
    if wanted > 0:
        torch.set_num_threads(wanted)
    return torch.get_num_threads()


def choose_device() -> torch.device:
    """CUDA where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def choose_precision(wanted: str, device: torch.device) -> str:
    """Resolve ``auto`` to what is fast on the device.

    Parameters
    ----------
    wanted : str
        ``auto``, ``fp32``, ``bf16`` or ``fp16``.
    device : torch.device
        Where.

    Returns
    -------
    str
        ``fp32``, ``bf16`` or ``fp16``.

    Raises
    ------
    ConfigError
        For fp16 on a CPU, where gradients vanish and nothing is gained.
    """
    if wanted == "fp16" and device.type != "cuda":
        raise ConfigError("optim.precision", "fp16 needs a CUDA device; use bf16 or auto.")
    if wanted != "auto":
        return wanted
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported() else "fp16"
    # Without native instructions bf16 is emulated, and slower than fp32.
    capable = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return "bf16" if capable else "fp32"


def autocast(precision: str, device: torch.device) -> AbstractContextManager[object]:
    """Context in which the network computes at the precision."""
    if precision == "fp32":
        return contextlib.nullcontext()
    return torch.autocast(device.type, dtype=PRECISIONS[precision])


def environment() -> dict[str, str]:
    """Versions and hardware, for the model card."""
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "machine": platform.machine(),
        "device": torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu",
        "threads": str(torch.get_num_threads()),
    }
