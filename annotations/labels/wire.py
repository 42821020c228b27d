"""Wire formats of label planes and of edits to them; see also `frontend/src/engine/labels/wire.ts`.

Everything is LEB128 varints (seven bits a byte, low bits first).

- A *plane* is `(length, label)*`, row-major, covering every pixel; it travels gzip'ed.
- A *patch* is `width, (skip, length, label)*`, row-major: skip so many pixels, set so many to
  `label`. Values are absolute, so that applying a patch twice is harmless. A run may go on into
  the next row.
"""

import gzip
import zlib

import numpy as np
import numpy.typing as npt

from core.errors import DomainError

Plane = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int64]

# 2**35 - 1 is more than any label or pixel count, and sums of such numbers still fit int64.
LONGEST_VARINT = 5
LARGEST_LABEL = 2**32 - 1
LARGEST_PATCH_BYTES = 16 << 20
# Level 1 is twice as fast as the default and costs a tenth more bytes.
GZIP_LEVEL = 1
GZIP_WBITS = 31


def encode_varints(values: Ints) -> bytes:
    """Encode non-negative integers below 2**35 one after another."""
    if values.size == 0:
        return b""
    sizes = np.ones(values.shape, np.int64)
    for n in range(1, LONGEST_VARINT):
        sizes += values >= (1 << (7 * n))
    ends = np.cumsum(sizes)
    starts = ends - sizes
    out = np.empty(int(ends[-1]), np.uint8)
    for n in range(int(sizes.max())):
        here = sizes > n
        part = (values[here] >> (7 * n)) & 127
        more = sizes[here] > n + 1
        out[starts[here] + n] = part | (more.astype(np.int64) << 7)
    return out.tobytes()


def decode_varints(data: bytes) -> Ints:
    """Decode integers that stand one after another.

    Raises
    ------
    ValueError
        The last one is cut off, or one is longer than five bytes.
    """
    if not data:
        return np.zeros(0, np.int64)
    octets = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(octets < 128)
    if ends.size == 0 or ends[-1] != octets.size - 1:
        raise ValueError("the last number is cut off")
    starts = np.empty_like(ends)
    starts[0] = 0
    starts[1:] = ends[:-1] + 1
    longest = int((ends - starts).max()) + 1
    if longest > LONGEST_VARINT:
        raise ValueError("a number is too long")
    values = (octets[starts] & 127).astype(np.int64)
    for n in range(1, longest):
        here = np.flatnonzero(ends - starts >= n)
        values[here] |= (octets[starts[here] + n] & 127).astype(np.int64) << (7 * n)
    return values


def encode_plane(plane: Plane) -> bytes:
    """Encode a label plane (Y, X), without gzip."""
    flat = plane.reshape(-1)
    if flat.size == 0:
        return b""
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
    pairs = np.empty((starts.size, 2), np.int64)
    pairs[:, 0] = np.diff(np.append(starts, flat.size))
    pairs[:, 1] = flat[starts]
    return encode_varints(pairs.reshape(-1))


def decode_plane(data: bytes, shape: tuple[int, int]) -> Plane:
    """Decode a plane of `shape` (Y, X) to uint32.

    Raises
    ------
    DomainError
        Code "bad_plane": the bytes are not a plane of this shape.
    """
    try:
        values = decode_varints(data)
    except ValueError as error:
        raise _bad_plane(str(error)) from error
    if values.size % 2:
        raise _bad_plane("the last run has no label")
    lengths, labels = values[0::2], values[1::2]
    if int(lengths.sum()) != shape[0] * shape[1]:
        raise _bad_plane(f"its runs do not cover {shape[0]} x {shape[1]} pixels")
    if labels.size and int(labels.max()) > LARGEST_LABEL:
        raise _bad_plane("a label is larger than 32 bits")
    return np.repeat(labels.astype(np.uint32), lengths).reshape(shape)


def pack_plane(plane: Plane) -> bytes:
    """Encode and gzip a plane; equal planes give equal bytes."""
    return compress(encode_plane(plane))


def unpack_plane(data: bytes, shape: tuple[int, int]) -> Plane:
    """Decode a gzip'ed plane of `shape` (Y, X).

    Raises
    ------
    DomainError
        Code "bad_plane".
    """
    # A run takes two bytes at least and a pixel is at least one run: more cannot be right.
    most = 2 * LONGEST_VARINT * shape[0] * shape[1] + 64
    unzip = zlib.decompressobj(wbits=GZIP_WBITS)
    try:
        raw = unzip.decompress(data, most)
    except zlib.error as error:
        raise _bad_plane("it is not gzip") from error
    if not unzip.eof:
        raise _bad_plane("it is cut off, or far too long")
    return decode_plane(raw, shape)


