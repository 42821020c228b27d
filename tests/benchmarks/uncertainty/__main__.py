"""Train small networks on labelled pictures, and see whether their doubts are worth something.

``python -m tests.benchmarks.uncertainty`` prints two tables in Markdown: the calibration error of
confidences and foreground before and after, and for each method how well its numbers tell wrong
cells from right ones, on test pictures that neither training nor calibration saw. Intervals are
percentiles of a bootstrap over test pictures, all seeds of a picture together.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from training.metrics.calibration import calibration_error, reliability_curve
from training.metrics.ranking import auroc
from training.ml.calibration import CardCalibration
from training.ml.card import load_card
from training.ml.checkpoint import load_weights
from training.ml.config import Config, UncertaintyConfig
from training.ml.config_io import config_from_dict
from training.ml.folders import list_pictures
from training.ml.frames import Frame, load_frames
from training.ml.kinds.instance_calibration import count_pixels, judge_objects
from training.ml.kinds.instance_doubt import doubt_moment
from training.ml.kinds.instance_predictor import InstancePredictor
from training.ml.manifest import Item, Snapshot
from training.ml.run import train
from training.ml.scaling import resize_labels
from training.ml.uncertainty.doubts import Doubts
from training.ml.uncertainty.keeping import load_snapshots
from training.ml.uncertainty.measures import cell_means

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("CYTOLOOP_DATA", ROOT.parent / "shared" / "data"))
RESAMPLES = 500
SNAPSHOTS = 4
METHODS = {
    "single": UncertaintyConfig(method="single"),
    "tta, 4 copies": UncertaintyConfig(method="tta", members=4),
    "tta, 10 copies": UncertaintyConfig(method="tta", members=10),
    "dropout, 8 passes": UncertaintyConfig(method="dropout", members=8),
    "snapshots, 4": UncertaintyConfig(method="snapshots", snapshots=SNAPSHOTS),
}


@dataclass
class Cells:
    """What is known of predicted cells; one array per test picture and seed in each list.

    ``passes`` tells how often the network is asked beside the prediction, by method.
    """

    picture: list[str] = field(default_factory=list)
    right: list[np.ndarray] = field(default_factory=list)
    numbers: dict[str, list[np.ndarray]] = field(default_factory=dict)
    passes: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, values: np.ndarray) -> None:
        """Add a number of each cell of the newest picture."""
        self.numbers.setdefault(name, []).append(values)


@dataclass
class Pixels:
    """Counts of pixels by probability and truth; one row per test picture and seed."""

    picture: list[str] = field(default_factory=list)
    before: list[np.ndarray] = field(default_factory=list)
    after: list[np.ndarray] = field(default_factory=list)
    true: list[np.ndarray] = field(default_factory=list)
    counts: list[np.ndarray] = field(default_factory=list)


def main() -> int:
    """Run the benchmark."""
    options = parse()
    torch.set_num_threads(options.threads)
    cells, pixels = Cells(), Pixels()
    for seed in range(options.seeds):
        with tempfile.TemporaryDirectory() as folder:
            snapshot = draw(options, seed)
            train(snapshot, settings(options, seed), Path(folder))
            look(Path(folder), load_frames(snapshot.of("test"), dims=2), cells, pixels, seed)
        sys.stderr.write(f"seed {seed} done\n")
    sys.stdout.write(tell(cells, pixels, options))
    return 0


def parse() -> argparse.Namespace:
    """Read the command line."""
    dsb = DATA / "nuclei_dsb2018_fluorescence"
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.uncertainty")
    parser.add_argument("--images", type=Path, default=dsb / "images")
    parser.add_argument("--masks", type=Path, default=dsb / "masks")
    parser.add_argument("--pictures", type=int, nargs=3, default=(20, 20, 30),
                        metavar=("TRAIN", "VAL", "TEST"))  # fmt: skip
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def draw(options: argparse.Namespace, seed: int) -> Snapshot:
    """Draw the splits: the same test pictures each time, others by the seed."""
    masks = {path.stem: path for path in list_pictures(options.masks)}
    paths = [p for p in list_pictures(options.images) if p.stem in masks]
    n_train, n_val, n_test = options.pictures
    order = np.random.default_rng(0).permutation(len(paths))
    test = set(order[:n_test].tolist())
    rest = np.random.default_rng([1, seed]).permutation(order[n_test:]).tolist()
    splits = dict.fromkeys(rest[:n_train], "train")
    splits |= dict.fromkeys(rest[n_train : n_train + n_val], "val") | dict.fromkeys(test, "test")
    items = tuple(
        Item(paths[at].stem, paths[at], masks[paths[at].stem], split, paths[at].stem)
        for at, split in splits.items()
    )
    return Snapshot("instance", (), items, digest=f"uncertainty-{seed}")


def settings(options: argparse.Namespace, seed: int) -> Config:
    """Settings of a small network, so that its mistakes are many enough to be told."""
    return config_from_dict(
        {
            "seed": seed,
            "steps": options.steps,
            "validations": 1,
            "network": {"channels": [16, 32, 48], "strides": [2, 2], "residual_units": 1},
            "data": {"patch": 96},
            "optim": {"batch": 8, "precision": "fp32"},
            "uncertainty": {"snapshots": SNAPSHOTS},
        }
    )


def look(folder: Path, frames: list[Frame], cells: Cells, pixels: Pixels, seed: int) -> None:
    """Predict the test pictures by every method."""
    card = load_card(folder / "model.json")
    weights, states = load_weights(folder / "weights.safetensors"), load_snapshots(folder)
    calibration = CardCalibration.of(card.settings)
    rng = np.random.default_rng(seed)
    predictors = {
        name: InstancePredictor(card, weights, torch.device("cpu"), doubts=Doubts(doubt, states))
        for name, doubt in METHODS.items()
    }
    cells.passes = {name: len(one.others) for name, one in predictors.items()}
    for frame in frames:
        for name, predictor in predictors.items():
            mapped = predictor.map_frame(frame.picture)
            found = predictor.decode(mapped, predictor.decoding)
            n = len(found.scores)
            if name == "single":
                right, _ = judge_objects(frame.labels, found.labels, frame.valid)
                cells.picture.append(frame.item.id)
                cells.right.append(right)
                cells.add("raw", found.scores)
                cells.add("calibrated", calibration.objects(found.scores))
                cells.add("chance", rng.random(n))
                count(mapped.maps[0], frame, calibration, pixels)
            moment = doubt_moment(
                mapped,
                found,
                decode=lambda one, p=predictor: p.decode(one, p.decoding),
                calibration=calibration,
            )
            inside = resize_labels(found.labels, mapped.maps.shape[1:])
            cells.add(f"{name}: entropy", moment.entropies)
            cells.add(f"{name}: information", cell_means(moment.information, inside, n))
            cells.add(f"{name}: inconsistency", 1 - moment.consistency)


def count(
    foreground: np.ndarray, frame: Frame, calibration: CardCalibration, pixels: Pixels
) -> None:
    """Count the pixels of one picture."""
    values, true, counts = count_pixels(foreground, frame)
    pixels.picture.append(frame.item.id)
    pixels.before.append(values)
    pixels.after.append(calibration.foreground(values))
    pixels.true.append(true)
    pixels.counts.append(counts)


def interval(pictures: list[str], value: Callable[[list[int]], float]) -> tuple[float, ...]:
    """Value on all rows, and its 95 % interval over pictures."""
    rng = np.random.default_rng(0)
    rows: dict[str, list[int]] = {}
    for at, name in enumerate(pictures):
        rows.setdefault(name, []).append(at)
    names = sorted(rows)
    drawn = [
        value([at for name in rng.choice(names, len(names)) for at in rows[name]])
        for _ in range(RESAMPLES)
    ]
    low, high = np.nanpercentile(drawn, (2.5, 97.5))
    return value(list(range(len(pictures)))), float(low), float(high)


def taken(lists: list[np.ndarray], rows: list[int]) -> np.ndarray:
    """Arrays of some rows, one after another."""
    return np.concatenate([lists[at] for at in rows])


def tell(cells: Cells, pixels: Pixels, options: argparse.Namespace) -> str:
    """Both tables in Markdown."""

    def ece_of_cells(name: str, by: str) -> Callable[[list[int]], float]:
        return lambda rows: calibration_error(
            reliability_curve(taken(cells.numbers[name], rows), taken(cells.right, rows), by=by)
        )

    def ece_of_pixels(lists: list[np.ndarray], by: str) -> Callable[[list[int]], float]:
        return lambda rows: calibration_error(
            reliability_curve(
                taken(lists, rows), taken(pixels.true, rows),
                weights=taken(pixels.counts, rows), by=by,
            )
        )  # fmt: skip

    def area(name: str) -> Callable[[list[int]], float]:
        return lambda rows: auroc(taken(cells.numbers[name], rows), ~taken(cells.right, rows))

    right = np.concatenate(cells.right)
    lines = [
        f"{options.seeds} seeds, {options.steps} steps, {options.pictures[0]} training, "
        f"{options.pictures[1]} validation, {options.pictures[2]} test pictures; "
        f"{right.size} cells found in the test pictures, {int((~right).sum())} of them wrong.",
        "",
        "| ECE on test pictures | before | after |",
        "| --- | --- | --- |",
    ]
    for by in ("width", "mass"):
        before, after = (
            shown(interval(cells.picture, ece_of_cells(n, by))) for n in ("raw", "calibrated")
        )
        lines.append(f"| confidence of cells, bins of equal {by} | {before} | {after} |")
        before, after = (
            shown(interval(pixels.picture, ece_of_pixels(lists, by)))
            for lists in (pixels.before, pixels.after)
        )
        lines.append(f"| foreground of pixels, bins of equal {by} | {before} | {after} |")
    lines += [
        "",
        "| method | further passes | entropy | information | inconsistency |",
        "| --- | --- | --- | --- | --- |",
    ]
    cells.numbers["doubt"] = [1 - values for values in cells.numbers["raw"]]
    for name in METHODS:
        values = [
            shown(interval(cells.picture, area(f"{name}: {kind}")))
            for kind in ("entropy", "information", "inconsistency")
            if name != "single" or kind == "entropy"
        ]
        values += ["-"] * (3 - len(values))
        lines.append(f"| {name} | {cells.passes[name]} | {' | '.join(values)} |")
    for label, name in (("one minus confidence", "doubt"), ("chance", "chance")):
        lines.append(f"| {label} | 0 | {shown(interval(cells.picture, area(name)))} | - | - |")
    return "\n".join(lines) + "\n"


def shown(value: tuple[float, ...]) -> str:
    """Value with its interval."""
    return f"{value[0]:.3f} ({value[1]:.3f} to {value[2]:.3f})"


if __name__ == "__main__":
    sys.exit(main())
