"""Folders to work in: under the state folder, gone afterwards, swept where a worker was killed."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

STALE_SECONDS = 24 * 3600.0


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


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
