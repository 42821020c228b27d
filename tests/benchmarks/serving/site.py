"""A site of its own with a model trained on generated cells, and the ways to ask that model."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from cytoloop.client import ApiError, Client
from tests.benchmarks.serving.cells import draw_cells
from training.measurements.base import Layout
from training.measurements.measure import ArraySource, measure_objects
from training.ml.manifest import Item
from training.ml.warm import warm_predictor

LONGEST_START = 180.0
PASSWORD = "amber-Vesicle-42"
TRAINING_PICTURES = 8


@dataclass
class Served:
    """A running site and its model.

    Attributes
    ----------
    client : Client
        Signed in as the lab's owner.
    lab, project, model : int
        Their ids.
    weights : Path
        Folder of the model.
    objects : list of int
        How many each answer over REST held.
    """

    client: Client
    lab: int
    project: int
    model: int
    weights: Path
    objects: list[int] = field(default_factory=list)

    def ask(self, picture: Path) -> None:
        """One request over REST."""
        answer = self.client.predictions.predict(self.model, picture)
        self.objects.append(int(answer["n_objects"]))

    def call(self, picture: Path) -> None:
        """Predict and measure in this process."""
        said = warm_predictor(self.weights).predict(Item(id="1", image=picture))
        pixels = tifffile.imread(picture)[None, None]
        about = {int(row["id"]): row for row in said.objects}
        layout = Layout(2, None, ("channel 1",))
        measure_objects(ArraySource(said.labels[0], pixels), layout, about)

    def upload(self, pictures: Sequence[Path]) -> int:
        """Make a data set of pictures; wait until they are ready."""
        dataset = self.client.create_dataset(self.lab, f"batch {time.time_ns()}")
        for picture in pictures:
            self.client.upload_file(dataset, picture)
        while len(list(self.client.images(dataset, status="ready"))) < len(pictures):
            time.sleep(0.2)
        return dataset

    def predict_dataset(self, dataset: int) -> None:
        """One batch, waited for."""
        batch = self.client.predictions.start_batch(self.model, dataset=dataset)
        self.client.predictions.wait_for_batch(int(batch["id"]))


@contextmanager
def running_site(folder: Path, *, steps: int, rng: np.random.Generator) -> Iterator[Served]:
    """Start a site, train a model for some steps, and stop the site at the end."""
    with tempfile.TemporaryDirectory(prefix="cys-", dir="/tmp") as short, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        home = Path(short) / "home"
        os.environ |= {"CYTOLOOP_HOME": str(home), "DJANGO_SETTINGS_MODULE": "config.settings"}
        process = subprocess.Popen(
            [sys.executable, "-m", "cytoloop", "up", "--port", str(port)],
            stdout=subprocess.DEVNULL,
        )
        try:
            with Client(f"http://127.0.0.1:{port}") as client:
                lab = _set_up(client)
                project = client.create_project(lab=lab, name="Cells", task_kind="instance")["id"]
                weights = _train(folder, steps, rng)
                yield Served(client, lab, project, _register(project, weights), weights)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _set_up(client: Client) -> int:
    deadline = time.monotonic() + LONGEST_START
    while True:
        try:
            client.set_up_site(
                username="owner", email="o@example.org", password=PASSWORD, lab="Lab"
            )
            break
        except ApiError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
    return int(next(client.listing("labs"))["id"])


def _train(folder: Path, steps: int, rng: np.random.Generator) -> Path:
    for name in ("images", "masks"):
        (folder / name).mkdir()
    for number in range(TRAINING_PICTURES):
        picture, labels = draw_cells(192, 256, rng)
        tifffile.imwrite(folder / "images" / f"{number}.tif", picture)
        tifffile.imwrite(folder / "masks" / f"{number}.tif", labels)
    command = [sys.executable, "-m", "training.ml", "train", "--out", str(folder / "model")]
    command += ["--images", str(folder / "images"), "--masks", str(folder / "masks")]
    subprocess.run([*command, "--steps", str(steps)], check=True, stdout=subprocess.DEVNULL)
    return folder / "model"


def _register(project: int, folder: Path) -> int:
    """Store the model as a version of the project, as a run would."""
    import django  # noqa: PLC0415 - the settings read the variables that the site has set

    django.setup()
    from annotations.models import LabelClass  # noqa: PLC0415
    from core.storage import get_storage  # noqa: PLC0415
    from training.models import ModelVersion  # noqa: PLC0415

    card: dict[str, Any] = {"model": json.loads((folder / "model.json").read_text())}
    indexes = LabelClass.objects.filter(project=project).values_list("index", flat=True)
    weights = get_storage().put((folder / "weights.safetensors").read_bytes())
    version = ModelVersion.objects.create(
        project_id=project,
        number=1,
        state="champion",
        weights=weights,
        card={**card, "classes": list(indexes)},
    )
    return int(version.pk)
