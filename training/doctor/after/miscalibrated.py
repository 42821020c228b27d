"""Confidences that promise more, or less, than is kept."""

from collections.abc import Mapping, Sequence
from typing import Any

from training.doctor.base import Action, Figure, Finding, Series
from training.doctor.evidence import RunEvidence

LARGE = 0.1
FEWEST = 50
# What a report calls its parts, in words.
WORDS = {"objects": "cells", "pixels": "pixels", "classes": "classes"}


def check_miscalibrated(evidence: RunEvidence) -> Finding | None:
    """Find a large expected calibration error in the confidences that predictions are given."""
    calibration = evidence.results.calibration if evidence.results is not None else {}
    rows = [(_error(part), name, part) for name, part in calibration.items() if _enough(part)]
    known = [(ece, name, part) for ece, name, part in rows if ece is not None]
    if not known:
        return None
    ece, name, part = max(known, key=lambda row: row[0])
    if ece < LARGE:
        return None
    curve = _curve(part)
    over = sum((said - true) * weight for said, true, weight in curve)
    way = f", mostly too {'high' if over > 0 else 'low'}" if curve else ""
    return Finding(
        code="miscalibrated",
        stage="after",
        severity="warning",
        evidence=f"Confidences of {WORDS.get(name, name)} are off by {ece:.2f} on average "
        f"(expected calibration error){way}.",
        meaning="When the model says 90 % it is not right nine times out of ten, so a threshold on "
        "its confidence does not do what it says.",
        remedy="Label more of the validation split, on which confidences are set right; until then "
        "do not sort cells out by confidence alone.",
        numbers={"ece": ece, "n": float(part["n"]), "over": over},
        actions=(Action("label_more", split="val"),),
        figures=(_figure(curve),) if curve else (),
    )


def _enough(part: object) -> bool:
    """Whether a part of the report was measured on enough cases."""
    n = part.get("n") if isinstance(part, Mapping) else None
    return isinstance(n, int | float) and n >= FEWEST


def _state(part: Mapping[str, Any]) -> str:
    """Name the state in which predictions are given: calibrated, or as they were."""
    return "after" if part.get("used") else "before"


def _error(part: Mapping[str, Any]) -> float | None:
    numbers = part.get(_state(part))
    value = numbers.get("ece_mass") if isinstance(numbers, Mapping) else None
    return float(value) if isinstance(value, int | float) else None


def _curve(part: Mapping[str, Any]) -> list[tuple[float, float, float]]:
    """(confidence, share right, cases) of each bin."""
    curves = part.get("curves")
    rows = curves.get(_state(part)) if isinstance(curves, Mapping) else None
    found = rows if isinstance(rows, Sequence) else []
    return [(row["confidence"], row["accuracy"], row["n"]) for row in found]


def _figure(curve: list[tuple[float, float, float]]) -> Figure:
    return Figure(
        kind="lines",
        title="Share that was right, by confidence",
        x_label="confidence",
        y_label="right",
        series=(
            Series("model", tuple(b for _, b, _ in curve), tuple(a for a, _, _ in curve)),
            Series("perfect", (0.0, 1.0), (0.0, 1.0)),
        ),
    )
