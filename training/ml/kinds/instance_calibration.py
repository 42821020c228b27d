"""What the validation split says of an instance model's scores and foreground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.metrics.contingency import contingency
from training.metrics.instance import match_objects
from training.ml.calibration import Calibrated, calibrate_objects, calibrate_pixels
from training.ml.scaling import resize_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.ml.frames import Frame
    from training.ml.heads import Decoded
    from training.ml.kinds.instance_outputs import Mapped

RIGHT_AT = 0.5
# Probabilities are counted in steps of their logit, fine enough to move none by a thousandth.
LOGITS = np.linspace(-8, 8, 161)


def calibrate_instances(
    frames: Sequence[Frame], mapped: Sequence[Mapped], decoded: Sequence[Decoded]
) -> dict[str, Calibrated]:
    """Calibrate confidences of objects and foreground probabilities of pixels.

    Parameters
    ----------
    frames : sequence of Frame
        Of the validation split.
    mapped, decoded : sequence of Mapped, of Decoded
        What the model says of each.

    Returns
    -------
    dict of str to Calibrated
        Keys ``objects`` and ``pixels``.
    """
    rows = [
        judge_objects(f.labels, d.labels, f.valid) for f, d in zip(frames, decoded, strict=True)
    ]
    scores = [d.scores[known] for d, (_, known) in zip(decoded, rows, strict=True)]
    right = [correct[known] for correct, known in rows]
    groups = [f.item.group or f.item.id for f in frames]
    names = np.repeat(groups, [len(s) for s in scores])
    values, true, counts = zip(
        *(count_pixels(m.maps[0], f) for f, m in zip(frames, mapped, strict=True)), strict=True
    )
    pictures = np.repeat(groups, [len(v) for v in values])
    return {
        "objects": calibrate_objects(np.concatenate(scores), np.concatenate(right), names),
        "pixels": calibrate_pixels(
            np.concatenate(values), np.concatenate(true), np.concatenate(counts), pictures
        ),
    }


def judge_objects(
    truth: NDArray[Any], labels: NDArray[Any], valid: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Say which predicted objects are right.

    Parameters
    ----------
    truth, labels : ndarray of int
        True and predicted objects, the latter numbered 1..n.
    valid : ndarray of bool, same shape
        Where somebody has labelled.

    Returns
    -------
    tuple of ndarray of bool, shapes (n,)
        Whether each object matches a true one at IoU of at least 0.5, and whether this can be
        said: at least half of it lies where somebody has labelled.
    """
    n = int(labels.max(initial=0))
    correct = np.zeros(n, dtype=bool)
    table = contingency(truth * valid, labels * valid)
    pairs = match_objects(table, threshold=RIGHT_AT)
    correct[table.prediction_ids[table.columns[pairs]] - 1] = True
    whole = np.bincount(labels.ravel(), minlength=n + 1)[1:]
    inside = np.bincount(labels.ravel(), weights=valid.ravel(), minlength=n + 1)[1:]
    return correct, (whole > 0) & (2 * inside >= whole)


def count_pixels(
    foreground: NDArray[Any], frame: Frame
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
    """Count pixels by foreground probability and truth.

    Parameters
    ----------
    foreground : ndarray of float
        Probabilities at the network's scale.
    frame : Frame
        The picture's truth, at its own scale.

    Returns
    -------
    tuple of ndarray, shapes (N,)
        Probabilities, whether the row is about pixels inside objects, pixels.
    """
    inside = resize_labels((frame.labels > 0).astype(np.int32), foreground.shape) > 0
    valid = resize_labels(frame.valid.astype(np.int32), foreground.shape) > 0
    middles = 1 / (1 + np.exp(-(LOGITS[:-1] + LOGITS[1:]) / 2))
    edges = 1 / (1 + np.exp(-LOGITS))
    edges[[0, -1]] = 0, 1
    counts = [np.histogram(foreground[valid & side], bins=edges)[0] for side in (inside, ~inside)]
    flat = np.concatenate(counts).astype(np.float64)
    kept = flat > 0
    true = np.repeat([True, False], middles.size)
    return np.tile(middles, 2)[kept], true[kept], flat[kept]
