"""A validation split too small for what is claimed from it."""

from training.doctor.after.scores import mean_score
from training.doctor.base import Action, Figure, Finding, Series
from training.doctor.evidence import ResultFacts, RunEvidence
from training.doctor.statistics import group_bootstrap, interval

FEWEST = 5
# Width of the 95 % interval beyond which two models can hardly be told apart.
WIDE = 0.15


def check_small_validation(evidence: RunEvidence) -> Finding | None:
    """Find a validation split of few items, or a score with a wide interval."""
    results = evidence.results
    if results is not None and len(results.validation) >= FEWEST:
        return _wide(results)
    n = evidence.n_validation
    if n is None or n >= FEWEST:
        return None
    return _finding(
        f"The validation split has {n} labelled items.",
        numbers={"items": n},
        wanted=FEWEST,
    )


def _wide(results: ResultFacts) -> Finding | None:
    draws = group_bootstrap(results.validation, results.validation_groups)
    low, high = interval(draws)
    if high - low <= WIDE:
        return None
    n, middle = len(results.validation), mean_score(results.validation)
    # The width shrinks with the root of the number of independent items.
    wanted = round(n * ((high - low) / WIDE) ** 2)
    order = sorted(results.validation.values())
    return _finding(
        f"{results.metric} on {n} validation items is {middle:.2f}, with a 95 % interval from "
        f"{low:.2f} to {high:.2f}.",
        numbers={"items": n, "score": middle, "low": low, "high": high, "wanted": wanted},
        wanted=wanted,
        figure=Figure(
            kind="points",
            title="Score of each validation item, in order",
            x_label="item",
            y_label=results.metric,
            series=(Series("items", tuple(order), tuple(map(float, range(1, n + 1)))),),
        ),
    )


def _finding(
    evidence: str, *, numbers: dict[str, float], wanted: int, figure: Figure | None = None
) -> Finding:
    return Finding(
        code="small_validation",
        stage="after",
        severity="warning",
        evidence=evidence,
        meaning="The score moves by chance: with other validation pictures it would be another "
        "one, and so would a comparison of models.",
        remedy=f"Label about {wanted} items of the validation split, from different groups, before "
        "you judge or compare models.",
        numbers=numbers,
        actions=(Action("label_more", split="val"),),
        figures=() if figure is None else (figure,),
    )
