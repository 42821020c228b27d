"""Folders to work in: under the state folder, gone afterwards, swept where a worker was killed."""

import shutil
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

STALE_SECONDS = 24 * 3600.0
# A failed or cancelled training can be retried from its checkpoint until then, and from nothing
# afterwards.
IDLE_SECONDS = 7 * 24 * 3600.0


def work_root() -> Path:
    """Return the folder that holds all working folders of this installation."""
    root = Path(settings.ENVIRONMENT.home) / "work"
    root.mkdir(parents=True, exist_ok=True)
    return root


@contextmanager
def temporary_folder(purpose: str) -> Iterator[Path]:
    """Give an empty folder, and remove it whatever happens.

    Folders of the same purpose that a killed worker left a day ago or longer are removed too.

    Parameters
    ----------
    purpose : str
        Beginning of its name, e.g. "evaluate".

    Yields
    ------
    Path
        The folder.
    """
    root = work_root()
    for old in root.glob(f"{purpose}-*"):
        if _age(old) > STALE_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def drop_idle(purpose: str, *, keep: Collection[str]) -> int:
    """Remove the folders of a purpose that nobody works in and nobody came back to for a week.

    Parameters
    ----------
    purpose : str
        Folder below the root, e.g. "runs"; what lies in it is named by the key of its row.
    keep : collection of str
        Keys of rows that are worked on.

    Returns
    -------
    int
        How many were removed.
    """
    root = work_root()
    dropped = 0
    for folder in (root / purpose).glob("*"):
        if folder.name in keep or _age(folder, *folder.glob("*")) <= IDLE_SECONDS:
            continue
        # A retry that begins just now finds no folder rather than half of one.
        with temporary_folder("idle") as bin_, suppress(FileNotFoundError):
            folder.rename(bin_ / folder.name)
            dropped += 1
    return dropped


def _age(*paths: Path) -> float:
    """Seconds since the newest of some paths was changed; 0 where one is just being removed."""
    try:
        return time.time() - max(path.stat().st_mtime for path in paths)
    except FileNotFoundError:
        return 0.0
