"""Pictures stored in several bit depths."""

from collections import Counter

from training.doctor.base import Action, Finding, some_of
from training.doctor.before.counts import count_figure, readable_items
from training.doctor.evidence import RunEvidence


def check_mixed_depths(evidence: RunEvidence) -> Finding | None:
    """Find pictures stored with another bit depth than most."""
    readable = readable_items(evidence)
    kinds = Counter(item.dtype for item in readable)
    if len(kinds) < 2:
        return None
    usual = kinds.most_common(1)[0][0]
    ids = tuple(item.id for item in readable if item.dtype != usual)
    return Finding(
        code="mixed_depths",
        stage="before",
        severity="note",
        evidence=f"{kinds[usual]} pictures are {usual}; {len(ids)} are "
        f"{', '.join(sorted(set(kinds) - {usual}))}, such as {some_of(ids)}.",
        meaning="Intensities are brought to one range, so training works; but pictures saved in "
        "another bit depth were often exported for viewing, with contrast changed and cut off.",
        remedy="Check that these come from the microscope's own files and not from screenshots or "
        "exports.",
        numbers={"items": len(ids), "kinds": len(kinds)},
        actions=(Action("review_samples", samples=ids),),
        samples=ids,
        figures=(count_figure("Pictures by bit depth", kinds),),
    )
