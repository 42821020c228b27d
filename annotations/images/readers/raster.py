"""Pictures that Pillow decodes (PNG, JPEG): one plane, decoded once, cropped row by row."""

import struct
import warnings
from collections.abc import Callable
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from annotations.images.readers.base import (
    Limits,
    Notice,
    Picture,
    UnreadableError,
    check_decoded,
    default_channels,
    rgb_channels,
)

EXIF_ORIENTATION = 274
# Where the picture's rows lie in the stored pixels: (transposition, stored axes are swapped).
ORIENTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
BYTES_PER_PIXEL = {"1": 1, "L": 1, "P": 1, "LA": 4, "I;16": 2, "I;16B": 2, "I": 4, "F": 4}
DAMAGE = (OSError, SyntaxError, ValueError, EOFError, struct.error, KeyError, IndexError)


def truncated() -> UnreadableError:
    """Return the error for a file that ends in the middle of its pixels."""
    return UnreadableError(
        "truncated",
        "The file ends in the middle of its pixels; the copy was probably interrupted. Copy it "
        "again from where it was made, and upload it again.",
    )


def damaged(error: Exception) -> UnreadableError:
    """Return the error for a file whose structure makes no sense."""
    return UnreadableError(
        "damaged",
        f"The file is damaged and cannot be decoded ({str(error)[:120] or type(error).__name__}). "
        "Export it again and upload it again.",
    )


def read_raster(
    stream: IO[bytes], limits: Limits, labels: bool, *, name: str, notices: tuple[Notice, ...] = ()
) -> Picture:
    """Read a picture through Pillow.

    Parameters
    ----------
    stream : binary file
        Seekable.
    limits : Limits
        Checked before pixels are decoded.
    labels : bool
        Keep palette indexes instead of colours.
    name : str
        Format, as in READERS.
    notices : tuple of Notice
        What the caller found already.

    Raises
    ------
    UnreadableError
        too_many_pixels, truncated or damaged.
    """
    image = _open(stream)
    width, height = image.size
    orientation = _orientation(image)
    cost = width * height * _bytes_per_pixel(image, turned=orientation is not None)
    check_decoded((height, width), cost, limits=limits)
    metadata = _metadata(image)
    _load(image)
    if orientation:
        image = image.transpose(orientation)
    convert, notice = _conversion(image, labels)
    found = [*notices, *([notice] if notice else [])]
    rgb = convert(image.crop((0, 0, 1, 1))).ndim == 3
    dtype = convert(image.crop((0, 0, 1, 1))).dtype
    final = image

    def read_rows(t: int, c: int, z: int, y0: int, y1: int) -> NDArray[np.generic]:
        rows = convert(final.crop((0, y0, final.width, y1)))
        return np.ascontiguousarray(rows[..., c]) if rgb else rows

    if orientation:
        metadata["exif_orientation_applied"] = orientation.name.lower()
    return Picture(
        format=name,
        shape=(1, 3 if rgb else 1, 1, image.height, image.width),
        dtype=dtype,
        read_rows=read_rows,
        channels=rgb_channels() if rgb else default_channels(1),
        rgb=rgb,
        binary=image.mode == "1",
        metadata=metadata,
        notices=tuple(found),
    )


def _bytes_per_pixel(image: Image.Image, *, turned: bool) -> int:
    """Return what decoding takes: turning needs a copy, and a progressive JPEG all its waves."""
    size = BYTES_PER_PIXEL.get(image.mode, 4) * (2 if turned else 1)
    if image.info.get("progressive") or image.info.get("progression"):
        size += 2 * len(image.getbands())
    return size


def _open(stream: IO[bytes]) -> Image.Image:
    stream.seek(0)
    try:
        with warnings.catch_warnings():
            # Limits are checked here, by what each mode costs.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(stream)
    except Image.DecompressionBombError as error:
        raise UnreadableError(
            "too_many_pixels",
            f"The file declares far more pixels than can be decoded at once ({error}). Crop it, "
            "or save it as a tiled TIFF, which is read piece by piece.",
        ) from error
    except UnidentifiedImageError as error:
        raise damaged(error) from error
    except DAMAGE as error:
        raise _explain(error) from error


def _load(image: Image.Image) -> None:
    try:
        image.load()
    except DAMAGE as error:
        raise _explain(error) from error


def _explain(error: Exception) -> UnreadableError:
    text = str(error).lower()
    if "truncated" in text or isinstance(error, EOFError | struct.error):
        return truncated()
    return damaged(error)


def _orientation(image: Image.Image) -> Image.Transpose | None:
    try:
        return ORIENTATIONS.get(image.getexif().get(EXIF_ORIENTATION, 1))
    except DAMAGE:
        return None


def _conversion(
    image: Image.Image, labels: bool
) -> tuple[Callable[[Image.Image], NDArray[np.generic]], Notice | None]:
    """Choose how rows of this mode become an array (Y, X) or (Y, X, 3)."""
    mode = image.mode
    if mode == "P" and not labels:
        return _palette_conversion(image)
    if mode in ("1", "L", "P"):
        return lambda rows: np.asarray(rows, np.uint8), None
    if mode in ("I;16", "I;16B", "I"):
        return lambda rows: np.asarray(rows).astype(np.uint16), None
    if mode == "F":
        return lambda rows: np.asarray(rows, np.float32), None
    if mode == "LA":
        return lambda rows: np.asarray(rows)[..., 0], _alpha_notice()
    if mode in ("RGBA", "RGBX"):
        return lambda rows: np.asarray(rows)[..., :3], _alpha_notice()
    if mode == "RGB":
        return lambda rows: np.asarray(rows), None
    note = Notice(
        "colours_converted",
        f"The picture's colours are stored as {mode}; they were converted to red, green and "
        "blue. Colours are approximate.",
    )
    return lambda rows: np.asarray(rows.convert("RGB")), note


def _palette_conversion(
    image: Image.Image,
) -> tuple[Callable[[Image.Image], NDArray[np.generic]], Notice | None]:
    table = np.asarray(image.getpalette("RGB"), np.uint8).reshape(-1, 3)
    full = np.zeros((256, 3), np.uint8)
    full[: len(table)] = table[:256]
    note = Notice(
        "palette_applied",
        "The picture stores palette indexes; their colours were taken. Upload it as a mask "
        "(role mask, or in a folder named masks) if the indexes are labels.",
    )
    if (table == table[:, :1]).all():
        return lambda rows: full[np.asarray(rows), 0], note
    return lambda rows: full[np.asarray(rows)], note


def _alpha_notice() -> Notice:
    return Notice(
        "alpha_dropped",
        "The transparency of the picture was dropped; the stored colours were kept, also where "
        "they were invisible.",
    )


def _metadata(image: Image.Image) -> dict[str, object]:
    found: dict[str, object] = {"mode": image.mode}
    for key in ("Software", "software", "Description", "Comment", "comment", "Creation Time"):
        value = image.info.get(key)
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        if isinstance(value, str) and value.strip("\x00 \n"):
            found[key.lower()] = value.strip("\x00 \n")[:2000]
    return found
