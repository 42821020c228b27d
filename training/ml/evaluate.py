"""Scores of predicted label images against true ones, folder against folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from training.metrics import METRICS
from training.ml.errors import TrainingError
from training.ml.folders import list_pictures
from training.ml.pictures import read_labels

if TYPE_CHECKING:
    from pathlib import Path


def evaluate_labels(predicted: Path, truth: Path) -> dict[str, Any]:
    """Score label images that share a stem.

    Parameters
    ----------
    predicted, truth : Path
        Folders of label images. Truth without a prediction counts as nothing found.

    Returns
    -------
    dict
        ``metrics`` (pooled numbers), ``items`` (primary metric of each).

    Raises
    ------
    TrainingError
        Codes ``no_pictures``, ``no_masks``, ``label_mismatch``.
    """
    family = METRICS["instance"]
    found = {path.stem: path for path in list_pictures(predicted)}
    scores: dict[str, Any] = {}
    for path in list_pictures(truth):
        labels = read_labels(path)
        guess = read_labels(found[path.stem]) if path.stem in found else labels * 0
        if guess.shape != labels.shape:
            raise TrainingError(
                "label_mismatch", f"{path.stem}: predicted {guess.shape}, true {labels.shape}."
            )
        scores[path.stem] = family.score(labels, guess)
    if not found.keys() & scores.keys():
        raise TrainingError("no_masks", f"No file of {predicted} has the stem of one of {truth}.")
    return {
        "metrics": family.pool(list(scores.values())),
        "items": {name: {family.primary: family.item_value(s)} for name, s in scores.items()},
    }
