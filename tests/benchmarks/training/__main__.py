"""Train on part of labelled pictures, score the rest: ``python -m tests.benchmarks.training``.

``run`` adds one JSON line per training to a file of results; ``table`` puts them into the rows of
`docs/benchmarks.jsonl` and makes `docs/benchmarks.md` of these.
"""

import argparse
import dataclasses
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.benchmarks.training.cases import CASES, Case, split_items
from tests.benchmarks.training.rows import merge, read_rows, summarise, write_rows
from tests.benchmarks.training.table import shown_scores, write_table
from training.metrics import METRICS
from training.ml.bulk import predict_all
from training.ml.config import Config
from training.ml.config_io import config_from_dict
from training.ml.device import set_threads
from training.ml.manifest import Item, Snapshot
from training.ml.pictures import read_labels, read_picture
from training.ml.presets import PRESETS
from training.ml.pretraining.run import pretrain
from training.ml.run import load_predictor, train
from training.ml.zerolabel import ClassicalPredictor

ROOT = Path(__file__).resolve().parents[3]


def main() -> int:
    """Run the benchmark."""
    options = parse()
    if options.command == "table":
        results = [json.loads(line) for line in options.results.read_text().splitlines()]
        rows = merge(read_rows(options.rows), summarise(results, shown_scores()))
        write_rows(options.rows, rows)
        options.out.write_text(write_table(rows), encoding="utf-8")
        return 0
    set_threads(options.threads)
    for name in options.case:
        for fold in options.folds:
            row = json.dumps(run_case(name, fold, options))
            sys.stdout.write(row + "\n")
            sys.stdout.flush()
            with options.results.open("a", encoding="utf-8") as file:
                file.write(row + "\n")
    return 0


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.training")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="train and score; adds lines to the results")
    run.add_argument("--case", nargs="+", choices=CASES, default=["nuclei"])
    run.add_argument("--minutes", type=float, help="budget; else the case's own")
    run.add_argument("--steps", type=int, help="budget instead of minutes, on a busy machine")
    run.add_argument("--folds", nargs="+", type=int, choices=range(4), default=[0, 1, 2],
                     help="which quarters are held out; also the seeds")  # fmt: skip
    run.add_argument("--labelled", type=int, help="train on this many items only")
    run.add_argument("--groups", action="store_true", help="hold out whole groups of look-alikes")
    run.add_argument(
        "--preset", choices=PRESETS, help="settings to start from; else the case's own"
    )
    run.add_argument(
        "--model", choices=("network", "softmax"), default="network",
        help="of classes: a network, or regression on fixed features",
    )  # fmt: skip
    run.add_argument("--config", type=Path, help="JSON of settings that differ from the defaults")
    start = run.add_mutually_exclusive_group()
    start.add_argument(
        "--pretrain", type=int, metavar="STEPS",
        help="first so long without labels, on all that is not held out",
    )  # fmt: skip
    start.add_argument("--init", type=Path, metavar="FOLDER", help="start from this model")
    run.add_argument("--threads", type=int)
    run.add_argument("--keep", type=Path, help="keep the models here, by quarter")
    run.add_argument("--results", type=Path, default=Path("training-results.jsonl"))
    table = commands.add_parser("table", help="put results into docs/benchmarks.md")
    table.add_argument("--results", type=Path, default=Path("training-results.jsonl"))
    table.add_argument("--rows", type=Path, default=ROOT / "docs" / "benchmarks.jsonl")
    table.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md")
    return parser.parse_args()


