"""The budget was over before training had really begun, or while it still got better."""

from statistics import mean

from training.doctor.base import Action, Figure, Finding, Series
from training.doctor.during.curve import longer
from training.doctor.evidence import CurveFacts, RunEvidence

MIN_STEPS = 100
MIN_VALIDATIONS = 4
# Validation score per last quarter of the run that counts as still getting better.
RISE = 0.03


def check_too_short(evidence: RunEvidence) -> Finding | None:
    """Find a network that made too few steps, or whose score rose to the end."""
    curves = evidence.curves
    if curves is None or not curves.over or curves.steps is None:
        return None
    if curves.steps < MIN_STEPS:
        return _finding(
            curves,
            evidence=f"The run made {curves.steps} steps in {curves.seconds:.0f} s.",
            meaning="The network had hardly begun to learn; its score says nothing about the "
            "labels.",
            times=max(3.0, min(10.0, 3 * MIN_STEPS / max(curves.steps, 1))),
        )
    rise = _rise(curves)
    if rise < RISE:
        return None
    return _finding(
        curves,
        evidence=f"The validation score rose by {rise:.3f} over the last quarter of its "
        "measurements.",
        meaning="The network was still getting better when its time was over.",
        times=2.0,
    )


def _rise(curves: CurveFacts) -> float:
    """How much higher the last quarter of the scores is than the quarter before."""
    scores = [score for _, score in curves.validation]
    if len(scores) < MIN_VALIDATIONS:
        return 0.0
    width = max(1, len(scores) // 4)
    # The best so far, because one unlucky score before is no rise.
    return mean(scores[-width:]) - max(scores[:-width])


def _finding(curves: CurveFacts, *, evidence: str, meaning: str, times: float) -> Finding:
    changes = longer(curves.minutes, times)
    return Finding(
        code="too_short",
        stage="during",
        severity="warning" if curves.steps is not None and curves.steps < MIN_STEPS else "note",
        evidence=evidence,
        meaning=meaning,
        remedy="Give the training more minutes, or let it run while the machine has less to do.",
        numbers={"steps": curves.steps or 0, "seconds": curves.seconds, "rise": _rise(curves)},
        actions=(Action("retry", changes=changes),) if changes else (),
        figures=(_figure(curves),) if curves.validation else (),
    )


def _figure(curves: CurveFacts) -> Figure:
    return Figure(
        kind="lines",
        title="Validation score over time",
        x_label="point",
        y_label="score",
        series=(
            Series(
                "validation",
                tuple(score for _, score in curves.validation),
                tuple(float(at) for at, _ in curves.validation),
            ),
        ),
    )
