"""What a run's report tells of a semantic segmentation: pictures with classes and errors."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from training.metrics.semantic import (
    UNLABELLED,
    SemanticScore,
    class_table,
    confusion_matrix,
    mean_iou,
    score_pixels,
)
from training.ml.pictures import read_labels, read_picture
from training.ml.report.base import Told, share
from training.ml.report.choose import Quota, choose_examples
from training.ml.report.drawing import (
    CLASS_COLORS,
    WRONG_COLOR,
    Part,
    part_of,
    render_picture,
    save_classes,
    save_picture,
    save_wrong,
)
from training.ml.report.instance import labelled_pixels, telling_place
from training.ml.report.packed import Packed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.ml.kinds.base import Prediction
    from training.ml.manifest import Item
    from training.ml.report.album import Album
    from training.ml.report.base import Asked

QUOTA = Quota(worst=4, median=2, best=2, random=4)
MOST_IMAGES = 20


@dataclass(frozen=True)
class Look:
    """One moment of an item; truth and classes are (Z, Y, X)."""

    item: Item
    t: int
    truth: Packed
    classes: Packed
    score: SemanticScore


class SemanticReporter:
    """Gathers items whose pixels were classified.

    Parameters
    ----------
    asked : Asked
        Training set, and a generator that draws examples.
    """

    def __init__(self, asked: Asked) -> None:
        snapshot = asked.snapshot
        self.names, self.ignored, self.rng = (
            list(snapshot.classes),
            snapshot.ignore_value,
            asked.rng,
        )
        self.looks: list[Look] = []

    def look(self, item: Item, prediction: Prediction) -> None:
        """Take in the prediction of one labelled item, moment by moment."""
        assert item.label is not None, "only labelled items are looked at"
        assert prediction.labels is not None, "a semantic model predicts labels"
        truths = read_labels(item.label)
        valid = labelled_pixels(item, truths.shape[-2:])
        for t, (labels, seen) in enumerate(zip(truths, prediction.labels, strict=True)):
            known = valid & (labels != (UNLABELLED if self.ignored is None else self.ignored))
            truth = np.where(known, labels, UNLABELLED)
            score = score_pixels(truth, seen)
            self.looks.append(Look(item, t, Packed.of(truth), Packed.of(seen), score))

    def tell(self, album: Album) -> Told:
        """Choose, draw and count."""
        values = [mean_iou(look.score) for look in self.looks]
        chosen = choose_examples(values, QUOTA, rng=self.rng)
        order = np.argsort(values, kind="stable")[:MOST_IMAGES].tolist()
        scores = [look.score for look in self.looks]
        return Told(
            examples=[
                self._example(album, at, number) | {"why": list(why), "value": share(values[at])}
                for number, (at, why) in enumerate(chosen)
            ],
            classes={
                "unit": "pixel",
                # The first class is what nobody painted.
                "names": ["", *self.names],
                "rows": [
                    dataclasses.asdict(row)
                    for row in class_table(scores)
                    if row.support or row.predicted
                ],
                "matrix": confusion_matrix(scores).tolist(),
                "background": 0,
            },
            worst={
                "images": [_about(self.looks[at]) | {"value": share(values[at])} for at in order]
            },
            scores=scores,
            groups=[look.item.group for look in self.looks],
            colors={
                "classes": ["", *_colors(len(self.names))],
                "errors": {"wrong": WRONG_COLOR},
            },
        )

    def _example(self, album: Album, at: int, number: int) -> dict[str, Any]:
        """Draw one moment in layers."""
        look = self.looks[at]
        truth, seen = look.truth.unpack(), look.classes.unpack()
        wrong = (truth != seen) & (truth != UNLABELLED)
        z, centre = telling_place(wrong, truth)
        part = part_of(truth.shape[-2:], centre)
        plane = read_picture(look.item.image)[look.t][:, z]
        colors = _colors(len(self.names))
        layers = {
            "picture": partial(save_picture, values=render_picture(plane, part)),
            "truth": partial(save_classes, codes=_small(truth[z], part), colors=colors),
            "prediction": partial(save_classes, codes=_small(seen[z], part), colors=colors),
            "errors": partial(save_wrong, wrong=_small(wrong[z], part) > 0),
        }
        names = {layer: album.add(f"{number}-{layer}", write) for layer, write in layers.items()}
        return _about(look) | {
            "z": z,
            "box": list(part.box),
            "shape": list(_small(wrong[z], part).shape),
            "layers": {layer: name for layer, name in names.items() if name is not None},
        }


def _small(plane: NDArray[Any], part: Part) -> NDArray[np.uint8]:
    """Return a part of a plane of classes, unlabelled pixels as background."""
    return part.cut(plane)[:: part.shrink, :: part.shrink].clip(0, 255).astype(np.uint8)


def _colors(n: int) -> list[str]:
    return [CLASS_COLORS[at % len(CLASS_COLORS)] for at in range(n)]


def _about(look: Look) -> dict[str, Any]:
    return {"item": look.item.id, "t": look.t}
