"""The folder of a run's pictures, bounded in bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOST_BYTES = 12 << 20


class Album:
    """Writes pictures as long as there is room.

    Parameters
    ----------
    folder : Path
        Made where it is missing; pictures of an earlier attempt are removed.
    most_bytes : int
        Size of all pictures together.
    """

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.png"):
            old.unlink()
        self.folder = folder
        self.room = most_bytes

    def add(self, name: str, write: Callable[[Path], None]) -> str | None:
        """Write one picture.

        Parameters
        ----------
        name : str
            Of the file, without its ending.
        write : callable
            Given a path, writes the picture there.

        Returns
        -------
        str or None
            Name of the file; None where there was no room for it.
        """
        if self.room <= 0:
            return None
        path = self.folder / f"{name}.png"
        write(path)
        self.room -= path.stat().st_size
        return path.name
