"""Write a picture as an OME-Zarr pyramid, band by band, and look at its intensities on the way."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numcodecs
import numpy as np
import zarr
from numpy.typing import NDArray

from annotations.images.readers.base import Picture
from annotations.images.statistics import ChannelStatistics, IntensityCounter

if TYPE_CHECKING:
    from core.storage import Storage

CHUNK = 512
NGFF_VERSION = "0.4"
AXES = (
    {"name": "t", "type": "time", "unit": "second"},
    {"name": "c", "type": "channel"},
    {"name": "z", "type": "space", "unit": "micrometer"},
    {"name": "y", "type": "space", "unit": "micrometer"},
    {"name": "x", "type": "space", "unit": "micrometer"},
)
Report = Callable[..., None]


@dataclass(frozen=True)
class Pyramid:
    """What was written.

    Attributes
    ----------
    levels : tuple of (int, int)
        Y, X of each level.
    statistics : tuple of ChannelStatistics
        Of the full resolution, one per channel.
    """

    levels: tuple[tuple[int, int], ...]
    statistics: tuple[ChannelStatistics, ...]


def level_sizes(height: int, width: int) -> tuple[tuple[int, int], ...]:
    """Return (Y, X) of all levels: halved until both fit in one chunk, and rounded up."""
    sizes = [(height, width)]
    while max(sizes[-1]) > CHUNK:
        y, x = sizes[-1]
        sizes.append(((y + 1) // 2, (x + 1) // 2))
    return tuple(sizes)


def open_store(
    storage: "Storage", name: str, *, read_only: bool = True
) -> zarr.storage.LocalStore | zarr.storage.FsspecStore:
    """Open the tree `name` for zarr; a folder directly, which is faster and writes atomically."""
    if storage.url.startswith("file:"):
        return zarr.storage.LocalStore(storage.tree_path(name), read_only=read_only)
    return zarr.storage.FsspecStore.from_url(storage.tree_url(name), read_only=read_only)


def write_pyramid(picture: Picture, storage: "Storage", name: str, *, report: Report) -> Pyramid:
    """Write `picture` as the tree `name`.

    The group's list of levels is written last, so that a tree that has it is whole; writing
    again after a crash writes the same files again.

    Parameters
    ----------
    picture : Picture
        Read in bands of 512 rows, so that memory does not grow with the picture.
    storage : Storage
        Where trees live.
    name : str
        E.g. "pyramids/<sha256>".
    report : callable
        Called with `step` and `steps` after each band.
    """
    store = open_store(storage, name, read_only=False)
    sizes = level_sizes(*picture.shape[3:])
    arrays = [_create_level(store, level, picture, size) for level, size in enumerate(sizes)]
    counters = [IntensityCounter(picture.dtype) for _ in range(picture.shape[1])]
    times, channels, depths, height, _ = picture.shape
    steps = times * depths * len(list(_bands(height)))
    step = 0
    for t, z in np.ndindex(times, depths):
        for y0, y1 in _bands(height):
            for c in range(channels):
                rows = picture.read_rows(t, c, z, y0, y1)
                counters[c].add(rows)
                arrays[0][t, c, z, y0:y1] = rows
            step += 1
            report(step=step, steps=steps)
        for c in range(channels):
            for finer, coarser in pairwise(arrays):
                _write_coarser(finer, coarser, (t, c, z))
    statistics = tuple(counter.result() for counter in counters)
    pyramid = Pyramid(sizes, statistics)
    _write_metadata(storage, name, _attributes(picture, pyramid))
    return pyramid


def read_region(
    storage: "Storage",
    name: str,
    *,
    t: int,
    z: int,
    channels: Iterable[int],
    rect: tuple[int, int, int, int],
) -> NDArray[np.generic]:
    """Read a rectangle of one plane at full resolution; only the chunks that it touches are read.

    Parameters
    ----------
    storage : Storage
        Where trees live.
    name : str
        Of the tree.
    t, z : int
        Plane of the picture.
    channels : iterable of int
        Which ones.
    rect : (y0, x0, y1, x1)
        Inside the plane.

    Returns
    -------
    ndarray, shape (C, Y, X)
        Raw intensities.
    """
    y0, x0, y1, x1 = rect
    level: Any = zarr.open_array(open_store(storage, name), path="0", mode="r", zarr_format=2)
    return np.stack([np.asarray(level[t, c, z, y0:y1, x0:x1]) for c in channels])


def halve(block: NDArray[np.generic]) -> NDArray[np.generic]:
    """Mean of 2 x 2 pixels of (Y, X); an odd last row or column counts twice.

    Pixels that are not finite are left out; where none is finite, the mean is NaN.
    """
    height, width = block.shape
    if height % 2 or width % 2:
        block = np.pad(block, ((0, height % 2), (0, width % 2)), mode="edge")
    quads = [block[y::2, x::2] for y in (0, 1) for x in (0, 1)]
    if block.dtype.kind != "f":
        total = np.full(quads[0].shape, 2, np.uint32)
        for part in quads:
            total += part.astype(np.uint32)
        return (total // 4).astype(block.dtype)
    count = np.zeros(quads[0].shape, np.uint8)
    mean = np.zeros(quads[0].shape, np.float64)
    for part in quads:
        finite = np.isfinite(part)
        count += finite
        mean += np.where(finite, part, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean /= count
    return mean.astype(block.dtype)


def _bands(height: int) -> Iterator[tuple[int, int]]:
    for start in range(0, height, CHUNK):
        yield start, min(start + CHUNK, height)


def _create_level(
    store: zarr.storage.LocalStore | zarr.storage.FsspecStore,
    level: int,
    picture: Picture,
    size: tuple[int, int],
) -> Any:  # noqa: ANN401 - zarr's arrays are not typed usefully
    return zarr.create_array(
        store,
        name=str(level),
        shape=(*picture.shape[:3], *size),
        chunks=(1, 1, 1, CHUNK, CHUNK),
        dtype=picture.dtype.newbyteorder("<"),
        compressors=numcodecs.GZip(level=1),
        fill_value=0,
        order="C",
        zarr_format=2,
        chunk_key_encoding={"name": "v2", "separator": "/"},
        overwrite=True,
    )


def _write_coarser(finer: Any, coarser: Any, plane: tuple[int, int, int]) -> None:  # noqa: ANN401
    """Fill one plane of a level from the one below it, block by block."""
    height, width = coarser.shape[3:]
    step = 2 * CHUNK
    for y in range(0, height, step):
        for x in range(0, width, step):
            block = finer[(*plane, slice(2 * y, 2 * (y + step)), slice(2 * x, 2 * (x + step)))]
            coarser[(*plane, slice(y, y + step), slice(x, x + step))] = halve(np.asarray(block))


def _attributes(picture: Picture, pyramid: Pyramid) -> dict[str, object]:
    size = picture.pixel_size
    spacing = [picture.time_interval_s or 1.0, 1.0, size.z or 1.0, size.y or 1.0, size.x or 1.0]
    datasets = []
    for level in range(len(pyramid.levels)):
        factor = 2**level
        shift = (factor - 1) / 2
        datasets.append(
            {
                "path": str(level),
                "coordinateTransformations": [
                    {"type": "scale", "scale": _times(spacing, factor)},
                    {
                        "type": "translation",
                        "translation": [0.0, 0.0, 0.0, shift * spacing[3], shift * spacing[4]],
                    },
                ],
            }
        )
    return {
        "multiscales": [
            {
                "version": NGFF_VERSION,
                "name": "image",
                "axes": _axes(picture),
                "datasets": datasets,
                "type": "mean",
            }
        ],
        "omero": {"version": NGFF_VERSION, "channels": _omero_channels(picture, pyramid)},
    }


def _times(spacing: list[float], factor: int) -> list[float]:
    return [*spacing[:3], spacing[3] * factor, spacing[4] * factor]


def _axes(picture: Picture) -> list[dict[str, str]]:
    """Name a unit only where the file is calibrated."""
    size = picture.pixel_size
    known = {
        "t": picture.time_interval_s is not None,
        "z": size.z is not None,
        "y": size.y is not None,
        "x": size.x is not None,
    }
    return [
        axis if known.get(axis["name"]) else {"name": axis["name"], "type": axis["type"]}
        for axis in AXES
    ]


def _omero_channels(picture: Picture, pyramid: Pyramid) -> list[dict[str, object]]:
    return [
        {
            "label": channel.name,
            "color": channel.color.lstrip("#").upper(),
            "active": True,
            "window": {
                "min": found.minimum,
                "max": found.maximum,
                "start": found.low,
                "end": found.high,
            },
        }
        for channel, found in zip(picture.channels, pyramid.statistics, strict=True)
    ]


def _write_metadata(storage: "Storage", name: str, attributes: dict[str, object]) -> None:
    path = storage.tree_path(name)
    storage.fs.pipe_file(f"{path}/.zgroup", json.dumps({"zarr_format": 2}).encode())
    storage.fs.pipe_file(f"{path}/.zattrs", json.dumps(attributes).encode())
