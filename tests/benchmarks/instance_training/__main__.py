"""Train on part of a folder of labelled pictures, score the rest: ``python -m`` this package.

Prints one JSON line: the trained model's scores and the zero-label segmenter's on the same
held-out pictures, what was spent, and how busy the machine was.
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

from training.metrics import METRICS
from training.ml.config_io import load_config
from training.ml.device import set_threads
from training.ml.folders import list_pictures
from training.ml.manifest import Item, Snapshot
from training.ml.pictures import read_labels, read_picture
from training.ml.run import load_predictor, train
from training.ml.zerolabel import ClassicalPredictor

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("CYTOLOOP_DATA", ROOT.parent / "shared" / "data"))
SHOWN = ("ap50", "pooled_ap50", "ap75", "precision", "recall")


def main() -> int:
    """Run the benchmark."""
    options = parse()
    set_threads(options.threads)
    started = time.monotonic()
    items = split(options.images, options.masks, options)
    snapshot = Snapshot("instance", (), tuple(items), digest=f"benchmark-{options.fold}")
    budget = {"minutes": options.minutes} if options.steps is None else {"steps": options.steps}
    config = load_config(options.config)
    changes = budget | ({"head": options.head} if options.head else {})
    config = dataclasses.replace(config, seed=options.seed, **changes)
    spent = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        out = options.out or Path(folder)
        card = train(snapshot, config, out, started=started)
        spent = time.process_time() - spent
        report = {
            "head": card.config.head,
            "pictures": {name: len(snapshot.of(name)) for name in ("train", "val", "test")},
            "steps": card.provenance["steps"],
            "seconds": card.provenance["seconds"],
            "cpu_seconds": round(spent, 1),
            "load_average": os.getloadavg()[1],
            "decode": card.settings["decode"],
            "trained": score(load_predictor(out), snapshot),
            "classical": score(ClassicalPredictor(), snapshot),
        }
    sys.stdout.write(json.dumps(report) + "\n")
    return 0


def parse() -> argparse.Namespace:
    """Read the command line."""
    dsb = DATA / "nuclei_dsb2018_fluorescence"
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.instance_training")
    parser.add_argument("--images", type=Path, default=dsb / "images")
    parser.add_argument("--masks", type=Path, default=dsb / "masks")
    parser.add_argument("--minutes", type=float, default=8.0)
    parser.add_argument("--steps", type=int, help="instead of minutes, on a busy machine")
    parser.add_argument("--fold", type=int, default=0, help="0 to 3: which quarter is held out")
    parser.add_argument("--labelled", type=int, help="train on this many pictures only")
    parser.add_argument("--head", help="key of HEADS")
    parser.add_argument("--config", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--out", type=Path, help="keep the model here")
    return parser.parse_args()


def split(images: Path, masks: Path, options: argparse.Namespace) -> list[Item]:
    """Hold out every fourth picture, and validate on every tenth of the rest.

    Pictures are ordered by size and number of objects first, so that folds are alike.
    """
    by_stem = {path.stem: path for path in list_pictures(masks)}
    rows = []
    for path in list_pictures(images):
        height = read_picture(path).shape[-2]
        rows.append((height, int(read_labels(by_stem[path.stem]).max()), path.stem, path))
    items = []
    for at, (_, _, stem, path) in enumerate(sorted(rows)):
        name = "train" if (at // 4) % 10 != options.fold else "val"
        name = "test" if at % 4 == options.fold else name
        items.append(Item(id=stem, image=path, label=by_stem[stem], split=name, group=stem))
    if options.labelled is None:
        return items
    learnt = [item for item in items if item.split == "train"]
    rng = np.random.default_rng(options.seed)
    kept = {learnt[at].id for at in rng.permutation(len(learnt))[: options.labelled]}
    return [item for item in items if item.split == "test" or item.id in kept]


def score(predictor: object, snapshot: Snapshot) -> dict[str, float]:
    """Pooled scores of the held-out pictures."""
    family = METRICS["instance"]
    scores = [
        family.score(read_labels(item.label), predictor.predict(item).labels)
        for item in snapshot.of("test")
    ]
    pooled = family.pool(scores)
    return {name: round(pooled[name], 4) for name in SHOWN}


if __name__ == "__main__":
    sys.exit(main())
