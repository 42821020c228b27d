"""Classes that the model finds much worse than the others."""

import numpy as np

from training.doctor.base import Action, Figure, Finding, Series
from training.doctor.evidence import RunEvidence
from training.doctor.statistics import wilson

LOW = 0.6
FEWEST = 3


def check_weak_classes(evidence: RunEvidence) -> Finding | None:
    """Find classes of which most validation items are missed although the model is good overall."""
    results = evidence.results
    found = results.validation_classes if results is not None else None
    if results is None or found is None or len(results.classes) < 2:
        return None
    answer = found.probabilities.argmax(axis=1)
    counts = np.bincount(found.truth, minlength=len(results.classes))
    hits = np.bincount(found.truth[answer == found.truth], minlength=len(results.classes))
    ends = [wilson(int(h), int(n)) for h, n in zip(hits, counts, strict=True)]
    recall = hits / np.maximum(counts, 1)
    overall = float((answer == found.truth).mean())
    weak = [
        at
        for at, n in enumerate(counts)
        if n >= FEWEST and recall[at] < LOW and ends[at][1] < max(overall, LOW)
    ]
    if not weak:
        return None
    named = "; ".join(
        f"{results.classes[at]}: {hits[at]} of {counts[at]} found (95 % interval "
        f"{ends[at][0]:.2f} to {ends[at][1]:.2f})"
        for at in weak
    )
    missed = (found.truth != answer) & np.isin(found.truth, weak)
    ids = tuple(name for name, bad in zip(found.ids, missed, strict=True) if bad)
    return Finding(
        code="weak_classes",
        stage="after",
        severity="warning",
        evidence=f"Mostly missed: {named}. Over all classes {overall:.2f} are right.",
        meaning="The score over all hides that these classes are mostly missed.",
        remedy="Label more examples of them, and look at the items that were missed: people may "
        "not agree about these classes themselves.",
        numbers={"accuracy": overall, "weak": len(weak), "lowest": float(recall[weak].min())},
        actions=(Action("label_more", split="train"), Action("review_samples", samples=ids)),
        samples=ids,
        figures=(
            Figure(
                kind="bars",
                title="Share of each class that was found, with 95 % intervals",
                y_label="recall",
                labels=results.classes,
                series=(
                    Series(
                        "recall",
                        tuple(recall.tolist()),
                        low=tuple(low for low, _ in ends),
                        high=tuple(high for _, high in ends),
                    ),
                ),
            ),
        ),
    )
