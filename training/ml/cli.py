"""Command line on folders: train, predict, evaluate, choose settings and starts, find faults."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from training.ml.archive import unpack
from training.ml.bulk import predict_all
from training.ml.cli_choose import (
    add_parsers,
    run_compare,
    run_crossval,
    run_suggest,
)
from training.ml.cli_doctor import add_doctor_parsers, run_doctor, run_range_test
from training.ml.cli_starts import add_start_parsers, run_compare_starts, run_pretrain
from training.ml.config_io import load_config
from training.ml.device import set_threads
from training.ml.errors import ConfigError, TrainingError
from training.ml.evaluate import evaluate_labels
from training.ml.folders import list_pictures, snapshot_of_folders
from training.ml.folds import validation_fold
from training.ml.manifest import Item, Snapshot, read_snapshot
from training.ml.outputs import write_prediction
from training.ml.presets import PRESETS
from training.ml.run import load_predictor, train
from training.ml.trainer import StoppedError
from training.ml.zerolabel import CLASSICAL, classical_predictor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from training.ml.config import Config
    from training.ml.kinds import Predictor

INTERRUPTED = 75
STARTED = time.monotonic()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str or None
        None takes those of the process.

    Returns
    -------
    int
        Exit code: 0 done, 2 not as asked, 75 stopped with a checkpoint.
    """
    options = _parser().parse_args(arguments)
    set_threads(options.threads)
    commands: dict[str, Callable[[argparse.Namespace], None]] = {
        "train": _train,
        "predict": _predict,
        "evaluate": _evaluate,
        "crossval": lambda options: run_crossval(options, _stopper()),
        "compare": lambda options: run_compare(options, _stopper()),
        "suggest": run_suggest,
        "doctor": run_doctor,
        "range-test": run_range_test,
        "pretrain": lambda options: run_pretrain(options, STARTED, _stopper()),
        "compare-starts": lambda options: run_compare_starts(options, _stopper()),
    }
    try:
        commands[options.command](options)
    except TrainingError as error:
        sys.stderr.write(f"{error.code}: {error.detail}\n")
        return 2
    except StoppedError:
        sys.stderr.write("Stopped; the checkpoint is written. The same command goes on.\n")
        return INTERRUPTED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.ml", description=__doc__)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--threads", type=int, help="compute threads (or CYTOLOOP_THREADS)")
    commands = parser.add_subparsers(dest="command", required=True)

    fit = commands.add_parser("train", parents=[shared], help="train a model on a folder")
    fit.add_argument("--snapshot", type=Path, help="folder with manifest.json")
    fit.add_argument("--images", type=Path, help="folder of pictures, instead of a snapshot")
    fit.add_argument("--masks", type=Path, help="folder of label images with the same stems")
    fit.add_argument("--config", type=Path, help="JSON file of settings")
    fit.add_argument("--preset", choices=PRESETS, help="starting point under --config")
    fit.add_argument("--out", type=Path, required=True)
    fit.add_argument("--minutes", type=float, help="budget, preparation and validation included")
    fit.add_argument("--steps", type=int, help="budget in steps, instead of minutes")
    fit.add_argument("--seed", type=int)
    fit.add_argument("--fold", help="K/N: validate on fold K of N, by group, instead of the split")
    fit.add_argument("--init", type=Path, help="folder of a model to start from")
    fit.add_argument("--resume", action="store_true", help="refuse to start without a checkpoint")

    guess = commands.add_parser("predict", parents=[shared], help="predict a folder of pictures")
    guess.add_argument(
        "--model", required=True, help="folder or package (zip) of a model, or 'classical'"
    )
    guess.add_argument("--images", type=Path, help="folder of pictures")
    guess.add_argument("--snapshot", type=Path, help="folder with manifest.json, instead")
    guess.add_argument("--out", type=Path, required=True)

    score = commands.add_parser("evaluate", parents=[shared], help="score predicted labels")
    score.add_argument("--pred", type=Path, required=True)
    score.add_argument("--labels", type=Path, required=True)
    score.add_argument("--out", type=Path, required=True, help="JSON file")
    add_parsers(commands, shared)
    add_doctor_parsers(commands, shared)
    add_start_parsers(commands, shared)
    return parser


