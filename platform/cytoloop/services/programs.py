"""The programs of one installation: web, workers, schedule; how each is started and stopped."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from cytoloop.services.paths import Home

LARGEST_LOG = 10_000_000
WEB_WORKERS = 2
# More threads in one interpreter only wait for each other: with 32 annotators eight made a claim's
# 95th percentile a fifth longer than four (tests/benchmarks/queue).
WEB_THREADS = 4
# Django's checks of the code load every view, which takes seconds; the test suite makes them.
UNCHECKED = {"CELERY_SKIP_CHECKS": "1"}


@dataclass(frozen=True)
class Program:
    """One process that is kept running.

    Attributes
    ----------
    name : str
        Also the name of its log.
    arguments : tuple of str
        What follows the Python interpreter.
    grace : float
        Seconds given to it after SIGTERM.
    variables : dict
        Added to its environment.
    sockets : tuple of int
        Descriptors that it inherits.
    """

    name: str
    arguments: tuple[str, ...]
    grace: float = 5.0
    variables: dict[str, str] = field(default_factory=dict)
    sockets: tuple[int, ...] = ()


def list_programs(home: Home, *, listen: int) -> list[Program]:
    """Name the programs in the order in which they start.

    Parameters
    ----------
    home : Home
        State folder.
    listen : int
        Descriptor of the socket at which the web process answers.

    Returns
    -------
    list of Program
        Web, jobs worker, training worker, schedule.

    Notes
    -----
    Training has a worker of its own, so that an upload never waits for a training. A job cut off
    by a stop is no loss: its row is claimed again after the next start.
    """
    cores = os.cpu_count() or 1
    web = ["gunicorn", "config.wsgi:application", "--bind", f"fd://{listen}"]
    web += ["--worker-class", "gthread"]
    web += ["--workers", str(WEB_WORKERS), "--threads", str(WEB_THREADS)]
    web += ["--timeout", "300", "--graceful-timeout", "5", "--keep-alive", "15"]
    # Loaded once, then forked: half the processor time to start, a third less memory.
    web += ["--preload", "--no-control-socket"]
    celery = ["celery", "-A", "config.celery"]
    worker = [*celery, "worker", "--loglevel", "WARNING", "--without-mingle", "--without-gossip"]
    few, many = str(max(1, cores // 2)), str(cores)
    jobs = [*worker, "-Q", "io,predict,serve", "-n", "jobs@%h"]
    jobs += ["-c", str(min(4, max(2, cores // 2)))]
    training = [*worker, "-Q", "train", "-c", "1", "-n", "training@%h"]
    schedule = [*celery, "beat", "--loglevel", "WARNING", "--pidfile="]
    schedule += ["-s", str(home.path / "schedule")]
    return [
        Program("web", ("-m", *web), variables=_threads("1"), sockets=(listen,)),
        Program("jobs", ("-m", *jobs), variables=_threads(few) | UNCHECKED),
        Program("training", ("-m", *training), variables=_threads(many) | UNCHECKED),
        Program("schedule", ("-m", *schedule), variables=UNCHECKED),
    ]


def spawn(program: Program, home: Home) -> subprocess.Popen[bytes]:
    """Start a program in a group of its own, its output in its log.

    Parameters
    ----------
    program : Program
        What to start.
    home : Home
        State folder.

    Returns
    -------
    subprocess.Popen
        The running process, leader of its group.
    """
    with open_log(home, program.name) as log:
        return subprocess.Popen(
            [sys.executable, *program.arguments],
            cwd=source_root() or home.path,
            env=python_environment(home) | program.variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=program.sockets,
        )


def stop_steps(program: Program) -> tuple[tuple[signal.Signals, float], ...]:
    """Ask first; the group is killed after that."""
    return ((signal.SIGTERM, program.grace),)


def source_root() -> Path | None:
    """Folder of ``manage.py`` where Cytoloop runs from its sources; None for an installed wheel."""
    root = Path(__file__).resolve().parents[3]
    return root if (root / "manage.py").is_file() else None


def python_environment(home: Home) -> dict[str, str]:
    """Variables with which a child finds the code, the settings and the same state folder."""
    root = source_root()
    sources = [str(root), str(root / "platform")] if root else []
    inherited = os.environ.get("PYTHONPATH", "")
    return os.environ | {
        "PYTHONPATH": os.pathsep.join([*sources, *([inherited] if inherited else [])]),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings"),
        "CYTOLOOP_HOME": str(home.path),
    }


def open_log(home: Home, name: str) -> BinaryIO:
    """Open a log for appending; a large one is put aside first."""
    home.logs.mkdir(parents=True, exist_ok=True)
    path = home.logs / f"{name}.log"
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def _threads(count: str) -> dict[str, str]:
    # Waiting OpenMP threads spin by default and starve whatever runs beside them.
    return {"OMP_NUM_THREADS": count, "OMP_WAIT_POLICY": "PASSIVE"}
