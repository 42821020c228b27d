"""Files to import: of folders, of zips, single ones; images and the masks beside them."""

import hashlib
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, Literal

Role = Literal["image", "mask"]

MASK_FOLDERS = frozenset({"mask", "masks", "label", "labels", "segmentation", "gt"})
# "cell_mask.png" beside "cell.png"; the site pairs them by the same endings.
MASK_NAME = re.compile(r"[_\-. ](?:masks?|labels?)(?:\.ome)?\.[^.]+$", re.IGNORECASE)
LITTER = frozenset({"Thumbs.db", "desktop.ini"})
KEPT_IN_MEMORY = 16 << 20
BLOCK = 1 << 20


@dataclass(frozen=True)
class Source:
    """One file to import.

    Attributes
    ----------
    path : Path
        The file, or the zip that holds it.
    member : str or None
        Its name inside the zip.
    role : {'image', 'mask'}
        What it is.
    folder : str
        Name of the folder it lies in; its group where the person asks for that.
    relative : str
        Its path inside what was named: pairs it with its mask, and says what it belongs to.
    """

    path: Path
    member: str | None
    role: Role
    folder: str
    relative: str

    @property
    def name(self) -> str:
        """File name without folders."""
        return PurePosixPath(self.member).name if self.member else self.path.name

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open for reading from any position."""
        if self.member is None:
            with self.path.open("rb") as file:
                yield file
            return
        with (
            zipfile.ZipFile(self.path) as archive,
            archive.open(self.member) as packed,
            tempfile.SpooledTemporaryFile(max_size=KEPT_IN_MEMORY) as unpacked,
        ):
            shutil.copyfileobj(packed, unpacked, BLOCK)
            unpacked.seek(0)
            yield unpacked


def list_sources(paths: Iterable[Path], *, masks: Path | None = None) -> list[Source]:
    """List the files to import, in a stable order.

    Parameters
    ----------
    paths : iterable of Path
        Folders (searched through), zips and files. What lies in a folder called "masks" or
        "labels", or is named like "cell_mask.png", is a mask.
    masks : Path, optional
        A folder of masks.

    Returns
    -------
    list of Source
        Hidden files and a system's litter left out.
    """
    found = [source for path in paths for source in _expand(path)]
    if masks is not None:
        of_masks = [replace(source, role="mask") for source in _expand(masks)]
        taken = {(source.path, source.member) for source in of_masks}
        found = [source for source in found if (source.path, source.member) not in taken]
        found += of_masks
    return found


def hash_source(source: Source) -> str:
    """Compute the sha256 of a file's bytes, in hexadecimal."""
    with source.open() as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def _expand(path: Path) -> Iterator[Source]:
    if path.is_dir():
        for inside in sorted(path.rglob("*")):
            relative = inside.relative_to(path)
            if inside.is_file() and _is_wanted(relative.parts):
                role = _role(relative.parts)
                yield Source(inside, None, role, inside.parent.name, relative.as_posix())
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for entry in sorted(archive.infolist(), key=lambda entry: entry.filename):
                parts = PurePosixPath(entry.filename).parts
                if not entry.is_dir() and _is_wanted(parts):
                    folder = parts[-2] if len(parts) > 1 else ""
                    yield Source(path, entry.filename, _role(parts), folder, entry.filename)
    else:
        # A file that does not exist is told by name when it is opened.
        role = _role((path.name,))
        yield Source(path, None, role, path.absolute().parent.name, path.name)


def _is_wanted(parts: tuple[str, ...]) -> bool:
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return not hidden and parts[-1] not in LITTER


def _role(parts: tuple[str, ...]) -> Role:
    in_folder = any(part.lower() in MASK_FOLDERS for part in parts[:-1])
    return "mask" if in_folder or MASK_NAME.search(parts[-1]) else "image"
