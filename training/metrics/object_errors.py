"""What became of each object: found, missed, false, split or merged.

The kinds divide the errors that average precision counts at one IoU: every unmatched true object
is missed, split or merged, every unmatched predicted one is false, split or merged. Splits and
merges are told by coverage, as in Caicedo et al., Cytometry A 2019.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.metrics.contingency import Contingency, contingency
from training.metrics.instance import match_objects

KINDS = ("found", "missed", "false", "split", "merged")
# An object belongs to another when at least this share of it lies in it.
MOSTLY = 0.5
# A piece smaller than this share of the whole is no part of it.
PIECE = 0.1


@dataclass(frozen=True)
class ObjectErrors:
    """Kind of each object of one image.

    Attributes
    ----------
    truth : mapping of int to str
        True objects: found, missed, split or merged.
    prediction : mapping of int to str
        Predicted objects: found, false, split or merged.
    matches : mapping of int to int
        True object to the predicted one that it was found as.
    nearest : mapping of int to int
        True object to the predicted one of largest IoU; without those that nothing touches.
    best_iou : mapping of int to float
        That IoU; 0 where nothing touches it.
    areas : mapping of int to int
        Pixels (voxels) of each true object.
    """

    truth: Mapping[int, str]
    prediction: Mapping[int, str]
    matches: Mapping[int, int]
    nearest: Mapping[int, int]
    best_iou: Mapping[int, float]
    areas: Mapping[int, int]

    def counts(self) -> dict[str, int]:
        """Count each of ``KINDS`` among true objects, and ``false`` among predicted ones.

        Returns
        -------
        dict of str to int
            Their sum without ``false`` is the number of true objects.
        """
        kinds = list(self.truth.values())
        false = sum(kind == "false" for kind in self.prediction.values())
        return {kind: false if kind == "false" else kinds.count(kind) for kind in KINDS}


def judge_objects(
    truth: NDArray[Any], prediction: NDArray[Any], *, threshold: float = 0.5
) -> ObjectErrors:
    """Tell what became of each object.

    Parameters
    ----------
    truth, prediction : ndarray of int
        Label images of one shape, any number of axes, 0 = background.
    threshold : float
        Smallest IoU of a match, in (0, 1].

    Returns
    -------
    ObjectErrors
        A true object is *merged* when one predicted object covers most of it and of another,
        *split* when two or more predicted objects lie mostly in it, else *missed*.

    Raises
    ------
    ValueError
        If the shapes differ, labels are not whole numbers, or the threshold is out of range.
    """
    table = contingency(truth, prediction)
    found = match_objects(table, threshold=threshold)
    parts, wholes = _parts(table), _wholes(table)
    split = np.bincount(table.rows[parts], minlength=table.truth_ids.size) > 1
    merging = np.bincount(table.columns[wholes], minlength=table.prediction_ids.size) > 1
    merged = _any_of(table.rows, wholes & merging[table.columns], table.truth_ids.size)
    fragment = _any_of(table.columns, parts & split[table.rows], table.prediction_ids.size)
    is_found = _any_of(table.rows, found, table.truth_ids.size)
    is_match = _any_of(table.columns, found, table.prediction_ids.size)
    best = _best_pairs(table)
    truth_ids, prediction_ids = table.truth_ids, table.prediction_ids
    of_truth = (("found", is_found), ("merged", merged), ("split", split))
    of_prediction = (("found", is_match), ("merged", merging), ("split", fragment))
    touched = truth_ids[table.rows[best]].tolist()
    return ObjectErrors(
        truth=_named(truth_ids, of_truth, otherwise="missed"),
        prediction=_named(prediction_ids, of_prediction, otherwise="false"),
        matches=_paired(truth_ids[table.rows[found]], prediction_ids[table.columns[found]]),
        nearest=_paired(truth_ids[table.rows[best]], prediction_ids[table.columns[best]]),
        best_iou=dict.fromkeys(truth_ids.tolist(), 0.0)
        | dict(zip(touched, table.ious[best].tolist(), strict=True)),
        areas=_paired(truth_ids, table.truth_sizes),
    )


def _best_pairs(table: Contingency) -> NDArray[np.int64]:
    """Index of the pair of largest IoU of each true object that is touched."""
    order = np.lexsort((-table.ious, table.rows))
    _, first = np.unique(table.rows[order], return_index=True)
    return np.asarray(order[first], dtype=np.int64)


def _paired(keys: NDArray[np.int64], values: NDArray[np.int64]) -> dict[int, int]:
    return dict(zip(keys.tolist(), values.tolist(), strict=True))


def _parts(table: Contingency) -> NDArray[np.bool_]:
    """Pairs whose predicted object lies mostly in the true one, and is a good piece of it."""
    inside = table.overlaps >= MOSTLY * table.prediction_sizes[table.columns]
    return np.asarray(inside & (table.overlaps >= PIECE * table.truth_sizes[table.rows]))


def _wholes(table: Contingency) -> NDArray[np.bool_]:
    """Pairs whose true object lies mostly in the predicted one, and is a good piece of it."""
    inside = table.overlaps >= MOSTLY * table.truth_sizes[table.rows]
    return np.asarray(inside & (table.overlaps >= PIECE * table.prediction_sizes[table.columns]))


def _any_of(at: NDArray[np.int64], chosen: NDArray[Any], size: int) -> NDArray[np.bool_]:
    """Whether each of ``size`` objects is in a chosen pair."""
    out = np.zeros(size, dtype=bool)
    out[at[chosen]] = True
    return out


def _named(
    ids: NDArray[np.int64],
    kinds: tuple[tuple[str, NDArray[np.bool_]], ...],
    *,
    otherwise: str,
) -> dict[int, str]:
    """First kind that holds for each object."""
    names: dict[int, str] = dict.fromkeys(ids.tolist(), otherwise)
    for kind, holds in reversed(kinds):
        names |= dict.fromkeys(ids[holds].tolist(), kind)
    return names
