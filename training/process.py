"""A training's process: started apart, told to stop, its log read."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
STOP_SECONDS = 30.0
LOG_TAIL_BYTES = 64 << 10


def start_process(arguments: Sequence[str], out: Path) -> subprocess.Popen[bytes]:
    """Start the trainer with its log and the number of its process in a folder."""
    environment = os.environ | {
        "CYTOLOOP_THREADS": os.environ.get("CYTOLOOP_THREADS", str(os.cpu_count() or 1)),
        "CYTOLOOP_STOP_WITH_PARENT": str(os.getpid()),
        # Threads that spin while they wait take the processor from everybody beside them.
        "OMP_WAIT_POLICY": "PASSIVE",
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
