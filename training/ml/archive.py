"""Zip files from elsewhere: unpacked within limits, and never outside their folder."""

from __future__ import annotations

import contextlib
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from core.zips import DAMAGED, listed_bytes
from training.ml.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK_BYTES = 1 << 20
# The list of files is read at once, so that its size counts before the number of files does.
LARGEST_LIST = 4 << 20


@dataclass(frozen=True)
class Limits:
    """What an archive may hold.

    Attributes
    ----------
    files : int
        Most files.
    total : int
        Most bytes, unpacked.
    """

    files: int = 200
    total: int = 2 << 30


def list_names(source: Path) -> list[str]:
    """Read the names in a zip file.

    Raises
    ------
    TrainingError
        Code ``bad_package``: no zip file, damaged, or with too long a list.
    """
    try:
        _check_list(source)
        with zipfile.ZipFile(source) as archive:
            return archive.namelist()
    except DAMAGED as error:
        raise _bad(f"it cannot be opened ({error})") from error


def unpack(source: Path | IO[bytes], folder: Path, *, limits: Limits = Limits()) -> list[Path]:
    """Unpack a zip file into an empty folder.

    Declared sizes are not believed: bytes are counted as they come.

    Parameters
    ----------
    source : Path or file
        The archive.
    folder : Path
        Made where it is missing.
    limits : Limits
        What is too much.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    TrainingError
        Code ``bad_package``: no zip file, damaged, encrypted, too large, or with names that lead
        out of the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        _check_list(source)
        with zipfile.ZipFile(source) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > limits.files:
                raise _bad(f"it holds {len(entries)} files; at most {limits.files} are taken")
            room, written = limits.total, []
            for entry in entries:
                path = _inside(folder, entry)
                room -= _copy(archive, entry, path, room=room)
                written.append(path)
            return written
    except DAMAGED as error:
        raise _bad(f"it cannot be unpacked ({error})") from error


def _check_list(source: Path | IO[bytes]) -> None:
    """Refuse an archive whose list of files would fill the memory."""
    with source.open("rb") if isinstance(source, Path) else contextlib.nullcontext(source) as file:
        listed = listed_bytes(file)
    if listed is None:
        raise _bad("it is no zip file, or its end is missing")
    if listed > LARGEST_LIST:
        raise _bad(f"it lists more files than the {Limits().files} that are taken")


def _inside(folder: Path, entry: zipfile.ZipInfo) -> Path:
    """Where an entry goes; refuses links and names that lead elsewhere."""
    name = PurePosixPath(entry.filename)
    strange = name.is_absolute() or ".." in name.parts or not name.parts
    if strange or any(letter in entry.filename for letter in "\\:\0"):
        raise _bad(f"the name {entry.filename[:80]!r} leads out of it")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _bad(f"{entry.filename[:80]!r} is a link")
    if entry.flag_bits & 1:
        raise _bad("it is encrypted")
    path = folder.joinpath(*name.parts)
    if path.exists():
        raise _bad(f"it holds {entry.filename[:80]!r} twice")
    return path


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, *, room: int) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(entry) as stream, path.open("wb") as target:
        for chunk in _chunks(stream):
            written += len(chunk)
            if written > room:
                raise _bad("it unpacks to more than is taken; it may be a zip bomb")
            target.write(chunk)
    return written


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk


def _bad(why: str) -> TrainingError:
    return TrainingError("bad_package", f"The package is refused: {why}. Pack it anew.")