def _train(options: argparse.Namespace) -> None:
    config = _with_options(load_config(options.config, preset=options.preset), options)
    if options.resume and not (options.out / "checkpoint" / "state.json").is_file():
        raise TrainingError("no_checkpoint", f"{options.out} holds no checkpoint to go on with.")
    card = train(
        _fold(_snapshot(options), options.fold),
        config,
        options.out,
        init=options.init,
        started=STARTED,
        stop=_stopper(),
    )
    sys.stdout.write(json.dumps(dict(card.metrics)) + "\n")


def _stopper() -> Callable[[], bool]:
    """Answer whether somebody asked this process to stop, or its parent is gone."""
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    parent = int(os.environ.get("CYTOLOOP_STOP_WITH_PARENT") or 0)
    return lambda: bool(stopped) or (parent > 0 and os.getppid() != parent)


def _with_options(config: Config, options: argparse.Namespace) -> Config:
    """Overrule the file's settings by the command line's."""
    changes: dict[str, float] = {}
    if options.seed is not None:
        changes["seed"] = options.seed
    if options.minutes is not None and options.steps is not None:
        raise ConfigError("minutes", "give --minutes or --steps, not both.")
    if options.minutes is not None:
        changes["minutes"] = options.minutes
    if options.steps is not None:
        changes |= {"steps": options.steps, "minutes": 0.0}
    return dataclasses.replace(config, **changes)  # type: ignore[arg-type]


def _snapshot(options: argparse.Namespace) -> Snapshot:
    """Training set of a snapshot folder, or of two plain folders."""
    if options.snapshot is not None:
        return read_snapshot(options.snapshot)
    if options.images is None or options.masks is None:
        raise TrainingError("no_data", "Give --snapshot, or --images and --masks.")
    return snapshot_of_folders(options.images, options.masks)


def _fold(snapshot: Snapshot, fold: str | None) -> Snapshot:
    """Divide anew where a fold is named (``2/5``, counted from 1)."""
    if fold is None:
        return snapshot
    at, _, n = fold.partition("/")
    if not (at.isdigit() and n.isdigit()):
        raise TrainingError("bad_fold", f"--fold {fold}: give two numbers, for example 1/5.")
    return validation_fold(snapshot, int(at) - 1, n=int(n))


def _items(options: argparse.Namespace, snapshot: Snapshot | None) -> list[Item]:
    """List what to predict."""
    if snapshot is not None:
        return list(snapshot.items)
    if options.images is None:
        raise TrainingError("no_data", "Give --images or --snapshot.")
    return [Item(id=path.stem, image=path) for path in list_pictures(options.images)]


def _predict(options: argparse.Namespace) -> None:
    snapshot = None if options.snapshot is None else read_snapshot(options.snapshot)
    items = _items(options, snapshot)
    predictor: Predictor = (
        classical_predictor(snapshot) if options.model == CLASSICAL else _load(Path(options.model))
    )
    options.out.mkdir(parents=True, exist_ok=True)
    for item, prediction in predict_all(predictor, items):
        write_prediction(options.out, item.id, prediction)


def _load(model: Path) -> Predictor:
    """Predictor of a folder, or of a package that holds one."""
    if not model.is_file():
        return load_predictor(model)
    with tempfile.TemporaryDirectory() as folder:
        unpack(model, Path(folder))
        return load_predictor(Path(folder))


def _evaluate(options: argparse.Namespace) -> None:
    report = evaluate_labels(options.pred, options.labels)
    options.out.write_text(json.dumps(report, indent=1), encoding="utf-8")
    sys.stdout.write(json.dumps(report["metrics"]) + "\n")
