"""Labels that lie beside what they label, or are mirrored or turned."""

from statistics import median

from training.doctor.base import Action, Figure, Finding, Series, some_of
from training.doctor.evidence import EdgeMatch, ItemFacts, RunEvidence

# Pixels. Nearer than this people differ from each other.
SHIFT = 2.0
# How much better outlines must fit after the move, and how well at all.
GAIN = 1.3
FIT = 0.1
# A turned label image fits by chance with about this correlation.
TURNED_FIT = 0.2
TURNED_GAIN = 2.0
MANY = 0.5


def check_shifted_labels(evidence: RunEvidence) -> Finding | None:
    """Find labels whose outlines would lie on the picture's edges after a move or a turn."""
    if evidence.data is None:
        return None
    seen = [(item, item.edges) for item in evidence.data.items if item.edges is not None]
    turned = [(item, edges) for item, edges in seen if _is_turned(edges)]
    moved = [(item, edges) for item, edges in seen if _is_moved(edges)]
    if turned:
        return _turned(turned, n=len(seen))
    if not moved:
        return None
    return _moved(moved, n=len(seen))


def _is_moved(edges: EdgeMatch) -> bool:
    far = max(abs(edges.dy), abs(edges.dx)) >= SHIFT
    return far and edges.best >= FIT and edges.best >= GAIN * max(edges.here, 0.0)


def _is_turned(edges: EdgeMatch) -> bool:
    fits_here = max(edges.here, edges.best, 0.0)
    return edges.turned >= TURNED_FIT and edges.turned >= TURNED_GAIN * fits_here


def _moved(moved: list[tuple[ItemFacts, EdgeMatch]], *, n: int) -> Finding:
    moved = sorted(moved, key=lambda pair: pair[1].here - pair[1].best)
    ids = tuple(item.id for item, _ in moved)
    dy = median(edges.dy for _, edges in moved)
    dx = median(edges.dx for _, edges in moved)
    many = len(moved) >= MANY * n
    where = f"{abs(dy):.0f} px {'down' if dy > 0 else 'up'}, "
    where += f"{abs(dx):.0f} px {'right' if dx > 0 else 'left'}"
    return Finding(
        code="shifted_labels",
        stage="before",
        severity="error" if many else "warning",
        evidence=f"In {len(moved)} of {n} pictures the labels would fit better elsewhere "
        f"(median move: {where}): {some_of(ids)}.",
        meaning="The network is taught outlines that lie beside the cells, and learns to draw them "
        "there.",
        remedy="Check whether the masks were made on a cropped, registered or resized copy; mend "
        "them there and import them again, or correct these samples.",
        numbers={"items": len(moved), "looked_at": n, "dy": dy, "dx": dx},
        actions=(Action("review_samples", samples=ids),),
        samples=ids,
        figures=(
            Figure(
                kind="points",
                title="Move at which each picture's labels fit best",
                x_label="right (px)",
                y_label="down (px)",
                series=(
                    Series(
                        "pictures",
                        tuple(edges.dy for _, edges in moved),
                        tuple(edges.dx for _, edges in moved),
                    ),
                ),
            ),
        ),
    )


def _turned(turned: list[tuple[ItemFacts, EdgeMatch]], *, n: int) -> Finding:
    ids = tuple(item.id for item, _ in turned)
    first = turned[0][1]
    return Finding(
        code="shifted_labels",
        stage="before",
        severity="error",
        evidence=f"In {len(turned)} of {n} pictures the labels fit only when {first.how} "
        f"(correlation with the picture's edges {first.turned:.2f} instead of "
        f"{first.here:.2f}): {some_of(ids)}.",
        meaning="The labels belong to the picture seen another way round, so the network learns "
        "shapes that are not there.",
        remedy="The program that wrote the masks counts from another corner or exchanges rows and "
        "columns; turn the masks back and import them again.",
        numbers={"items": len(turned), "looked_at": n, "here": first.here, "turned": first.turned},
        actions=(Action("review_samples", samples=ids),),
        samples=ids,
    )
