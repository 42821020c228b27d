"""Pictures of round cells with noise, and their label images."""

import numpy as np
from scipy import ndimage


def draw_cells(height: int, width: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return a picture (Y, X), uint16, and labels (Y, X): one cell in 40 x 40 pixels."""
    labels = np.zeros((height, width), np.uint16)
    y, x = np.ogrid[:height, :width]
    for number in range(1, height * width // 1600 + 1):
        middle = rng.integers((0, 0), (height, width))
        radius = rng.uniform(7, 11)
        disc = (y - middle[0]) ** 2 + (x - middle[1]) ** 2 < radius**2
        if not labels[disc].any():
            labels[disc] = number
    smooth = ndimage.gaussian_filter((labels > 0).astype(np.float32), 1.5)
    noisy = 300 + 2500 * smooth + rng.normal(0, 120, (height, width))
    return noisy.clip(0, 65535).astype(np.uint16), labels
