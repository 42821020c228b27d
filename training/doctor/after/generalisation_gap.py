"""A model that is much better on its training pictures than on others."""

import numpy as np

from training.doctor.after.scores import mean_score, score_figure, scored
from training.doctor.base import Action, Finding
from training.doctor.evidence import ResultFacts, RunEvidence
from training.doctor.statistics import group_bootstrap, interval

GAP = 0.1


def check_generalisation_gap(evidence: RunEvidence) -> Finding | None:
    """Find a gap between training and validation score whose interval lies above a tenth."""
    results = scored(evidence)
    if results is None:
        return None
    train = group_bootstrap(results.train, results.train_groups)
    validation = group_bootstrap(results.validation, results.validation_groups, seed=1)
    low, high = interval(train - validation)
    if low < GAP:
        return None
    on_train, on_validation = mean_score(results.train), mean_score(results.validation)
    worst = tuple(sorted(results.validation, key=lambda name: results.validation[name]))
    return Finding(
        code="generalisation_gap",
        stage="after",
        severity="warning",
        evidence=f"{results.metric} is {on_train:.2f} on training pictures and "
        f"{on_validation:.2f} on validation pictures: a gap of {on_train - on_validation:.2f} "
        f"(95 % interval {low:.2f} to {high:.2f}).{_which_classes(results)}",
        meaning="The model has learned its training pictures by heart; on new pictures it does as "
        "it does on the validation split.",
        remedy="Label more different pictures: other wells, days, patients. More of the same adds "
        "little.",
        numbers={
            "train": on_train,
            "validation": on_validation,
            "gap": on_train - on_validation,
            "low": low,
            "high": high,
        },
        actions=(Action("label_more", split="train"),),
        samples=worst[:10],
        figures=(score_figure(results),),
    )


def _which_classes(results: ResultFacts) -> str:
    """Name the classes whose validation recall is lowest."""
    found = results.validation_classes
    if found is None or not results.classes:
        return ""
    right = found.probabilities.argmax(axis=1) == found.truth
    recalls = [
        (float(right[found.truth == at].mean()), name)
        for at, name in enumerate(results.classes)
        if np.any(found.truth == at)
    ]
    lowest = sorted(recalls)[:2]
    named = ", ".join(f"{name} ({recall:.2f})" for recall, name in lowest)
    return f" Lowest recall: {named}."
