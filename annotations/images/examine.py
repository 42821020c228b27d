"""Look at all pixels of a picture once, as far as that is quick, before it is taken in."""

import numpy as np

from annotations.images.readers.base import MIB, Notice, Picture

# Larger pictures are examined by the job that makes their pyramid.
EXAMINED_BYTES = 256 * MIB
BAND = 512


def examine(picture: Picture) -> tuple[Notice, ...]:
    """Decode a picture, and tell what is odd about its values.

    Parameters
    ----------
    picture : Picture
        Skipped where it has more than 256 MiB.

    Raises
    ------
    UnreadableError
        Its pixels cannot be decoded.
    """
    if int(np.prod(picture.shape, dtype=object)) * picture.dtype.itemsize > EXAMINED_BYTES:
        return ()
    low, high, not_finite = np.inf, -np.inf, 0
    height = picture.shape[3]
    for t, z, y0 in np.ndindex(picture.shape[0], picture.shape[2], -(-height // BAND)):
        for c in range(picture.shape[1]):
            rows = picture.read_rows(t, c, z, y0 * BAND, min((y0 + 1) * BAND, height))
            if rows.dtype.kind == "f":
                finite = rows[np.isfinite(rows)]
                not_finite += rows.size - finite.size
                rows = finite
            if rows.size:
                low, high = min(low, float(rows.min())), max(high, float(rows.max()))
    return _notices(low, high, not_finite)


def _notices(low: float, high: float, not_finite: int) -> tuple[Notice, ...]:
    found = []
    if not_finite:
        found.append(
            Notice(
                "not_finite",
                f"{not_finite:,} pixels are NaN or infinite. They are kept, and left out of "
                "contrast and statistics.",
            )
        )
    if low >= high:
        found.append(
            Notice(
                "constant",
                "All pixels have the same value, so there is nothing to see. Check that the right "
                "file was exported.",
            )
        )
    return tuple(found)
