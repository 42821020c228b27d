"""The confined process: reads arrays from files, runs a network, writes arrays to files.

Started by `training.ml.sandbox.session`. Its folder holds ``job.json``, the network, ``in/`` and
``out/``. A line of JSON on standard input asks for one run; a line goes back on what was standard
output. What is written there is not believed by the other side: only the files count.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any

from training.ml.sandbox.confine import Limits, NoWallsError, confine

READY, DONE, FAILED, NO_WALLS = "ready", "done", "failed", "no_walls"
IN, OUT = "in", "out"
LONGEST_MESSAGE = 400
SYSTEM = (
    "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/dev/urandom", "/dev/zero",
    "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/filesystems",
    "/sys/devices/system/cpu", "/sys/fs/cgroup",
)  # fmt: skip


def main() -> None:
    """Confine this process, load the network, and run it as often as it is asked."""
    folder = os.getcwd()  # noqa: PTH109 (nothing is imported before the walls)
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    # What the network prints goes where nobody reads it as an answer.
    os.dup2(2, 1)
    with open("job.json", encoding="utf-8") as stream:  # noqa: PTH123
        job = json.load(stream)
    try:
        confine(Limits(**job["limits"]), readable=_readable(folder), writable=f"{folder}/{OUT}")
    except NoWallsError as error:
        _say(answers, NO_WALLS, str(error))
        return
    try:
        runner = importlib.import_module("training.ml.sandbox.runners").load(job)
    except Exception as error:  # noqa: BLE001 (whatever a stranger's file does is told)
        _say(answers, FAILED, _describe(error))
        return
    _say(answers, READY, "")
    for line in sys.stdin:
        name = json.loads(line)
        try:
            runner(f"{IN}/{name}.npy", f"{OUT}/{name}.npy")
        except Exception as error:  # noqa: BLE001
            _say(answers, FAILED, _describe(error))
        else:
            _say(answers, DONE, name)


def _readable(folder: str) -> list[str]:
    code = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
    return [folder, code, sys.prefix, sys.base_prefix, *SYSTEM]


def _say(answers: Any, what: str, text: str) -> None:  # noqa: ANN401
    answers.write(json.dumps([what, text[:LONGEST_MESSAGE]]) + "\n")


def _describe(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {' '.join(lines[-3:])}"


if __name__ == "__main__":
    main()
