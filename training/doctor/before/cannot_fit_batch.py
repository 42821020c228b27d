"""A network that does not even learn one batch by heart."""

import math

from training.doctor.base import Action, Figure, Finding, Series
from training.doctor.evidence import RunEvidence

# With fewer steps than this nobody can tell.
FEWEST_STEPS = 30
# Of the first loss that must be gone.
DROP = 0.3


def check_cannot_fit_batch(evidence: RunEvidence) -> Finding | None:
    """Find a network whose loss hardly falls although it sees the same batch again and again."""
    losses = evidence.batch_losses
    if len(losses) < FEWEST_STEPS:
        return None
    start = losses[0]
    end = sum(losses[-3:]) / 3
    if math.isfinite(end) and end <= (1 - DROP) * start:
        return None
    rate = evidence.curves.rate if evidence.curves is not None else 0.0
    changes = {"optim.rate": float(f"{rate / 3:.2g}")} if rate > 0 else {}
    return Finding(
        code="cannot_fit_batch",
        stage="before",
        severity="error",
        evidence=f"Shown one and the same batch {len(losses)} times, the loss went from "
        f"{start:.3g} to {end:.3g}.",
        meaning="Any network should learn one batch by heart. That it does not points to labels "
        "that do not belong to their pictures, or to a learning rate that is far off.",
        remedy="Look at the first batch: do the outlines lie on the cells? If they do, try another "
        "learning rate (the range test proposes one).",
        numbers={"start": start, "end": end, "steps": len(losses)},
        actions=(Action("retry", changes=changes),) if changes else (),
        figures=(
            Figure(
                kind="lines",
                title="Loss on one batch shown again and again",
                x_label="step",
                y_label="loss",
                series=(Series("loss", losses, tuple(map(float, range(len(losses))))),),
            ),
        ),
    )
