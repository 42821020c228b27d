"""What a run's report tells of an instance segmentation: pictures with errors, worst cells."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from training.metrics import METRICS
from training.metrics.object_errors import KINDS, ObjectErrors, judge_objects
from training.ml.heldout import classes_of, score_labels
from training.ml.pictures import read_labels, read_picture
from training.ml.report.base import Told, share
from training.ml.report.cells import Cell, worst_cells, wrong_cells
from training.ml.report.choose import Quota, choose_examples
from training.ml.report.drawing import (
    ERROR_COLORS,
    OUTLINE_COLORS,
    Part,
    draw_errors,
    outline,
    paint_outline,
    part_around,
    part_of,
    render_picture,
    save_errors,
    save_outline,
    save_picture,
)
from training.ml.report.object_classes import ClassedErrors, classed_table, object_table
from training.ml.report.packed import Packed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from training.ml.kinds.base import Prediction
    from training.ml.manifest import Item
    from training.ml.report.album import Album
    from training.ml.report.base import Asked

QUOTA = Quota(worst=4, median=2, best=2, random=4)
MOST_IMAGES = 20
CELL_SIDE = 48


@dataclass(frozen=True)
class Look:
    """One moment of an item, (Z, Y, X); `sure` is the chance of the class of each object."""

    item: Item
    t: int
    truth: Packed
    labels: Packed
    score: Any
    errors: ClassedErrors
    confidence: Mapping[int, float]
    sure: Mapping[int, float]


class InstanceReporter:
    """Gathers segmented items.

    Parameters
    ----------
    asked : Asked
        Training set, and a generator that draws examples.
    """

    def __init__(self, asked: Asked) -> None:
        self.snapshot, self.rng = asked.snapshot, asked.rng
        self.names = list(asked.snapshot.classes)
        self.looks: list[Look] = []

    def look(self, item: Item, prediction: Prediction) -> None:
        """Take in the prediction of one labelled item, moment by moment."""
        assert item.label is not None, "only labelled items are looked at"
        assert prediction.labels is not None, "an instance model predicts labels"
        objects = prediction.objects
        truths = read_labels(item.label)
        valid = labelled_pixels(item, truths.shape[-2:])
        for t, (truth, labels) in enumerate(zip(truths, prediction.labels, strict=True)):
            mine, theirs = truth * valid, labels * valid
            errors = judge_objects(mine, theirs)
            # Of a movie each moment keeps what is said of its own objects.
            present = set(np.unique(labels).tolist())
            said = [row for row in objects if int(row["id"]) in present]
            self.looks.append(
                Look(
                    item=item,
                    t=t,
                    truth=Packed.of(mine),
                    labels=Packed.of(theirs),
                    score=score_labels(self.snapshot, item, truth, labels, said),
                    errors=ClassedErrors(errors, item.object_classes, classes_of(said)),
                    confidence={int(row["id"]): float(row["confidence"]) for row in said},
                    sure={
                        int(row["id"]): max(row.get("class_probabilities", (0.0,))) for row in said
                    },
                )
            )

    def tell(self, album: Album) -> Told:
        """Choose, draw and count."""
        values = [METRICS["instance"].item_value(look.score) for look in self.looks]
        chosen = choose_examples(values, QUOTA, rng=self.rng)
        errors = [look.errors.errors for look in self.looks]
        counts = sum((Counter(one.counts()) for one in errors), Counter())
        cells = worst_cells(
            [(one, look.confidence) for one, look in zip(errors, self.looks, strict=True)]
        )
        cells += wrong_cells([(look.errors, look.sure) for look in self.looks])
        order = np.argsort(values, kind="stable")[:MOST_IMAGES].tolist()
        colors = {kind: ERROR_COLORS[kind] for kind in KINDS}
        if self._is_classed:
            colors["wrong"] = ERROR_COLORS["wrong"]
        return Told(
            examples=[
                self._example(album, at, number) | {"why": list(why), "value": share(values[at])}
                for number, (at, why) in enumerate(chosen)
            ],
            classes=self._table(errors) | {"errors": {kind: counts[kind] for kind in KINDS}},
            worst={
                "images": [_about(self.looks[at]) | {"value": share(values[at])} for at in order],
                "objects": [self._cell(album, cell, number) for number, cell in enumerate(cells)],
            },
            scores=[look.score for look in self.looks],
            groups=[look.item.group for look in self.looks],
            colors={"errors": colors, "outlines": OUTLINE_COLORS},
        )

    @property
    def _is_classed(self) -> bool:
        """Whether the model tells objects apart by class."""
        return any(look.errors.prediction for look in self.looks)

    def _table(self, errors: Sequence[ObjectErrors]) -> dict[str, Any]:
        """Table by class, or of all objects together where the model knows no classes."""
        if not self._is_classed:
            return object_table(self.names, errors)
        counts = [look.score.classes for look in self.looks]
        return classed_table(self.names, [look.errors for look in self.looks], counts)

    def _example(self, album: Album, at: int, number: int) -> dict[str, Any]:
        """Draw one moment in layers."""
        look = self.looks[at]
        truth, labels = look.truth.unpack(), look.labels.unpack()
        of_truth, of_prediction = _kinds(look.errors)
        wrong = _wrong_pixels(truth, labels, of_truth, of_prediction)
        z, centre = telling_place(wrong, truth)
        part = part_of(truth.shape[-2:], centre)
        codes = draw_errors(
            truth[z],
            labels[z],
            part,
            of_truth=of_truth,
            of_prediction=of_prediction,
        )
        layers = {
            "picture": partial(save_picture, values=self._picture(look, z, part)),
            "truth": partial(
                save_outline, rim=outline(truth[z], part), color=OUTLINE_COLORS["truth"]
            ),
            "prediction": partial(
                save_outline, rim=outline(labels[z], part), color=OUTLINE_COLORS["prediction"]
            ),
            "errors": partial(save_errors, codes=codes),
        }
        names = {layer: album.add(f"{number}-{layer}", write) for layer, write in layers.items()}
        return _about(look) | {
            "z": z,
            "box": list(part.box),
            "shape": list(codes.shape),
            "layers": {layer: name for layer, name in names.items() if name is not None},
        }

    def _cell(self, album: Album, cell: Cell, number: int) -> dict[str, Any]:
        """Draw one wrong object with what lies around it."""
        look = self.looks[cell.look]
        truth, labels = look.truth.unpack(), look.labels.unpack()
        side = labels if cell.kind == "false" else truth
        z, box = largest_box(side == cell.object)
        part = part_around(truth.shape[-2:], box, least=CELL_SIDE)
        picture = self._picture(look, z, part)
        for plane, of in ((truth[z], "truth"), (labels[z], "prediction")):
            picture = paint_outline(picture, outline(plane, part), OUTLINE_COLORS[of])
        name = album.add(f"cell-{number}", partial(save_picture, values=picture))
        return {
            "item": look.item.id,
            "object": cell.object,
            "kind": cell.kind,
            "truth": cell.truth,
            "predicted": cell.predicted,
            "t": look.t,
            "z": z,
            "box": list(box),
            "area": int((side == cell.object).sum()),
            "iou": share(cell.iou),
            "confidence": None if cell.confidence is None else share(cell.confidence),
            "shape": list(picture.shape[:2]),
            "layers": {} if name is None else {"picture": name},
        }

    def _picture(self, look: Look, z: int, part: Part) -> NDArray[np.uint8]:
        return render_picture(read_picture(look.item.image)[look.t][:, z], part)


def labelled_pixels(item: Item, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Pixels (Y, X) that somebody has labelled."""
    if item.regions is None:
        return np.ones(shape, dtype=bool)
    valid = np.zeros(shape, dtype=bool)
    for y0, x0, y1, x1 in item.regions:
        valid[y0:y1, x0:x1] = True
    return valid


