"""Read the history of an annotation: its log, what it was at a version, the versions kept."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from annotations.labels import archive, operations, wire
from annotations.labels.blocks import BlockAt
from annotations.labels.models import Annotation, AnnotationVersion, EditOperation
from annotations.labels.planes import LabelStack
from annotations.labels.selectors import get_stack, read_blob
from annotations.labels.sparse import BlockReader, block_reader, labels_at
from core.errors import Conflict, DomainError
from core.storage import get_storage

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_OPERATIONS = 256
MOST_BYTES = 4 << 20


@dataclass(frozen=True)
class LoggedOperation:
    """One operation of the log, with what takes it back.

    Attributes
    ----------
    operation : EditOperation
        What was done.
    undo_patch : bytes
        Patch that puts back the pixels that it wrote; b"" where it wrote none.
    undo_class : int or None
        The class that its object, or the sample, had before.
    """

    operation: EditOperation
    undo_patch: bytes
    undo_class: int | None


@dataclass(frozen=True)
class LogPage:
    """A part of the log, in its order.

    Attributes
    ----------
    operations : tuple of LoggedOperation
        What was done.
    version : int
        Operations in the whole log.
    next : int or None
        Where to go on reading; None at the end of what was asked for.
    """

    operations: tuple[LoggedOperation, ...]
    version: int
    next: int | None


@dataclass(frozen=True)
class Square:
    """The sum of a square of labels that a browser has.

    Attributes
    ----------
    t, z : int
        Plane.
    column, row : int
        Which square of 512 x 512 pixels; zeros fill what lies beyond the plane.
    crc : int
        CRC-32 of its labels, row-major, as little-endian uint32.
    """

    t: int
    z: int
    column: int
    row: int
    crc: int


def list_operations(annotation: Annotation, *, after: int, until: int) -> list[EditOperation]:
    """Return the operations `after` < seq <= `until`, wherever they are kept."""
    found = []
    if after < annotation.archive_version:
        packed = get_storage().get(annotation.archive_key)
        log = archive.unpack_log(packed, annotation.pk)
        found = [row for row in log if after < row.seq <= until]
    rows = EditOperation.objects.filter(
        annotation=annotation, seq__gt=max(after, annotation.archive_version), seq__lte=until
    )
    return found + list(rows.order_by("seq"))


def get_log_page(annotation: Annotation, *, after: int, until: int | None = None) -> LogPage:
    """Return the log from operation `after` + 1 on, each operation with what takes it back.

    A page holds at most `MOST_OPERATIONS` operations, and about `MOST_BYTES` of patches.

    Parameters
    ----------
    annotation : Annotation
        Whose log.
    after : int
        Version from which to read.
    until : int, optional
        Last operation wanted.
    """
    end = annotation.version if until is None else min(until, annotation.version)
    wanted = list_operations(annotation, after=after, until=min(end, after + MOST_OPERATIONS))
    past = _PastReader(annotation, after, wanted)
    page: list[LoggedOperation] = []
    size = 0
    for operation in wanted:
        logged = past.read(operation)
        size += len(operation.patch) + len(logged.undo_patch)
        if page and size > MOST_BYTES:
            break
        page.append(logged)
    last = page[-1].operation.seq if page else end
    return LogPage(tuple(page), annotation.version, last if last < end else None)


def get_stack_at(annotation: Annotation, version: int) -> LabelStack:
    """Return the labels after the first `version` operations.

    Raises
    ------
    DomainError
        Code "no_such_version".
    """
    if version > annotation.version:
        raise DomainError(
            "no_such_version",
            f"This answer has {annotation.version} edits, not {version}.",
            status=404,
        )
    if version == annotation.version:
        return get_stack(annotation)
    start = _nearest(annotation, version)
    log = list_operations(annotation, after=start.version, until=version)
    return operations.replay(read_blob(start.key, annotation.sample), log)


def list_versions(annotation: Annotation) -> "QuerySet[AnnotationVersion]":
    """Return the versions of an annotation that were kept."""
    return AnnotationVersion.objects.filter(annotation=annotation).select_related("user")


def find_differences(
    annotation: Annotation, squares: Sequence[Square], *, version: int
) -> list[Square]:
    """Return the squares of which the server has other labels than the browser.

    Raises
    ------
    DomainError
        "version_conflict" when the log went on meanwhile, "no_such_plane", "no_such_block".
    """
    if version != annotation.version:
        raise Conflict(
            "version_conflict",
            "Other operations were stored meanwhile. Compare again.",
            extra={"version": annotation.version},
        )
    stack = get_stack(annotation)
    readers = {place: block_reader(stack, *place) for place in {(s.t, s.z) for s in squares}}
    return [square for square in squares if _crc(readers[square.t, square.z], square) != square.crc]


def _crc(read: BlockReader, square: Square) -> int:
    labels = read(BlockAt(0, square.row, square.column))
    return zlib.crc32(labels.astype("<u4", copy=False).tobytes())


def _nearest(annotation: Annotation, version: int) -> AnnotationVersion:
    """Return the last version kept at or before `version`; the start where none was."""
    kept = AnnotationVersion.objects.filter(annotation=annotation, version__lte=version)
    return kept.order_by("-version", "-pk").first() or AnnotationVersion(
        annotation=annotation, version=0, key=annotation.start_key
    )


class _PastReader:
    """Plays a log on, for the pixels that a page touches."""

    def __init__(self, annotation: Annotation, after: int, page: Sequence[EditOperation]) -> None:
        start = _nearest(annotation, after)
        stack = read_blob(start.key, annotation.sample)
        self._shape = (stack.shape[2], stack.shape[3])
        touched: dict[tuple[int, int], list[wire.Ints]] = {}
        for row in page:
            if row.patch:
                places, _labels = wire.patch_pixels(bytes(row.patch), self._shape)
                touched.setdefault((row.t, row.z), []).append(places)
        self._places = {at: np.unique(np.concatenate(parts)) for at, parts in touched.items()}
        self._labels = {at: labels_at(stack, *at, found) for at, found in self._places.items()}
        self._classes = Annotation(
            object_classes=dict(start.object_classes), class_index=start.class_index
        )
        for row in list_operations(annotation, after=start.version, until=after):
            self._play(row)

    def read(self, row: EditOperation) -> LoggedOperation:
        """Return an operation with what takes it back, and play it."""
        undo_patch = b""
        if row.patch:
            places, _labels = wire.patch_pixels(bytes(row.patch), self._shape)
            at = (row.t, row.z)
            labels = self._labels[at][np.searchsorted(self._places[at], places)]
            undo_patch = wire.encode_pixels(places, labels, self._shape[1])
        undo_class = operations.class_before(self._classes, row.payload)
        self._play(row)
        return LoggedOperation(row, undo_patch, undo_class)

    def _play(self, row: EditOperation) -> None:
        operations.apply_payload(self._classes, row.payload)
        known = self._places.get((row.t, row.z))
        if not row.patch or known is None or known.size == 0:
            return
        places, labels = wire.patch_pixels(bytes(row.patch), self._shape)
        index = np.minimum(np.searchsorted(known, places), known.size - 1)
        there = known[index] == places
        self._labels[row.t, row.z][index[there]] = labels[there]
