"""Read files as an upload and its job do, each in a process of its own; say what memory they took.

Run as `python -m tests.annotations.images.memory_probe`: each line of its input is a JSON list of
file, folder and role (image or mask), answered by a line of JSON. It loads what a worker has
loaded once, and forks.
"""

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

import django

# As in a worker, with everything loaded that a worker has.
django.setup()

from annotations.images.examine import examine  # noqa: E402
from annotations.images.ingest import measure  # noqa: E402
from annotations.images.pyramid import write_pyramid  # noqa: E402
from annotations.images.readers import Limits, UnreadableError, open_picture  # noqa: E402
from annotations.images.readers.masks import open_mask, write_mask  # noqa: E402
from core.storage import Storage  # noqa: E402

# Seconds for one file.
LONGEST = 500


def take(path: Path, folder: Path, role: str) -> str:
    """Take the file in; return "" or the code of the refusal."""
    storage = Storage(folder.as_uri())
    try:
        with path.open("rb") as stream:
            key = storage.put_stream(stream, sha256=measure(stream).sha256)
        with storage.open(key) as stream:
            if role == "mask":
                with (folder / "mask").open("wb") as target:
                    write_mask(open_mask(stream, path.name, limits=Limits()), target)
                return ""
            picture = open_picture(stream, path.name, limits=Limits())
            examine(picture)
            write_pyramid(picture, storage, f"pyramids/{key}", report=lambda **progress: None)
    except UnreadableError as error:
        return error.code
    return ""


def peak_mib() -> float:
    """Return the most memory that this process ever held, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():
        # On Linux ru_maxrss begins with the peak of the process that started this one.
        [line] = [row for row in status.read_text().splitlines() if row.startswith("VmHWM:")]
        return int(line.split()[1]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def answer(path: str, folder: str, role: str) -> None:
    """Print what became of the file, the peak of memory and the time."""
    start = time.monotonic()
    code = take(Path(path), Path(folder), role)
    seconds = time.monotonic() - start
    sys.stdout.write(json.dumps({"code": code, "mib": peak_mib(), "seconds": seconds}) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Answer until nobody asks any more."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.alarm(LONGEST)
            answer(*json.loads(line))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            sys.exit(f"the process of {line} ended with {status}")


if __name__ == "__main__":
    main()
