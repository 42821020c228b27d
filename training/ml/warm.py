"""Models that were used a moment ago, ready to predict again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING

from training.ml.run import load_predictor

if TYPE_CHECKING:
    from pathlib import Path

    from training.ml.kinds import Predictor

# A network takes tens of megabytes; two let a project's champion and its rival take turns.
MOST_WARM = 2
_warm: OrderedDict[str, Predictor] = OrderedDict()


def warm_predictor(folder: Path) -> Predictor:
    """Make a trained model ready to predict, or take the one that is.

    Parameters
    ----------
    folder : Path
        As for `load_predictor`; known by what its files hold, wherever they lie.

    Returns
    -------
    Predictor
        Not to be used by two threads at once.

    Raises
    ------
    TrainingError
        Codes ``bad_model``, ``bad_weights``.
    """
    key = _content(folder)
    predictor = _warm.pop(key, None) or load_predictor(folder)
    _warm[key] = predictor
    while len(_warm) > MOST_WARM:
        _warm.popitem(last=False)
    return predictor


def _content(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in ("model.json", "weights.safetensors"):
        path = folder / name
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()
