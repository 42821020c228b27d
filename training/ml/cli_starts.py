"""Commands about what a training starts from: pretrain, compare-starts."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from training.ml.cli_choose import add_data, budgeted, read_data
from training.ml.config_io import load_config
from training.ml.errors import TrainingError
from training.ml.folders import list_pictures
from training.ml.manifest import Item, Snapshot, read_snapshot
from training.ml.presets import PRESETS
from training.ml.pretraining.run import pretrain
from training.ml.starts import compare_starts, starts_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

KINDS = ("instance", "semantic", "classification")


def add_start_parsers(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    shared: argparse.ArgumentParser,
) -> None:
    """Declare the commands of this file."""
    fit = commands.add_parser(
        "pretrain", parents=[shared], help="train without labels; train starts from it by --init"
    )
    fit.add_argument("--snapshot", type=Path, help="folder with manifest.json")
    fit.add_argument("--images", type=Path, help="folder of pictures, instead of a snapshot")
    fit.add_argument(
        "--for", dest="kind", choices=KINDS, default="instance",
        help="with --images: what will be trained from it",
    )  # fmt: skip
    fit.add_argument("--config", type=Path, help="JSON file of settings")
    fit.add_argument("--preset", choices=PRESETS, help="starting point under --config")
    fit.add_argument("--out", type=Path, required=True)
    fit.add_argument("--minutes", type=float, help="budget")
    fit.add_argument("--steps", type=int, help="budget in steps, instead of minutes")
    fit.add_argument("--seed", type=int)

    versus = commands.add_parser(
        "compare-starts", parents=[shared], help="from nothing against models and bases"
    )
    add_data(versus)
    versus.add_argument(
        "--start", action="append", required=True, metavar="NAME=FOLDER",
        help="a model or a base; may be given more than once",
    )  # fmt: skip
    versus.add_argument("--config", type=Path, help="JSON file of settings")
    versus.add_argument("--preset", choices=PRESETS, help="starting point under --config")
    versus.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])


def run_pretrain(options: argparse.Namespace, started: float, stop: Callable[[], bool]) -> None:
    """Train without labels; the same command goes on where it was stopped."""
    config = budgeted(load_config(options.config, preset=options.preset), options)
    if options.seed is not None:
        config = dataclasses.replace(config, seed=options.seed)
    card = pretrain(_pictures(options), config, options.out, started=started, stop=stop)
    sys.stdout.write(json.dumps(dict(card.metrics)) + "\n")


def run_compare_starts(options: argparse.Namespace, stop: Callable[[], bool]) -> None:
    """Compare starts; the same command goes on where it was stopped."""
    starts = dict(_named(text) for text in options.start)
    config = budgeted(load_config(options.config, preset=options.preset), options)
    result = compare_starts(
        read_data(options), config, starts, options.out, seeds=options.seeds, stop=stop
    )
    sys.stdout.write(starts_text(result))


def _named(text: str) -> tuple[str, Path]:
    name, _, folder = text.partition("=")
    if not name or not folder or Path(name).name != name:
        raise TrainingError("bad_start", f"--start {text}: give a name and a folder, NAME=FOLDER.")
    return name, Path(folder)


def _pictures(options: argparse.Namespace) -> Snapshot:
    if options.snapshot is not None:
        return read_snapshot(options.snapshot)
    if options.images is None:
        raise TrainingError("no_data", "Give --images or --snapshot.")
    items = tuple(
        Item(id=path.stem, image=path.resolve(), group=path.stem)
        for path in list_pictures(options.images)
    )
    digest = hashlib.sha256()
    for item in items:
        digest.update(item.image.name.encode())
        digest.update(hashlib.sha256(item.image.read_bytes()).digest())
    return Snapshot(task_kind=options.kind, classes=(), items=items, digest=digest.hexdigest())
