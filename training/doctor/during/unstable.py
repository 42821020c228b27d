"""A loss that jumps about instead of falling."""

import math
from statistics import median

from training.doctor.base import Action, Finding, percent
from training.doctor.during.curve import loss_figure, slower, smooth
from training.doctor.evidence import RunEvidence

MIN_POINTS = 20
# A spike is this many times its surroundings.
SPIKE = 2.0
MANY = 0.1


def check_unstable(evidence: RunEvidence) -> Finding | None:
    """Find a loss with many spikes after its first tenth."""
    curves = evidence.curves
    if curves is None or len(curves.losses) < MIN_POINTS:
        return None
    if not all(map(math.isfinite, curves.losses)):
        return None
    start = len(curves.losses) // 10
    around = smooth(curves.losses)
    spikes = [
        at for at in range(start, len(around)) if curves.losses[at] > SPIKE * max(around[at], 1e-9)
    ]
    share = len(spikes) / (len(around) - start)
    if share < MANY:
        return None
    height = median(curves.losses[at] / max(around[at], 1e-9) for at in spikes)
    changes = slower(curves.rate, 1 / 3)
    return Finding(
        code="unstable",
        stage="during",
        severity="warning",
        evidence=f"{percent(share)} of the loss's points are spikes, about {height:.1f} times as "
        "high as those round them.",
        meaning="Some batches throw the network back, so it ends worse than it could.",
        remedy="Train again with a third of the learning rate or larger batches. Pictures of an "
        "odd kind or with wrong labels cause spikes too.",
        numbers={"share": share, "height": height, "points": len(around)},
        actions=(Action("retry", changes=changes),) if changes else (),
        figures=(loss_figure(curves, "Loss over time"),),
    )
