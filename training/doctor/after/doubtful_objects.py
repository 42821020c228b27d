"""Objects whose outline and the model's confident answer disagree."""

from collections import Counter

from training.doctor.base import Action, Figure, Finding, percent, some_of
from training.doctor.evidence import RunEvidence

# A model that is worse than this is wrong more often than people are.
TRUSTED = 0.6
FEWEST = 2
SHARE = 0.005
MOST = 0.2


def check_doubtful_objects(evidence: RunEvidence) -> Finding | None:
    """Find objects that nobody drew, or that somebody drew where a good model is sure of none."""
    results = evidence.results
    if results is None or not results.doubts or not results.n_objects:
        return None
    scores = [*results.train.values(), *results.validation.values()]
    n, share = len(results.doubts), len(results.doubts) / results.n_objects
    if not scores or sum(scores) / len(scores) < TRUSTED:
        return None
    if n < FEWEST or not SHARE <= share <= MOST:
        return None
    kinds = Counter(doubt.kind for doubt in results.doubts)
    ids = tuple(name for name, _ in Counter(d.sample for d in results.doubts).most_common())
    shown = results.doubts_sight
    return Finding(
        code="doubtful_objects",
        stage="after",
        severity="warning",
        evidence=f"{n} places on {len(ids)} pictures ({percent(share)} of the objects looked at) "
        f"are probably labelled wrongly: {kinds['missing']} objects that nobody drew, "
        f"{kinds['extra']} drawn where the model is sure that there is none. Most are in "
        f"{some_of(ids)}.",
        meaning="Cells that were missed teach the network to miss such cells, and count as its "
        "mistakes when it finds them.",
        remedy="Look at these samples again, the ones with most such places first.",
        numbers={"places": n, "missing": kinds["missing"], "extra": kinds["extra"], "share": share},
        actions=(Action("review_samples", samples=ids),),
        samples=ids,
        figures=(
            (
                Figure(
                    kind="picture",
                    title="The surest places: labels yellow, the model's answer blue",
                    picture=shown,
                ),
            )
            if shown
            else ()
        ),
    )
