"""Curves of a training: lines of JSON that grow while it runs."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CURVES_NAME = "curves.jsonl"
OPTIONAL = ("loss", "val", "images_per_second", "seconds_left", "steps", "learning_rate")


@dataclass(frozen=True)
class CurveRow:
    """One line of a run's curves."""

    step: int
    seconds: float
    loss: float | None = None
    val: float | None = None
    images_per_second: float | None = None
    seconds_left: float | None = None
    steps: int | None = None
    learning_rate: float | None = None


class CurveTail:
    """Reads the lines that were added to a file of JSON lines since the last look."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0

    def read(self) -> list[CurveRow]:
        """Return the new whole lines."""
        if not self.path.exists():
            return []
        with self.path.open("rb") as stream:
            stream.seek(self.offset)
            whole, _, _ = stream.read().rpartition(b"\n")
        if not whole:
            return []
        self.offset += len(whole) + 1
        return [_curve_row(json.loads(line)) for line in whole.splitlines() if line.strip()]


def _curve_row(line: Mapping[str, Any]) -> CurveRow:
    return CurveRow(
        step=int(line["step"]),
        seconds=float(line["seconds"]),
        **{name: line[name] for name in OPTIONAL if line.get(name) is not None},
    )


def finite(value: float | None) -> float | None:
    """Return the value; nothing where it is no finite number (JSON knows no NaN)."""
    return value if value is not None and math.isfinite(value) else None


def read_curves(out: Path) -> list[CurveRow]:
    """Return all curves of a training so far; losses may be NaN."""
    return CurveTail(out / CURVES_NAME).read()
