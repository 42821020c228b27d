"""What a demo found out: a table for the terminal, JSON for everything else."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cytoloop.client import Client
from cytoloop.demo.annotator import Effort
from cytoloop.demo.plan import DemoPlan
from cytoloop.transport import Json

if TYPE_CHECKING:
    from cytoloop.demo.loop import RoundTrace

TEST = "test"
HEADINGS = ("round", "arm", "labels", "effort", "edits", "AP50", "AP75", "model")


@dataclass(frozen=True)
class _Score:
    labels: int | None
    ap50: float | None
    ap75: float | None
    low: float | None
    high: float | None


NOT_MEASURED = _Score(None, None, None, None, None)
_Scores = Mapping[tuple[int | None, str], _Score]


def build_report(
    owner: Client,
    project: int,
    plan: DemoPlan,
    traces: "Sequence[RoundTrace]",
    seconds: Mapping[str, float],
) -> Json:
    """Gather what the rounds brought.

    Parameters
    ----------
    owner : Client
        Looks at the test split, once for each model; the looks are counted by the site.
    project : int
        The project.
    plan : DemoPlan
        What was asked for.
    traces : sequence of RoundTrace
        What was seen of the rounds.
    seconds : Mapping of str to float
        Phases before the rounds.

    Returns
    -------
    dict
        JSON values; scores are on the locked test split.
    """
    models = {model["run"]: model for model in owner.models(project)}
    for trace in traces:
        owner.post(f"models/{models[trace.document['run']]['id']}/test-look", {})
    points = owner.get(f"projects/{project}/learning-curve")["points"]
    scores = {
        (point["round"], point["arm"]): _Score(
            point["labels"], point["ap50"], point["ap75"], point["low"], point["high"]
        )
        for point in points
        if point["split"] == TEST
    }
    rounds = [_round_row(trace, models[trace.document["run"]], scores) for trace in traces]
    best = next((row for row in rounds if row["model_state"] == "champion"), None)
    return {
        "project": project,
        "name": plan.name,
        "plan": {
            "rounds": plan.rounds,
            "batch": plan.batch,
            "annotators": plan.annotators,
            "seed": plan.seed,
            "minutes": plan.minutes,
            "strategy": plan.strategy,
            "compare": plan.compare,
        },
        "split": TEST,
        "start": vars(scores.get((None, "start"), NOT_MEASURED)),
        "rounds": rounds,
        "champion": {name: best[name] for name in ("model", "ap50", "ap75")} if best else None,
        "seconds": {
            **{name: round(value, 1) for name, value in seconds.items()},
            **_sum_phases(traces),
        },
    }


def _round_row(trace: "RoundTrace", model: Json, scores: _Scores) -> Json:
    labels = {trial["arm"]: trial["n_labels"] for trial in trace.document["trials"]}
    efforts = {effort.sample: effort for effort in trace.efforts}
    return {
        "round": trace.number,
        "strategy": trace.document["strategy"],
        "arms": [
            {
                **vars(scores.get((trace.number, arm["name"]), NOT_MEASURED)),
                **_arm_row(arm, efforts),
                "labels_so_far": labels.get(arm["name"]),
            }
            for arm in trace.document["arms"]
        ],
        "model": model["number"],
        "model_state": model["state"],
        "gate": model["gate"],
        **vars(scores.get((trace.number, "all"), NOT_MEASURED)),
        "seconds": {name: round(value, 1) for name, value in trace.seconds.items()},
    }


def _arm_row(arm: Json, efforts: Mapping[int, Effort]) -> Json:
    done = [efforts[sample] for sample in arm["samples"] if sample in efforts]
    return {
        "arm": arm["name"],
        "strategy": arm["strategy"],
        "labels": arm["labelled"],
        "effort": {
            "answers": len(done),
            "seconds": round(sum(effort.seconds for effort in done), 1),
            "operations": sum(effort.operations for effort in done),
            "objects": sum(effort.objects for effort in done),
        },
    }


def _sum_phases(traces: "Iterable[RoundTrace]") -> dict[str, float]:
    total: dict[str, float] = {}
    for trace in traces:
        for name, value in trace.seconds.items():
            total[name] = round(total.get(name, 0.0) + value, 1)
    return total


def format_table(report: Json) -> list[str]:
    """Lay the report out as lines of a table.

    Parameters
    ----------
    report : dict
        From `build_report`.

    Returns
    -------
    list of str
        Lines for a terminal.
    """
    rows = [HEADINGS, *_table_rows(report)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    lines.insert(1, "-" * len(lines[0]))
    lines.append(
        "AP50 and AP75: mean over the test pictures, which are never trained on. An arm's are"
    )
    lines.append("those of a network trained from nothing on what that arm has chosen until then.")
    lines.append("labels: all until then; +: this arm's in this round.")
    lines.append("effort: what a person would have needed to correct the start; edits: strokes.")
    return lines


def _table_rows(report: Json) -> Iterator[tuple[str, ...]]:
    start = report["start"]
    yield ("start", "-", "0", "-", "-", _number(start["ap50"]), _number(start["ap75"]), "classical")
    for row in report["rounds"]:
        effort = [arm["effort"] for arm in row["arms"]]
        yield (
            str(row["round"]),
            "all",
            str(row["labels"]),
            *_effort_cells(effort),
            _number(row["ap50"]),
            _number(row["ap75"]),
            f"{row['model']} ({row['model_state']})",
        )
        for arm in row["arms"]:
            yield (
                "",
                f"{arm['arm']} ({arm['strategy']})",
                f"+{arm['labels']}",
                *_effort_cells([arm["effort"]]),
                _number(arm["ap50"]),
                _number(arm["ap75"]),
                "",
            )


def _effort_cells(efforts: Sequence[Json]) -> tuple[str, str]:
    if not sum(effort["answers"] for effort in efforts):
        return "-", "-"
    seconds = sum(effort["seconds"] for effort in efforts)
    return f"{seconds / 60:.1f} min", str(sum(effort["operations"] for effort in efforts))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
