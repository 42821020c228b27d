"""Take a model folder and write a package."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from training.cards import CardDocument, render_markdown
from training.ml.card import load_card
from training.ml.checkpoint import load_weights
from training.ml.export.base import Packed

if TYPE_CHECKING:
    from pathlib import Path

    from training.ml.card import ModelCard
    from training.ml.export.base import Export

CARD_MARKDOWN, CARD_JSON = "card.md", "card.json"


def export_model(
    export: Export, folder: Path, out: Path, *, about: CardDocument | None = None
) -> None:
    """Write a package.

    Parameters
    ----------
    export : Export
        Entry of ``EXPORTS``.
    folder : Path
        Holds ``model.json`` and ``weights.safetensors``.
    out : Path
        The zip file.
    about : CardDocument or None
        The model card for people; None = what ``model.json`` tells.

    Raises
    ------
    TrainingError
        Codes ``bad_model``, ``bad_weights``, ``no_network``, ``export_differs``.
    """
    card = load_card(folder / "model.json")
    weights = load_weights(folder / "weights.safetensors")
    export.write(Packed(folder, card, weights, about or describe(card)), out)


def describe(card: ModelCard) -> CardDocument:
    """Say what is known from ``model.json`` alone, where there is no database."""
    provenance = dict(card.provenance)
    limits: dict[str, Any] = {"dims": card.config.network.dims or 2, "channels": card.in_channels}
    diameters = card.settings.get("diameters")
    if diameters:
        limits["diameters"] = [diameters["low"], diameters["high"]]
    return CardDocument(
        name=f"Cytoloop {card.task_kind} model",
        task_kind=card.task_kind,
        classes=list(card.classes),
        origin={"kind": "trained"},
        data={"snapshot": provenance.pop("snapshot", "")},
        metrics={"val": {name: {"value": value} for name, value in card.metrics.items()}}
        if card.metrics
        else {},
        limits=limits,
        training=provenance,
    )


def card_files(about: CardDocument) -> dict[str, str]:
    """Files of the model card by name."""
    return {
        CARD_MARKDOWN: render_markdown(about),
        CARD_JSON: json.dumps(about.to_json(), indent=1, sort_keys=True),
    }