def run_case(name: str, fold: int, options: argparse.Namespace) -> dict[str, object]:
    """Train one case with one quarter held out, and score that quarter."""
    case = CASES[name]
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        snapshot = make_snapshot(case, fold, options, scratch)
        changes = json.loads(options.config.read_text()) if options.config else {}
        budget = {"minutes": options.minutes or case.minutes}
        if options.steps is not None:
            budget = {"steps": options.steps}
        preset = options.preset or case.preset
        start = PRESETS[preset].changes if preset else {}
        chosen = {"model": options.model, **budget, "seed": fold}
        config = config_from_dict({**start, **changes, **chosen})
        out = (options.keep or scratch) / f"fold{fold}"
        base = options.init
        if options.pretrain is not None:
            base = pretrain_on_known(case, fold, options, config, scratch)
        spent, started = time.process_time(), time.monotonic()
        card = train(snapshot, config, out, init=base, started=started)
        spent = time.process_time() - spent
        predictor = load_predictor(out)
        report = {
            "case": name,
            "fold": fold,
            "labelled": options.labelled,
            "groups": options.groups,
            "preset": preset,
            "model": config.model,
            "start": describe_start(options),
            "minutes": config.minutes,
            "precision": card.config.optim.precision,
            "items": {part: len(snapshot.of(part)) for part in ("train", "val", "test")},
            "steps": card.provenance["steps"],
            "seconds": card.provenance["seconds"],
            "cpu_seconds": round(spent, 1),
            "load_average": round(os.getloadavg()[1], 1),
            "trained": score(predictor, snapshot),
        }
        if snapshot.task_kind == "instance":
            report["megapixels_per_second"] = speed(predictor, snapshot)
            report["classical"] = score(ClassicalPredictor(), snapshot)
        return report


def describe_start(options: argparse.Namespace) -> str:
    """Say in the table what a training starts from."""
    if options.pretrain is not None:
        return f"{options.pretrain} steps without labels"
    return "nothing" if options.init is None else f"model {options.init.name}"


def pretrain_on_known(
    case: Case, fold: int, options: argparse.Namespace, config: Config, scratch: Path
) -> Path:
    """Make a base of all pictures that are not held out, labelled in this run or not."""
    every = argparse.Namespace(groups=options.groups, labelled=None)
    whole = make_snapshot(case, fold, every, scratch)
    known = tuple(
        dataclasses.replace(item, split="train") for item in whole.items if item.split != "test"
    )
    unlabelled = dataclasses.replace(whole, items=known)
    budget = dataclasses.replace(config, minutes=0.0, steps=options.pretrain)
    pretrain(unlabelled, budget, scratch / "base")
    return scratch / "base"


def make_snapshot(case: Case, fold: int, options: argparse.Namespace, scratch: Path) -> Snapshot:
    """Split a case's items; with ``--labelled`` only so many are left to learn from.

    The few labelled items are divided between training and validation as a lab would.
    """
    parts = split_items(case.load(scratch), fold=fold, by_group=options.groups)
    items = [dataclasses.replace(item, split=split) for item, split in parts]
    if options.labelled is not None:
        known = [item for item in items if item.split != "test"]
        order = np.random.default_rng(fold).permutation(len(known))[: options.labelled]
        few = [
            dataclasses.replace(known[at], split="val" if place % 5 == 4 else "train")
            for place, at in enumerate(order)
        ]
        items = few + [item for item in items if item.split == "test"]
    digest = f"{case.title}-{fold}-{options.labelled}-{options.groups}"
    return Snapshot(case.task_kind, case.classes, tuple(items), digest=digest)


def score(predictor: object, snapshot: Snapshot) -> dict[str, float]:
    """Pooled scores of the held-out items."""
    family = METRICS[snapshot.task_kind]
    pooled = family.pool(
        [score_item(predictor, item, family.score) for item in snapshot.of("test")]
    )
    return {key: round(value, 4) for key, value in pooled.items() if np.isscalar(value)}


def score_item(predictor: object, item: Item, compare: object) -> object:
    """Score of one item, as its metric family makes it."""
    found = predictor.predict(item)
    if item.label is None:
        return compare(item.class_index, found.class_probabilities)
    return compare(read_labels(item.label), found.labels)


def speed(predictor: object, snapshot: Snapshot) -> float:
    """Megapixels (voxels) of the held-out pictures per second, from file to objects."""
    items = snapshot.of("test")
    pixels = sum(read_picture(item.image)[:, 0].size for item in items)
    started = time.monotonic()
    for _ in predict_all(predictor, items):
        pass
    return round(pixels / 1e6 / (time.monotonic() - started), 3)


if __name__ == "__main__":
    sys.exit(main())
