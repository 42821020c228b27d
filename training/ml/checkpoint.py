"""Weights and training state on disk: safetensors for arrays, JSON for the rest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from training.ml.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STATE, ARRAYS = "state.json", "state.safetensors"


@dataclass(frozen=True)
class TrainingState:
    """Everything that a run needs to go on as if it had not stopped.

    Attributes
    ----------
    network, average : mapping of str to Tensor
        Weights and buffers; their moving average (empty = none).
    optimizer : mapping
        As of ``Optimizer.state_dict``.
    facts : mapping
        Plain values: step, seconds, losses, identity of the run.
    """

    network: Mapping[str, torch.Tensor]
    average: Mapping[str, torch.Tensor]
    optimizer: Mapping[str, Any]
    facts: Mapping[str, Any]


def save_weights(path: Path, weights: Mapping[str, torch.Tensor]) -> None:
    """Write weights as one safetensors file, whole or not at all.

    Parameters
    ----------
    path : Path
        Where to.
    weights : mapping of str to Tensor
        Any device.
    """
    partial = path.with_suffix(".partial")
    tensors = {name: value.detach().cpu().contiguous().clone() for name, value in weights.items()}
    save_file(tensors, partial)
    partial.replace(path)


def load_weights(path: Path) -> dict[str, torch.Tensor]:
    """Read weights.

    Parameters
    ----------
    path : Path
        A safetensors file.

    Returns
    -------
    dict of str to Tensor
        On the CPU.

    Raises
    ------
    TrainingError
        Code ``bad_weights``.
    """
    try:
        return dict(load_file(path))
    except (OSError, SafetensorError) as error:
        raise TrainingError(
            "bad_weights", f"{path} cannot be read as weights ({error})."
        ) from error


def save_state(folder: Path, state: TrainingState) -> None:
    """Write a checkpoint; a crash meanwhile leaves the one before.

    Parameters
    ----------
    folder : Path
        Made where it is missing. Arrays carry the step in their name; the JSON, replaced last,
        says which belong to it.
    state : TrainingState
        What to keep.
    """
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {f"network/{name}": value for name, value in state.network.items()}
    arrays |= {f"average/{name}": value for name, value in state.average.items()}
    for at, moments in state.optimizer["state"].items():
        arrays |= {f"optimizer/{at}/{name}": torch.as_tensor(v) for name, v in moments.items()}
    arrays["rng/torch"] = torch.get_rng_state()
    name = f"state-{state.facts['step']:08d}.safetensors"
    save_weights(folder / name, arrays)
    facts = {"arrays": name, "facts": dict(state.facts), "groups": state.optimizer["param_groups"]}
    partial = folder / (STATE + ".partial")
    partial.write_text(json.dumps(facts), encoding="utf-8")
    partial.replace(folder / STATE)
    for old in folder.glob("state-*.safetensors"):
        if old.name != name:
            old.unlink()


def has_state(folder: Path) -> bool:
    """Whether a folder holds a checkpoint."""
    return (folder / STATE).is_file()


def load_state(folder: Path) -> TrainingState:
    """Read a checkpoint, and set torch's random state to what it was.

    Parameters
    ----------
    folder : Path
        Written by `save_state`.

    Returns
    -------
    TrainingState
        As it was kept.

    Raises
    ------
    TrainingError
        Code ``bad_checkpoint``.
    """
    try:
        saved = json.loads((folder / STATE).read_text(encoding="utf-8"))
        arrays = load_file(folder / saved["arrays"])
        torch.set_rng_state(arrays["rng/torch"])
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise TrainingError(
            "bad_checkpoint", f"{folder} holds no usable checkpoint ({error}). Start anew."
        ) from error
    moments: dict[int, dict[str, torch.Tensor]] = {}
    for key, value in _under(arrays, "optimizer").items():
        at, name = key.split("/")
        moments.setdefault(int(at), {})[name] = value
    # Checkpoints of earlier versions do not number the parameters, all of which have moments.
    groups = [{"params": sorted(moments), **group} for group in saved["groups"]]
    return TrainingState(
        network=_under(arrays, "network"),
        average=_under(arrays, "average"),
        optimizer={"state": moments, "param_groups": groups},
        facts=saved["facts"],
    )


def _under(arrays: Mapping[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    """Arrays whose name begins with a prefix, without it."""
    start = prefix + "/"
    return {name[len(start) :]: v for name, v in arrays.items() if name.startswith(start)}
