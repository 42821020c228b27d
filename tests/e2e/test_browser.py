"""The pages in Chromium on a real web process and worker; the scripts are in `frontend/e2e`."""

import os
import shutil
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import tifffile
from django.db import connection
from django.utils import timezone

from core.jobs.models import LIVE_STATES, Job
from core.jobs.services import request_cancel
from cytoloop.demo.pictures import generate_pictures

pytestmark = [pytest.mark.browser, pytest.mark.slow(seconds=25)]

FRONTEND = Path(__file__).parents[2] / "frontend"
LONGEST_RUN = 400
LONGEST_REST = 60.0
SCRIPTS = sorted(path.name for path in (FRONTEND / "e2e").glob("*.test.ts"))


@pytest.fixture(scope="module")
def built_pages():
    """The built front end, which the web process serves."""
    npm = shutil.which("npm")
    assert npm, "npm is not on the path: `make test` finds one or installs it."
    if not (FRONTEND / "dist" / "index.html").is_file():
        subprocess.run([npm, "run", "--silent", "build"], cwd=FRONTEND, check=True)
    return npm


def write_movie(path, extra):
    """Write 3 frames of 4 slices in 2 channels of 16 bits; each value tells its place."""
    t, c, z, y, x = np.indices((3, 2, 4, 120, 180))
    values = 30_000 * c + 4000 * t + 600 * z + 3 * x + y + extra
    metadata = {
        "axes": "TCZYX",
        "Channel": {"Name": ["DAPI", "GFP"]},
        "PhysicalSizeX": 0.5,
        "PhysicalSizeXUnit": "µm",
        "PhysicalSizeY": 0.5,
        "PhysicalSizeYUnit": "µm",
        "PhysicalSizeZ": 1.5,
        "PhysicalSizeZUnit": "µm",
    }
    tifffile.imwrite(path, values.astype(np.uint16), ome=True, metadata=metadata)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Pictures to upload: some of one grey value, some with cells."""
    folder = tmp_path_factory.mktemp("pictures")
    generated = tmp_path_factory.mktemp("generated")
    for number in range(12):
        # Not square, each with bytes of its own, nothing in them that looks like a cell.
        plain = np.full((160, 240), 500 + number, np.uint16)
        tifffile.imwrite(folder / f"plain_{number}.tif", plain)
    draw_stack(folder / "stack_0.ome.tif")
    squares = np.full((160, 240), 500, np.uint16)
    squares[40:71, 40:81] = 4000
    squares[60:101, 150:196] = 2500
    tifffile.imwrite(folder / "squares.tif", squares)
    # More pixels than a browser loads labels of as a whole.
    large = np.zeros((3900, 4400), np.uint8)
    tifffile.imwrite(folder / "large.tif", large, compression="zlib", tile=(512, 512))
    for number in range(2):
        write_movie(folder / f"movie_{number}.ome.tif", 7 * number)
    generate_pictures(generated, count=4, seed=2)
    shutil.copytree(generated / "images", folder / "fields")
    draw_labelled(folder / "labelled")
    return folder


def draw_labelled(folder):
    """Draw small fields of bright discs with their label images, to train on in seconds."""
    rng = np.random.default_rng(0)
    rows, columns = np.indices((96, 128))
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True)
    for number in range(7):
        labels = np.zeros((96, 128), np.uint16)
        for place in range(1, 7):
            y, x = 20 + 40 * ((place - 1) // 3), 24 + 40 * ((place - 1) % 3)
            y, x = y + rng.integers(-6, 7), x + rng.integers(-6, 7)
            labels[np.hypot(rows - y, columns - x) < rng.uniform(6, 11)] = place
        picture = 300 + 3000 * (labels > 0) + rng.normal(0, 120, labels.shape)
        tifffile.imwrite(folder / "images" / f"disc_{number}.tif", picture.astype(np.uint16))
        tifffile.imwrite(folder / "masks" / f"disc_{number}.tif", labels)


def draw_stack(path):
    """Draw a stack of five slices: cells of known pixels in one channel, a ramp in the other."""
    stack = np.full((5, 2, 120, 200), 100, np.uint16)
    stack[:, 1] = np.arange(200, dtype=np.uint16) * 20
    middle = stack[2, 0]
    middle[20:40, 20:50] = 2000
    middle[20:30, 110:120] = 3000
    middle[20:40, 140:160] = 2800
    middle[45, 170] = 3000
    middle[70:90, 20:40] = 2000
    middle[70:90, 50:70] = 2000
    middle[79:81, 40:50] = 2000
    stack[4, 0, 24:36, 24:46] = 2000
    tifffile.imwrite(path, stack, metadata={"axes": "ZCYX"}, ome=True)


class Control:
    """Lets a script kill the web process as a power cut would, and start it again."""

    def __init__(self, processes):
        self.processes = processes
        self.web = None
        control = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                getattr(control, self.path.strip("/"))()
                self.send_response(204)
                self.end_headers()

            def log_message(self, *arguments):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def start(self):
        if self.web is None:
            self.processes.start_web()
            self.web = self.processes.running[-1]

    def kill(self):
        self.processes.kill(self.web)
        self.web = None

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def site(shared_processes):
    """A web process and a worker for all scripts."""
    site = Control(shared_processes)
    site.start()
    shared_processes.start_worker()
    yield site
    site.close()


@pytest.fixture
def control(site, transactional_db):
    """The site without any rows; what it does for a script ends with the script."""
    # A script that failed may have left it killed.
    site.start()
    yield site
    come_to_rest()


def come_to_rest():
    """Cancel all jobs, and wait until nobody writes: the rows are about to be thrown away."""
    deadline = time.monotonic() + LONGEST_REST
    # A job that ends may have put others into the queue: a new query each time.
    while (live := list(Job.objects.filter(state__in=LIVE_STATES))) or _others_are_busy():
        assert time.monotonic() < deadline, [(job.kind, job.state) for job in live]
        for job in live:
            request_cancel(job.pk, now=timezone.now())
        time.sleep(0.1)


def _others_are_busy():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        return cursor.fetchone() is not None


@pytest.mark.parametrize("script", SCRIPTS)
def test_in_chromium(script, built_pages, control, pictures):
    environment = os.environ | {
        "CYTOLOOP_E2E_URL": control.processes.url,
        "CYTOLOOP_E2E_CONTROL": control.url,
        "CYTOLOOP_E2E_PICTURES": str(pictures),
    }
    command = [built_pages, "run", "--silent", "test:e2e", "--", f"e2e/{script}"]
    done = subprocess.run(
        command,
        cwd=FRONTEND,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN,
        check=False,
    )
    logs = control.processes.log_of("gunicorn")
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{logs}"
