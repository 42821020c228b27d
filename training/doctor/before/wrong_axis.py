"""Axes taken for others: channels for planes, time for depth, a colour for a side."""

from training.doctor.base import Action, Finding, some_of
from training.doctor.before.counts import readable_items
from training.doctor.evidence import ItemFacts, RunEvidence

FEW_PLANES = 4
MANY_CHANNELS = 10
NARROW = 8


def check_wrong_axis(evidence: RunEvidence) -> Finding | None:
    """Find pictures whose shape is one that an exchanged axis leaves behind."""
    wrong = [(item, why) for item in readable_items(evidence) if (why := _suspect(item))]
    if not wrong:
        return None
    ids = tuple(item.id for item, _ in wrong)
    first, why = wrong[0]
    return Finding(
        code="wrong_axis",
        stage="before",
        severity="warning",
        evidence=f"{len(ids)} pictures such as {some_of(ids)} have the shape "
        f"{' x '.join(map(str, first.shape))} (T C Z Y X): {why}.",
        meaning="An axis that is taken for another hides channels from the network, or makes it "
        "look for depth where there is none.",
        remedy="Check the axes on the image's page. Save the files again as OME-TIFF or ImageJ "
        "TIFF, which name their axes, and import them anew.",
        numbers={"items": len(ids)},
        actions=(Action("review_samples", samples=ids),),
        samples=ids,
    )


def _suspect(item: ItemFacts) -> str:
    """Say what is odd about a shape; "" for nothing."""
    _, channels, planes, height, width = item.shape
    if min(height, width) < NARROW:
        return f"a side of {min(height, width)} pixels is more likely channels or planes"
    if channels == 1 and 2 <= planes <= FEW_PLANES:
        return f"{planes} planes and one channel are more likely {planes} channels of one plane"
    if channels > MANY_CHANNELS and planes == 1:
        return f"{channels} channels of one plane are more likely {channels} planes or moments"
    return ""
