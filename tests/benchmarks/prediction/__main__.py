"""What makes prediction fast, in one run: ``python -m tests.benchmarks.prediction``.

A model is trained for some steps on generated cells. Then each way of computing that was chosen is
timed against the one that it replaced, by turns. Ratios within a run mean something on any machine.
"""

import argparse
import copy
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import tifffile
import torch

from tests.benchmarks.serving.cells import draw_cells
from training.decoding.flow import count_steps, follow, walk_ends
from training.ml.bulk import predict_all
from training.ml.config_io import config_from_dict
from training.ml.device import PRECISIONS, autocast
from training.ml.folders import snapshot_of_folders
from training.ml.kinds.instance_predictor import InstancePredictor
from training.ml.manifest import Item
from training.ml.networks import PixelNetwork, build_pixel_network
from training.ml.networks.fusion import fuse_norms
from training.ml.networks.onednn import call_onednn, has_onednn
from training.ml.run import load_predictor, train

CPU = torch.device("cpu")
TURNS = 9


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.prediction")
    parser.add_argument("--steps", type=int, default=80, help="of the model's training")
    parser.add_argument("--pictures", type=int, default=24, help="beside a large one at the end")
    parser.add_argument("--side", type=int, default=512, help="of what one network sees")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="prediction-") as folder:
        predictor, items = prepare(Path(folder), options)
        lines = of_decoding(predictor, items) + of_many(predictor, items)
    if has_onednn(PRECISIONS["bf16"]):
        lines = of_the_network(options.side) + lines
    else:
        sys.stdout.write("This processor has no bfloat16: nothing is called singly.\n")
    width = max(len(name) for name, _, _ in lines)
    for name, before, after in lines:
        times = f"{before * 1e3:9.1f} ms  {after * 1e3:9.1f} ms"
        sys.stdout.write(f"{name:{width}}  {times}  {before / after:5.2f} x\n")
    return 0


def prepare(folder: Path, options: argparse.Namespace) -> tuple[InstancePredictor, list[Item]]:
    """Train a model on four pictures; draw those that are predicted, the largest one last."""
    rng = np.random.default_rng(0)
    for name in ("images", "masks", "new"):
        (folder / name).mkdir()
    for number in range(4):
        picture, labels = draw_cells(256, 320, rng)
        tifffile.imwrite(folder / "images" / f"{number}.tif", picture)
        tifffile.imwrite(folder / "masks" / f"{number}.tif", labels)
    snapshot = snapshot_of_folders(folder / "images", folder / "masks")
    train(snapshot, config_from_dict({"steps": options.steps}), folder / "model")
    shapes = [(240, 320)] * options.pictures + [(960, 1280)]
    items = []
    for number, (height, width) in enumerate(shapes):
        path = folder / "new" / f"{number}.tif"
        tifffile.imwrite(path, draw_cells(height, width, rng)[0])
        items.append(Item(path.stem, path))
    predictor = load_predictor(folder / "model")
    assert isinstance(predictor, InstancePredictor)
    return predictor, items


def of_the_network(side: int) -> list[tuple[str, float, float]]:
    """One thread: single calls against PyTorch's own; the first of a shape against the next."""
    config = config_from_dict({"network": {"dims": 2, "name": "unet"}}).network
    network = build_pixel_network(config, 1, 3).eval()
    network = fuse_norms(network.to(memory_format=torch.channels_last))  # type: ignore[call-overload]
    calls = copy.deepcopy(network)
    call_onednn(calls, PRECISIONS["bf16"])
    assert isinstance(network, PixelNetwork)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        before, after = by_turns(lambda: see(network, side), lambda: see(calls, side))
        # Kernels of these shapes were never asked for.
        shapes = [side + 8 * step for step in range(1, TURNS + 1)]
        first = statistics.median(seconds(lambda n=n: see(calls, n)) for n in shapes)
        again = statistics.median(seconds(lambda n=n: see(calls, n)) for n in shapes)
    finally:
        torch.set_num_threads(threads)
    return [
        (f"convolutions of {side} x {side} in single calls", before, after),
        ("a shape for the second time", first, again),
    ]


def see(network: torch.nn.Module, side: int) -> None:
    picture = torch.zeros(1, 1, side, side).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode(), autocast("bf16", CPU):
        network(picture)


def of_decoding(
    predictor: InstancePredictor, items: Sequence[Item]
) -> list[tuple[str, float, float]]:
    """Walks that are joined end to end against walks of every step."""
    mapped = predictor.map_frame(tifffile.imread(items[-1].image)[None])
    vectors, mask = mapped.maps[1:], mapped.maps[0] > 0.5
    steps = count_steps(mapped.area, mask.ndim)
    starts = np.stack(np.nonzero(mask)).astype(np.float32)
    before, after = by_turns(
        lambda: follow(starts, vectors, steps=steps), lambda: walk_ends(vectors, mask, steps=steps)
    )
    return [("walks joined end to end", before, after)]


def of_many(predictor: InstancePredictor, items: Sequence[Item]) -> list[tuple[str, float, float]]:
    """Many pictures beside each other against one after the other on all threads."""
    before, after = by_turns(
        lambda: [predictor.predict(item) for item in items],
        lambda: list(predict_all(predictor, items)),
    )
    return [(f"{len(items)} pictures beside each other", before, after)]


def by_turns(before: Callable[[], object], after: Callable[[], object]) -> tuple[float, float]:
    """Median seconds of two ways, by turns; the first turn is for warming up."""
    turns = [(seconds(before), seconds(after)) for _ in range(TURNS)]
    medians = (
        statistics.median(way) for way in zip(*itertools.islice(turns, 1, None), strict=True)
    )
    one, other = medians
    return one, other


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
