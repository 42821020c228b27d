"""Classes that are labelled far more often than others."""

import numpy as np

from training.doctor.base import Action, Figure, Finding, Series
from training.doctor.evidence import RunEvidence
from training.doctor.statistics import effective_number

RATIO = 10.0
FEWEST = 10
# A picture in which a class of pixels lies holds many examples of it.
FEWEST_PICTURES = 3


def check_class_imbalance(evidence: RunEvidence) -> Finding | None:
    """Find classes with a tenth of the examples of the commonest, or next to none."""
    data = evidence.data
    if data is None or len(data.classes) < 2:
        return None
    train = data.of("train")
    counts = np.array(
        [sum(item.class_counts.get(at, 0) for item in train) for at in range(len(data.classes))]
    )
    effective = effective_number(counts.tolist())
    fewest = FEWEST_PICTURES if data.task_kind == "semantic" else FEWEST
    rare = [at for at, n in enumerate(effective) if n * RATIO <= effective.max() or n < fewest]
    if not rare or counts.max() < fewest:
        return None
    names = ", ".join(f"{data.classes[at]} ({counts[at]})" for at in rare)
    least, most = int(counts.min()), int(counts.max())
    return Finding(
        code="class_imbalance",
        stage="before",
        severity="error" if least == 0 else "warning",
        evidence=f"The commonest class {data.classes[int(counts.argmax())]} has {most} "
        f"{'pictures' if data.task_kind == 'semantic' else 'examples'}; "
        f"rare are {names}.",
        meaning="The model hardly sees the rare classes and tends to answer with the common ones; "
        "accuracy over all hides that. Look at balanced accuracy and at each class.",
        remedy="Label more of the rare classes first. Training already shows rare classes more "
        "often"
        + (
            "; regression on fixed features weighs every class alike and needs fewer examples."
            if data.task_kind == "classification"
            else "."
        ),
        numbers={
            "least": least,
            "most": most,
            "effective_least": float(effective.min()),
            "effective_most": float(effective.max()),
        },
        actions=_actions(data.task_kind),
        samples=tuple(item.id for item in train if any(at in item.class_counts for at in rare)),
        figures=(
            Figure(
                kind="bars",
                title="Examples of each class, and how many different ones they amount to",
                y_label="examples",
                labels=data.classes,
                series=(
                    Series("labelled", tuple(map(float, counts))),
                    Series("effective", tuple(map(float, effective))),
                ),
            ),
        ),
    )


def _actions(task_kind: str) -> tuple[Action, ...]:
    label = Action("label_more", split="train")
    if task_kind != "classification":
        return (label,)
    return label, Action("retry", changes={"model": "softmax"})
