"""Pictures that differ in their number of channels, or of which some have depth."""

from collections import Counter

from training.doctor.base import Action, Finding, some_of
from training.doctor.before.counts import count_figure, readable_items
from training.doctor.evidence import ItemFacts, RunEvidence


def check_mixed_channels(evidence: RunEvidence) -> Finding | None:
    """Find pictures whose number of channels or planes is not that of most."""
    readable = readable_items(evidence)
    if not readable:
        return None
    kinds = Counter(_kind(item) for item in readable)
    if len(kinds) == 1:
        return None
    usual = kinds.most_common(1)[0][0]
    ids = tuple(item.id for item in readable if _kind(item) != usual)
    return Finding(
        code="mixed_channels",
        stage="before",
        severity="error",
        evidence=f"{kinds[usual]} pictures have {_words(usual)}; {len(ids)} differ, "
        f"such as {some_of(ids)}.",
        meaning="A network takes one number of channels and either planes or volumes; with others "
        "training stops.",
        remedy="Import the pictures that differ again with the channels of the rest, or keep them "
        "in a data set and a project of their own.",
        numbers={"items": len(ids), "kinds": len(kinds)},
        actions=(Action("review_samples", samples=ids),),
        samples=ids,
        figures=(
            count_figure(
                "Pictures by channels and planes", {_words(kind): n for kind, n in kinds.items()}
            ),
        ),
    )


def _kind(item: ItemFacts) -> tuple[int, bool]:
    return item.shape[1], item.shape[2] > 1


def _words(kind: tuple[int, bool]) -> str:
    channels = f"{kind[0]} channel{'s' if kind[0] != 1 else ''}"
    return f"{channels}, {'several planes' if kind[1] else 'one plane'}"
