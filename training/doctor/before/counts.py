"""What the checks of one property of the pictures share."""

from collections.abc import Mapping

from training.doctor.base import Figure, Series
from training.doctor.evidence import ItemFacts, RunEvidence


def readable_items(evidence: RunEvidence) -> list[ItemFacts]:
    """List the items that were looked at and can be read."""
    items = evidence.data.items if evidence.data is not None else ()
    return [item for item in items if item.shape and not item.unreadable]


def count_figure(title: str, counts: Mapping[str, int], *, of: str = "pictures") -> Figure:
    """Draw counts as bars, the largest first."""
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    return Figure(
        kind="bars",
        title=title,
        y_label=of,
        labels=tuple(name for name, _ in ordered),
        series=(Series(of, tuple(float(n) for _, n in ordered)),),
    )
