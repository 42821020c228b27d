"""Pictures of different splits that are nearly the same."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from training.doctor.base import Action, Figure, Finding, some_of
from training.doctor.evidence import ItemFacts, RunEvidence
from training.doctor.measure import perceptual_hashes
from training.doctor.pictures import grey, mosaic, picture_address

# Bits of 64 by which the hashes of near duplicates differ at most (of others about 32).
BITS = 12
# Correlation of what is left without slow changes, at 32 x 32 pixels.
ALIKE = 0.9
SHOWN = 3
# Cells in the middle of their crops are alike without being copies; a copy has the same noise.
CROPS = ("classification", "multilabel")
SAME_NOISE = 0.5
# Blind to planes and to edges along the axes (Immerkaer, CVIU 1996); of unit noise it makes 6.
LAPLACIANS = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
OF_UNIT_NOISE = 6 * 0.6745


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
        for at, turn in zip(*np.nonzero(np.bitwise_count(hashes ^ own) <= BITS), strict=True):
            likeness = float((turned[at, turn] * small).mean())
            if likeness >= ALIKE and not (crops and _differ_by_noise(turned[at, turn], small)):
                pairs.append((likeness, train[at], item))
    return sorted(pairs, key=lambda pair: -pair[0])


def _differ_by_noise(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Tell whether two pictures differ at least as two exposures of the same would."""
    noise = _noise(one) ** 2 + _noise(other) ** 2
    return float(((one - other) ** 2).mean()) > SAME_NOISE * noise


def _noise(small: NDArray[Any]) -> float:
    """Estimate the standard deviation of what no structure explains."""
    found = ndimage.convolve(small, LAPLACIANS, mode="nearest")
    return float(np.median(np.abs(found))) / OF_UNIT_NOISE


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
