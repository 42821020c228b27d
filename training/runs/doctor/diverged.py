"""The loss blew up, or became no number at all."""

import math
from statistics import median

from training.runs.doctor.base import Finding, RunEvidence

MIN_POINTS = 6
BLOW_UP = 3.0


def check_diverged(evidence: RunEvidence) -> Finding | None:
    """Find a loss that is not finite, or that ends far above where it had been."""
    bad = next((i for i, loss in enumerate(evidence.losses) if not math.isfinite(loss)), None)
    if bad is not None:
        shown = f"The loss is no finite number from point {bad} on."
    elif len(evidence.losses) >= MIN_POINTS and _blew_up(evidence.losses):
        start, end = evidence.losses[0], evidence.losses[-1]
        shown = f"The loss began at {start:.3g} and ended at {end:.3g}."
    else:
        return None
    return Finding(
        code="diverged",
        evidence=shown,
        meaning="Training became unstable; the weights after that are of no use.",
        remedy="Retry with a tenth of the learning rate, and look for empty or wrongly scaled "
        "pictures in the training set.",
    )


def _blew_up(losses: tuple[float, ...]) -> bool:
    best = min(losses)
    spread = max(median(losses), 1e-9)
    ending = median(losses[-3:])
    return ending > BLOW_UP * max(best, spread / BLOW_UP) and ending > losses[0]
