"""What the checks of scores share."""

from collections.abc import Mapping

import numpy as np

from training.doctor.base import Figure, Series
from training.doctor.evidence import CurveFacts, ResultFacts, RunEvidence

FEWEST_ITEMS = 4


def scored(evidence: RunEvidence) -> ResultFacts | None:
    """Results with enough scores of both splits to be compared; None without."""
    results = evidence.results
    if results is None or min(len(results.train), len(results.validation)) < FEWEST_ITEMS:
        return None
    return results


def mean_score(values: Mapping[str, float]) -> float:
    """Mean over items."""
    return float(np.mean(list(values.values())))


def score_figure(results: ResultFacts) -> Figure:
    """Draw how many items of each split reach which score."""
    edges = np.linspace(0, 1, 11)
    return Figure(
        kind="bars",
        title=f"Items by {results.metric}, as a share of their split",
        y_label="share of items",
        labels=tuple(f"{low:.1f}" for low in edges[:-1]),
        series=tuple(
            Series(name, tuple((np.histogram(list(v.values()), edges)[0] / len(v)).tolist()))
            for name, v in (("training", results.train), ("validation", results.validation))
        ),
    )


def was_learning(curves: CurveFacts | None) -> bool:
    """Whether the loss was still falling clearly over the last third."""
    if curves is None or len(curves.losses) < 9:
        return False
    third = len(curves.losses) // 3
    before = float(np.mean(curves.losses[-2 * third : -third]))
    return float(np.mean(curves.losses[-third:])) < 0.93 * before
