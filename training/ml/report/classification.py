"""What a run's report tells of a classifier: crops, per-class table, confusions."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from training.metrics.classification import (
    ClassificationScore,
    class_table,
    confusion_matrix,
    score_item,
)
from training.ml.pictures import read_picture
from training.ml.report.base import Told, share
from training.ml.report.choose import Quota, choose_examples
from training.ml.report.drawing import render_picture, save_picture, whole_part

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from training.ml.kinds.base import Prediction
    from training.ml.manifest import Item, Snapshot
    from training.ml.report.album import Album
    from training.ml.report.base import Asked

QUOTA = Quota(worst=6, median=4, best=4, random=16)
MOST_WORST = 24
CROP_SIDE = 160


@dataclass(frozen=True)
class _Look:
    item: Item
    score: ClassificationScore

    @property
    def right(self) -> float:
        """Probability of the true class."""
        return self.score.probabilities[self.score.truth]


class ClassificationReporter:
    """Gathers classified items.

    Parameters
    ----------
    asked : Asked
        Training set, and a generator that draws examples.
    """

    def __init__(self, asked: Asked) -> None:
        self.names, self.rng = list(class_names(asked.snapshot)), asked.rng
        self.looks: list[_Look] = []

    def look(self, item: Item, prediction: Prediction) -> None:
        """Take in the prediction of one labelled item."""
        assert item.class_index is not None, "only labelled items are looked at"
        score = score_item(item.class_index, prediction.class_probabilities)
        self.looks.append(_Look(item, score))

    def tell(self, album: Album) -> Told:
        """Choose, draw and count."""
        chosen = choose_examples([look.right for look in self.looks], QUOTA, rng=self.rng)
        drawn: dict[int, str | None] = {}

        def shown(at: int) -> dict[str, Any]:
            if at not in drawn:
                write = partial(save_crop, self.looks[at].item)
                drawn[at] = album.add(f"crop-{len(drawn)}", write)
            return _line(self.looks[at], picture=drawn[at])

        scores = [look.score for look in self.looks]
        wrong = [at for at, score in enumerate(scores) if score.predicted != score.truth]
        wrong.sort(key=lambda at: -max(scores[at].probabilities))
        return Told(
            examples=[shown(at) | {"why": list(why)} for at, why in chosen],
            classes={
                "unit": "image",
                "names": self.names,
                "rows": [dataclasses.asdict(row) for row in class_table(scores)],
                "matrix": confusion_matrix(scores).tolist(),
            },
            worst={"images": [shown(at) for at in wrong[:MOST_WORST]], "wrong": len(wrong)},
            scores=scores,
            groups=[look.item.group for look in self.looks],
            colors={},
        )


def _line(look: _Look, *, picture: str | None) -> dict[str, Any]:
    return {
        "item": look.item.id,
        "value": share(look.right),
        "truth": look.score.truth,
        "predicted": look.score.predicted,
        "confidence": share(max(look.score.probabilities)),
        "probabilities": [share(value) for value in look.score.probabilities],
        "layers": {} if picture is None else {"picture": picture},
    }


def save_crop(item: Item, path: Path) -> None:
    """Write a crop as it is looked at: first moment, brightest planes."""
    plane = read_picture(item.image)[0].max(axis=1)
    part = whole_part(plane.shape[-2:], side=CROP_SIDE)
    save_picture(path, render_picture(plane, part))


def class_names(snapshot: Snapshot) -> Sequence[str]:
    """Names of the classes; numbers where they have none, as the classifier counts them."""
    if snapshot.classes:
        return snapshot.classes
    known = [
        index
        for item in snapshot.items
        for index in (item.class_index, *(item.class_indices or ()))
        if index is not None
    ]
    return [str(at) for at in range(1 + max(known, default=0))]
