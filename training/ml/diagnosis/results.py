"""Look back at a finished model: training and validation items, as long as there is time."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from training.doctor.evidence import Classified, Doubt, ResultFacts
from training.metrics import METRICS
from training.ml.diagnosis.doubts import find_doubts
from training.ml.diagnosis.outlines import outline_ratio
from training.ml.diagnosis.sight import doubt_sight
from training.ml.diagnosis.unseen import unseen_answers
from training.ml.frames import from_one
from training.ml.heldout import known_labels, score_classes, score_labels
from training.ml.pictures import read_labels, read_picture
from training.ml.report.classification import class_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from training.ml.kinds.base import Finished, Prediction, Predictor
    from training.ml.manifest import Item, Snapshot

# Enough to tell whether the training set is fitted.
MOST_TRAIN = {"instance": 16, "semantic": 16, "classification": 100, "multilabel": 100}
MOST_VALIDATION = {"instance": 40, "classification": 400}
METRIC_NAMES = {"ap50": "AP50", "mean_iou": "mean IoU"}
MOST_DOUBTS = 200


@dataclass
class Looked:
    """What was gathered so far."""

    scores: dict[str, float] = field(default_factory=dict)
    answers: dict[str, Sequence[float]] = field(default_factory=dict)
    places: list[tuple[Doubt, NDArray[Any], NDArray[Any], NDArray[Any]]] = field(
        default_factory=list
    )
    n_objects: int = 0
    outlines: dict[str, float] = field(default_factory=dict)


def look_back(
    snapshot: Snapshot, predictor: Predictor, finished: Finished, *, seconds: float
) -> ResultFacts:
    """Predict training items, then validation items, until the time is over.

    Parameters
    ----------
    snapshot : Snapshot
        Training set.
    predictor : Predictor
        The finished model.
    finished : Finished
        Scores of the validation items.
    seconds : float
        Time to spend; one item is begun in any case.

    Returns
    -------
    ResultFacts
        Scores, answers and doubtful objects; for other kinds only the validation scores.
    """
    kind = snapshot.task_kind
    primary = METRICS[kind].primary if kind in METRICS else next(iter(finished.metrics), "score")
    validation = {
        name: float(values[primary]) for name, values in finished.items.items() if primary in values
    }
    train, held_out = Looked(), Looked()
    if kind in MOST_TRAIN:
        end = time.monotonic() + seconds
        chosen = _some(_labelled(snapshot.of("train")), MOST_TRAIN[kind])
        _look(train, chosen, snapshot, predictor, end=end)
        others = _labelled(snapshot.of("val"))[: MOST_VALIDATION.get(kind, 0)]
        _look(held_out, others, snapshot, predictor, end=end)
    places = sorted([*train.places, *held_out.places], key=lambda place: -place[0].confidence)
    return ResultFacts(
        metric=METRIC_NAMES.get(primary, primary.replace("_", " ")),
        train=train.scores,
        validation=validation,
        train_groups=_groups(snapshot, "train"),
        validation_groups=_groups(snapshot, "val"),
        validation_classes=_classified(held_out, snapshot),
        unseen=unseen_answers(snapshot, seconds=seconds) if kind == "classification" else None,
        classes=tuple(class_names(snapshot)) if kind == "classification" else snapshot.classes,
        doubts=tuple(doubt for doubt, _, _, _ in places[:MOST_DOUBTS]),
        n_objects=train.n_objects + held_out.n_objects,
        doubts_sight=doubt_sight(places),
        outlines=train.outlines | held_out.outlines,
        calibration=getattr(finished, "calibration", {}),
    )


def _labelled(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if item.is_labelled]


def _some(items: Sequence[Item], most: int) -> list[Item]:
    """Choose evenly."""
    at = np.unique(np.linspace(0, len(items) - 1, min(most, len(items))).round().astype(int))
    return [items[i] for i in at]


def _groups(snapshot: Snapshot, split: str) -> dict[str, str]:
    return {item.id: item.group for item in snapshot.of(split)}


def _look(
    looked: Looked, items: Sequence[Item], snapshot: Snapshot, predictor: Predictor, *, end: float
) -> None:
    family = METRICS[snapshot.task_kind]
    for at, item in enumerate(items):
        if at and time.monotonic() > end:
            return
        prediction = predictor.predict(item)
        chances, objects = prediction.class_probabilities, prediction.objects
        if item.label is None:
            score = score_classes(snapshot, item, objects, chances)
            looked.answers[item.id] = chances
        else:
            assert prediction.labels is not None
            truth = read_labels(item.label)
            score = score_labels(snapshot, item, truth, prediction.labels, objects)
            if snapshot.task_kind == "instance":
                known, _ = from_one(known_labels(truth, item, snapshot.ignore_value))
                _doubt(looked, item, known, prediction)
                ratio = outline_ratio(known, prediction.labels)
                if ratio is not None:
                    looked.outlines[item.id] = ratio
        looked.scores[item.id] = float(family.item_value(score))


def _doubt(looked: Looked, item: Item, truth: NDArray[np.int32], prediction: Prediction) -> None:
    """Gather the doubtful objects of a picture's first plane; volumes are left out."""
    looked.n_objects += int(truth.max(initial=0))
    if truth.shape[:2] != (1, 1) or prediction.labels is None:
        return
    confidence: Mapping[int, float] = {
        int(one["id"]): float(one.get("confidence", 0)) for one in prediction.objects
    }
    guess = prediction.labels[0, 0]
    maps = prediction.maps
    foreground = None if maps is None else maps.frames[0].maps[0, 0]
    doubts = find_doubts(item.id, truth[0, 0], guess, confidence, foreground)
    if not doubts:
        return
    plane = read_picture(item.image)[0, :, 0].astype(np.float32).mean(axis=0)
    looked.places += [(doubt, plane, np.maximum(truth[0, 0], 0), guess) for doubt in doubts]


def _classified(looked: Looked, snapshot: Snapshot) -> Classified | None:
    """Answers to validation items, in the order of the manifest."""
    items = [item for item in snapshot.of("val") if item.id in looked.answers]
    if snapshot.task_kind != "classification" or not items:
        return None
    return Classified(
        tuple(item.id for item in items),
        np.array([item.class_index for item in items], dtype=np.int64),
        np.array([looked.answers[item.id] for item in items], dtype=np.float64),
    )
