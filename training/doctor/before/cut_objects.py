"""Objects that the rim of their picture cuts."""

from training.doctor.base import Figure, Finding, Series, percent, some_of
from training.doctor.evidence import ItemFacts, RunEvidence

MANY = 0.5
FEWEST = 10


def check_cut_objects(evidence: RunEvidence) -> Finding | None:
    """Find pictures so small that most of their objects are cut by the rim."""
    if evidence.data is None or evidence.data.task_kind != "instance":
        return None
    items = [item for item in evidence.data.items if item.n_objects]
    n, cut = sum(i.n_objects for i in items), sum(i.n_cut for i in items)
    if n < FEWEST or cut < MANY * n:
        return None
    worst = sorted(items, key=_share, reverse=True)
    ids = tuple(item.id for item in worst if _share(item) >= MANY)
    return Finding(
        code="cut_objects",
        stage="before",
        severity="warning",
        evidence=f"{cut} of {n} labelled objects ({percent(cut / n)}) touch the rim of their "
        f"picture, most in {some_of(ids)}.",
        meaning="The network sees mostly parts of cells; it learns neither their shape nor their "
        "size, and cut cells count as mistakes when they are scored.",
        remedy="Cut larger regions: a side of at least five cell diameters keeps most cells whole.",
        numbers={"cut": cut, "objects": n, "share": cut / n},
        samples=ids,
        figures=(
            Figure(
                kind="bars",
                title="Share of objects at the rim, worst pictures first",
                y_label="share",
                labels=tuple(item.id for item in worst[:20]),
                series=(Series("cut", tuple(_share(item) for item in worst[:20])),),
            ),
        ),
    )


def _share(item: ItemFacts) -> float:
    return item.n_cut / item.n_objects
