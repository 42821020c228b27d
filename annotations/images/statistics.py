"""Histogram and percentiles of a channel, from bands that come one after another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 256
LOW_PERCENTILE = 1.0
HIGH_PERCENTILE = 99.8
# Float pictures are described by a regular sample of their finite pixels.
SAMPLE_PER_BAND = 1 << 18
SAMPLE_LIMIT = 1 << 23


@dataclass(frozen=True)
class ChannelStatistics:
    """Intensities of one channel; pixels that are not finite are left out.

    Attributes
    ----------
    minimum, maximum : float
        Range, and edges of the histogram.
    low, high : float
        1 and 99.8 percentile: the window that shows most of the picture.
    bins : tuple of int
        256 counts from minimum to maximum.
    not_finite : int
        How many pixels were NaN or infinite.
    """

    minimum: float
    maximum: float
    low: float
    high: float
    bins: tuple[int, ...]
    not_finite: int = 0


class IntensityCounter:
    """Counts the intensities of one channel.

    Parameters
    ----------
    dtype : numpy.dtype
        uint8 and uint16 are counted exactly; floats by a sample of at most 8 million pixels.
    """

    def __init__(self, dtype: np.dtype[np.generic]) -> None:
        self.exact = dtype.kind == "u" and dtype.itemsize <= 2
        self.counts = np.zeros(1 << (8 * dtype.itemsize) if self.exact else 0, np.int64)
        self.samples: list[NDArray[np.float32]] = []
        self.sampled = 0
        self.minimum, self.maximum = np.inf, -np.inf
        self.not_finite = 0

    def add(self, rows: NDArray[np.generic]) -> None:
        """Count one more band."""
        if self.exact:
            self.counts += np.bincount(rows.ravel(), minlength=len(self.counts))
            return
        values = rows[np.isfinite(rows)].astype(np.float32)
        self.not_finite += rows.size - values.size
        if values.size == 0:
            return
        self.minimum = min(self.minimum, float(values.min()))
        self.maximum = max(self.maximum, float(values.max()))
        sample = values[:: max(1, -(-values.size // SAMPLE_PER_BAND))]
        self.samples.append(sample)
        self.sampled += sample.size
        if self.sampled > SAMPLE_LIMIT:
            self.samples = [np.concatenate(self.samples)[::2]]
            self.sampled = self.samples[0].size

    def result(self) -> ChannelStatistics:
        """Return what was counted; a channel without finite pixels counts as all 0."""
        if self.exact:
            return self._exact()
        if not self.samples:
            return ChannelStatistics(0.0, 0.0, 0.0, 1.0, (0,) * BINS, self.not_finite)
        values = np.concatenate(self.samples)
        low, high = np.percentile(values, (LOW_PERCENTILE, HIGH_PERCENTILE))
        top = self.maximum if self.maximum > self.minimum else self.minimum + 1.0
        bins, _ = np.histogram(values.astype(np.float64), BINS, (self.minimum, top))
        low, high = _window(float(low), float(high))
        return ChannelStatistics(
            self.minimum, self.maximum, low, high, tuple(map(int, bins)), self.not_finite
        )

    def _exact(self) -> ChannelStatistics:
        present = np.flatnonzero(self.counts)
        if len(present) == 0:
            return ChannelStatistics(0.0, 0.0, 0.0, 1.0, (0,) * BINS)
        minimum, maximum = int(present[0]), int(present[-1])
        total = np.cumsum(self.counts)
        low, high = (
            int(np.searchsorted(total, np.ceil(total[-1] * percentile / 100)))
            for percentile in (LOW_PERCENTILE, HIGH_PERCENTILE)
        )
        values = np.arange(minimum, maximum + 1)
        bins, _ = np.histogram(
            values,
            BINS,
            (minimum, max(maximum, minimum + 1)),
            weights=self.counts[minimum : maximum + 1],
        )
        window = _window(float(low), float(high))
        return ChannelStatistics(
            float(minimum), float(maximum), *window, tuple(int(count) for count in bins)
        )


def _window(low: float, high: float) -> tuple[float, float]:
    """Keep the display window open: a constant picture would divide by 0."""
    return (low, high) if high > low else (low, low + 1.0)
