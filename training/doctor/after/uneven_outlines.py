"""Pictures whose outlines were drawn wider or tighter than those of the others."""

from collections.abc import Mapping, Sequence

import numpy as np

from training.doctor.base import Action, Figure, Finding, Series, some_of
from training.doctor.evidence import ResultFacts, RunEvidence

# A model that is worse than this says nothing about how people draw.
TRUSTED = 0.6
FEWEST_ITEMS, FEWEST_UNEVEN = 6, 2
# Drawn diameter against the model's, relative to the median picture. Among 65 pictures of nuclei
# most lie within 6 %; those that people had drawn otherwise are off by 14 to 22 %.
UNEVEN = 1.1


def check_uneven_outlines(evidence: RunEvidence) -> Finding | None:
    """Find pictures whose objects are drawn at another place of their edge than elsewhere."""
    results = evidence.results
    if results is None or len(results.outlines) < FEWEST_ITEMS or not _trusted(results):
        return None
    middle = float(np.median(list(results.outlines.values())))
    relative = {name: ratio / middle for name, ratio in results.outlines.items()}
    off = {name: max(ratio, 1 / ratio) for name, ratio in relative.items()}
    uneven = sorted((name for name in off if off[name] >= UNEVEN), key=lambda name: -off[name])
    if len(uneven) < FEWEST_UNEVEN:
        return None
    wider = sum(relative[name] > 1 for name in uneven)
    beside = _beside(uneven, off, {**results.train_groups, **results.validation_groups})
    ids = tuple(uneven)
    tightest, *_, widest = sorted(relative, key=lambda name: relative[name])
    same = (
        f" {beside} of {len(ids)} have pictures beside them in their own group that are drawn like "
        "the others, so it is not the kind of picture."
        if beside
        else ""
    )
    return Finding(
        code="uneven_outlines",
        stage="after",
        severity="warning",
        evidence=f"{len(ids)} of {len(off)} pictures are outlined unlike the middle of all "
        f"({wider} wider, {len(ids) - wider} tighter): {some_of(ids)}. Against what the model "
        f"finds there, drawn objects have {relative[tightest]:.2f} times the usual diameter in "
        f"{tightest} and {relative[widest]:.2f} times in {widest}.{same}",
        meaning="The network learns the middle between the ways of drawing and fits neither: "
        "objects that it finds in the right place count as wrong, the small ones first. More "
        "training does not help.",
        remedy="Agree where the outline runs (half of the brightness at the edge is common), "
        "write it into the guide for annotators, and look at these pictures again.",
        numbers={
            "pictures": len(ids), "looked_at": len(off), "wider": wider,
            "largest": off[ids[0]], "in_mixed_groups": beside,
        },
        actions=(Action("review_samples", samples=ids),),
        samples=ids,
        figures=(_figure(relative),),
    )  # fmt: skip


def _trusted(results: ResultFacts) -> bool:
    scores = [*results.train.values(), *results.validation.values()]
    return bool(scores) and sum(scores) / len(scores) >= TRUSTED


def _beside(uneven: Sequence[str], off: Mapping[str, float], groups: Mapping[str, str]) -> int:
    """Count the pictures that have an ordinary one in their group."""
    ordinary = {groups[name] for name in off if off[name] < UNEVEN and groups.get(name)}
    return sum(groups.get(name) in ordinary for name in uneven)


def _figure(relative: Mapping[str, float]) -> Figure:
    """Draw all pictures in order, so that the outliers stand at the ends."""
    values = sorted(relative.values())
    places = tuple(float(at) for at in range(1, len(values) + 1))
    return Figure(
        kind="lines",
        title="Drawn diameter against the model's, relative to the median picture",
        x_label="pictures, tightest first",
        y_label="drawn / predicted",
        series=(
            Series("pictures", tuple(values), x=places),
            Series("wider than the others", (UNEVEN, UNEVEN), x=(1.0, places[-1])),
            Series("tighter than the others", (1 / UNEVEN, 1 / UNEVEN), x=(1.0, places[-1])),
        ),
    )
