"""Label images as files: PNG of 16 bit, OME-TIFF, and OME-Zarr in a zip."""

import json
import zipfile
from collections.abc import Iterator
from typing import IO, Any

import imagecodecs
import numpy as np
import tifffile
from numpy.typing import NDArray

from annotations.labels.bands import bands_of
from annotations.labels.planes import LabelStack
from core.errors import DomainError
from training.serving.formats.base import Answer, Format
from training.serving.formats.ome import ome_metadata
from training.serving.formats.png import write_grey_png

LARGEST_16_BIT = (1 << 16) - 1
CHUNK = 512
TILE = (512, 512)
# Below this, TIFF tiles would be larger than the picture.
TILED_FROM = 2048


def write_png(answer: Answer, target: IO[bytes]) -> None:
    """Write one plane as a grey PNG of 16 bit; grey values are the labels.

    Raises
    ------
    DomainError
        Codes "not_one_plane", "too_many_objects", "no_labels".
    """
    stack = require_labels(answer)
    if not fits_png(stack):
        raise DomainError(
            "not_one_plane",
            f"{answer.name} has {stack.shape[0]} frames of {stack.shape[1]} slices, or more than "
            f"{LARGEST_16_BIT} objects; a PNG holds one plane of 16 bit. Ask for ome-tiff or zarr.",
            status=406,
        )
    write_grey_png(target, _strips(stack), height=stack.shape[2], width=stack.shape[3])


def fits_png(stack: LabelStack) -> bool:
    """Whether a PNG of 16 bit can hold a label image."""
    return stack.shape[:2] == (1, 1) and _largest(stack) <= LARGEST_16_BIT


def write_ome_tiff(answer: Answer, target: IO[bytes]) -> None:
    """Write an OME-TIFF, plane by plane: uint16 where the labels fit, else uint32.

    Raises
    ------
    DomainError
        Code "no_labels".
    """
    stack = require_labels(answer)
    dtype = _dtype(stack)
    large = max(stack.shape[2:]) >= TILED_FROM
    tifffile.imwrite(
        target,
        _tiles(stack, dtype) if large else _planes(stack, dtype),
        shape=stack.shape,
        dtype=dtype,
        ome=True,
        bigtiff=int(np.prod(stack.shape)) * np.dtype(dtype).itemsize > 1 << 31,
        photometric="minisblack",
        compression="zlib",
        tile=TILE if large else None,
        metadata=ome_metadata(answer.name, answer.spacing),
    )


def write_zarr(answer: Answer, target: IO[bytes]) -> None:
    """Write an OME-Zarr label pyramid (NGFF 0.4) as a zip; coarser levels keep every 2nd label.

    Raises
    ------
    DomainError
        Code "no_labels".
    """
    stack = require_labels(answer)
    dtype = np.dtype(_dtype(stack)).newbyteorder("<")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_entry(".zgroup"), json.dumps({"zarr_format": 2}))
        sizes = level_sizes(stack.shape[2], stack.shape[3])
        archive.writestr(_entry(".zattrs"), json.dumps(_attributes(answer, len(sizes))))
        for level, size in enumerate(sizes):
            shape = (*stack.shape[:2], *size)
            archive.writestr(_entry(f"{level}/.zarray"), json.dumps(_array(shape, dtype)))
        for t, z in np.ndindex(stack.shape[:2]):
            _write_plane(archive, stack, t, z, dtype)


