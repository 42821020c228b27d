"""Starting from the weights of an earlier model."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import torch

from training.ml.checkpoint import load_weights
from training.ml.errors import TrainingError

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

# Weights that sit deep in the optimum of few pictures learn less from more of them (Ash and
# Adams, NeurIPS 2020); shrinking them lets the old and the new data pull alike.
SHRINK, PERTURB = 0.7, 0.3


@torch.no_grad()
def warm_start(network: nn.Module, folder: Path) -> str:
    """Mix a trained model into freshly drawn weights: shrink and perturb.

    Parameters
    ----------
    network : nn.Module
        Freshly initialised; changed in place.
    folder : Path
        Of the earlier model.

    Returns
    -------
    str
        Hash of the earlier weights.

    Raises
    ------
    TrainingError
        Codes ``bad_weights``, ``other_network``.
    """
    path = folder / "weights.safetensors"
    old = load_weights(path)
    state = network.state_dict()
    if old.keys() != state.keys() or any(old[k].shape != state[k].shape for k in old):
        raise TrainingError("other_network", f"{folder} holds another network; start without it.")
    learnt = {name for name, _ in network.named_parameters()}
    for name, value in state.items():
        if name in learnt and value.ndim > 1:
            value.copy_(SHRINK * old[name] + PERTURB * value)
        else:
            # Norms' gains, offsets and statistics have no scale to shrink.
            value.copy_(old[name])
    return hashlib.sha256(path.read_bytes()).hexdigest()
