"""A network that classifies worse than regression on fixed features."""

import numpy as np

from training.doctor.base import Action, Figure, Finding, Series
from training.doctor.evidence import RunEvidence
from training.doctor.statistics import group_bootstrap, interval

FEWEST_ITEMS = 20
LEVEL = 0.9


def check_simpler_is_better(evidence: RunEvidence) -> Finding | None:
    """Find validation items on which models that take seconds beat the trained one."""
    results = evidence.results
    if results is None or results.validation_classes is None or results.unseen is None:
        return None
    trained, simple = results.validation_classes, results.unseen
    at = {name: place for place, name in enumerate(simple.ids)}
    pairs = [(here, at[name]) for here, name in enumerate(trained.ids) if name in at]
    if len(pairs) < FEWEST_ITEMS:
        return None
    here, there = np.array(pairs).T
    truth = trained.truth[here]
    right = trained.probabilities[here].argmax(axis=1) == truth
    simply_right = simple.probabilities[there].argmax(axis=1) == truth
    names = [trained.ids[place] for place in here]
    gains = dict(zip(names, simply_right.astype(float) - right, strict=True))
    low, high = interval(group_bootstrap(gains, results.validation_groups), level=LEVEL)
    if low <= 0:
        return None
    ours, theirs = float(right.mean()), float(simply_right.mean())
    return Finding(
        code="simpler_is_better",
        stage="after",
        severity="warning",
        evidence=f"On {len(names)} validation items {ours:.2f} of the network's answers are right; "
        f"of regression on fixed features, which had not seen them either, {theirs:.2f}. The "
        f"difference is {theirs - ours:.2f} (90 % interval {low:.2f} to {high:.2f}).",
        meaning="Regression is fitted in seconds and is the better model here: the network had "
        "too little time or too few examples to learn what features say at once.",
        remedy="Train with model = softmax, or give the network several times as long and "
        "compare the two.",
        numbers={
            "network": ours, "regression": theirs, "items": len(names), "low": low, "high": high,
        },
        actions=(Action("retry", changes={"model": "softmax"}),),
        samples=tuple(name for name in names if gains[name] > 0),
        figures=(
            Figure(
                kind="bars",
                title="Validation items that are classed rightly",
                y_label="share",
                labels=("network", "regression"),
                series=(Series("right", (ours, theirs)),),
            ),
        ),
    )  # fmt: skip
