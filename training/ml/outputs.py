"""Predictions on disk: ``ID.tif``, ``ID.json``, ``ID.npz``; ``ID.maps``, ``ID.doubt`` if asked for.

Where the model was asked how unsure it is, ``ID.json`` holds ``doubt`` and ``ID.uncertainty.tif``
the entropy of each pixel, 255 = as unsure as can be.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from training.decoding.doubt import pack_doubt
from training.decoding.maps import pack_maps
from training.ml.pictures import write_labels

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from training.ml.kinds import Prediction


def write_prediction(
    out: Path,
    name: str,
    prediction: Prediction,
    *,
    with_maps: bool = False,
    with_doubt_map: bool = False,
) -> None:
    """Write one item's prediction.

    Parameters
    ----------
    out : Path
        Folder, present.
    name : str
        Id of the item.
    prediction : Prediction
        What to write; absent time and depth are left out of the label image.
    with_maps, with_doubt_map : bool
        Whether to write what the model says of each pixel (`training.decoding.maps`), and how
        unsure it is of it (`training.decoding.doubt`), where it tells that.
    """
    if prediction.labels is not None:
        write_labels(out / f"{name}.tif", squeezed(prediction.labels))
    about = {
        "objects": list(prediction.objects),
        "class_probabilities": [round(float(p), 6) for p in prediction.class_probabilities],
        "foreground": prediction.foreground,
        "uncertainty": uncertainty(prediction.probabilities, prediction.weights),
    }
    if prediction.doubt is not None:
        about["doubt"] = asdict(prediction.doubt)
    (out / f"{name}.json").write_text(json.dumps(about), encoding="utf-8")
    arrays: dict[str, Any] = {
        "embedding": prediction.embedding,
        "probabilities": prediction.probabilities,
        "weights": prediction.weights,
    }
    if prediction.foreground_map is not None:
        arrays["foreground_map"] = prediction.foreground_map
    np.savez_compressed(out / f"{name}.npz", **arrays)
    if with_maps and prediction.maps is not None:
        (out / f"{name}.maps").write_bytes(pack_maps(prediction.maps))
    if prediction.uncertainty_map is None:
        return
    if with_doubt_map:
        (out / f"{name}.doubt").write_bytes(pack_doubt(prediction.uncertainty_map()))
    if prediction.doubt is not None:
        write_labels(out / f"{name}.uncertainty.tif", squeezed(prediction.uncertainty_map()))


def squeezed(planes: NDArray[Any]) -> NDArray[Any]:
    """Return planes (T, Z, Y, X) without an absent time, and without an absent depth."""
    lead = 2 if planes.shape[:2] == (1, 1) else int(planes.shape[0] == 1)
    return planes.reshape(planes.shape[lead:])


def uncertainty(probabilities: NDArray[Any], weights: NDArray[Any]) -> dict[str, float]:
    """Mean entropy (bits) and mean margin of distributions (K, C) under weights (K,)."""
    total = float(weights.sum())
    if total <= 0:
        return {"entropy": 0.0, "margin": 1.0}
    safe = np.clip(probabilities.astype(np.float64), 1e-12, 1)
    entropy = -(safe * np.log2(safe)).sum(axis=1)
    ordered = np.sort(safe, axis=1)
    margin = ordered[:, -1] - (ordered[:, -2] if ordered.shape[1] > 1 else 0)
    return {
        "entropy": float((entropy * weights).sum() / total),
        "margin": float((margin * weights).sum() / total),
    }
