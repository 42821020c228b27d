"""Measure serving in one run: ``python -m tests.benchmarks.serving``.

A site of its own is started in a temporary folder, a small model is trained for some steps on
generated cells, and the same new pictures go three ways through it: the direct call in this
process, one REST request after another, and one batch. Ratios within a run mean something on any
machine; megapixels per second mean something on an idle one only.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tifffile

from tests.benchmarks.serving.cells import draw_cells
from tests.benchmarks.serving.site import Served, running_site


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.serving")
    parser.add_argument("--pictures", type=int, default=8, help="of each way")
    parser.add_argument("--side", type=int, default=768, help="columns; rows are two thirds")
    parser.add_argument("--steps", type=int, default=60, help="of the model's training")
    parser.add_argument("--out", type=Path, help="JSON file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="serving-") as folder:
        report = measure(Path(folder), options)
    text = json.dumps(report, indent=1)
    sys.stdout.write(table(report) + "\n")
    if options.out is not None:
        options.out.write_text(text)
    return 0


def measure(folder: Path, options: argparse.Namespace) -> dict[str, object]:
    height, width = options.side * 2 // 3, options.side
    rng = np.random.default_rng(0)
    pictures = [draw_cells(height, width, rng)[0] for _ in range(2 * options.pictures + 1)]
    with running_site(folder, steps=options.steps, rng=rng) as site:
        warm, *new = pictures
        site.ask(write(folder, warm, "warm"))
        singles, batched = new[: options.pictures], new[options.pictures :]
        direct = time_each(singles, lambda picture, n: site.call(write(folder, picture, f"d{n}")))
        rest = time_each(singles, lambda picture, n: site.ask(write(folder, picture, f"r{n}")))
        again = time_each(singles, lambda picture, n: site.ask(write(folder, picture, f"r{n}")))
        batch = time_batch(site, folder, batched)
    megapixels = height * width / 1e6
    return {
        "picture": [height, width],
        "pictures": options.pictures,
        "objects": site.objects,
        "seconds": {"direct": direct, "rest": rest, "again": again, "batch": batch},
        "megapixels_per_second": {
            "direct": megapixels / statistics.median(direct),
            "rest": megapixels / statistics.median(rest),
            "batch": megapixels * len(batched) / batch,
        },
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
    }


def write(folder: Path, picture: np.ndarray, name: str) -> Path:
    path = folder / f"{name}.tif"
    tifffile.imwrite(path, picture)
    return path


def time_each(pictures: list[np.ndarray], ask: Callable[[np.ndarray, int], object]) -> list[float]:
    seconds = []
    for number, picture in enumerate(pictures):
        started = time.perf_counter()
        ask(picture, number)
        seconds.append(time.perf_counter() - started)
    return seconds


def time_batch(site: Served, folder: Path, pictures: list[np.ndarray]) -> float:
    dataset = site.upload([write(folder, p, f"b{n}") for n, p in enumerate(pictures)])
    started = time.perf_counter()
    site.predict_dataset(dataset)
    return time.perf_counter() - started


def table(report: dict[str, object]) -> str:
    seconds, speed = report["seconds"], report["megapixels_per_second"]
    assert isinstance(seconds, dict)
    assert isinstance(speed, dict)
    direct, rest = (statistics.median(seconds[way]) for way in ("direct", "rest"))
    again = statistics.median(seconds["again"])
    one_of_batch = seconds["batch"] / int(str(report["pictures"]))
    rows = [
        ("direct call (predict and measure)", direct, speed["direct"], 1.0),
        ("REST, new picture", rest, speed["rest"], rest / direct),
        ("REST, picture asked about before", again, None, again / direct),
        ("batch, per picture", one_of_batch, speed["batch"], one_of_batch / direct),
    ]
    lines = [
        f"{report['picture']} pixels, {report['pictures']} pictures each way, "
        f"{report['cores']} cores, load {report['load']:.1f}",
        "| way | s per picture | megapixels/s | against direct |",
        "| --- | --- | --- | --- |",
    ]
    for name, each, megapixels, ratio in rows:
        speed_text = "" if megapixels is None else f"{megapixels:.2f}"
        lines.append(f"| {name} | {each:.3f} | {speed_text} | {ratio:.2f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
