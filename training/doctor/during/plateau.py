"""A loss that stopped falling long before the end, or never began to."""

import math
from statistics import mean

from training.doctor.base import Action, Finding, percent
from training.doctor.during.curve import loss_figure, slower
from training.doctor.evidence import CurveFacts, RunEvidence

MIN_POINTS = 20
# Share of the first loss by which it must have fallen to count as learning.
LEARNED = 0.1


def check_plateau(evidence: RunEvidence) -> Finding | None:
    """Find a loss that is where it was at the beginning, although there was time to fall."""
    curves = evidence.curves
    # What was learnt before the start need not be learnt again.
    if curves is None or curves.warm or len(curves.losses) < MIN_POINTS:
        return None
    if not all(map(math.isfinite, curves.losses)):
        return None
    start, end = mean(curves.losses[:2]), _ending(curves)
    fell = 1 - end / start if start > 0 else 1.0
    if fell >= LEARNED or end > start:
        return None
    changes = slower(curves.rate, 1 / 3)
    return Finding(
        code="plateau",
        stage="during",
        severity="error",
        evidence=f"From {start:.3g} the loss fell by {percent(fell)} only, over "
        f"{len(curves.losses)} points.",
        meaning="The network has learned next to nothing from the labels.",
        remedy="Look at the first batch: do the outlines lie on the cells? If they do, train again "
        "with another learning rate (the range test proposes one).",
        numbers={"first": start, "last": end, "fell": fell},
        actions=(Action("retry", changes=changes),) if changes else (),
        figures=(loss_figure(curves, "Loss over time"),),
    )


def _ending(curves: CurveFacts) -> float:
    """Mean over the last quarter."""
    return mean(curves.losses[-max(2, len(curves.losses) // 4) :])
