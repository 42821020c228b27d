"""Facts of pictures and label images, measured in NumPy."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from training.doctor.evidence import ChannelFacts, EdgeMatch

THUMB_SIDE = 32
HASH_SIDE = 8
# A window of this side about the labels' middle shows a shift as well as the whole plane.
WINDOW = 384
# Pixels by which outlines are moved to find a better fit.
REACH = 24
SMALLEST_SIDE = 8
EDGE_SIGMA = 1.5
MOST_DIAMETERS = 200
LARGEST_ID = 1 << 20
# Top values of detectors of 8 to 16 bits.
TOPS = (255.0, 1023.0, 4095.0, 16383.0, 65535.0)
TURNS: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "mirrored top to bottom": lambda a: a[::-1],
    "mirrored left to right": lambda a: a[:, ::-1],
    "turned by 180 degrees": lambda a: a[::-1, ::-1],
    "with Y and X exchanged": lambda a: a.T,
}


def channel_facts(channel: NDArray[Any], inside: NDArray[np.bool_] | None) -> ChannelFacts:
    """Range and saturation of one channel.

    Parameters
    ----------
    channel : ndarray
        Intensities as stored, any shape.
    inside : ndarray of bool or None
        Labelled objects, of the same shape; None or empty = the whole channel counts.

    Returns
    -------
    ChannelFacts
        Saturation counts only at the top value of a detector (255, 1023, 4095, ...).
    """
    values = np.asarray(channel, dtype=np.float64)
    finite = np.isfinite(values)
    if not finite.any():
        return ChannelFacts(0.0, 0.0)
    low, high = float(values[finite].min()), float(values[finite].max())
    if high not in TOPS or low == high:
        return ChannelFacts(low, high)
    looked = values[inside] if inside is not None and inside.any() else values
    return ChannelFacts(low, high, float((looked >= high).mean()))


def object_facts(labels: NDArray[Any]) -> tuple[int, int, tuple[float, ...]]:
    """Count objects and those that touch the rim, and measure diameters.

    Parameters
    ----------
    labels : ndarray of int, shape (Y, X) or (Z, Y, X)
        0 = background. The rim is that of Y and X.

    Returns
    -------
    tuple of int, int and tuple of float
        Objects, objects at the rim, ascending diameters in pixels (of the disc or ball of the
        object's size); of more than 200 objects an even choice.
    """
    sizes = object_sizes(labels)
    n = int(sizes.size)
    rims = [labels[..., 0, :], labels[..., -1, :], labels[..., 0], labels[..., -1]]
    at_rim = np.unique(np.concatenate([rim.ravel() for rim in rims]))
    area = np.sort(sizes).astype(np.float64)
    diameters = np.sqrt(4 * area / np.pi) if labels.ndim == 2 else np.cbrt(6 * area / np.pi)
    chosen = np.unique(np.linspace(0, max(n - 1, 0), min(n, MOST_DIAMETERS)).round().astype(int))
    return n, int((at_rim > 0).sum()), tuple(diameters[chosen].tolist()) if n else ()


def object_sizes(labels: NDArray[Any]) -> NDArray[np.int64]:
    """Pixels of each object."""
    if labels.max(initial=0) < LARGEST_ID:
        counts = np.bincount(labels.ravel())[1:]
        return np.asarray(counts[counts > 0])
    # Ids may be anything below 2^31: a count for each would fill the memory.
    return np.asarray(np.unique(labels[labels > 0], return_counts=True)[1])


def edge_match(picture: NDArray[Any], labels: NDArray[Any]) -> EdgeMatch | None:
    """Find how labels would have to move to lie on the edges of the picture.

    The cross-correlation of the labels' outlines with the picture's gradient has its peak at
    that move.

    Parameters
    ----------
    picture : ndarray, shape (C, Y, X)
        Intensities.
    labels : ndarray of int, shape (Y, X)
        0 = background.

    Returns
    -------
    EdgeMatch or None
        None without outlines or without any edge in the picture.
    """
    window = _window(labels)
    small = labels[window]
    if min(small.shape) < SMALLEST_SIDE:
        return None
    outline, edges = _outline(small), _gradient(picture[(slice(None), *window)])
    if not outline.any() or edges is None:
        return None
    reach = min(REACH, min(small.shape) // 4)
    scores = _correlations(edges, outline, reach=reach)
    at = np.unravel_index(int(scores.argmax()), scores.shape)
    turned, how = _best_turn(edges, outline) if small.size == labels.size else (0.0, "")
    return EdgeMatch(
        dy=float(int(at[0]) - reach),
        dx=float(int(at[1]) - reach),
        here=float(scores[reach, reach]),
        best=float(scores.max()),
        turned=turned,
        how=how,
    )


def _window(labels: NDArray[Any]) -> tuple[slice, slice]:
    """Window about the middle of what is labelled."""
    slices = []
    for axis in (0, 1):
        n = labels.shape[axis]
        at = np.flatnonzero((labels > 0).any(axis=1 - axis))
        middle = int(at.mean()) if at.size else n // 2
        start = min(max(middle - WINDOW // 2, 0), max(n - WINDOW, 0))
        slices.append(slice(start, start + WINDOW))
    return slices[0], slices[1]


def _outline(labels: NDArray[Any]) -> NDArray[np.float64]:
    """Soft line along boundaries of objects, mean 0."""
    line = np.zeros(labels.shape, dtype=bool)
    line[1:] |= labels[1:] != labels[:-1]
    line[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    soft = ndimage.gaussian_filter(line.astype(np.float64), 1.0)
    return np.asarray(soft - soft.mean())


def _gradient(picture: NDArray[Any]) -> NDArray[np.float64] | None:
    """Strength of edges over all channels, strong ones compressed, mean 0."""
    total = np.zeros(picture.shape[1:])
    for channel in picture:
        values = np.nan_to_num(np.asarray(channel, dtype=np.float64))
        low, high = np.percentile(values, (1, 99.8))
        if high <= low:
            continue
        flat = np.clip((values - low) / (high - low), -0.5, 1.5)
        # Bright cells must not decide alone where the edges are.
        total += ndimage.gaussian_gradient_magnitude(flat, EDGE_SIGMA) ** 0.5
    if total.std() < 1e-9:
        return None
    return np.asarray(total - total.mean())


def _correlations(
    edges: NDArray[np.float64], outline: NDArray[np.float64], *, reach: int
) -> NDArray[np.float64]:
    """Correlation for each move of the outline by up to `reach`, shape (2 reach + 1,) * 2."""
    size = [fft.next_fast_len(n + reach, real=True) for n in edges.shape]
    waves = fft.rfft2(edges, size) * np.conj(fft.rfft2(outline, size))
    full = np.roll(fft.irfft2(waves, size), (reach, reach), axis=(0, 1))
    window = full[: 2 * reach + 1, : 2 * reach + 1]
    return np.asarray(window / max(float(np.sqrt((edges**2).sum() * (outline**2).sum())), 1e-12))


def _best_turn(edges: NDArray[np.float64], outline: NDArray[np.float64]) -> tuple[float, str]:
    """Largest correlation after a mirroring or a turn, and its name."""
    scale = max(float(np.sqrt((edges**2).sum() * (outline**2).sum())), 1e-12)
    found = [
        (float((edges * turned).sum()) / scale, how)
        for how, turn in TURNS.items()
        if (turned := turn(outline)).shape == edges.shape
    ]
    return max(found)


def thumb(plane: NDArray[Any]) -> NDArray[np.float32] | None:
    """Shrink a plane to 32 x 32 without its slow changes, to be compared with others.

    Parameters
    ----------
    plane : ndarray, shape (Y, X)
        Intensities.

    Returns
    -------
    ndarray of float32, shape (32, 32), or None
        Mean 0, deviation 1; None for a plane without any structure.
    """
    values = np.nan_to_num(np.asarray(plane, dtype=np.float64))
    if min(values.shape) < 2 or values.std() == 0:
        return None
    # Vignetting is common to all pictures of a microscope; it makes none alike.
    small = _block_means(values)
    basis = _bowls()
    small = small - (basis @ (basis.T @ small.ravel())).reshape(small.shape)
    small = small - ndimage.gaussian_filter(small, THUMB_SIDE / 6, mode="nearest")
    spread = float(small.std())
    if spread < 1e-6 * max(1.0, float(np.abs(values).max())):
        return None
    return np.asarray((small - small.mean()) / spread, dtype=np.float32)


@functools.cache
def _bowls() -> NDArray[np.float64]:
    """Orthonormal planes and bowls on 32 x 32 pixels, shape (1024, 6)."""
    y, x = np.mgrid[-1 : 1 : THUMB_SIDE * 1j, -1 : 1 : THUMB_SIDE * 1j]
    terms = [y**a * x**b for a in range(3) for b in range(3 - a)]
    return np.asarray(np.linalg.qr(np.stack([term.ravel() for term in terms], axis=1))[0])


def _block_means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over 32 x 32 nearly equal blocks; a side below 32 pixels is stretched."""
    out = values
    for axis in (0, 1):
        n = out.shape[axis]
        edges = np.linspace(0, n, THUMB_SIDE + 1)
        sums = np.concatenate(
            [np.zeros_like(out.take([0], axis)), np.cumsum(out, axis=axis)], axis=axis
        )
        low = np.floor(edges).astype(int)
        high = np.minimum(low + 1, n)
        share = (edges - low).reshape([-1 if a == axis else 1 for a in (0, 1)])
        at_edges = sums.take(low, axis) * (1 - share) + sums.take(high, axis) * share
        out = np.diff(at_edges, axis=axis) * THUMB_SIDE / n
    return out


def perceptual_hashes(thumbs: NDArray[Any]) -> NDArray[np.uint64]:
    """64 bits of each `thumb` that stay nearly the same under scaling, noise and compression.

    Signs of its lowest cosine waves against their median (Zauner 2010, "pHash").

    Parameters
    ----------
    thumbs : ndarray of float, shape (..., 32, 32)
        Any number of them.

    Returns
    -------
    ndarray of uint64, shape (...)
        Hashes; near duplicates differ in few bits.
    """
    waves = fft.dctn(thumbs, axes=(-2, -1), norm="ortho")
    low = waves[..., 1 : HASH_SIDE + 1, 1 : HASH_SIDE + 1].reshape(*thumbs.shape[:-2], -1)
    bits = low > np.median(low, axis=-1, keepdims=True)
    return np.asarray(np.packbits(bits, axis=-1).view(">u8")[..., 0].astype(np.uint64))
