"""Model versions side by side: on the images that all were measured on, paired image by image."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.models import Sample
from training.metrics.bootstrap import paired_bootstrap
from training.model_registry.models import Evaluation, ModelVersion
from training.nested import differing_settings, merge_settings

BOOTSTRAP_SEED = 0
# Numbers of an image that are compared where every model has them.
# Of a weight (float32).
BYTES = 4
PER_IMAGE = ("value", "ap50", "ap75")


@dataclass(frozen=True)
class Interval:
    """A mean over images and its 90 % interval, groups resampled."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Compared:
    """One model's column.

    Attributes
    ----------
    model, number : int
        The version.
    state : str
        What it is.
    run : int or None
        Where it was trained.
    metrics : mapping of str to Interval
        On the common images.
    differences : mapping of str to Interval
        To the first model, paired; empty for the first.
    settings : mapping
        Differing settings under dotted names.
    costs : mapping of str to float or None
        ``minutes``, ``steps``, ``parameters``, ``megabytes`` of weights, ``labels``.
    """

    model: int
    number: int
    state: str
    run: int | None
    metrics: Mapping[str, Interval]
    differences: Mapping[str, Interval]
    settings: Mapping[str, Any]
    costs: Mapping[str, float | None]


@dataclass(frozen=True)
class ModelComparison:
    """Models side by side.

    Attributes
    ----------
    split : str
        Where the images come from: the test split only where every model was looked at on it.
    n_images, n_groups : int
        Common images, and their groups.
    models : tuple of Compared
        In the order asked for.
    images : tuple of mapping
        ``sample``, ``image``, ``group`` and ``values``, one per model.
    """

    split: str
    n_images: int
    n_groups: int
    models: tuple[Compared, ...]
    images: tuple[Mapping[str, Any], ...]


def compare_models(
    versions: Sequence[ModelVersion], evaluations: Mapping[int, Evaluation], *, split: str
) -> ModelComparison:
    """Pair models image by image.

    Parameters
    ----------
    versions : sequence of ModelVersion
        Two or more.
    evaluations : mapping of int to Evaluation
        Newest evaluation on the split of each version that has one.
    split : str
        Name of the split.

    Returns
    -------
    ModelComparison
        Without a common image, the columns have no metrics.
    """
    tables = [
        {line["sample"]: line for line in evaluations[version.pk].per_image}
        if version.pk in evaluations
        else {}
        for version in versions
    ]
    common = sorted(set.intersection(*(set(table) for table in tables)))
    groups = np.array([str(tables[0][sample]["group"]) for sample in common])
    names = [
        name
        for name in PER_IMAGE
        if common and all(name in table[sample] for table in tables for sample in common)
    ]
    columns = [
        {name: np.array([table[sample][name] for sample in common], float) for name in names}
        for table in tables
    ]
    settings = differing_settings([_settings(version) for version in versions])
    models = tuple(
        Compared(
            model=version.pk,
            number=version.number,
            state=version.state,
            run=version.run_id,
            metrics={name: _interval(columns[at][name], groups) for name in names},
            differences={}
            if at == 0
            else {name: _interval(columns[at][name] - columns[0][name], groups) for name in names},
            settings={name: row[at] for name, row in settings.items()},
            costs=_costs(version),
        )
        for at, version in enumerate(versions)
    )
    # Samples that were taken out of the project since have no image to look at.
    pictures = dict(Sample.objects.filter(pk__in=common).values_list("pk", "image_id"))
    images = tuple(
        {
            "sample": sample,
            "image": pictures.get(sample),
            "group": str(tables[0][sample]["group"]),
            "values": [table[sample]["value"] for table in tables],
        }
        for sample in common
    )
    return ModelComparison(split, len(common), int(np.unique(groups).size), models, images)


def _interval(values: NDArray[np.float64], groups: NDArray[np.str_]) -> Interval:
    low, high = paired_bootstrap(values, groups, rng=np.random.default_rng(BOOTSTRAP_SEED))
    return Interval(float(values.mean()), low, high)


def _settings(version: ModelVersion) -> dict[str, Any]:
    """Every setting of a model's training, and what it was trained on and under."""
    card = version.card
    whole = merge_settings(card.get("model", {}).get("config", {}), card.get("config", {}))
    return whole | {
        "seed": card.get("seed"),
        "labels": card.get("n_train"),
        "start": card.get("start"),
        "warm_start": card.get("warm_start"),
        "pretraining": card.get("pretraining"),
        "code_version": card.get("code_version"),
    }


def _costs(version: ModelVersion) -> dict[str, float | None]:
    report = version.card.get("report", {})
    seconds, parameters = report.get("seconds"), report.get("parameters")
    return {
        "minutes": None if seconds is None else seconds / 60,
        "steps": report.get("steps"),
        "parameters": parameters,
        "megabytes": None if parameters is None else parameters * BYTES / 1e6,
        "labels": version.card.get("n_train"),
    }
