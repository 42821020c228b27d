"""The model card: what a model is, and what it takes to use and to remake it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from training.ml.config_io import config_from_dict, config_to_dict
from training.ml.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from training.ml.config import Config

CARD_VERSION = 1


@dataclass(frozen=True)
class ModelCard:
    """Facts about one trained model.

    Attributes
    ----------
    task_kind : str
        Key of ``TASK_KINDS``.
    config : Config
        Settings of its training, with ``network.name`` and ``network.dims`` resolved.
    in_channels : int
        Channels that it takes.
    classes : tuple of str
        Names of classes, in order.
    settings : mapping
        What its task kind chose: decoding, scale.
    provenance : mapping
        Code version, snapshot hash, environment, budget used, where it started from.
    metrics : mapping of str to float
        Of the validation split.
    """

    task_kind: str
    config: Config
    in_channels: int
    classes: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)


def save_card(path: Path, card: ModelCard) -> None:
    """Write a card as JSON."""
    values = asdict(card) | {
        "version": CARD_VERSION,
        "config": config_to_dict(card.config),
        "normalisation": {
            "kind": "percentiles per channel to 0..1",
            "low": card.config.data.low,
            "high": card.config.data.high,
        },
    }
    path.write_text(json.dumps(values, indent=1, sort_keys=True), encoding="utf-8")


def load_card(path: Path) -> ModelCard:
    """Read a card.

    Parameters
    ----------
    path : Path
        ``model.json``.

    Returns
    -------
    ModelCard
        Validated.

    Raises
    ------
    TrainingError
        Code ``bad_model``.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values["version"] != CARD_VERSION:
            raise TrainingError("bad_model", f"{path} is of version {values['version']}.")
        return ModelCard(
            task_kind=str(values["task_kind"]),
            config=config_from_dict(values["config"]),
            in_channels=int(values["in_channels"]),
            classes=tuple(values["classes"]),
            settings=values["settings"],
            provenance=values["provenance"],
            metrics=values["metrics"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError("bad_model", f"{path} is no model card ({error!r}).") from error
