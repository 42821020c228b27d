"""How a simulated person corrects a start towards the truth, with human-like errors and effort.

The person looks at every object of the start: good ones are left, wrong ones are redrawn with an
outline that wanders by a pixel or two, wrong finds are deleted, missing ones are drawn - unless
they are dim or small and overlooked. Effort follows from what was done.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Labels = npt.NDArray[np.uint32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Skill:
    """What one person is like.

    Attributes
    ----------
    outline_error : float
        Standard deviation of the outline's wandering, in pixels.
    overlook : float
        Chance to overlook a dim object; bright ones are overlooked a tenth as often.
    keep_wrong : float
        Chance to leave a wrong find standing.
    content_iou : float
        An outline at least this good (IoU with the truth) is left as it is.
    """

    outline_error: float = 0.8
    overlook: float = 0.08
    keep_wrong: float = 0.05
    content_iou: float = 0.75


@dataclass(frozen=True)
class Stroke:
    """One edit: after it, `labels` is what stands.

    Attributes
    ----------
    kind : {"delete", "redraw", "draw"}
        What the person did.
    labels : ndarray
        (Y, X), uint32.
    """

    kind: str
    labels: Labels


@dataclass(frozen=True)
class Correction:
    """All strokes in order, and the seconds that a person would have needed."""

    strokes: tuple[Stroke, ...]
    labels: Labels
    seconds: float


SECONDS_TO_LOOK = 4.0
SECONDS_PER_OBJECT = 0.25
SECONDS_PER_STROKE = {"delete": 1.2, "redraw": 5.0, "draw": 6.0}
BRIGHT_SHARE = 0.1
SAME_OBJECT_IOU = 0.3


def correct(
    start: Labels,
    truth: Labels,
    image: npt.NDArray[np.generic],
    skill: Skill,
    rng: np.random.Generator,
) -> Correction:
    """Correct `start` towards `truth` as a person of this skill would.

    Parameters
    ----------
    start, truth : ndarray
        (Y, X), uint32, 0 = background.
    image : ndarray
        (Y, X) intensities: dim objects are the ones that are overlooked.
    skill : Skill
        What the person is like.
    rng : Generator
        Source of all randomness.

    Returns
    -------
    Correction
        Strokes in order; the last one's labels are the result.

    Raises
    ------
    ValueError
        The three arrays differ in shape.
    """
    if not start.shape == truth.shape == image.shape:
        raise ValueError(f"shapes differ: {start.shape}, {truth.shape}, {image.shape}")
    labels = start.astype(np.uint32)
    overlap = _overlap(start, truth)
    iou = _iou(overlap)
    strokes: list[Stroke] = []
    for found in np.unique(start[start > 0]):
        if iou[found].max(initial=0) < SAME_OBJECT_IOU and rng.random() >= skill.keep_wrong:
            labels = np.where(labels == found, 0, labels).astype(np.uint32)
            strokes.append(Stroke("delete", labels))
    dim_below = _dim_threshold(truth, image)
    fresh = int(max(start.max(initial=0), truth.max(initial=0))) + 1
    redrawn: set[int] = set()
    for wanted in np.unique(truth[truth > 0]):
        best = int(iou[:, wanted].argmax())
        quality = float(iou[best, wanted])
        if quality >= skill.content_iou:
            continue
        target = truth == wanted
        seen = quality >= SAME_OBJECT_IOU
        if not seen and rng.random() < _chance_to_overlook(target, image, dim_below, skill):
            continue
        outline = _wander(target, skill.outline_error, rng)
        # Of the parts of a merger the first redraws it, the others are drawn anew.
        redraw = seen and best not in redrawn
        redrawn.add(best)
        labels = _draw(labels, outline, replace=best if redraw else None, new_id=fresh)
        fresh += 1
        strokes.append(Stroke("redraw" if redraw else "draw", labels))
    seconds = SECONDS_TO_LOOK + SECONDS_PER_OBJECT * len(np.unique(labels))
    seconds += sum(SECONDS_PER_STROKE[stroke.kind] for stroke in strokes)
    return Correction(strokes=tuple(strokes), labels=labels, seconds=seconds)


def _overlap(start: Labels, truth: Labels) -> npt.NDArray[np.int64]:
    n_start, n_truth = int(start.max(initial=0)) + 1, int(truth.max(initial=0)) + 1
    pairs = start.astype(np.int64).ravel() * n_truth + truth.astype(np.int64).ravel()
    counts = np.bincount(pairs, minlength=n_start * n_truth)
    return counts.reshape(n_start, n_truth).astype(np.int64)


def _iou(overlap: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    union = overlap.sum(1, keepdims=True) + overlap.sum(0, keepdims=True) - overlap
    iou: npt.NDArray[np.float64] = overlap / np.maximum(union, 1)
    iou[0, :] = 0
    iou[:, 0] = 0
    return iou


def _dim_threshold(truth: Labels, image: npt.NDArray[np.generic]) -> float:
    ids = np.unique(truth[truth > 0])
    if ids.size == 0:
        return 0.0
    means = ndimage.mean(np.asarray(image, np.float64), truth, ids)
    return 0.5 * float(np.median(means))


def _chance_to_overlook(
    target: Mask, image: npt.NDArray[np.generic], dim_below: float, skill: Skill
) -> float:
    dim = float(np.asarray(image, np.float64)[target].mean()) < dim_below
    return skill.overlook if dim else BRIGHT_SHARE * skill.overlook


def _wander(target: Mask, error: float, rng: np.random.Generator) -> Mask:
    inside = ndimage.distance_transform_edt(target)
    outside = ndimage.distance_transform_edt(~target)
    noise = ndimage.gaussian_filter(rng.normal(0, 1, target.shape), 3)
    noise *= error / max(float(noise.std()), 1e-9)
    # Signed distance is +-0.5 on either side of the outline.
    moved: Mask = np.where(target, inside - 0.5, 0.5 - outside) + noise > 0
    pieces, n_pieces = ndimage.label(moved)
    if n_pieces == 0:
        return target
    kept: Mask = pieces == 1 + int(np.argmax(np.bincount(pieces.ravel())[1:]))
    return kept


def _draw(labels: Labels, outline: Mask, *, replace: int | None, new_id: int) -> Labels:
    out = labels.copy()
    if replace is not None:
        out[out == replace] = 0
    # A new outline takes over background only where it meets a neighbour.
    out[outline & (out == 0)] = new_id
    return out
