"""Small truths about processes: who lives, who is a zombie, how to stop one."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

# Signals in order, each with the seconds given to it.
StopSteps = Sequence[tuple[signal.Signals, float]]


@dataclass(frozen=True)
class ProcessMark:
    """A process that cannot be mistaken for a later one with the same number.

    Attributes
    ----------
    pid : int
        Process number.
    born : float
        Time of its start, seconds since 1970 as the system tells it.
    """

    pid: int
    born: float


def mark_of(pid: int) -> ProcessMark | None:
    """Describe a running process; None where there is none, or only a zombie."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return ProcessMark(pid=pid, born=process.create_time())
    except psutil.NoSuchProcess:
        return None


def is_alive(mark: ProcessMark) -> bool:
    """Whether the very process of the mark still runs; a zombie does not."""
    now = mark_of(mark.pid)
    return now is not None and abs(now.born - mark.born) < 1.0


def stop_marked(mark: ProcessMark, steps: StopSteps) -> None:
    """Stop a process that need not be a child of ours.

    Parameters
    ----------
    mark : ProcessMark
        Whom to stop.
    steps : sequence of (signal, seconds)
        Signals in order, each with the time given to it; SIGKILL to its group comes last.
    """
    successor = mark_of(mark.pid)
    reused = successor is not None and not is_alive(mark)
    if reused or mark.born < psutil.boot_time():
        # The number means somebody else by now.
        return
    for number, seconds in steps:
        if not is_alive(mark):
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(mark.pid, number)
        _wait_until_dead(mark, seconds)
    kill_group(mark.pid)
    _wait_until_dead(mark, 5.0)


def stop_child(child: subprocess.Popen[bytes], steps: StopSteps) -> int:
    """Stop a child that leads its own group, and whatever it has started in that group.

    Returns
    -------
    int
        The child's return code.
    """
    for number, seconds in steps:
        if child.poll() is not None:
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
    kill_group(child.pid)
    return child.wait()


def kill_group(pid: int) -> None:
    """Kill what is left of the group that a process of ours has led."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _wait_until_dead(mark: ProcessMark, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while is_alive(mark) and time.monotonic() < deadline:
        time.sleep(0.05)
