"""Commands that help to choose: crossval, compare, suggest."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from training.ml.compare import Candidate, Plan, compare, table_text
from training.ml.config_io import load_config
from training.ml.crossval import cross_validate
from training.ml.errors import ConfigError, TrainingError
from training.ml.folders import list_pictures, snapshot_of_folders
from training.ml.folds import join_look_alikes
from training.ml.manifest import read_snapshot
from training.ml.pictures import read_picture
from training.ml.presets import PRESETS, Labelling, describe_pictures, suggest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from training.ml.config import Config
    from training.ml.crossval import CrossValidation
    from training.ml.manifest import Snapshot

NO_PRESET = "None fits well: the defaults serve such pictures best."
# A few pictures tell the modality.
MOST_LOOKED_AT = 12


def add_parsers(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    shared: argparse.ArgumentParser,
) -> None:
    """Declare the commands of this file."""
    folds = commands.add_parser(
        "crossval", parents=[shared], help="k-fold cross-validation by group"
    )
    add_data(folds)
    folds.add_argument("--folds", type=int, default=5)
    folds.add_argument("--config", type=Path, help="JSON file of settings")
    folds.add_argument("--preset", choices=PRESETS, help="starting point under --config")
    folds.add_argument("--seed", type=int, help="seed of the training")

    versus = commands.add_parser(
        "compare", parents=[shared], help="settings against each other on the same folds"
    )
    add_data(versus)
    versus.add_argument("--configs", type=Path, nargs="+", required=True, help="JSON files")
    versus.add_argument("--folds", type=int, default=3)
    versus.add_argument("--seeds", type=int, nargs="+", default=[0])
    versus.add_argument(
        "--no-control", action="store_true", help="do not train the first settings again"
    )

    fit = commands.add_parser("suggest", parents=[shared], help="which preset suits pictures")
    fit.add_argument("--images", type=Path, help="folder of pictures")
    fit.add_argument("--snapshot", type=Path, help="folder with manifest.json, instead")


def run_crossval(options: argparse.Namespace, stop: Callable[[], bool]) -> None:
    """Cross-validate; the same command goes on where it was stopped."""
    config = load_config(options.config, preset=options.preset)
    if options.seed is not None:
        config = dataclasses.replace(config, seed=options.seed)
    result = cross_validate(
        read_data(options), budgeted(config, options), options.out, folds=options.folds, stop=stop
    )
    sys.stdout.write(_crossval_text(result))


def run_compare(options: argparse.Namespace, stop: Callable[[], bool]) -> None:
    """Compare settings; the same command goes on where it was stopped."""
    candidates = [
        Candidate(path.stem, budgeted(load_config(path), options)) for path in options.configs
    ]
    result = compare(
        read_data(options),
        candidates,
        options.out,
        plan=Plan(options.folds, tuple(options.seeds), control=not options.no_control),
        stop=stop,
    )
    sys.stdout.write(table_text(result))


def run_suggest(options: argparse.Namespace) -> None:
    """Say what is known of the pictures, the preset that suits them, and its settings."""
    if options.snapshot is not None:
        snapshot = read_snapshot(options.snapshot)
        paths = [item.image for item in snapshot.items]
        labelling = Labelling(snapshot.task_kind, _count_classes(snapshot))
    elif options.images is not None:
        paths, labelling = list_pictures(options.images), Labelling("instance")
    else:
        raise TrainingError("no_data", "Give --images or --snapshot.")
    chosen = paths[:: max(1, len(paths) // MOST_LOOKED_AT)][:MOST_LOOKED_AT]
    facts = describe_pictures([read_picture(path)[0] for path in chosen])
    suggestion = suggest(facts, labelling)
    preset = None if suggestion.preset is None else PRESETS[suggestion.preset]
    answer = {
        "facts": dataclasses.asdict(facts),
        "preset": suggestion.preset,
        "reason": NO_PRESET if preset is None else preset.reason,
        "changes": {} if preset is None else preset.changes,
        "fit": suggestion.fit,
    }
    sys.stdout.write(json.dumps(answer, indent=1) + "\n")


def _count_classes(snapshot: Snapshot) -> tuple[int, ...]:
    """Labelled examples of each class; last come those that have none of several."""
    train = snapshot.of("train")
    several = [item.class_indices for item in train if item.class_indices is not None]
    found = [item.class_index for item in train if item.class_index is not None]
    found += [index for indices in several for index in indices]
    counts = tuple(map(int, np.bincount(found))) if found else ()
    return (*counts, sum(not indices for indices in several)) if several else counts


def add_data(parser: argparse.ArgumentParser) -> None:
    """Declare what tells the labelled pictures, the output folder and the budget."""
    parser.add_argument("--snapshot", type=Path, help="folder with manifest.json")
    parser.add_argument("--images", type=Path, help="folder of pictures, instead of a snapshot")
    parser.add_argument("--masks", type=Path, help="folder of label images with the same stems")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, help="budget of each training")
    parser.add_argument("--steps", type=int, help="budget of each training, instead of minutes")
    parser.add_argument(
        "--join-look-alikes",
        action="store_true",
        help="put pictures that look alike into one group (folders: always)",
    )


def read_data(options: argparse.Namespace) -> Snapshot:
    """Training set that the options name."""
    if options.snapshot is not None:
        snapshot = read_snapshot(options.snapshot)
        return join_look_alikes(snapshot) if options.join_look_alikes else snapshot
    if options.images is None or options.masks is None:
        raise TrainingError("no_data", "Give --snapshot, or --images and --masks.")
    return snapshot_of_folders(options.images, options.masks)


def budgeted(config: Config, options: argparse.Namespace) -> Config:
    """Overrule the budget of settings by the command line's."""
    if options.minutes is not None and options.steps is not None:
        raise ConfigError("minutes", "give --minutes or --steps, not both.")
    if options.minutes is not None:
        return dataclasses.replace(config, minutes=options.minutes)
    if options.steps is not None:
        return dataclasses.replace(config, steps=options.steps, minutes=0.0)
    return config


def _crossval_text(result: CrossValidation) -> str:
    lines = [
        f"fold {fold.fold + 1}: {result.primary} {fold.metrics[result.primary]:.3f} "
        f"({fold.counts['test']} held out, {fold.counts['train']} learnt from)"
        for fold in result.folds
    ]
    pooled = (
        f"all: {result.primary} {result.mean:.3f}, 90 % interval {result.low:.3f} to "
        f"{result.high:.3f} over {len({row['group'] for row in result.items.values()})} groups"
    )
    return "\n".join([*lines, pooled]) + "\n"
