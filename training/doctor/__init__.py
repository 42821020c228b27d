"""What is wrong with a training run: pure checks over its data, its curves and its results."""

from collections.abc import Sequence

from training.doctor.after.doubtful_objects import check_doubtful_objects
from training.doctor.after.generalisation_gap import check_generalisation_gap
from training.doctor.after.label_errors import check_label_errors
from training.doctor.after.miscalibrated import check_miscalibrated
from training.doctor.after.simpler_is_better import check_simpler_is_better
from training.doctor.after.small_validation import check_small_validation
from training.doctor.after.underfitting import check_underfitting
from training.doctor.after.uneven_outlines import check_uneven_outlines
from training.doctor.after.weak_classes import check_weak_classes
from training.doctor.base import (
    SEVERITIES,
    STAGES,
    Action,
    DoctorCheck,
    Figure,
    Finding,
    Series,
    Stage,
)
from training.doctor.before.cannot_fit_batch import check_cannot_fit_batch
from training.doctor.before.class_imbalance import check_class_imbalance
from training.doctor.before.cut_objects import check_cut_objects
from training.doctor.before.distribution_shift import check_distribution_shift
from training.doctor.before.empty_labels import check_empty_labels
from training.doctor.before.few_labels import check_few_labels
from training.doctor.before.flat_channels import check_flat_channels
from training.doctor.before.mixed_channels import check_mixed_channels
from training.doctor.before.mixed_depths import check_mixed_depths
from training.doctor.before.near_duplicates import check_near_duplicates
from training.doctor.before.same_source import check_same_source
from training.doctor.before.saturated import check_saturated
from training.doctor.before.shifted_labels import check_shifted_labels
from training.doctor.before.size_range import check_size_range
from training.doctor.before.split_group import check_split_group
from training.doctor.before.unreadable import check_unreadable
from training.doctor.before.wrong_axis import check_wrong_axis
from training.doctor.during.diverged import check_diverged
from training.doctor.during.overfitting import check_overfitting
from training.doctor.during.plateau import check_plateau
from training.doctor.during.too_short import check_too_short
from training.doctor.during.unstable import check_unstable
from training.doctor.evidence import RunEvidence

DOCTOR_CHECKS: dict[str, DoctorCheck] = {
    "unreadable": DoctorCheck("before", check_unreadable),
    "mixed_channels": DoctorCheck("before", check_mixed_channels),
    "mixed_depths": DoctorCheck("before", check_mixed_depths),
    "wrong_axis": DoctorCheck("before", check_wrong_axis),
    "flat_channels": DoctorCheck("before", check_flat_channels),
    "saturated": DoctorCheck("before", check_saturated),
    "empty_labels": DoctorCheck("before", check_empty_labels),
    "shifted_labels": DoctorCheck("before", check_shifted_labels),
    "cut_objects": DoctorCheck("before", check_cut_objects),
    "size_range": DoctorCheck("before", check_size_range),
    "few_labels": DoctorCheck("before", check_few_labels),
    "class_imbalance": DoctorCheck("before", check_class_imbalance),
    "split_group": DoctorCheck("before", check_split_group),
    "same_source": DoctorCheck("before", check_same_source),
    "near_duplicates": DoctorCheck("before", check_near_duplicates),
    "distribution_shift": DoctorCheck("before", check_distribution_shift),
    "cannot_fit_batch": DoctorCheck("before", check_cannot_fit_batch),
    "diverged": DoctorCheck("during", check_diverged),
    "unstable": DoctorCheck("during", check_unstable),
    "plateau": DoctorCheck("during", check_plateau),
    "overfitting": DoctorCheck("during", check_overfitting),
    "too_short": DoctorCheck("during", check_too_short),
    "underfitting": DoctorCheck("after", check_underfitting),
    "generalisation_gap": DoctorCheck("after", check_generalisation_gap),
    "weak_classes": DoctorCheck("after", check_weak_classes),
    "simpler_is_better": DoctorCheck("after", check_simpler_is_better),
    "small_validation": DoctorCheck("after", check_small_validation),
    "miscalibrated": DoctorCheck("after", check_miscalibrated),
    "label_errors": DoctorCheck("after", check_label_errors),
    "doubtful_objects": DoctorCheck("after", check_doubtful_objects),
    "uneven_outlines": DoctorCheck("after", check_uneven_outlines),
}


def examine(evidence: RunEvidence, *, stages: Sequence[Stage] = STAGES) -> list[Finding]:
    """Run the checks of some stages; return what they found, the gravest first.

    Parameters
    ----------
    evidence : RunEvidence
        What is known of the run; checks that need more find nothing.
    stages : sequence of str
        Which checks to run.

    Returns
    -------
    list of Finding
        Empty for a healthy run.
    """
    looks = [check.look for check in DOCTOR_CHECKS.values() if check.stage in stages]
    found = [finding for look in looks if (finding := look(evidence)) is not None]
    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))


__all__ = [
    "DOCTOR_CHECKS",
    "Action",
    "DoctorCheck",
    "Figure",
    "Finding",
    "RunEvidence",
    "Series",
    "examine",
]
