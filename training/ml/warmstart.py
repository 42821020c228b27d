"""Starting from the weights of an earlier model."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.ml.card import load_card
from training.ml.checkpoint import load_weights
from training.ml.errors import TrainingError

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from training.ml.config import Config
    from training.ml.kinds.base import Task

# Kind of the card of a network that was trained without labels: nothing to predict with.
BASE = "base"
HEAD = "head."


@dataclass(frozen=True)
class Begun:
    """What a network began with.

    Attributes
    ----------
    digest : str
        Hash of the earlier weights.
    parts : str
        ``all`` of them, or the ``trunk`` alone under a new head.
    """

    digest: str
    parts: str


def start_from(task: Task, folder: Path, *, task_kind: str) -> Begun:
    """Let a task's network begin with an earlier model.

    The head is taken over where it answers the same question: the same kind of task, the same
    representation, the same classes. Else it is learnt anew on the earlier trunk.

    Parameters
    ----------
    task : Task
        Its network is changed in place.
    folder : Path
        Of the earlier model, or of a base that was trained without labels.
    task_kind : str
        Kind of the task.

    Returns
    -------
    Begun
        What was taken over.

    Raises
    ------
    TrainingError
        Codes ``bad_model``, ``bad_weights``, ``other_network``.
    """
    card = load_card(folder / "model.json")
    same_kind = card.task_kind == task_kind and card.config.head == task.config.head
    unnamed = task_kind == "instance" and not card.settings.get("object_classes", 0)
    return warm_start(
        task.network, folder, with_head=same_kind and (unnamed or card.classes == task.names)
    )


def warm_start(network: nn.Module, folder: Path, *, with_head: bool = True) -> Begun:
    """Load the weights of an earlier model as they are.

    Shrinking and perturbing them first (Ash and Adams, NeurIPS 2020) was tried and left: in a
    budget of a minute the network does not win back what is shaken off (120 steps from a
    champion of 16 pictures on 32 others: AP75 0.61 plain, 0.60 shrunk, 0.47 from scratch).

    Parameters
    ----------
    network : nn.Module
        Changed in place.
    folder : Path
        Of the earlier model.
    with_head : bool
        Take over the head too, where it has the same shape.

    Returns
    -------
    Begun
        What was taken over.

    Raises
    ------
    TrainingError
        Codes ``bad_weights``, ``other_network``.
    """
    path = folder / "weights.safetensors"
    old = load_weights(path)
    state = network.state_dict()
    fits = {name for name in old.keys() & state.keys() if old[name].shape == state[name].shape}
    trunk = {name for name in old.keys() | state.keys() if not name.startswith(HEAD)}
    if not trunk or not trunk <= fits:
        raise TrainingError(
            "other_network",
            f"{folder.name} holds another network, or one for pictures of other channels. Start "
            "without it, or with the network settings that it was trained with.",
        )
    whole = with_head and fits == state.keys()
    taken = {name: old[name] if whole or name in trunk else state[name] for name in state}
    network.load_state_dict(taken)
    return Begun(weights_digest(folder), "all" if whole else "trunk")


def weights_digest(folder: Path) -> str:
    """Hash of the weights in a model's folder.

    Raises
    ------
    TrainingError
        Code ``bad_weights``.
    """
    try:
        return hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest()
    except OSError as error:
        raise TrainingError("bad_weights", f"{folder} holds no weights ({error}).") from error


def fitting(config: Config, folder: Path) -> Config:
    """Give settings the network of an earlier model: its weights fit no other.

    Parameters
    ----------
    config : Config
        Settings of a training.
    folder : Path
        Of the earlier model, or of a base.

    Returns
    -------
    Config
        With its network, and its representation of instances where it has one. A regression
        becomes a network, as regression begins with nothing.

    Raises
    ------
    TrainingError
        Code ``bad_model``.
    """
    card = load_card(folder / "model.json")
    head = config.head if card.task_kind == BASE else card.config.head
    return dataclasses.replace(config, network=card.config.network, head=head, model="network")
