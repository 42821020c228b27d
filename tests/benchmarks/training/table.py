"""The table of results, as Markdown."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from scipy import stats

from tests.benchmarks.training.cases import CASES

SHOWN = {
    "instance": (("ap50", "mean AP50"), ("pooled_ap50", "pooled AP50"), ("ap75", "mean AP75")),
    "classification": (("accuracy", "accuracy"), ("macro_f1", "macro F1")),
}
LEVEL = 0.9
HEAD = """# Benchmarks of training

Made by `python -m tests.benchmarks.training table` from the results of `run`; how to run them is
told in [its README](../tests/benchmarks/training/README.md). Each row is the mean over held-out
quarters (the seed changes with the quarter), with the half-width of its 90 % interval (Student's
t over the runs). Nothing was tuned on the held-out pictures of a run, but defaults were chosen by
looking at quarters 1 and 2 of the same 150 nuclei pictures. `load` is the machine's load average
meanwhile: above 2 a budget of minutes buys fewer steps, and fewer megapixels a second are
predicted. AP = TP / (TP + FP + FN). `softmax` is regression on fixed features, which needs no
steps. The nuclei in 3-D are one volume, so that there is no row of few labels. Instances of 300
steps are undertrained: they compare with each other, not with other rows.
"""


def write_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Render results, best read from the top: one section per case.

    Parameters
    ----------
    rows : sequence of mapping
        Lines of the results.

    Returns
    -------
    str
        Markdown.
    """
    parts = [HEAD]
    for name, case in CASES.items():
        mine = [row for row in rows if row["case"] == name]
        if mine:
            parts.append(f"\n## {case.title}\n\n" + _section(mine, SHOWN[case.task_kind]))
    return "".join(parts)


def _section(rows: Sequence[Mapping[str, Any]], shown: Sequence[tuple[str, str]]) -> str:
    heads = ["labelled", "held out", "settings", "start", "budget", "runs", "steps"]
    heads += [title for _, title in shown]
    heads += ["zero-label start", "MP/s", "load"]
    lines = ["| " + " | ".join(heads) + " |", "| " + " | ".join("---" for _ in heads) + " |"]
    for _, group in groupby(sorted(rows, key=_setting), key=_setting):
        lines.append("| " + " | ".join(_cells(list(group), shown)) + " |")
    return "\n".join(lines) + "\n"


def _setting(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What runs of one row of the table have in common: all labels first, then few to many."""
    few = row["labelled"] is not None
    # Without a budget of minutes the steps are the setting, else a result.
    steps = 0 if row["minutes"] else row["steps"]
    return (
        few,
        row["labelled"] or 0,
        row["groups"],
        _settings(row),
        _start(row),
        row["minutes"],
        steps,
    )


def _settings(row: Mapping[str, Any]) -> str:
    """Preset and kind of model of a run; the first results did not say them."""
    preset = str(row.get("preset", CASES[row["case"]].preset) or "defaults")
    return f"{preset}, softmax" if row.get("model") == "softmax" else preset


def _start(row: Mapping[str, Any]) -> str:
    """What a run started from; the first results did not say it."""
    return str(row.get("start", "nothing"))


def _cells(runs: Sequence[Mapping[str, Any]], shown: Sequence[tuple[str, str]]) -> list[str]:
    first = runs[0]
    known = first["items"]["train"] + first["items"]["val"]
    budget = f"{first['minutes']:g} min" if first["minutes"] else "steps"
    key = shown[0][0]
    classical = [run["classical"][key] for run in runs if "classical" in run]
    speeds = [run["megapixels_per_second"] for run in runs if "megapixels_per_second" in run]
    return [
        str(known),
        "groups" if first["groups"] else "pictures",
        _settings(first),
        _start(first),
        budget,
        str(len(runs)),
        f"{np.mean([run['steps'] for run in runs]):.0f}",
        *(_interval([run["trained"][name] for run in runs]) for name, _ in shown),
        f"{np.mean(classical):.3f}" if classical else "",
        f"{np.mean(speeds):.2f}" if speeds else "",
        f"{np.mean([run['load_average'] for run in runs]):.1f}",
    ]


def _interval(values: Sequence[float]) -> str:
    """Mean, and half the width of its interval where there are two runs or more."""
    mean = float(np.mean(values))
    if len(values) < 2:
        return f"{mean:.3f}"
    half = stats.t.ppf((1 + LEVEL) / 2, len(values) - 1) * stats.sem(values)
    return f"{mean:.3f} ± {half:.3f}"
