"""What a run's report tells of a classifier of several classes: crops, per-class table, pairs."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from training.metrics.multilabel import MultiLabelScore, class_table, co_occurrence, item_f1
from training.ml.heldout import score_classes
from training.ml.report.base import Told, share
from training.ml.report.choose import choose_examples
from training.ml.report.classification import MOST_WORST, QUOTA, class_names, save_crop

if TYPE_CHECKING:
    from training.ml.kinds.base import Prediction
    from training.ml.manifest import Item
    from training.ml.report.album import Album
    from training.ml.report.base import Asked


@dataclass(frozen=True)
class _Look:
    item: Item
    score: MultiLabelScore

    @property
    def is_wrong(self) -> bool:
        """Whether a class is missing or too many."""
        return self.score.truth != self.score.predicted

    @property
    def gap(self) -> float:
        """Probability that the wrong decisions gave to the wrong side, summed."""
        chances = self.score.probabilities
        wrong = set(self.score.truth) ^ set(self.score.predicted)
        return sum(chances[at] if at in self.score.predicted else 1 - chances[at] for at in wrong)


class MultiLabelReporter:
    """Gathers items that may have several classes.

    Parameters
    ----------
    asked : Asked
        Training set, a generator that draws examples, and the model's thresholds.
    """

    def __init__(self, asked: Asked) -> None:
        self.snapshot, self.rng = asked.snapshot, asked.rng
        self.names = list(class_names(asked.snapshot))
        self.thresholds = [share(one) for one in asked.settings.get("thresholds", ())]
        self.looks: list[_Look] = []

    def look(self, item: Item, prediction: Prediction) -> None:
        """Take in the prediction of one labelled item."""
        chances, objects = prediction.class_probabilities, prediction.objects
        self.looks.append(_Look(item, score_classes(self.snapshot, item, objects, chances)))

    def tell(self, album: Album) -> Told:
        """Choose, draw and count."""
        values = [item_f1(look.score) for look in self.looks]
        drawn: dict[int, str | None] = {}

        def shown(at: int) -> dict[str, Any]:
            if at not in drawn:
                write = partial(save_crop, self.looks[at].item)
                drawn[at] = album.add(f"crop-{len(drawn)}", write)
            return _line(self.looks[at], values[at], picture=drawn[at])

        scores = [look.score for look in self.looks]
        wrong = [at for at, look in enumerate(self.looks) if look.is_wrong]
        wrong.sort(key=lambda at: (values[at], -self.looks[at].gap))
        true, predicted = co_occurrence(scores)
        return Told(
            examples=[
                shown(at) | {"why": list(why)}
                for at, why in choose_examples(values, QUOTA, rng=self.rng)
            ],
            classes={
                "unit": "image",
                "names": self.names,
                "rows": [dataclasses.asdict(row) for row in class_table(scores)],
                "thresholds": self.thresholds,
                "together": {"truth": true.tolist(), "predicted": predicted.tolist()},
                "items": len(scores),
            },
            worst={"images": [shown(at) for at in wrong[:MOST_WORST]], "wrong": len(wrong)},
            scores=scores,
            groups=[look.item.group for look in self.looks],
            colors={},
        )


def _line(look: _Look, value: float, *, picture: str | None) -> dict[str, Any]:
    return {
        "item": look.item.id,
        "value": share(value),
        "truths": list(look.score.truth),
        "predictions": list(look.score.predicted),
        "probabilities": [share(chance) for chance in look.score.probabilities],
        "layers": {} if picture is None else {"picture": picture},
    }
