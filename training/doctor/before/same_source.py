"""One picture in two splits, or twice in the data."""

from training.doctor.base import Action, Finding, some_of
from training.doctor.evidence import RunEvidence


def check_same_source(evidence: RunEvidence) -> Finding | None:
    """Find items of different splits that were cut from one and the same picture."""
    if evidence.data is None:
        return None
    found: dict[str, list[tuple[str, str]]] = {}
    for item in evidence.data.items:
        if item.source:
            found.setdefault(item.source, []).append((item.split, item.id))
    torn = [rows for rows in found.values() if len({split for split, _ in rows}) > 1]
    if not torn:
        return None
    held_out = tuple(sorted(name for rows in torn for split, name in rows if split != "train"))
    return Finding(
        code="same_source",
        stage="before",
        severity="error",
        evidence=f"{len(torn)} pictures are in more than one split, byte for byte the same: "
        f"{some_of(held_out)} were also trained on.",
        meaning="The model is scored on pictures that it has learned by heart, so its scores are "
        "better than it is.",
        remedy="Remove the copies from the held-out splits, or give them to training.",
        numbers={"pictures": len(torn), "items": len(held_out)},
        actions=(Action("review_samples", samples=held_out),),
        samples=held_out,
    )
