"""What every form of an answer offers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from annotations.labels.planes import LabelStack
from training.measurements.tables import Table


@dataclass(frozen=True)
class Answer:
    """What a model said of one picture.

    Attributes
    ----------
    name : str
        Of the picture.
    labels : LabelStack or None
        Label image, for a segmentation.
    table : Table
        A row per cell; for a classification one row.
    spacing : tuple of float or None
        µm of a voxel, (Z, Y, X).
    doubt : bytes
        How unsure the model is of each pixel (`training.decoding.doubt`); empty where it was not
        asked, or does not tell.
    """

    name: str
    labels: LabelStack | None
    table: Table
    spacing: tuple[float, float, float] | None
    doubt: bytes = b""


@dataclass(frozen=True)
class Format:
    """One form of an answer, the entry type of ``FORMATS``.

    Attributes
    ----------
    name : str
        Key of the format.
    media_type : str
        As in ``Accept`` and ``Content-Type``; of two formats with one type ``Accept`` means the
        first.
    suffix : str
        Ending of a file of this kind.
    write : callable
        ``write(answer, target)`` writes to a seekable binary file.
    needs_doubt : bool
        Whether the model has to be asked how unsure it is, which not everybody pays for.
    """

    name: str
    media_type: str
    suffix: str
    write: Callable[[Answer, IO[bytes]], None]
    needs_doubt: bool = False
