"""Pictures and label images of a training folder, read as T C Z Y X."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import imagecodecs
import numpy as np
import tifffile
from PIL import Image, UnidentifiedImageError

from training.ml.errors import TrainingError
from training.tiffs import MAPPED_FROM, read_tiff, rows_of, write_tiff

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

TIFF_SUFFIXES = (".tif", ".tiff")
SUFFIXES = (*TIFF_SUFFIXES, ".png", ".jpg", ".jpeg")


def read_picture(path: Path) -> NDArray[Any]:
    """Read one picture.

    Parameters
    ----------
    path : Path
        TIFF, PNG or JPEG.

    Returns
    -------
    ndarray, shape (T, C, Z, Y, X)
        Dtype as stored; absent axes have length 1.

    Raises
    ------
    TrainingError
        Code ``unreadable_picture``.
    """
    try:
        array, axes = _read(path)
    except (OSError, ValueError, KeyError, UnidentifiedImageError,
            tifffile.TiffFileError, imagecodecs.DelayedImportError) as error:  # fmt: skip
        raise TrainingError(
            "unreadable_picture", f"{path.name} cannot be read ({error}). Replace or remove it."
        ) from error
    return to_tczyx(array, axes)


def read_labels(path: Path) -> NDArray[np.int32]:
    """Read one label image.

    Parameters
    ----------
    path : Path
        TIFF or PNG of whole numbers, 0 = background.

    Returns
    -------
    ndarray of int32, shape (T, Z, Y, X)
        Labels.

    Raises
    ------
    TrainingError
        Codes ``unreadable_picture``, ``bad_labels``.
    """
    stack = read_picture(path)
    if stack.shape[1] != 1 and not (stack == stack[:, :1]).all():
        raise TrainingError(
            "bad_labels", f"{path.name} has {stack.shape[1]} channels; a label image has one."
        )
    labels = stack[:, 0]
    if labels.dtype.kind == "f" and not np.array_equal(labels, np.floor(labels)):
        raise TrainingError("bad_labels", f"{path.name} holds fractions; labels are whole numbers.")
    if labels.size and (labels.min() < 0 or labels.max() >= 2**31):
        raise TrainingError(
            "bad_labels",
            f"{path.name} holds labels below 0 or above 2^31. Number its objects from 1.",
        )
    return np.ascontiguousarray(labels, dtype=np.int32)


def write_labels(path: Path, labels: NDArray[Any]) -> None:
    """Write a label image as TIFF, 16 bit where the ids fit; compressed, where it is not large.

    Parameters
    ----------
    path : Path
        Where to.
    labels : ndarray of int
        (Y, X) or (Z, Y, X) or (T, Z, Y, X).
    """
    dtype = np.uint16 if labels.max(initial=0) < 2**16 else np.uint32
    axes = "TZYX"[-labels.ndim :]
    if labels.nbytes > MAPPED_FROM:
        write_tiff(path, rows_of(labels), shape=labels.shape, dtype=np.dtype(dtype), axes=axes)
        return
    tifffile.imwrite(path, labels.astype(dtype), compression="zlib", metadata={"axes": axes})


def to_tczyx(array: NDArray[Any], axes: str) -> NDArray[Any]:
    """Bring an array with named axes into the order T C Z Y X.

    Parameters
    ----------
    array : ndarray
        One axis per letter.
    axes : str
        Letters of T C Z Y X, S (samples, taken as C) and unknown ones (Q, I), which become
        C where there are at most four of them, else Z.

    Returns
    -------
    ndarray, shape (T, C, Z, Y, X)
        A view where possible.

    Raises
    ------
    ValueError
        If two axes mean the same.
    """
    names = ""
    for at, letter in enumerate(axes):
        name = "C" if letter == "S" else letter
        if name not in "TCZYX":
            name = "C" if array.shape[at] <= 4 and "C" not in names + axes[at + 1 :] else "Z"
        names += name
    if len(set(names)) != len(names) or not {"Y", "X"} <= set(names):
        raise ValueError(f"axes {axes} cannot be brought into T C Z Y X")
    for missing in (name for name in "TCZ" if name not in names):
        array, names = array[None], missing + names
    return array.transpose([names.index(name) for name in "TCZYX"])


def _read(path: Path) -> tuple[NDArray[Any], str]:
    """Pixels and their axes, as the file states them."""
    if path.suffix.lower() in TIFF_SUFFIXES:
        return read_tiff(path)
    with Image.open(path) as opened:
        picture: Image.Image = opened
        if picture.mode in ("P", "PA"):
            # A palette label image holds its labels as indices.
            picture = picture if path.parent.name in ("masks", "labels") else picture.convert("RGB")
        elif picture.mode in ("LA", "RGBA"):
            picture = picture.convert(picture.mode[:-1])
        array = np.asarray(picture)
    return array.astype(np.uint8) if array.dtype == bool else array, "YXS"[: array.ndim]
