"""The loss blew up, or became no number at all."""

import math
from statistics import median

from training.doctor.base import Action, Finding
from training.doctor.during.curve import loss_figure, slower
from training.doctor.evidence import RunEvidence

MIN_POINTS = 6
BLOW_UP = 3.0


def check_diverged(evidence: RunEvidence) -> Finding | None:
    """Find a loss that is not finite, or that ends far above where it had been."""
    curves = evidence.curves
    if curves is None or not curves.losses:
        return None
    losses = curves.losses
    bad = next((at for at, loss in enumerate(losses) if not math.isfinite(loss)), None)
    if bad is not None:
        shown = f"The loss is no finite number from point {bad} on."
    elif len(losses) >= MIN_POINTS and _blew_up(losses):
        shown = f"The loss began at {losses[0]:.3g} and ended at {losses[-1]:.3g}."
    else:
        return None
    changes = slower(curves.rate, 0.1)
    return Finding(
        code="diverged",
        stage="during",
        severity="error",
        evidence=shown,
        meaning="Training became unstable; the weights after that are of no use.",
        remedy="Train again with a tenth of the learning rate, and look for empty or wrongly "
        "scaled pictures in the training set.",
        numbers={"first": losses[0], "last": losses[-1], "points": len(losses)},
        actions=(Action("retry", changes=changes),) if changes else (),
        figures=(loss_figure(curves, "Loss over time"),),
    )


def _blew_up(losses: tuple[float, ...]) -> bool:
    best = min(losses)
    spread = max(median(losses), 1e-9)
    ending = median(losses[-3:])
    return ending > BLOW_UP * max(best, spread / BLOW_UP) and ending > losses[0]
