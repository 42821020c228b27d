"""From a stored result to the answer that people take away."""

import hashlib
import json
from typing import Any

import numpy as np

from annotations.labels.planes import read_stack
from annotations.models import Project
from core.storage import get_storage
from training.measurements.base import Column
from training.measurements.intensity import channel_slugs
from training.measurements.tables import LABEL, Table, from_parquet, make_table
from training.model_registry.models import ModelVersion
from training.serving.formats import Answer
from training.serving.models import PictureResult
from training.serving.prediction import class_names

CLASS = Column("class", "", "text", "The most probable class.")
CONFIDENCE = Column("confidence", "", "float", "Probability of that class.")


def read_answer(result: PictureResult, project: Project, name: str) -> Answer:
    """Read a result: its labels and map of uncertainty, packed, and its table."""
    storage = get_storage()
    labels = read_stack(storage.get(result.labels)) if result.labels else None
    spacing = None if result.spacing is None else tuple(result.spacing)
    return Answer(
        name=name,
        labels=labels,
        table=read_table(result, project),
        spacing=spacing,
        doubt=storage.get(result.doubt_map) if result.doubt_map else b"",
    )


def read_table(result: PictureResult, project: Project) -> Table:
    """Read the table of cells; a classification has one row with a probability per class."""
    if result.table:
        return from_parquet(get_storage().get(result.table))
    return class_table(result, class_names(project))


def class_table(result: PictureResult, classes: dict[int, str]) -> Table:
    """Return class, confidence and probabilities of a picture as a table of one row."""
    if not result.class_scores:
        return make_table([LABEL], None)
    scores = {index: float(result.class_scores.get(str(index), 0.0)) for index in classes}
    best = max(scores, key=lambda index: scores[index])
    slugs = channel_slugs(list(classes.values()))
    columns = [
        Column(f"probability_{slug}", "", "float", f"Probability of the class {name}.")
        for slug, name in zip(slugs, classes.values(), strict=True)
    ]
    values = [np.array([score]) for score in scores.values()]
    first = [np.array([classes[best]], dtype=object), np.array([scores[best]])]
    return make_table([CLASS, CONFIDENCE, *columns], [*first, *values])


def list_probabilities(result: PictureResult, classes: dict[int, str]) -> list[dict[str, Any]]:
    """Return {index, name, probability} per class, the most probable first."""
    rows = [
        {"index": index, "name": name, "probability": result.class_scores[str(index)]}
        for index, name in classes.items()
        if str(index) in result.class_scores
    ]
    return sorted(rows, key=lambda row: -float(row["probability"]))


def card_digest(version: ModelVersion) -> str:
    """SHA-256 of a version's card and weights: what exactly gave an answer."""
    content = json.dumps([version.card, version.weights], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()
