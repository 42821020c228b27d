"""TorchScript networks, inside the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray


def load(path: str, threads: int) -> Callable[[NDArray[np.float32]], list[NDArray[Any]]]:
    """Load a network of one input; the callable gives all its outputs."""
    torch.set_num_threads(threads)
    network = torch.jit.load(path, map_location="cpu").eval()  # type: ignore[no-untyped-call]

    def run(pictures: NDArray[np.float32]) -> list[NDArray[Any]]:
        with torch.inference_mode():
            found = network(torch.from_numpy(pictures))
        if isinstance(found, dict):
            found = list(found.values())
        several = found if isinstance(found, list | tuple) else [found]
        return [one.numpy() for one in several if isinstance(one, torch.Tensor)]

    return run
