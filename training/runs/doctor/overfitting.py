"""The loss still falls while the validation score has long been falling too."""

from statistics import mean

from training.runs.doctor.base import Finding, RunEvidence

MIN_VALIDATIONS = 4
DROP = 0.03


def check_overfitting(evidence: RunEvidence) -> Finding | None:
    """Find a validation score that ends well below its best while the loss went down."""
    scores = evidence.validation
    if len(scores) < MIN_VALIDATIONS:
        return None
    at = max(range(len(scores)), key=lambda i: scores[i][1])
    # Two in a row, because one validation may be unlucky.
    ending = mean(score for _, score in scores[-2:])
    drop = scores[at][1] - ending
    if at >= len(scores) - 2 or drop < DROP:
        return None
    before = evidence.losses[: scores[at][0] + 1]
    after = evidence.losses[scores[at][0] + 1 :]
    if not before or not after or mean(after[-3:]) >= mean(before[-3:]):
        return None
    return Finding(
        code="overfitting",
        evidence=f"The validation score fell from {scores[at][1]:.3f} to {ending:.3f} while the "
        f"loss fell from {mean(before[-3:]):.3g} to {mean(after[-3:]):.3g}.",
        meaning="The model began to learn its training pictures by heart.",
        remedy="Label more and more different pictures, or train for a shorter time. The weights "
        "of the best validation score were kept.",
    )
