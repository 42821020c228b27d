"""Channels in which many pixels are at the detector's limit."""

from training.doctor.base import Figure, Finding, Series, percent, some_of
from training.doctor.before.counts import readable_items
from training.doctor.evidence import ItemFacts, RunEvidence

# Of the objects' pixels. A few specks at the limit are normal.
MUCH = 0.2
SHOWN = 20


def check_saturated(evidence: RunEvidence) -> Finding | None:
    """Find pictures in which much of the objects is overexposed."""
    items = readable_items(evidence)
    worst = sorted(((_share(item), item.id) for item in items), reverse=True)
    over = [(share, name) for share, name in worst if share >= MUCH]
    if not over:
        return None
    ids = tuple(name for _, name in over)
    return Finding(
        code="saturated",
        stage="before",
        severity="warning" if len(over) >= 0.1 * len(items) else "note",
        evidence=f"In {len(over)} of {len(items)} pictures more than {percent(MUCH)} of what is "
        f"labelled is at the detector's limit, at worst {percent(over[0][0])}: {some_of(ids)}.",
        meaning="Where all is white there is no texture and no edge between touching cells, so "
        "they cannot be told apart.",
        remedy="Expose shorter next time. Leave overexposed pictures out if the model is to be "
        "used on well exposed ones.",
        numbers={"items": len(over), "looked_at": len(items), "worst": over[0][0]},
        samples=ids,
        figures=(
            Figure(
                kind="bars",
                title="Share of saturated pixels, worst pictures first",
                y_label="share",
                labels=tuple(name for _, name in worst[:SHOWN]),
                series=(Series("saturated", tuple(share for share, _ in worst[:SHOWN])),),
            ),
        ),
    )


def _share(item: ItemFacts) -> float:
    return max((channel.saturated for channel in item.channels), default=0.0)
