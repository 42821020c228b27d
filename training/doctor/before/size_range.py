"""Objects of sizes that one network at one scale does not see well."""

from statistics import median

import numpy as np
from numpy.typing import NDArray

from training.doctor.base import Action, Figure, Finding, Series, percent, some_of
from training.doctor.evidence import DataFacts, ItemFacts, RunEvidence

# Pixels at the network's scale, below which an object has hardly an inside.
SMALLEST = 4.0
MANY = 0.2
BINS = 20


def check_size_range(evidence: RunEvidence) -> Finding | None:
    """Find objects that are a few pixels or larger than a patch at the network's scale."""
    data = evidence.data
    if data is None or data.diameter <= 0 or data.patch <= 0:
        return None
    items = [item for item in data.items if item.diameters and item.split == "train"]
    seen = {item.id: np.array(item.diameters) * _zoom(item, data) for item in items}
    if not seen:
        return None
    sizes = np.concatenate(list(seen.values()))
    small, large = float((sizes < SMALLEST).mean()), float((sizes > data.patch).mean())
    if max(small, large) < MANY:
        return None
    too_small = small >= large
    bad = {n: s < SMALLEST if too_small else s > data.patch for n, s in seen.items()}
    shares = {name: float(values.mean()) for name, values in bad.items()}
    ids = tuple(n for n in sorted(shares, key=lambda n: -shares[n]) if shares[n] >= MANY)
    return Finding(
        code="size_range",
        stage="before",
        severity="warning",
        evidence=f"At the network's scale {percent(small)} of the objects are smaller than "
        f"{SMALLEST:.0f} px and {percent(large)} larger than a patch ({data.patch:.0f} px); "
        f"diameters as stored go from {_least(items):.0f} to {_most(items):.0f} px. {_where(ids)}",
        meaning=(
            "Specks and large cells are labelled together, and the specks are too small to learn."
            if too_small
            else "The network never sees the largest cells whole, and cuts them into pieces."
        ),
        remedy=(
            "Remove specks from the labels, or train with a larger target diameter."
            if too_small
            else "Train with a smaller target diameter or larger patches."
        ),
        numbers={"too_small": small, "too_large": large, "median": float(np.median(sizes))},
        actions=(
            Action("retry", changes={"data.diameter": _wanted(data, too_small=too_small)}),
            Action("review_samples", samples=ids),
        ),
        samples=ids,
        figures=(_figure(sizes),),
    )


def _zoom(item: ItemFacts, data: DataFacts) -> float:
    """Zoom that brings the picture's typical object to the wanted diameter, within its limits."""
    zoom = data.diameter / _typical(item.diameters)
    return min(max(zoom, data.zooms[0]), data.zooms[1])


def _typical(diameters: tuple[float, ...]) -> float:
    """Diameter above which half of the area lies, as the trainer estimates it."""
    area = np.cumsum(np.square(diameters))
    return float(diameters[int(np.searchsorted(area, area[-1] / 2))])


def _wanted(data: DataFacts, *, too_small: bool) -> float:
    return round(min(data.diameter * 1.5, 60.0) if too_small else data.diameter / 1.5, 1)


def _least(items: list[ItemFacts]) -> float:
    return min(item.diameters[0] for item in items)


def _most(items: list[ItemFacts]) -> float:
    return max(item.diameters[-1] for item in items)


def _where(ids: tuple[str, ...]) -> str:
    return f"Most are in {some_of(ids)}." if ids else ""


def _figure(sizes: NDArray[np.float64]) -> Figure:
    counts, edges = np.histogram(sizes, bins=BINS)
    middles = (edges[:-1] + edges[1:]) / 2
    return Figure(
        kind="lines",
        title=f"Diameters at the network's scale (median {median(sizes.tolist()):.0f} px)",
        x_label="diameter (px)",
        y_label="objects",
        series=(Series("objects", tuple(map(float, counts)), tuple(middles.tolist())),),
    )
