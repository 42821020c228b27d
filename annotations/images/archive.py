"""Look into zip archives without trusting them: nothing is ever extracted to a name."""

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from annotations.images.readers import UnreadableError
from core.zips import DAMAGED, listed_bytes

COPY_BYTES = 1 << 20
SPOOL_BYTES = 8 << 20
# Of the list of files, for each file that is allowed: what is fixed, and a long name.
LISTED_BYTES = 512


@dataclass(frozen=True)
class ZipLimits:
    """What an archive may hold.

    Attributes
    ----------
    max_entries : int
        Files in it.
    max_total_bytes : int
        All files unpacked.
    max_ratio : int
        Unpacked by packed size, for archives that unpack to more than 256 MiB.
    """

    max_entries: int = 200_000
    max_total_bytes: int = 64 << 30
    max_ratio: int = 200


@dataclass(frozen=True)
class Entry:
    """One file of an archive; `path` is as it is in the archive, without one common folder."""

    path: str
    info: zipfile.ZipInfo


def open_archive(stream: IO[bytes], limits: ZipLimits) -> zipfile.ZipFile:
    """Open an archive whose size and number of files are bearable.

    Raises
    ------
    UnreadableError
        "zip_broken" or "zip_too_large".
    """
    listed = listed_bytes(stream) or 0
    if listed > limits.max_entries * LISTED_BYTES:
        raise UnreadableError(
            "zip_too_large",
            f"The zip archive's list of files alone takes {listed / 2**20:.0f} MiB: it holds more "
            f"than the {limits.max_entries:,} files that are allowed at once. Upload it in parts, "
            "or with `cytoloop import`.",
        )
    try:
        archive = zipfile.ZipFile(stream)
    except DAMAGED as error:
        raise UnreadableError(
            "zip_broken",
            f"The zip archive cannot be opened ({error}); it was probably cut off. Pack it again, "
            "or upload the files one by one.",
        ) from error
    infos = archive.infolist()
    unpacked = sum(info.file_size for info in infos)
    packed = max(sum(info.compress_size for info in infos), 1)
    bomb = unpacked > (256 << 20) and unpacked > limits.max_ratio * packed
    if len(infos) > limits.max_entries or unpacked > limits.max_total_bytes or bomb:
        raise UnreadableError(
            "zip_too_large",
            f"The zip archive would unpack to {len(infos):,} files and {unpacked / 2**30:.1f} GiB "
            f"from {packed / 2**20:.1f} MiB, more than is allowed at once. Upload it in parts, or "
            "with `cytoloop import`.",
        )
    return archive


def list_entries(archive: zipfile.ZipFile) -> list[Entry]:
    """Return the files in order of their paths; a folder that holds everything is left out."""
    files = [info for info in archive.infolist() if not info.is_dir()]
    paths = [info.filename.replace("\\", "/") for info in files]
    tops = {path.split("/", 1)[0] for path in paths}
    wrapped = len(tops) == 1 and all("/" in path for path in paths)
    entries = [
        Entry(path.split("/", 1)[1] if wrapped else path, info)
        for path, info in zip(paths, files, strict=True)
    ]
    return sorted(entries, key=lambda entry: entry.path)


def check_entry(entry: Entry) -> None:
    """Refuse names that lead out of the archive, archives in archives, and secrets.

    Raises
    ------
    UnreadableError
        "unsafe_path", "nested_zip" or "zip_encrypted".
    """
    path = entry.info.filename.replace("\\", "/")
    parts = PurePosixPath(path).parts
    if path.startswith("/") or ".." in parts or ":" in parts[0] or "\x00" in path:
        raise UnreadableError(
            "unsafe_path",
            "The name of this file leads out of the archive. Pack the folder again with an "
            "ordinary tool.",
        )
    if path.lower().endswith((".zip", ".7z", ".rar", ".gz", ".tar")):
        raise UnreadableError(
            "nested_zip", "This is an archive inside the archive. Unpack it, and pack all at once."
        )
    if entry.info.flag_bits & 1:
        raise UnreadableError(
            "zip_encrypted", "This file is protected by a password. Pack it again without one."
        )


@contextmanager
def open_entry(archive: zipfile.ZipFile, entry: Entry) -> Iterator[IO[bytes]]:
    """Give one file of an archive as a seekable stream; large ones lie on disk meanwhile.

    Raises
    ------
    UnreadableError
        "truncated", where its bytes are not what the archive says.
    """
    check_entry(entry)
    with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as target:
        try:
            with archive.open(entry.info) as source:
                while chunk := source.read(COPY_BYTES):
                    target.write(chunk)
        except DAMAGED as error:
            raise UnreadableError(
                "truncated",
                f"This file cannot be unpacked ({error}); the archive is damaged. Pack it again.",
            ) from error
        target.seek(0)
        yield target
