"""Commands of the run doctor: look for faults before anybody trains, find a learning rate."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from training.ml.config_io import load_config
from training.ml.diagnosis.command import diagnose, find_rate
from training.ml.errors import TrainingError
from training.ml.folders import snapshot_of_folders
from training.ml.manifest import read_snapshot

if TYPE_CHECKING:
    from training.ml.manifest import Snapshot

    Parsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add_doctor_parsers(commands: Parsers, shared: argparse.ArgumentParser) -> None:
    """Add the commands of this module.

    Parameters
    ----------
    commands : object
        What ``add_subparsers`` gave.
    shared : argparse.ArgumentParser
        Options of all commands.
    """
    data = argparse.ArgumentParser(add_help=False, parents=[shared])
    data.add_argument("--snapshot", type=Path, help="folder with manifest.json")
    data.add_argument("--images", type=Path, help="folder of pictures, instead of a snapshot")
    data.add_argument("--masks", type=Path, help="folder of label images with the same stems")
    data.add_argument("--config", type=Path, help="JSON file of settings")
    look = commands.add_parser("doctor", parents=[data], help="look for faults of a training set")
    look.add_argument("--out", type=Path, required=True, help="folder for the findings")
    rate = commands.add_parser("range-test", parents=[data], help="find a learning rate")
    rate.add_argument("--out", type=Path, required=True, help="JSON file")
    rate.add_argument("--steps", type=int, default=80)


def run_doctor(options: argparse.Namespace) -> None:
    """Write and print what is wrong with a training set."""
    found = diagnose(_snapshot(options), load_config(options.config), options.out)
    for one in found:
        lines = (one["evidence"], one["meaning"], one["remedy"])
        sys.stdout.write("\n  ".join((f"{one['severity']}: {one['code']}", *lines)) + "\n")
    if not found:
        sys.stdout.write("Nothing found.\n")


def run_range_test(options: argparse.Namespace) -> None:
    """Write the losses of a range test, and print the rate that it proposes."""
    found = find_rate(_snapshot(options), load_config(options.config), steps=options.steps)
    options.out.write_text(json.dumps(found, indent=1), encoding="utf-8")
    rate = found["rate"]
    said = "The loss never fell: no rate is proposed." if rate is None else f"optim.rate {rate:g}"
    sys.stdout.write(said + "\n")


def _snapshot(options: argparse.Namespace) -> Snapshot:
    if options.snapshot is not None:
        return read_snapshot(options.snapshot)
    if options.images is None or options.masks is None:
        raise TrainingError("no_data", "Give --snapshot, or --images and --masks.")
    return snapshot_of_folders(options.images, options.masks)
