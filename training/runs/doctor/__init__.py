"""What is wrong with a training run: pure checks over its curves and its data."""

from training.runs.doctor.base import DoctorCheck, Finding, RunEvidence
from training.runs.doctor.diverged import check_diverged
from training.runs.doctor.overfitting import check_overfitting
from training.runs.doctor.too_few_labels import check_too_few_labels
from training.runs.doctor.too_short import check_too_short

DOCTOR_CHECKS: dict[str, DoctorCheck] = {
    "diverged": check_diverged,
    "overfitting": check_overfitting,
    "too_few_labels": check_too_few_labels,
    "too_short": check_too_short,
}


def examine(evidence: RunEvidence) -> list[Finding]:
    """Run every check; return what they found, in the order of the registry.

    Parameters
    ----------
    evidence : RunEvidence
        Curves and sizes of the run.

    Returns
    -------
    list of Finding
        Empty for a healthy run.
    """
    found = (check(evidence) for check in DOCTOR_CHECKS.values())
    return [finding for finding in found if finding is not None]


__all__ = ["DOCTOR_CHECKS", "DoctorCheck", "Finding", "RunEvidence", "examine"]
