"""Starts against each other: from nothing and from each base, all else alike."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.metrics import METRICS
from training.ml.compare import Difference, paired_difference
from training.ml.crossval import mean_interval
from training.ml.errors import TrainingError
from training.ml.run import never, run_identity, train
from training.ml.warmstart import fitting, weights_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from training.ml.config import Config
    from training.ml.manifest import Snapshot

SCRATCH = "scratch"
DONE, PROGRESS = "done.json", "progress.json"


@dataclass(frozen=True)
class StartRow:
    """What starting from one place gave.

    Attributes
    ----------
    name : str
        Of the start; ``scratch`` is from nothing.
    mean, low, high : float
        Primary metric over validation pictures (each the mean over seeds), 90 % interval over
        groups.
    by_seed : tuple of float
        Its mean over pictures under each seed.
    difference : Difference or None
        To starting from nothing, paired picture by picture; None for itself.
    """

    name: str
    mean: float
    low: float
    high: float
    by_seed: tuple[float, ...]
    difference: Difference | None


@dataclass(frozen=True)
class StartComparison:
    """The table, with what it stands on.

    Attributes
    ----------
    primary : str
        Metric that rows are compared by.
    n_items, n_groups : int
        Validation pictures and their groups.
    seeds : tuple of int
        Each start was trained under each.
    rows : tuple of StartRow
        Starting from nothing comes first.
    best : str or None
        Where to start from: the start that gained most among those whose interval lies above 0;
        ``scratch`` where every interval lies below 0; None where the comparison does not tell.
    """

    primary: str
    n_items: int
    n_groups: int
    seeds: tuple[int, ...]
    rows: tuple[StartRow, ...]
    best: str | None


def compare_starts(
    snapshot: Snapshot,
    config: Config,
    starts: Mapping[str, Path],
    out: Path,
    *,
    seeds: Sequence[int],
    stop: Callable[[], bool] = never,
) -> StartComparison:
    """Train from nothing and from each base, and pair them on the validation split.

    Not by cross-validation: the champion has seen all pictures of the train split, and would be
    tested on what it has learnt.

    Parameters
    ----------
    snapshot : Snapshot
        Labelled pictures, some of them of the validation split.
    config : Config
        Settings and budget of each training; a base brings its own network.
    starts : mapping of str to Path
        Folders of models or bases by name, one or more.
    out : Path
        Folder; done trainings there are not done again. The result is ``starts.json``,
        ``progress.json`` says meanwhile how many are done.
    seeds : sequence of int
        The same for all.
    stop : callable
        Asked after each step; True stops with a checkpoint.

    Returns
    -------
    StartComparison
        The table.

    Raises
    ------
    StoppedError
        After a checkpoint was written.
    TrainingError
        Codes ``nothing_to_compare``, ``no_validation``, ``other_run``, and those of
        `training.ml.run.train`.
    """
    if not starts or SCRATCH in starts or not seeds:
        raise TrainingError(
            "nothing_to_compare",
            f"Give one start or more, none of them named {SCRATCH!r}, and one seed or more.",
        )
    if not snapshot.of("val"):
        raise TrainingError(
            "no_validation", "No picture of the validation split is labelled. Label some first."
        )
    folders: dict[str, Path | None] = {SCRATCH: None, **starts}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in folders}
    # Seed by seed: what is there after an interruption is a whole, smaller comparison.
    for at, seed in enumerate(seeds):
        for place, (name, folder) in enumerate(folders.items()):
            _tell(out, at * len(folders) + place, of=len(seeds) * len(folders), name=name)
            seeded = dataclasses.replace(config, seed=seed)
            where = out / name / f"seed-{seed}"
            found[name].append(_train_once(snapshot, seeded, where, init=folder, stop=stop))
    result = _tabulate(snapshot, found, seeds=tuple(seeds))
    (out / "starts.json").write_text(
        json.dumps(dataclasses.asdict(result), indent=1), encoding="utf-8"
    )
    return result


def starts_text(comparison: StartComparison) -> str:
    """Write the comparison as sentences."""
    first, *others = comparison.rows
    seeds = len(comparison.seeds)
    lines = [
        f"From nothing: {comparison.primary} {first.mean:.3f} "
        f"({first.low:.3f} to {first.high:.3f}) on {comparison.n_items} validation pictures, "
        f"mean of {seeds} seeds."
    ]
    for row in others:
        gain = row.difference
        assert gain is not None, "only the first row has none"
        verb = "gained" if gain.mean >= 0 else "lost"
        low, high = sorted((abs(gain.low), abs(gain.high)))
        told = f"{low:.3f} to {high:.3f}" if gain.low * gain.high > 0 else "not beyond chance"
        lines.append(f"Starting from {row.name} {verb} {abs(gain.mean):.3f} ({told}).")
    return "\n".join(lines) + "\n"


def _train_once(
    snapshot: Snapshot, config: Config, out: Path, *, init: Path | None, stop: Callable[[], bool]
) -> dict[str, float]:
    """Train and score, or read what was done before: primary metric by validation item."""
    began = None
    if init is not None:
        config, began = fitting(config, init), weights_digest(init)
    identity = run_identity(snapshot, config, began=began) + f" {config.minutes} {config.steps}"
    path = out / DONE
    if path.is_file():
        known = json.loads(path.read_text(encoding="utf-8"))
        if known["identity"] != identity:
            raise TrainingError(
                "other_run",
                f"{out} belongs to a comparison with other settings or other data. Choose another "
                "output folder, or remove it.",
            )
        return dict(known["items"])
    train(snapshot, config, out, init=init, stop=stop)
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    primary = METRICS[snapshot.task_kind].primary
    items = {name: float(row[primary]) for name, row in report["items"].items()}
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps({"identity": identity, "items": items}), encoding="utf-8")
    partial.replace(path)
    return items


def _tell(out: Path, done: int, *, of: int, name: str) -> None:
    """Say how far the comparison is."""
    out.mkdir(parents=True, exist_ok=True)
    partial = out / (PROGRESS + ".partial")
    partial.write_text(json.dumps({"done": done, "of": of, "name": name}), encoding="utf-8")
    partial.replace(out / PROGRESS)


def _tabulate(
    snapshot: Snapshot,
    found: Mapping[str, Sequence[Mapping[str, float]]],
    *,
    seeds: tuple[int, ...],
) -> StartComparison:
    groups = {item.id: item.group or item.id for item in snapshot.of("val")}
    tables: dict[str, dict[str, dict[str, Any]]] = {
        # Seeds are no independent pictures: each picture counts once.
        name: {
            item: {
                "group": groups[item],
                "value": float(np.mean([of_seed[item] for of_seed in by_seed])),
            }
            for item in by_seed[0]
        }
        for name, by_seed in found.items()
    }
    scratch = tables[SCRATCH]
    rows = tuple(
        StartRow(
            name,
            *mean_interval(table),
            by_seed=tuple(float(np.mean(list(one.values()))) for one in found[name]),
            difference=None if name == SCRATCH else paired_difference(scratch, table),
        )
        for name, table in tables.items()
    )
    return StartComparison(
        primary=METRICS[snapshot.task_kind].primary,
        n_items=len(scratch),
        n_groups=len({row["group"] for row in scratch.values()}),
        seeds=seeds,
        rows=rows,
        best=choose_start(rows),
    )


def choose_start(rows: Sequence[StartRow]) -> str | None:
    """Name where to start from, or None where the intervals do not tell."""
    gains = [(row.name, row.difference) for row in rows if row.difference is not None]
    better = [(gain.mean, name) for name, gain in gains if gain.low > 0]
    if better:
        return max(better)[1]
    return SCRATCH if all(gain.high < 0 for _, gain in gains) else None
