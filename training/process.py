"""A training's process: started apart, watched, told to stop, its log read."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from core.errors import DomainError
from core.jobs.runner import JobInterruptedError

ROOT = Path(__file__).resolve().parents[1]
STOP_SECONDS = 30.0
LOG_TAIL_BYTES = 64 << 10
INTERRUPTED = 75
POLL_SECONDS = 1.0


def run_trainer(
    arguments: Sequence[str],
    config: Mapping[str, object],
    out: Path,
    *,
    watch: Callable[[], None],
) -> None:
    """Run a command of the trainer in a process of its own; return when it is done.

    Parameters
    ----------
    arguments : sequence of str
        The command, without ``--config`` and ``--out``.
    config : mapping
        Settings that differ from the defaults.
    out : Path
        Made where it is missing; it holds the log too.
    watch : callable
        Called about once a second, and at the end. When it raises, the process is stopped.

    Raises
    ------
    JobInterruptedError
        The process was asked to stop by somebody else, and left a checkpoint.
    DomainError
        Code "training_failed": it ended with an error; the detail holds the end of its log.
    """
    out.mkdir(parents=True, exist_ok=True)
    stop_orphan(out)
    settings = out / "config.json"
    settings.write_text(json.dumps(dict(config), indent=1))
    process = start_process([*arguments, "--config", str(settings), "--out", str(out)], out)
    try:
        while process.poll() is None:
            watch()
            time.sleep(POLL_SECONDS)
        watch()
    finally:
        stop_process(process)
    if process.returncode in (INTERRUPTED, -signal.SIGTERM):
        raise JobInterruptedError
    if process.returncode != 0:
        raise _failure(out)


def start_process(arguments: Sequence[str], out: Path) -> subprocess.Popen[bytes]:
    """Start the trainer with its log and the number of its process in a folder."""
    environment = os.environ | {
        "CYTOLOOP_THREADS": os.environ.get("CYTOLOOP_THREADS", str(os.cpu_count() or 1)),
        "CYTOLOOP_STOP_WITH_PARENT": str(os.getpid()),
        # Threads that spin while they wait take the processor from everybody beside them, those
        # that sleep at once wake late: a step is full of short waits. GNU's OpenMP can do between.
        "OMP_WAIT_POLICY": "PASSIVE",
        "GOMP_SPINCOUNT": "10000",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(":"),
        "PYTHONUNBUFFERED": "1",
    }
    with (out / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "training.ml", *arguments],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    (out / "process.pid").write_text(str(process.pid))
    return process


def stop_process(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to stop and leave a checkpoint; kill its group when it does not."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def stop_orphan(out: Path) -> None:
    """Stop the training that a killed worker left running on the same folder."""
    try:
        orphan = psutil.Process(int((out / "process.pid").read_text()))
        # Numbers of processes are used again: only one that works on this folder is ours.
        if str(out) not in orphan.cmdline():
            return
        orphan.terminate()
        orphan.wait(STOP_SECONDS)
    except psutil.TimeoutExpired:
        orphan.kill()
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess, psutil.AccessDenied):
        return


def read_log(out: Path) -> str:
    """Return the end of a training's log."""
    path = out / "log.txt"
    if not path.exists():
        return ""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - LOG_TAIL_BYTES))
        return log.read().decode(errors="replace").replace("\x00", "")


def _failure(out: Path) -> DomainError:
    lines = [line for line in read_log(out).splitlines() if line.strip()]
    ending = " ".join(lines[-3:])[-600:]
    return DomainError(
        "training_failed",
        f"Training ended with an error: {ending or 'its log is empty'}. The whole log is kept with "
        "the run; mend the cause, then retry.",
        status=500,
    )
