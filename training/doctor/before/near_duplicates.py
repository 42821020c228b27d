"""Pictures of different splits that are nearly the same."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.doctor.base import Action, Figure, Finding, some_of
from training.doctor.evidence import ItemFacts, RunEvidence
from training.doctor.measure import perceptual_hashes
from training.doctor.pictures import grey, mosaic, picture_address

# Bits of 64 by which the hashes of near duplicates differ at most (of others about 32).
BITS = 12
# Correlation of what is left without slow changes, at 32 x 32 pixels.
ALIKE = 0.9
SHOWN = 3
# Crops of one kind of cell are alike without being copies: of a copy there is much less left over
# than of the training crop that comes so many places after it.
CROPS = ("classification", "multilabel")
PLACE = 5
STANDS_OUT = 0.25


def check_near_duplicates(evidence: RunEvidence) -> Finding | None:
    """Find held-out pictures that are a training picture, perhaps scaled, turned or noisier."""
    if evidence.data is None:
        return None
    train = [item for item in evidence.data.of("train") if item.thumb is not None]
    held_out = [i for i in evidence.data.items if i.split != "train" and i.thumb is not None]
    if not train or not held_out:
        return None
    pairs = _pairs(train, held_out, crops=evidence.data.task_kind in CROPS)
    if not pairs:
        return None
    ids = tuple(dict.fromkeys(b.id for _, _, b in pairs))
    share = len(ids) / len(held_out)
    likeness, first, second = pairs[0]
    return Finding(
        code="near_duplicates",
        stage="before",
        severity="error" if share >= 0.1 else "warning",
        evidence=f"{len(ids)} of {len(held_out)} held-out pictures nearly equal a training "
        f"picture: {some_of(ids)}. {second.id} is like {first.id} (correlation {likeness:.2f}).",
        meaning="The model is scored on pictures that it has nearly seen, so its scores are better "
        "than it is.",
        remedy="Give pictures of one field, well or movie one group before they are imported, so "
        "that they stay on one side; remove copies.",
        numbers={"items": len(ids), "held_out": len(held_out), "likeness": likeness},
        actions=(Action("review_samples", samples=ids),),
        samples=ids,
        figures=(_figure(pairs[:SHOWN]),),
    )


def _pairs(
    train: list[ItemFacts], held_out: list[ItemFacts], *, crops: bool
) -> list[tuple[float, ItemFacts, ItemFacts]]:
    """Pairs that are alike in any of eight orientations, the most alike first."""
    turned = np.stack([_turns(_thumb(item)) for item in train])
    others = np.stack([_thumb(item) for item in held_out])
    hashes = perceptual_hashes(turned)
    pairs = []
    for item, small, own in zip(held_out, others, perceptual_hashes(others), strict=True):
        least = ALIKE
        near = np.argwhere(np.bitwise_count(hashes ^ own) <= BITS)
        if crops and len(near):
            least = max(least, _expected(turned, small))
        for at, turn in near:
            likeness = float((turned[at, turn] * small).mean())
            if likeness >= least:
                pairs.append((likeness, train[at], item))
    return sorted(pairs, key=lambda pair: -pair[0])


def _expected(turned: NDArray[Any], small: NDArray[Any]) -> float:
    """Likeness from which on a crop stands out among those (N, 8, Y, X) that look like it."""
    each = np.tensordot(turned, small, axes=2).max(axis=1) / small.size
    usual = np.sort(each)[-min(PLACE, len(each))]
    return float(1 - STANDS_OUT * (1 - usual))


def _thumb(item: ItemFacts) -> NDArray[np.float32]:
    assert item.thumb is not None
    return item.thumb


def _turns(small: NDArray[np.float32]) -> NDArray[Any]:
    """All eight orientations of a square, (8, Y, X)."""
    return np.stack([np.rot90(side, k) for side in (small, small[::-1]) for k in range(4)])


def _figure(pairs: list[tuple[float, ItemFacts, ItemFacts]]) -> Figure:
    """Show pairs side by side, training above held out."""
    above = [_shown(first) for _, first, _ in pairs]
    below = [_shown(second) for _, _, second in pairs]
    return Figure(
        kind="picture",
        title="Training pictures above, held-out ones below (without slow changes)",
        picture=picture_address(mosaic([*above, *below], columns=len(pairs))),
    )


def _shown(item: ItemFacts) -> NDArray[np.uint8]:
    small = grey(_thumb(item), low=-2.0, high=3.0)
    return np.asarray(small.repeat(3, axis=0).repeat(3, axis=1))
