"""Whatever is done, undone and done again in the browser comes to the same labels on the server.

The browser's own engine makes some hundred sequences with all of its tools (`frontend/replay`); the
server stores their operations and must have the same bytes after them. Then the browser's
engine rebuilds the history from the server's log, and must undo and redo it as before.
"""

import gzip
import json
import os
import shutil
import subprocess
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from annotations.labels import history
from annotations.labels.services import log
from annotations.models import Annotation
from tests.factories import (
    HEIGHT,
    WIDTH,
    client_for,
    join_project,
    make_image,
    make_project,
    make_sample,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FRONTEND = Path(__file__).parents[2] / "frontend"


def run_browser_engine(script: str, folder: Path) -> None:
    npm = shutil.which("npm")
    assert npm, "npm is not on the path: `make test` finds one or installs it."
    done = subprocess.run(
        [npm, "run", "--silent", "test:replay", "--", f"replay/{script}"],
        cwd=FRONTEND,
        env=os.environ | {"CYTOLOOP_REPLAY": str(folder)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def store(client: Any, annotation: Annotation, operations: list[dict[str, Any]]) -> None:
    """Send operations as the browser does, in requests of different sizes."""
    sent, size = 0, 1
    while sent < len(operations):
        body = {"base_version": sent, "ops": operations[sent : sent + size]}
        answer = client.post(f"/api/v1/annotations/{annotation.pk}/ops", body)
        assert answer.status_code == 200, answer.content
        sent += size
        size = size % 7 + 2


def state_at(annotation: Annotation, version: int) -> list[bytes]:
    stack = history.get_stack_at(annotation, version)
    frames, depth = stack.shape[:2]
    return [gzip.decompress(stack.wire_plane(t, z)) for t in range(frames) for z in range(depth)]


def whole_log(client: Any, annotation: Annotation) -> list[dict[str, Any]]:
    ops: list[dict[str, Any]] = []
    after = 0
    while after is not None:
        page = client.get(f"/api/v1/annotations/{annotation.pk}/ops", {"after": after}).json()
        ops += page["ops"]
        after = page["next"]
    return ops


def test_browser_and_server_have_the_same_labels_byte_for_byte(tmp_path, monkeypatch):
    monkeypatch.setattr(log, "CHECKPOINT_EVERY", 5)
    monkeypatch.setattr(history, "MOST_OPERATIONS", 4)
    run_browser_engine("1_sequences.test.ts", tmp_path)
    sequences = read_lines(tmp_path / "sequences.jsonl")
    project = make_project(classes=("a", "b"))
    user = join_project(project)
    client = client_for(user)
    image = make_image(size_t=2, size_z=3)
    frames, depth, height, width = sequences[0]["shape"]
    assert (frames, depth) == (2, 3)
    assert height < HEIGHT
    assert width < WIDTH
    sample = make_sample(project, image, y0=1, x0=2, y1=1 + height, x1=2 + width)
    logs = []
    for number, sequence in enumerate(sequences):
        annotation = Annotation.objects.create(sample=sample, user=user, is_correction=True)
        store(client, annotation, sequence["operations"])
        annotation.refresh_from_db()
        # From the end backwards, every third.
        for mark in sequence["states"][::-3]:
            drawn = [b64decode(plane) for plane in mark["state"]["planes"]]
            assert state_at(annotation, mark["version"]) == drawn, (number, mark["version"])
        assert annotation.object_classes == sequence["states"][-1]["state"]["classes"], number
        logs.append({"ops": whole_log(client, annotation)})
    (tmp_path / "logs.jsonl").write_text("\n".join(map(json.dumps, logs)))
    run_browser_engine("2_history.test.ts", tmp_path)
