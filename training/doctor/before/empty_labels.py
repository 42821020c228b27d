"""Label images without any object."""

from training.doctor.base import Action, Finding, percent, some_of
from training.doctor.before.counts import count_figure
from training.doctor.evidence import RunEvidence

MANY = 0.3


def check_empty_labels(evidence: RunEvidence) -> Finding | None:
    """Find a training split where many label images, or all, hold no object."""
    if evidence.data is None:
        return None
    labelled = [item for item in evidence.data.of("train") if item.label_shape is not None]
    empty = tuple(item.id for item in labelled if item.n_objects == 0)
    if not labelled or len(empty) < MANY * len(labelled):
        return None
    share = len(empty) / len(labelled)
    return Finding(
        code="empty_labels",
        stage="before",
        severity="error" if share == 1 else "warning",
        evidence=f"{len(empty)} of {len(labelled)} labelled training pictures "
        f"({percent(share)}) hold no object: {some_of(empty)}.",
        meaning="A picture without labels teaches that there is nothing in it. If there are cells, "
        "the network learns to miss them.",
        remedy="Look at these again. Pictures that are truly empty may stay; a few are enough.",
        numbers={"empty": len(empty), "labelled": len(labelled), "share": share},
        actions=(Action("review_samples", samples=empty),),
        samples=empty,
        figures=(
            count_figure(
                "Training pictures with and without labelled objects",
                {"with objects": len(labelled) - len(empty), "empty": len(empty)},
            ),
        ),
    )