def telling_place(wrong: NDArray[np.bool_], truth: NDArray[Any]) -> tuple[int, tuple[float, float]]:
    """Choose the plane with most errors, and their middle in it.

    Parameters
    ----------
    wrong : ndarray of bool, shape (Z, Y, X)
        Pixels of objects that are not found.
    truth : ndarray of int, shape (Z, Y, X)
        Looked at where nothing is wrong.

    Returns
    -------
    tuple of int and (float, float)
        Plane; (y, x), the plane's middle where it is empty.
    """
    marked = wrong if wrong.any() else truth > 0
    z = int(marked.sum(axis=(1, 2)).argmax())
    where = np.nonzero(marked[z])
    if not where[0].size:
        return z, (truth.shape[1] / 2, truth.shape[2] / 2)
    return z, (float(where[0].mean()), float(where[1].mean()))


def largest_box(mask: NDArray[np.bool_]) -> tuple[int, tuple[int, int, int, int]]:
    """Plane in which an object (Z, Y, X) is largest, and its box (y0, x0, y1, x1) there."""
    z = int(mask.sum(axis=(1, 2)).argmax())
    rows, columns = (np.flatnonzero(mask[z].any(axis=axis)) for axis in (1, 0))
    return z, (int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)


def _kinds(image: ClassedErrors) -> tuple[dict[int, str], dict[int, str]]:
    """Kind of each true and predicted object, ``wrong`` where only the class is."""
    wrong = image.wrong()
    return (
        {**image.errors.truth, **dict.fromkeys(wrong, "wrong")},
        {**image.errors.prediction, **dict.fromkeys(wrong.values(), "wrong")},
    )


def _wrong_pixels(
    truth: NDArray[Any],
    labels: NDArray[Any],
    of_truth: Mapping[int, str],
    of_prediction: Mapping[int, str],
) -> NDArray[np.bool_]:
    missed = [name for name, kind in of_truth.items() if kind != "found"]
    false = [name for name, kind in of_prediction.items() if kind != "found"]
    return np.isin(truth, missed) | np.isin(labels, false)


def _about(look: Look) -> dict[str, Any]:
    counts = look.errors.errors.counts()
    return {"item": look.item.id, "t": look.t, "counts": counts}
