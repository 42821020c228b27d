"""The table of rows, as Markdown."""

from collections.abc import Mapping, Sequence

from tests.benchmarks.training.cases import CASES
from tests.benchmarks.training.rows import Row

SHOWN = {
    "instance": {"ap50": "mean AP50", "pooled_ap50": "pooled AP50", "ap75": "mean AP75"},
    "classification": {"accuracy": "accuracy", "macro_f1": "macro F1"},
}
HEAD = """# Benchmarks of training

Made by `python -m tests.benchmarks.training table` from the results of `run`, which go into [its
rows](benchmarks.jsonl); [its README](../tests/benchmarks/training/README.md) says more. Each row
is the mean over held-out quarters (the seed changes with the quarter), with the half-width of its
90 % interval (Student's t over the runs). Nothing was tuned on the held-out pictures of a run,
but defaults were chosen by looking at quarters 1 and 2 of the same 150 nuclei pictures. `load` is
the machine's load average meanwhile: above 2 a budget of minutes buys fewer steps, and fewer
megapixels a second are predicted. `precision` is what the processor is fast with: a step takes
four times as long on one without bfloat16. AP = TP / (TP + FP + FN). `softmax` is regression on
fixed features, which needs no steps. The nuclei in 3-D are one volume, so that there is no row of
few labels. Instances of 300 steps are undertrained: they compare with each other, not with other
rows.
"""


def write_table(rows: Sequence[Row]) -> str:
    """Render rows, best read from the top: one section per case.

    Parameters
    ----------
    rows : sequence of Row
        In the table's order.

    Returns
    -------
    str
        Markdown.
    """
    parts = [HEAD]
    for name, case in CASES.items():
        mine = [row for row in rows if row.setting.case == name]
        if mine:
            parts.append(f"\n## {case.title}\n\n" + _section(mine, SHOWN[case.task_kind]))
    return "".join(parts)


def shown_scores() -> dict[str, list[str]]:
    """Scores of the table, per case."""
    return {name: list(SHOWN[case.task_kind]) for name, case in CASES.items()}


def _section(rows: Sequence[Row], shown: Mapping[str, str]) -> str:
    heads = ["labelled", "held out", "settings", "start", "budget", "precision", "runs"]
    heads.append("steps")
    heads += [*shown.values(), "zero-label start", "MP/s", "load"]
    lines = [heads, ["---"] * len(heads), *(_cells(row, shown) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _cells(row: Row, shown: Mapping[str, str]) -> list[str]:
    setting = row.setting
    return [
        str(row.known),
        "groups" if setting.groups else "pictures",
        setting.settings,
        setting.start,
        f"{setting.minutes:g} min" if setting.minutes else "steps",
        setting.precision,
        str(row.runs),
        f"{row.steps:.0f}",
        *(_score(*row.scores[name]) for name in shown),
        "" if row.zero_label is None else f"{row.zero_label:.3f}",
        "" if row.speed is None else f"{row.speed:.2f}",
        f"{row.load:.1f}",
    ]


def _score(mean: float, half: float | None) -> str:
    return f"{mean:.3f}" if half is None else f"{mean:.3f} ± {half:.3f}"
