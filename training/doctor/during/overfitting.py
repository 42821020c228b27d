"""The loss still falls while the validation score has long been falling too."""

from statistics import mean

from training.doctor.base import Action, Figure, Finding, Series
from training.doctor.evidence import CurveFacts, RunEvidence

MIN_VALIDATIONS = 4
DROP = 0.03


def check_overfitting(evidence: RunEvidence) -> Finding | None:
    """Find a validation score that ends well below its best while the loss went down."""
    curves = evidence.curves
    if curves is None or len(curves.validation) < MIN_VALIDATIONS:
        return None
    scores = curves.validation
    at = max(range(len(scores)), key=lambda i: scores[i][1])
    # Two in a row, because one validation may be unlucky.
    ending = mean(score for _, score in scores[-2:])
    drop = scores[at][1] - ending
    if at >= len(scores) - 2 or drop < DROP:
        return None
    before = curves.losses[: scores[at][0] + 1]
    after = curves.losses[scores[at][0] + 1 :]
    if not before or not after or mean(after[-3:]) >= mean(before[-3:]):
        return None
    share = scores[at][0] / max(len(curves.losses) - 1, 1)
    return Finding(
        code="overfitting",
        stage="during",
        severity="warning",
        evidence=f"The validation score fell from {scores[at][1]:.3f} to {ending:.3f} while the "
        f"loss fell from {mean(before[-3:]):.3g} to {mean(after[-3:]):.3g}.",
        meaning="The model began to learn its training pictures by heart.",
        remedy="Label more and more different pictures, or train for a shorter time.",
        numbers={"best": scores[at][1], "last": ending, "drop": drop, "best_at": share},
        actions=_actions(curves, share),
        figures=(_figure(curves),),
    )


def _actions(curves: CurveFacts, share: float) -> tuple[Action, ...]:
    label = Action("label_more", split="train")
    if curves.minutes <= 0:
        return (label,)
    return label, Action("retry", changes={"minutes": round(max(0.1, share * curves.minutes), 1)})


def _figure(curves: CurveFacts) -> Figure:
    """Draw loss and score, each as a share of its largest value: they have no common scale."""
    top = max(map(abs, curves.losses)) or 1.0
    return Figure(
        kind="lines",
        title="Loss (as a share of its largest) and validation score",
        x_label="point",
        series=(
            Series(
                "loss",
                tuple(loss / top for loss in curves.losses),
                tuple(map(float, range(len(curves.losses)))),
            ),
            Series(
                "validation",
                tuple(score for _, score in curves.validation),
                tuple(float(at) for at, _ in curves.validation),
            ),
        ),
    )
