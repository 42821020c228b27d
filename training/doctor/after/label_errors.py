"""Classes that are probably labelled wrongly: confident learning (Northcutt et al. 2021)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.doctor.base import Action, Figure, Finding, Series, percent, some_of
from training.doctor.evidence import Classified, RunEvidence

FEWEST_ITEMS = 20
FEWEST_ERRORS = 2
# More suspects than this are the model's mistakes and not the people's.
MOST = 0.3


@dataclass(frozen=True)
class Suspects:
    """Items whose class is probably another.

    Attributes
    ----------
    at : ndarray of int, shape (K,)
        Positions, the surest first.
    proposed : ndarray of int, shape (K,)
        The class that is confidently said instead.
    """

    at: NDArray[np.int64]
    proposed: NDArray[np.int64]


def find_label_errors(answers: Classified) -> Suspects:
    """Find items that are confidently counted in another class than their label.

    Parameters
    ----------
    answers : Classified
        Probabilities by a model that had not seen the items.

    Returns
    -------
    Suspects
        Items off the diagonal of the confident joint, ordered by the margin between the
        probability of the proposed and of the given class.

    Notes
    -----
    The threshold of a class is the mean probability of that class over the items that carry its
    label; an item counts for the likeliest class whose threshold it reaches (Northcutt, Jiang and
    Chuang, "Confident learning", J. Artif. Intell. Res. 2021, equations 1 and 2).
    """
    p, truth = answers.probabilities, answers.truth
    classes = np.arange(p.shape[1])
    present = np.isin(classes, truth)
    thresholds = np.array([p[truth == c, c].mean() if present[c] else 2.0 for c in classes])
    reached = np.where(p >= thresholds - 1e-12, p, -1.0)
    proposed = reached.argmax(axis=1)
    off = (reached.max(axis=1) >= 0) & (proposed != truth)
    at = np.flatnonzero(off)
    margin = p[at, proposed[at]] - p[at, truth[at]]
    order = np.argsort(-margin, kind="stable")
    kept = at[order][margin[order] > 0]
    return Suspects(kept, proposed[kept])


def check_label_errors(evidence: RunEvidence) -> Finding | None:
    """Find items whose class a model that had not seen them confidently contradicts."""
    results = evidence.results
    answers = results.unseen if results is not None else None
    if results is None or answers is None or len(answers.ids) < FEWEST_ITEMS:
        return None
    found = find_label_errors(answers)
    share = len(found.at) / len(answers.ids)
    if len(found.at) < FEWEST_ERRORS or share > MOST:
        return None
    ids = tuple(answers.ids[i] for i in found.at)
    names = results.classes
    first = f"{names[answers.truth[found.at[0]]]} that looks like {names[found.proposed[0]]}"
    return Finding(
        code="label_errors",
        stage="after",
        severity="warning",
        evidence=f"{len(ids)} of {len(answers.ids)} items ({percent(share)}) are probably labelled "
        f"wrongly: {some_of(ids)}. The surest, {ids[0]}, is labelled {first}.",
        meaning="Models that had not seen these items confidently say another class. Wrong labels "
        "lower the score twice: in training and in validation.",
        remedy="Look at them again, the surest first. Some will be right and only unusual; leave "
        "those.",
        numbers={"items": len(ids), "looked_at": len(answers.ids), "share": share},
        actions=(Action("review_samples", samples=ids),),
        samples=ids,
        figures=(_figure(answers, found, names),),
    )


def _figure(answers: Classified, found: Suspects, names: tuple[str, ...]) -> Figure:
    """Count which class is taken for which."""
    pairs = [
        f"{names[answers.truth[i]]} > {names[c]}"
        for i, c in zip(found.at, found.proposed, strict=True)
    ]
    kinds, counts = np.unique(pairs, return_counts=True)
    order = np.argsort(-counts)[:12]
    return Figure(
        kind="bars",
        title="Labelled > confidently said instead",
        y_label="items",
        labels=tuple(str(kinds[i]) for i in order),
        series=(Series("items", tuple(float(counts[i]) for i in order)),),
    )
