"""Files that cannot be read, or labels that do not cover their picture."""

from training.doctor.base import Action, Finding, some_of
from training.doctor.evidence import ItemFacts, RunEvidence


def check_unreadable(evidence: RunEvidence) -> Finding | None:
    """Find items whose picture or label image cannot be read or do not cover the same pixels."""
    data = evidence.data
    if data is None:
        return None
    looked = [item for item in data.items if item.unreadable or item.shape]
    bad = [item for item in looked if item.unreadable or _differs(item)]
    if not bad:
        return None
    ids = tuple(item.id for item in bad)
    first = bad[0]
    why = first.unreadable or (
        f"the picture is {first.shape} (T C Z Y X), its labels are {first.label_shape} (T Z Y X)"
    )
    return Finding(
        code="unreadable",
        stage="before",
        severity="error",
        evidence=f"{len(bad)} of {len(looked)} items cannot be used: {some_of(ids)}. "
        f"{first.id}: {why}.",
        meaning="Training stops at such an item, since a picture and its labels must be readable "
        "and cover the same pixels.",
        remedy="Import these pictures or their masks again, or remove them from the data set.",
        numbers={"items": len(bad), "looked_at": len(looked)},
        actions=(Action("review_samples", samples=ids),),
        samples=ids,
    )


def _differs(item: ItemFacts) -> bool:
    """Whether labels have another size than their picture."""
    if item.label_shape is None:
        return False
    return item.label_shape != (item.shape[0], *item.shape[2:])
