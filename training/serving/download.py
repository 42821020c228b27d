"""A batch as one zip, made while it is sent, so that memory holds one picture at a time."""

import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import IO, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import QuerySet

from annotations.models import Project
from training.measurements.base import Column
from training.measurements.tables import (
    Table,
    arrow_schema,
    fit_table,
    join_columns,
    make_table,
    to_arrow,
    to_csv,
)
from training.serving.answers import card_digest, read_answer, read_table
from training.serving.formats import FORMATS, Answer, Format
from training.serving.formats.label_images import fits_png
from training.serving.models import BatchItem, PredictionBatch

IMAGE = Column("image", "", "text", "Name of the picture.")
IMAGE_ID = Column("image_id", "", "int", "Id of the image.")
FILE = Column("file", "", "text", "Its label image in this archive.")
OBJECTS = Column("objects", "", "int", "Objects found in the picture.")
# Rows of one group of a Parquet file, which is what is held in memory.
GROUP_ROWS = 50_000
ITEMS_AT_ONCE = 100
COPY_BYTES = 1 << 20
README = """Predictions of model {number} (card {digest}).
labels/      label images: 0 is background, 1..n the objects, which are `label` in the table
uncertainty/    where it was asked for: 8 bit, 0 is sure, 255 as unsure as can be; files are called
             as the label images; large planes are coarser than the picture
cells.csv    a row per object (of a classification: per picture); empty cells are not known
cells.parquet    the same, typed; units and meanings are metadata of the columns
images.csv   a row per picture
Columns end with their unit (_um, _um2, _um3, _px, _px2, _voxel, _deg); intensities are as stored.
"""


class _Pipe(io.RawIOBase):
    """Takes what is written, until it is taken away."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        taken = bytes(data)  # type: ignore[call-overload]
        self.parts.append(taken)
        return len(taken)

    def take(self) -> bytes:
        taken = b"".join(self.parts)
        self.parts.clear()
        return taken


def stream_zip(
    batch: PredictionBatch, items: QuerySet[BatchItem], *, labels: str
) -> Iterator[bytes]:
    """Make the zip of a batch piece by piece.

    Parameters
    ----------
    batch : PredictionBatch
        With its model and project.
    items : QuerySet
        Those with a result.
    labels : {"ome-tiff", "png"}
        Form of label images; what does not fit a PNG is an OME-TIFF.

    Yields
    ------
    bytes
        Pieces of the archive.
    """
    pipe = _Pipe()
    project = batch.model_version.project
    with zipfile.ZipFile(cast("IO[bytes]", pipe), "w", zipfile.ZIP_DEFLATED) as archive:
        version = batch.model_version
        text = README.format(number=version.number, digest=card_digest(version))
        archive.writestr("README.txt", text)
        files: list[Table] = []
        for item in _walk(items):
            assert item.result is not None
            answer = read_answer(item.result, project, item.image.name)
            files.append(_file_row(item, _add_pictures(archive, item, answer, labels)))
            yield pipe.take()
        for _ in _add_tables(archive, items, project):
            yield pipe.take()
        archive.writestr("images.csv", b"".join(_csv_pieces(files)))
    yield pipe.take()


def _walk(items: QuerySet[BatchItem]) -> Iterator[BatchItem]:
    yield from items.iterator(chunk_size=ITEMS_AT_ONCE)


def _add_pictures(archive: zipfile.ZipFile, item: BatchItem, answer: Answer, labels: str) -> str:
    """Write what there is of label image and map; return the first's name, empty without one."""
    if answer.labels is None:
        return ""
    # Names may come twice in a data set, ids do not.
    stem = f"{PurePosixPath(item.image.name).stem}_{item.image_id}"
    form = FORMATS[labels if fits_png(answer.labels) else "ome-tiff"]
    name = f"labels/{stem}{form.suffix}"
    _add_file(archive, name, answer, form)
    if answer.doubt:
        unsure = FORMATS["uncertainty"]
        _add_file(archive, f"uncertainty/{stem}{unsure.suffix}", answer, unsure)
    return name


def _add_file(archive: zipfile.ZipFile, name: str, answer: Answer, form: Format) -> None:
    info = zipfile.ZipInfo(name)
    with tempfile.NamedTemporaryFile() as written:
        form.write(answer, cast("IO[bytes]", written))
        written.seek(0)
        with archive.open(info, "w", force_zip64=True) as target:
            while part := written.read(COPY_BYTES):
                target.write(part)


def _add_tables(
    archive: zipfile.ZipFile, items: QuerySet[BatchItem], project: Project
) -> Iterator[None]:
    columns = join_columns(table.columns for table in _tables(items, project))
    if not columns:
        return
    with archive.open("cells.csv", "w", force_zip64=True) as target:
        for piece in _csv_pieces(fit_table(table, columns) for table in _tables(items, project)):
            target.write(piece)
            yield
    with archive.open("cells.parquet", "w", force_zip64=True) as target:
        sink = pa.PythonFile(target, mode="w")
        with pq.ParquetWriter(sink, arrow_schema(columns), compression="zstd") as writer:
            for group in _groups(_tables(items, project), columns):
                writer.write_table(group)
                yield


def _tables(items: QuerySet[BatchItem], project: Project) -> Iterator[Table]:
    for item in _walk(items):
        assert item.result is not None
        table = read_table(item.result, project)
        yield table.beginning([IMAGE, IMAGE_ID], [item.image.name, item.image_id])


def _groups(tables: Iterable[Table], columns: tuple[Column, ...]) -> Iterator[pa.Table]:
    held: list[pa.Table] = []
    rows = 0
    for table in tables:
        held.append(to_arrow(fit_table(table, columns)))
        rows += len(table)
        if rows >= GROUP_ROWS:
            yield pa.concat_tables(held)
            held, rows = [], 0
    if held:
        yield pa.concat_tables(held)


def _csv_pieces(tables: Iterable[Table]) -> Iterator[bytes]:
    for number, table in enumerate(tables):
        yield to_csv(table, header=number == 0)


def _file_row(item: BatchItem, name: str) -> Table:
    assert item.result is not None
    values = [item.image.name, item.image_id, name, item.result.n_objects]
    arrays = [np.array([value], dtype=object) for value in values]
    return make_table([IMAGE, IMAGE_ID, FILE, OBJECTS], arrays)