def level_sizes(height: int, width: int) -> list[tuple[int, int]]:
    """Return (Y, X) of each level: halved until both fit in one chunk, and rounded up."""
    sizes = [(height, width)]
    while max(sizes[-1]) > CHUNK:
        y, x = sizes[-1]
        sizes.append(((y + 1) // 2, (x + 1) // 2))
    return sizes


def require_labels(answer: Answer) -> LabelStack:
    """Return the label image of an answer.

    Raises
    ------
    DomainError
        Code "no_labels": a classification has none.
    """
    if answer.labels is None:
        raise DomainError(
            "no_labels",
            "This model gives classes and no label image. Ask for json, csv or parquet.",
            status=406,
        )
    return answer.labels


def _planes(stack: LabelStack, dtype: type[np.unsignedinteger]) -> Iterator[NDArray[Any]]:
    for t, z in np.ndindex(stack.shape[:2]):
        yield stack.plane(t, z).astype(dtype)


def _strips(stack: LabelStack) -> Iterator[NDArray[Any]]:
    """Yield all planes in strips as high as a tile; of a large plane no more is unpacked."""
    for band in bands_of(stack.shape):
        rows = stack.rows(band)
        for top in range(0, len(rows), TILE[0]):
            yield rows[top : top + TILE[0]]


def _tiles(stack: LabelStack, dtype: type[np.unsignedinteger]) -> Iterator[NDArray[Any]]:
    for strip in _strips(stack):
        for x in range(0, strip.shape[1], TILE[1]):
            yield strip[:, x : x + TILE[1]].astype(dtype)


def _largest(stack: LabelStack) -> int:
    return int(stack.object_ids().max(initial=0))


def _dtype(stack: LabelStack) -> type[np.unsignedinteger]:
    return np.uint16 if _largest(stack) <= LARGEST_16_BIT else np.uint32


def _write_plane(
    archive: zipfile.ZipFile, stack: LabelStack, t: int, z: int, dtype: np.dtype[Any]
) -> None:
    """Write the chunks of a plane; those of zeros are left out, as zarr allows.

    Each level is made of the one below it, a row of chunks at a time.
    """
    height, width = stack.shape[2:]
    levels = [_Level(archive, f"{at}/{t}/{z}") for at in range(len(level_sizes(height, width)))]
    for band in bands_of(stack.shape):
        if (band.t, band.z) != (t, z):
            continue
        rows = stack.rows(band).astype(dtype)
        for top in range(0, len(rows), CHUNK):
            strip = rows[top : top + CHUNK]
            is_last = band.y0 + top + CHUNK >= height
            for level in levels:
                whole = level.take(strip, is_last=is_last)
                if whole is None:
                    break
                strip = whole[::2, ::2]


class _Level:
    """One level of a plane's pyramid, which gathers strips until they make a row of chunks."""

    def __init__(self, archive: zipfile.ZipFile, prefix: str) -> None:
        self.archive, self.prefix = archive, prefix
        self.row = 0
        self.waiting: list[NDArray[Any]] = []

    def take(self, strip: NDArray[Any], *, is_last: bool) -> NDArray[Any] | None:
        """Write a row of chunks once it is complete, and return its pixels."""
        self.waiting.append(strip)
        if sum(map(len, self.waiting)) < CHUNK and not is_last:
            return None
        whole = np.concatenate(self.waiting)
        self.waiting.clear()
        _write_row(self.archive, f"{self.prefix}/{self.row}", whole)
        self.row += 1
        return whole


def _write_row(archive: zipfile.ZipFile, prefix: str, strip: NDArray[Any]) -> None:
    for column, x in enumerate(range(0, strip.shape[1], CHUNK)):
        part = strip[:, x : x + CHUNK]
        if part.any():
            chunk = np.zeros((CHUNK, CHUNK), strip.dtype)
            chunk[: part.shape[0], : part.shape[1]] = part
            archive.writestr(_entry(f"{prefix}/{column}"), _gzip(chunk.tobytes()))


def _entry(name: str) -> zipfile.ZipInfo:
    """Name a file of an archive, without the time: equal labels give equal bytes."""
    entry = zipfile.ZipInfo(name)
    entry.external_attr = 0o644 << 16
    return entry


def _gzip(data: bytes) -> bytes:
    return bytes(imagecodecs.gzip_encode(data, level=1))


def _array(shape: tuple[int, ...], dtype: np.dtype[Any]) -> dict[str, object]:
    return {
        "zarr_format": 2,
        "shape": list(shape),
        "chunks": [1, 1, CHUNK, CHUNK],
        "dtype": dtype.str,
        "compressor": {"id": "gzip", "level": 1},
        "fill_value": 0,
        "order": "C",
        "filters": None,
        "dimension_separator": "/",
    }


def _attributes(answer: Answer, levels: int) -> dict[str, object]:
    spacing = answer.spacing or (1.0, 1.0, 1.0)
    unit = {} if answer.spacing is None else {"unit": "micrometer"}
    axes: list[dict[str, str]] = [{"name": "t", "type": "time"}]
    axes += [{"name": axis, "type": "space", **unit} for axis in "zyx"]
    scales = [[1.0, spacing[0], *(size * 2**level for size in spacing[1:])] for level in
              range(levels)]  # fmt: skip
    datasets = [
        {
            "path": str(level),
            "coordinateTransformations": [{"type": "scale", "scale": scale}],
        }
        for level, scale in enumerate(scales)
    ]
    multiscales = {"version": "0.4", "name": answer.name, "axes": axes, "datasets": datasets}
    return {"multiscales": [multiscales], "image-label": {"version": "0.4"}}


PNG = Format("png", "image/png", ".png", write_png)
OME_TIFF = Format("ome-tiff", "image/tiff", ".ome.tif", write_ome_tiff)
ZARR = Format("zarr", "application/zip", ".ome.zarr.zip", write_zarr)
