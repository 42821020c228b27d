"""The budget was over before training had really begun."""

from training.runs.doctor.base import Finding, RunEvidence

MIN_STEPS = 100


def check_too_short(evidence: RunEvidence) -> Finding | None:
    """Find a network that made too few steps to have learned anything."""
    if evidence.steps is None or evidence.steps >= MIN_STEPS:
        return None
    return Finding(
        code="too_short",
        evidence=f"The run made {evidence.steps} steps in {evidence.seconds:.0f} s.",
        meaning="The network had hardly begun to learn; its score says nothing about the labels.",
        remedy="Give the training more minutes, or let it run while the machine has less to do.",
    )
