"""Readers of picture formats, found by what a file holds and not by its name."""

from dataclasses import replace
from pathlib import PurePosixPath
from typing import IO

from annotations.images.readers import jpeg, png, tiff
from annotations.images.readers.base import Limits, Notice, Picture, Reader, UnreadableError
from annotations.images.readers.signatures import HEAD_BYTES, explain_unknown

READERS: dict[str, Reader] = {
    "png": png.READER,
    "jpeg": jpeg.READER,
    "tiff": tiff.READER,
}
SUPPORTED = "PNG, JPEG, TIFF, ImageJ and OME-TIFF"


def find_reader(head: bytes, filename: str) -> Reader:
    """Return the reader for a file that begins with `head`.

    Raises
    ------
    UnreadableError
        empty_file, format_not_supported, annotation_file or not_an_image.
    """
    if not head:
        raise UnreadableError(
            "empty_file",
            "The file has 0 bytes; the copy was probably interrupted. Copy it again from where it "
            "was made.",
        )
    for reader in READERS.values():
        if reader.matches(head):
            return reader
    raise explain_unknown(head, filename, SUPPORTED)


def open_picture(
    stream: IO[bytes], filename: str, *, limits: Limits, labels: bool = False
) -> Picture:
    """Open a picture of any format that is known.

    Parameters
    ----------
    stream : binary file
        Seekable; must stay open while planes are read.
    filename : str
        Only for wording, and to say when it does not fit what the file holds.
    limits : Limits
        Checked before anything is decoded.
    labels : bool
        Read it as a label image: palette indexes are kept, JPEG is refused.

    Raises
    ------
    UnreadableError
        With a code that says why it cannot be taken in.
    """
    stream.seek(0)
    reader = find_reader(stream.read(HEAD_BYTES), filename)
    picture = reader.read(stream, limits, labels)
    misnamed = _check_name(reader, filename)
    if misnamed is None:
        return picture
    return replace(picture, notices=(*picture.notices, misnamed))


def _check_name(reader: Reader, filename: str) -> Notice | None:
    suffix = PurePosixPath(filename).suffix.lower()
    others = {ending for other in READERS.values() for ending in other.suffixes}
    if suffix in reader.suffixes or suffix not in others:
        return None
    return Notice(
        "wrong_suffix",
        f"The file is named {suffix} but is a {reader.name.upper()}; it was read as what it is.",
    )


__all__ = [
    "READERS",
    "Limits",
    "Notice",
    "Picture",
    "UnreadableError",
    "find_reader",
    "open_picture",
]
