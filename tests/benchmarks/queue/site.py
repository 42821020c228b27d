"""A site of its own for the benchmark: embedded Postgres, gunicorn as in production, and rows."""

import os
import shutil
import signal
import socket
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from cytoloop.services import programs
from cytoloop.services.paths import Home
from cytoloop.services.postgres import EmbeddedPostgres

if TYPE_CHECKING:
    import subprocess

HEIGHT, WIDTH = 96, 128
LONGEST_START = 60.0


@dataclass(frozen=True)
class Crowd:
    """A project with a full queue, and a secret for each annotator."""

    project: int
    secrets: tuple[str, ...]


class Site:
    """Postgres (durable, as in production) and the web process, gone when the benchmark ends."""

    def __init__(self) -> None:
        # A short folder: the path of a Unix socket is limited to about 100 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="cyq-", dir="/tmp"))
        self.folder.chmod(0o711)
        self.home = Home(self.folder)
        self.postgres = EmbeddedPostgres(self.home)
        self.web: subprocess.Popen[bytes] | None = None
        self.port = 0

    def __enter__(self) -> "Site":
        for name in ("DATABASE_URL", "CELERY_BROKER_URL", "STORAGE_URL"):
            os.environ.pop(name, None)
        os.environ["CYTOLOOP_HOME"] = str(self.folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        with ExitStack() as undo:
            undo.callback(self.close)
            self.postgres.prepare()
            self.postgres.start()
            self._migrate()
            self._start_web()
            undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop everything and remove its folder."""
        if self.web is not None:
            os.killpg(self.web.pid, signal.SIGTERM)
            self.web.wait(20)
        self.postgres.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def cpu_seconds(self) -> tuple[float, float]:
        """Processor time that the web process and the database have used since their start."""
        assert self.web is not None
        assert self.postgres.process is not None
        family = (self.web.pid, self.postgres.process.pid)
        web, database = (_cpu_seconds(psutil.Process(pid)) for pid in family)
        return web, database

    def _migrate(self) -> None:
        import django  # noqa: PLC0415 - the settings read the variables that were just set

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415

        call_command("migrate", verbosity=0)

    def _start_web(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as opened:
            self.port = opened.getsockname()[1]
            listed = programs.list_programs(self.home, listen=opened.fileno())
            (web,) = [program for program in listed if program.name == "web"]
            self.web = programs.spawn(web, self.home)
        deadline = time.monotonic() + LONGEST_START
        while not self._answers():
            if self.web.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.home.logs / "web.log").read_text()[-3000:])
            time.sleep(0.1)

    def _answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


def _cpu_seconds(parent: psutil.Process) -> float:
    times = [member.cpu_times() for member in (parent, *parent.children(recursive=True))]
    # What children that have ended used, is counted by their parent.
    ended = times[0].children_user + times[0].children_system
    return ended + sum(one.user + one.system for one in times)


def make_crowd(*, people: int, samples: int) -> Crowd:
    """Make a lab with a project of `samples` queued images, and `people` annotators with tokens."""
    from django.utils import timezone  # noqa: PLC0415

    from annotations.accounts.services import create_token  # noqa: PLC0415
    from annotations.models import Image, ImageStatus, Sample, SampleState  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415

    lab = factories.make_lab()
    dataset = factories.make_dataset(lab)
    project = factories.make_project(lab, datasets=[dataset])
    images = Image.objects.bulk_create(
        (
            Image(
                dataset=dataset,
                name=f"field {n}.tif",
                sha256=f"{n:064x}",
                key=f"{n:064x}",
                format="tiff",
                size_bytes=HEIGHT * WIDTH * 2,
                size_t=1,
                size_c=1,
                size_z=1,
                size_y=HEIGHT,
                size_x=WIDTH,
                dtype="uint16",
                channels=[{"name": "DNA", "color": "#ffffff", "low": 0, "high": 4000}],
                levels=[{"y": HEIGHT, "x": WIDTH}],
                group=f"well {n % 96}",
                split="train",
                status=ImageStatus.READY,
            )
            for n in range(samples)
        ),
        batch_size=1000,
    )
    Sample.objects.bulk_create(
        (
            Sample(
                project=project,
                image=image,
                split=image.split,
                group=image.group,
                state=SampleState.QUEUED,
                open_slots=1,
                priority=(n * 7919) % samples,
                queued_at=timezone.now(),
            )
            for n, image in enumerate(images)
        ),
        batch_size=1000,
    )
    users = [factories.join_project(project) for _ in range(people)]
    secrets = tuple(create_token(user, name="benchmark").secret for user in users)
    return Crowd(project.pk, secrets)
