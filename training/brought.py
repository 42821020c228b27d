"""A model that came as a file, as those who keep it see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Brought:
    """A model that was brought in.

    Attributes
    ----------
    model : mapping
        Content of ``model.json``.
    weights : Path
        File of its weights, or of its network.
    trainable : bool
        Weights of ours, from which a training may start; else a fixed network.
    task_kind : str
        Key of ``TASK_KINDS``.
    classes : tuple of str
        Names of its classes.
    about : mapping
        What the package says of itself: ``name``, ``authors``, ``licence``, ``description``...
    checked : mapping
        What was looked at before it was taken: ``by`` (``test_output``, ``made_up_picture`` or
        ``weights_fit``), and where a network was run ``input`` and ``output`` (shapes); with a test
        output also ``agree`` (share of its values that came out) and ``largest`` (difference).
    """

    model: Mapping[str, Any]
    weights: Path
    trainable: bool
    task_kind: str
    classes: tuple[str, ...]
    about: Mapping[str, Any] = field(default_factory=dict)
    checked: Mapping[str, Any] = field(default_factory=dict)
