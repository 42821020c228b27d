"""Why a sample is asked about, in words that annotators understand."""

from collections.abc import Mapping, Sequence
from typing import Any

UNSURE_BELOW = 0.7
SAME_FROM = 0.7

CONTROL_REASON = "drawn by chance, to check the strategy"
MORE_REASON = "drawn by chance, because the labels so far teach a model nothing yet"
HOLDOUT_REASON = "drawn by chance, to measure the model"
COVERAGE_REASONS = {
    "foreground_random": "drawn by chance, many cells in it",
    "typiclust": "a typical example of its kind",
    "core_set": "unlike anything labelled so far",
}


def explain(
    strategy: str,
    *,
    objects: Sequence[Mapping[str, Any]] = (),
    class_scores: Mapping[str, float] | None = None,
    task_kind: str = "instance",
) -> str:
    """Say why a strategy chose a sample.

    Parameters
    ----------
    strategy : str
        Key of ``ACQUISITIONS``.
    objects : sequence of mappings
        Predicted objects with their confidence.
    class_scores : mapping of str to float
        Probability per class name, for a classification.
    task_kind : str
        Kind of the project: objects of a semantic segmentation are masks of classes.

    Returns
    -------
    str
        A short phrase without a full stop.
    """
    if strategy == "random":
        return CONTROL_REASON
    if strategy in COVERAGE_REASONS:
        return COVERAGE_REASONS[strategy]
    if class_scores and task_kind == "multilabel":
        name, score = min(class_scores.items(), key=lambda pair: abs(pair[1] - 0.5))
        return f"unsure whether it is {name} ({100 * score:.0f} %)"
    if class_scores:
        ranked = sorted(class_scores.items(), key=lambda pair: -pair[1])[:2]
        return "wavers between " + " and ".join(f"{n} ({100 * p:.0f} %)" for n, p in ranked)
    if task_kind == "semantic":
        return "unsure where the classes end"
    if strategy in ("bald", "consistency") and objects:
        changing = sum(item.get("consistency", 1.0) < SAME_FROM for item in objects)
        return f"{changing} of {len(objects)} outlines change when the model is asked again"
    unsure = sum(item.get("confidence", 1.0) < UNSURE_BELOW for item in objects)
    if not objects:
        return "found nothing here, and is not sure of that"
    if unsure == 0:
        return f"sure of all {len(objects)} outlines, unsure where some end"
    return f"unsure about {unsure} of {len(objects)} outlines"
