"""Channels that hold nothing."""

from training.doctor.base import Action, Finding, some_of
from training.doctor.before.counts import readable_items
from training.doctor.evidence import RunEvidence


def check_flat_channels(evidence: RunEvidence) -> Finding | None:
    """Find channels that have the same intensity everywhere."""
    items = readable_items(evidence)
    flat = {
        item.id: [at for at, channel in enumerate(item.channels) if channel.low == channel.high]
        for item in items
    }
    ids = tuple(name for name, channels in flat.items() if channels)
    if not ids:
        return None
    common = sorted(set.intersection(*(set(channels) for channels in flat.values())))
    everywhere = f" Channel {common[0]} is flat in every picture." if common else ""
    return Finding(
        code="flat_channels",
        stage="before",
        severity="warning",
        evidence=f"{len(ids)} of {len(items)} pictures have a channel of one single intensity: "
        f"{some_of(ids)}.{everywhere}",
        meaning="Such a channel tells the network nothing; where it is the stain that matters, the "
        "picture cannot be learned from.",
        remedy="Check these pictures. Remove those that failed to be exposed, and leave a channel "
        "that is always empty out of the import.",
        numbers={"items": len(ids), "looked_at": len(items), "always": len(common)},
        actions=(Action("review_samples", samples=ids),),
        samples=ids,
    )
