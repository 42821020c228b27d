"""Too little is labelled to learn from, or to measure on."""

from training.runs.doctor.base import Finding, RunEvidence

MIN_OBJECTS = 50
MIN_VALIDATION = 5


def check_too_few_labels(evidence: RunEvidence) -> Finding | None:
    """Find a training set of few objects, or a validation split too small to trust."""
    problems = []
    remedies = []
    if evidence.n_objects < MIN_OBJECTS:
        problems.append(f"{evidence.n_objects} labelled objects to learn from")
        remedies.append(f"label until there are at least {MIN_OBJECTS} objects")
    if evidence.n_validation < MIN_VALIDATION:
        problems.append(f"{evidence.n_validation} labelled validation items")
        remedies.append(f"label at least {MIN_VALIDATION} items of the validation split")
    if not problems:
        return None
    return Finding(
        code="too_few_labels",
        evidence=f"The run had {' and '.join(problems)}.",
        meaning="Its scores move by chance from run to run, and so would a comparison.",
        remedy=f"Before you judge the model, {' and '.join(remedies)}.",
    )
