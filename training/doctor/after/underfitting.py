"""A model that does not even fit the pictures it was trained on."""

from training.doctor.after.scores import mean_score, score_figure, scored, was_learning
from training.doctor.base import Action, Finding
from training.doctor.during.curve import longer, slower
from training.doctor.evidence import RunEvidence

LOW = 0.6
SHORT_MINUTES = 5.0
WIDER = "A wider network (network.channels) can hold more."


def check_underfitting(evidence: RunEvidence) -> Finding | None:
    """Find a low score on training items, and tell time, learning rate and capacity apart."""
    results = scored(evidence)
    if results is None:
        return None
    train = mean_score(results.train)
    if train >= LOW:
        return None
    curves = evidence.curves
    minutes = curves.minutes if curves is not None else 0.0
    if was_learning(curves) or 0 < minutes < SHORT_MINUTES:
        cause = "It was still learning when its time was over."
        remedy = "Train for longer."
        changes = longer(minutes, 3.0)
    else:
        cause = "It had stopped learning."
        remedy = f"Try another learning rate (the range test proposes one). {WIDER} If neither "
        remedy += "helps, look whether people label the same things in the same way."
        changes = slower(curves.rate if curves is not None else 0.0, 1 / 3)
    worst = tuple(sorted(results.train, key=lambda name: results.train[name]))
    return Finding(
        code="underfitting",
        stage="after",
        severity="warning",
        evidence=f"On {len(results.train)} pictures that it was trained on, the model's "
        f"{results.metric} is {train:.2f}. {cause}",
        meaning="The model does not even fit its own training pictures, so more labels would not "
        "help it yet.",
        remedy=remedy,
        numbers={"train": train, "validation": mean_score(results.validation)},
        actions=(
            *((Action("retry", changes=changes),) if changes else ()),
            Action("review_samples", samples=worst[:10]),
        ),
        samples=worst[:10],
        figures=(score_figure(results),),
    )
