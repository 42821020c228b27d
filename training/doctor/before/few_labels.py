"""Too little is labelled to learn from."""

from training.doctor.base import Action, Finding
from training.doctor.evidence import RunEvidence

MIN_OBJECTS = 50


def check_few_labels(evidence: RunEvidence) -> Finding | None:
    """Find a training split of few objects."""
    n = evidence.n_objects
    if n is None or n >= MIN_OBJECTS:
        return None
    return Finding(
        code="few_labels",
        stage="before",
        severity="warning",
        evidence=f"The training split holds {n} labelled objects on {evidence.n_train or 0} items.",
        meaning="From so few a model learns what these look like, not what cells look like; "
        "another choice of samples would give another model.",
        remedy=f"Label until there are at least {MIN_OBJECTS} objects, from as many different "
        "pictures as you can.",
        numbers={"objects": n, "items": evidence.n_train or 0},
        actions=(Action("label_more", split="train"),),
    )