def compress(data: bytes) -> bytes:
    """Gzip without a time stamp, so that equal data give equal bytes."""
    return gzip.compress(data, compresslevel=GZIP_LEVEL, mtime=0)


def encode_patch(before: Plane, after: Plane) -> bytes:
    """Encode what turns plane `before` into `after` (both (Y, X)); b"" where nothing differs."""
    height, width = after.shape
    old, new = before.reshape(-1), after.reshape(-1)
    changed = old != new
    if not changed.any():
        return b""
    # A run starts where a pixel is changed and is not the continuation of the one before.
    goes_on = np.zeros(height * width, bool)
    goes_on[1:] = changed[1:] & changed[:-1] & (new[1:] == new[:-1])
    goes_on[::width] = False
    starts = np.flatnonzero(changed & ~goes_on)
    last = changed.copy()
    last[:-1] &= ~goes_on[1:]
    ends = np.flatnonzero(last) + 1
    runs = np.empty((starts.size, 3), np.int64)
    runs[:, 0] = starts - np.concatenate([[0], ends[:-1]])
    runs[:, 1] = ends - starts
    runs[:, 2] = new[starts]
    return encode_varints(np.concatenate([[width], runs.reshape(-1)]))


def decode_patch(data: bytes, shape: tuple[int, int]) -> Ints:
    """Decode a patch to a plane of `shape` (Y, X).

    Returns
    -------
    ndarray of int64, (N, 3)
        Runs as flat start, length, label; in ascending order, none overlapping.

    Raises
    ------
    DomainError
        Code "bad_patch": the bytes are no patch, or do not fit the plane.
    """
    if len(data) > LARGEST_PATCH_BYTES:
        raise _bad_patch("it is too large")
    try:
        values = decode_varints(data)
    except ValueError as error:
        raise _bad_patch(str(error)) from error
    height, width = shape
    if values.size % 3 != 1:
        raise _bad_patch("its last run is not whole")
    if values[0] != width:
        raise _bad_patch(f"it is made for a width of {values[0]}, the plane has {width}")
    runs = values[1:].reshape(-1, 3)
    out = runs.copy()
    out[:, 0] = np.cumsum(runs[:, 0] + runs[:, 1]) - runs[:, 1]
    ends = out[:, 0] + out[:, 1]
    if ends.size == 0:
        return out
    if int(ends[-1]) > height * width:
        raise _bad_patch("a run lies outside the plane")
    if int(out[:, 2].max()) > LARGEST_LABEL:
        raise _bad_patch("a label is larger than 32 bits")
    return out


def apply_patch(plane: Plane, data: bytes) -> None:
    """Apply a patch to `plane` (Y, X), uint32 and C-contiguous, in place.

    Raises
    ------
    DomainError
        Code "bad_patch"; the plane is untouched then.
    """
    places, labels = patch_pixels(data, (plane.shape[0], plane.shape[1]))
    plane.reshape(-1)[places] = labels


def patch_pixels(data: bytes, shape: tuple[int, int]) -> tuple[Ints, Plane]:
    """Decode a patch to a plane of `shape` (Y, X) pixel by pixel.

    Returns
    -------
    places : ndarray of int64, (N,)
        Flat places of the pixels that it writes, ascending.
    labels : ndarray of uint32, (N,)
        What it writes there.

    Raises
    ------
    DomainError
        Code "bad_patch".
    """
    runs = decode_patch(data, shape)
    starts, lengths, labels = runs[:, 0], runs[:, 1], runs[:, 2]
    before = np.cumsum(lengths) - lengths
    places = np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))
    return places, np.repeat(labels.astype(np.uint32), lengths)


def encode_pixels(places: Ints, labels: Plane, width: int) -> bytes:
    """Encode the patch that gives pixels at flat `places` (ascending) of a plane their labels."""
    if places.size == 0:
        return encode_varints(np.array([width], np.int64))
    goes_on = (np.diff(places) == 1) & (labels[1:] == labels[:-1]) & (places[1:] % width != 0)
    first = np.concatenate([[0], np.flatnonzero(~goes_on) + 1])
    starts = places[first]
    ends = starts + np.diff(np.append(first, places.size))
    runs = np.empty((first.size, 3), np.int64)
    runs[:, 0] = starts - np.concatenate([[0], ends[:-1]])
    runs[:, 1] = ends - starts
    runs[:, 2] = labels[first]
    return encode_varints(np.concatenate([[width], runs.reshape(-1)]))


def _bad_plane(why: str) -> DomainError:
    return DomainError(
        "bad_plane", f"This is not a label plane that fits: {why}. Load the labels again."
    )


def _bad_patch(why: str) -> DomainError:
    return DomainError(
        "bad_patch",
        f"This edit does not fit the label plane: {why}. Load the labels again and repeat it.",
    )
