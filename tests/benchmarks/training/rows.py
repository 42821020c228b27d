"""Rows of the table: what runs of the same settings on several quarters come to."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

LEVEL = 0.9
SPEED = "megapixels_per_second"


@dataclass(frozen=True)
class Setting:
    """What the runs of a row have in common.

    Attributes
    ----------
    case : str
        Key of ``CASES``.
    labelled : int or None
        Labelled items; None = all that are not held out.
    groups : bool
        Whole groups of look-alikes are held out.
    settings : str
        Preset, and kind of model where it is no network.
    start : str
        What training starts from.
    minutes : float
        Budget; 0 = the steps are.
    steps : int
        Budget; 0 = the minutes are.
    precision : str
        In which networks compute: what a processor is fast with decides it.
    """

    case: str
    labelled: int | None
    groups: bool
    settings: str
    start: str
    minutes: float
    steps: int
    precision: str


@dataclass(frozen=True)
class Row:
    """Means over the runs of one setting.

    Attributes
    ----------
    setting : Setting
        What they have in common.
    known : int
        Items to learn from and to validate on.
    runs : int
        How many.
    steps : float
        Steps that were made.
    scores : dict
        Per score the mean, and half the width of its interval (None of a single run).
    zero_label : float or None
        First score of the zero-label segmenter on the same pictures.
    speed : float or None
        Megapixels a second.
    load : float
        Load average of the machine.
    """

    setting: Setting
    known: int
    runs: int
    steps: float
    scores: dict[str, tuple[float, float | None]]
    zero_label: float | None
    speed: float | None
    load: float


def read_rows(path: Path) -> list[Row]:
    """Read rows that were written by `write_rows`."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        values = json.loads(line)
        values["setting"] = Setting(**values["setting"])
        rows.append(Row(**values))
    return rows


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write one JSON object per row."""
    text = "".join(json.dumps(asdict(row)) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")


def merge(rows: Iterable[Row], newer: Iterable[Row]) -> list[Row]:
    """Put newer rows in the place of those with the same setting; in the table's order."""
    by_setting = {row.setting: row for row in rows} | {row.setting: row for row in newer}
    return [by_setting[setting] for setting in sorted(by_setting, key=_order)]


def summarise(
    results: Sequence[Mapping[str, Any]], shown: Mapping[str, Sequence[str]]
) -> list[Row]:
    """Make rows of the results of runs.

    Parameters
    ----------
    results : sequence of mapping
        What ``run`` wrote.
    shown : mapping
        Per case the scores that the table shows; the first is compared with the zero-label start.

    Returns
    -------
    list of Row
        One per setting.
    """
    runs = sorted(results, key=lambda run: _order(_setting(run)))
    return [_row(setting, list(group), shown) for setting, group in groupby(runs, key=_setting)]


def _order(setting: Setting) -> tuple[Any, ...]:
    """All labels first, then few to many."""
    case, labelled, *others = astuple(setting)
    return (case, labelled is not None, labelled or 0, *others)


def _setting(run: Mapping[str, Any]) -> Setting:
    settings = str(run["preset"] or "defaults")
    if run["model"] == "softmax":
        settings += ", softmax"
    # Without a budget of minutes the steps are the setting, else a result.
    steps = 0 if run["minutes"] else run["steps"]
    return Setting(
        run["case"], run["labelled"], run["groups"], settings, run["start"], run["minutes"], steps,
        run["precision"],
    )  # fmt: skip


def _row(setting: Setting, runs: Sequence[Mapping[str, Any]], shown: Mapping[str, Any]) -> Row:
    names = shown[setting.case]
    items = runs[0]["items"]
    return Row(
        setting,
        known=items["train"] + items["val"],
        runs=len(runs),
        steps=float(np.mean([run["steps"] for run in runs])),
        scores={name: _interval([run["trained"][name] for run in runs]) for name in names},
        zero_label=_mean([run["classical"][names[0]] for run in runs if "classical" in run]),
        speed=_mean([run[SPEED] for run in runs if SPEED in run]),
        load=float(np.mean([run["load_average"] for run in runs])),
    )


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _interval(values: Sequence[float]) -> tuple[float, float | None]:
    """Mean, and half the width of its interval (Student's t) where there are two runs or more."""
    mean = float(np.mean(values))
    if len(values) < 2:
        return mean, None
    return mean, float(stats.t.ppf((1 + LEVEL) / 2, len(values) - 1) * stats.sem(values))
