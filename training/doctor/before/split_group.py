"""One group on both sides of a split."""

from training.doctor.base import Action, Finding, some_of
from training.doctor.evidence import RunEvidence


def check_split_group(evidence: RunEvidence) -> Finding | None:
    """Find groups (plate, movie, patient) whose items lie in more than one split."""
    if evidence.data is None:
        return None
    splits: dict[str, set[str]] = {}
    for item in evidence.data.items:
        if item.group:
            splits.setdefault(item.group, set()).add(item.split)
    torn = tuple(sorted(group for group, found in splits.items() if len(found) > 1))
    if not torn:
        return None
    ids = tuple(item.id for item in evidence.data.items if item.group in torn)
    return Finding(
        code="split_group",
        stage="before",
        severity="error",
        evidence=f"{len(torn)} of {len(splits)} groups lie in more than one split: "
        f"{some_of(torn)} ({len(ids)} items).",
        meaning="The model is scored on what it has nearly seen, so its scores are better than it "
        "is.",
        remedy="Give each group one split, best that of training, and train again.",
        numbers={"groups": len(torn), "items": len(ids)},
        actions=tuple(Action("move_group", group=group, split="train") for group in torn[:5]),
        samples=ids,
    )
