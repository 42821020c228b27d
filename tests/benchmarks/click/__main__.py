"""How fast a click is answered; see README.md beside this file."""

import argparse
import base64
import json
import os
import sys
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection

import numpy as np

from annotations.labels import wire
from tests.benchmarks.click.picture import Field, make_field, maps_of
from tests.benchmarks.queue.site import Site
from training.decoding.maps import pack_maps

WANTED_SECONDS = 0.3
REACH = 256
NEGATIVE_EVERY = 4
WARM_UP = 8
HEAD = (
    f"{'source':>10} {'clicks':>7} {'p50':>9} {'p95':>9} {'largest':>9} {'answer':>8} {'IoU':>6}\n"
)


@dataclass(frozen=True)
class Asked:
    """Where to click: a sample of the site, and what is drawn in it."""

    source: str
    sample: int
    field: Field


@dataclass
class Measured:
    """What came of the clicks."""

    seconds: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    overlaps: list[float] = field(default_factory=list)
    wrong: int = 0


def main() -> int:
    """Run the benchmark; 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clicks", type=int, default=200)
    parser.add_argument("--side", type=int, default=2048)
    options = parser.parse_args()
    _say_load("before")
    sys.stdout.write(HEAD)
    is_good = True
    with Site() as site:
        secret, asked = _make_samples(options.side)
        for one in asked:
            _click(site.port, secret, one, WARM_UP, np.random.default_rng(1))
            found = _click(site.port, secret, one, options.clicks, np.random.default_rng(2))
            is_good &= _report(one.source, found)
    _say_load("after")
    return 0 if is_good else 1


def _say_load(when: str) -> None:
    load, cores = os.getloadavg()[0], os.cpu_count()
    sys.stdout.write(f"load of the machine {when}: {load:.1f} on {cores} cores\n")


def _make_samples(side: int) -> tuple[str, list[Asked]]:
    """Two samples of one project, the first with cached maps; and an annotator's token."""
    from annotations.accounts.services import create_token  # noqa: PLC0415
    from annotations.images.services import process_image  # noqa: PLC0415
    from core.storage import get_storage  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415
    from training.models import ModelVersion, Prediction  # noqa: PLC0415

    lab = factories.make_lab()
    dataset = factories.make_dataset(lab)
    project = factories.make_project(lab, datasets=[dataset])
    asked = []
    for seed, source in enumerate(("features", "classical")):
        rng = np.random.default_rng(seed)
        drawn = make_field(side, rng)
        image = factories.make_image(dataset, picture=drawn.picture, status="queued")
        process_image(image.pk, report=lambda **_progress: None)
        sample = factories.make_queued_sample(project, image)
        if source == "features":
            version = ModelVersion.objects.create(
                project=project, number=1, state="champion", weights="0" * 64
            )
            packed = pack_maps(maps_of(drawn, rng))
            sys.stdout.write(f"maps of {drawn.labels.shape}: {len(packed) / 1e6:.1f} MB\n")
            key = get_storage().put(packed)
            Prediction.objects.create(model_version=version, sample=sample, maps=key)
        asked.append(Asked(source, sample.pk, drawn))
    return create_token(factories.join_project(project), name="benchmark").secret, asked


def _click(port: int, secret: str, asked: Asked, clicks: int, rng: np.random.Generator) -> Measured:
    measured = Measured()
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    present = np.flatnonzero(np.bincount(asked.field.labels.ravel())[1:]) + 1
    for n in range(clicks):
        number = int(rng.choice(present))
        body = json.dumps(_question(asked.field, number, negative=n % NEGATIVE_EVERY == 0))
        started = time.perf_counter()
        connection.request("POST", f"/api/v1/samples/{asked.sample}/outline", body, headers)
        answer = connection.getresponse()
        data = answer.read()
        measured.seconds.append(time.perf_counter() - started)
        measured.sizes.append(len(data))
        _compare(measured, asked, number, answer.status, json.loads(data))
    connection.close()
    return measured


def _question(drawn: Field, number: int, *, negative: bool) -> dict[str, object]:
    """Click the middle of a cell; half of the cells round it are outlined already."""
    rows, columns = np.nonzero(drawn.labels == number)
    at = len(rows) // 2
    y, x = int(rows[at]), int(columns[at])
    height, width = drawn.labels.shape
    y0, y1 = max(0, y - REACH), min(height, y + REACH)
    x0, x1 = max(0, x - REACH), min(width, x + REACH)
    part = drawn.labels[y0:y1, x0:x1]
    taken = ((part != number) & (part % 2 == 1)).astype(np.uint32)
    clicks = [{"x": x, "y": y}]
    if negative:
        clicks.append({"x": min(x + 40, width - 1), "y": y, "positive": False})
    runs = base64.b64encode(wire.encode_plane(np.ascontiguousarray(taken))).decode()
    rectangle = {"x0": x0, "y0": y0, "width": x1 - x0, "height": y1 - y0}
    return {"clicks": clicks, "taken": {**rectangle, "runs": runs}}


def _compare(
    measured: Measured, asked: Asked, number: int, status: int, body: dict[str, object]
) -> None:
    truth = asked.field.labels == number
    if status != 200:
        measured.overlaps.append(0.0)
        return
    measured.wrong += body["source"] != asked.source
    y0, x0, height, width = (int(str(body[name])) for name in ("y0", "x0", "height", "width"))
    runs = base64.b64decode(str(body["runs"]))
    mask = wire.decode_plane(runs, (height, width)) > 0
    both = int((truth[y0 : y0 + height, x0 : x0 + width] & mask).sum())
    measured.overlaps.append(both / (int(truth.sum()) + int(mask.sum()) - both))


def _report(source: str, found: Measured) -> bool:
    times = np.array(found.seconds)
    middle, slow = np.percentile(times, (50, 95))
    sys.stdout.write(
        f"{source:>10} {times.size:>7} {1000 * middle:>6.0f} ms {1000 * slow:>6.0f} ms "
        f"{1000 * times.max():>6.0f} ms {np.mean(found.sizes):>6.0f} B "
        f"{np.mean(found.overlaps):>6.3f}\n"
    )
    if found.wrong:
        sys.stdout.write(f"  {found.wrong} answers came from another source\n")
    return slow <= WANTED_SECONDS and not found.wrong


if __name__ == "__main__":
    sys.exit(main())
