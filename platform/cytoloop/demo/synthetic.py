"""Generated fluorescence fields with exact ground truth, so that the demo needs no download.

What is modelled, in order: nuclei as ellipses with a wavy outline, set down singly and in touching
clusters, of varied size; brightness log-normal with a dim subpopulation; chromatin texture; out of
focus glow; debris; uneven illumination; blur of the optics; photon (Poisson) and read (Gaussian)
noise; camera offset. The ground truth is the outline before blur.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.uint16]

SMALLEST_NUCLEUS_PIXELS = 25
LARGEST_VALUE = 65535


@dataclass(frozen=True)
class FieldConfig:
    """How a field looks.

    Attributes
    ----------
    shape : tuple of int
        (Y, X) in pixels.
    nuclei : tuple of int
        Fewest and most nuclei that are tried.
    diameter : float
        Mean diameter in pixels.
    diameter_spread : float
        Standard deviation of the logarithm of the diameter.
    clustered : float
        Share of nuclei set down touching another one.
    dim : float
        Share of nuclei of the dim subpopulation.
    blur : float
        Standard deviation of the optics' blur in pixels.
    photons : float
        Photons in the brightest part of an average nucleus; fewer is noisier.
    unevenness : float
        How much darker the darkest corner may be, 0 to 1.
    debris : int
        Most pieces of debris.
    """

    shape: tuple[int, int] = (232, 288)
    nuclei: tuple[int, int] = (14, 44)
    diameter: float = 22.0
    diameter_spread: float = 0.22
    clustered: float = 0.55
    dim: float = 0.25
    blur: float = 1.3
    photons: float = 60.0
    unevenness: float = 0.45
    debris: int = 14


@dataclass(frozen=True)
class Field:
    """One generated picture.

    Attributes
    ----------
    image : ndarray
        (Y, X), uint16, camera counts.
    labels : ndarray
        (Y, X), uint16, 0 = background.
    """

    image: npt.NDArray[np.uint16]
    labels: Labels


def make_field(config: FieldConfig, rng: np.random.Generator) -> Field:
    """Generate one field.

    Parameters
    ----------
    config : FieldConfig
        How it looks.
    rng : Generator
        Source of all randomness.

    Returns
    -------
    Field
        Image and exact labels of the same (Y, X).
    """
    labels = _place_nuclei(config, rng)
    light = _paint_nuclei(labels, config, rng)
    light += 0.35 * ndimage.gaussian_filter(light, config.diameter * 0.8)
    light += _paint_debris(config, rng)
    light = ndimage.gaussian_filter(light, config.blur)
    light *= _illumination(config, rng)
    background = float(rng.uniform(0.03, 0.10))
    electrons = rng.poisson(np.maximum(light + background, 0) * config.photons)
    gain = float(rng.uniform(25, 60))
    counts = electrons * gain + rng.normal(0, 1.5 * gain, config.shape) + 400
    image = np.clip(np.rint(counts), 0, LARGEST_VALUE).astype(np.uint16)
    return Field(image=image, labels=labels)


def make_fields(count: int, config: FieldConfig, rng: np.random.Generator) -> list[Field]:
    """Generate `count` fields that differ in density, size, contrast and blur, as wells do."""
    return [make_field(_vary(config, rng), rng) for _ in range(count)]


def _vary(config: FieldConfig, rng: np.random.Generator) -> FieldConfig:
    return FieldConfig(
        shape=config.shape,
        nuclei=config.nuclei,
        diameter=config.diameter * float(rng.uniform(0.8, 1.25)),
        diameter_spread=config.diameter_spread,
        clustered=float(np.clip(rng.normal(config.clustered, 0.15), 0, 0.95)),
        dim=float(np.clip(rng.normal(config.dim, 0.1), 0, 0.6)),
        blur=config.blur * float(rng.uniform(0.7, 1.6)),
        photons=config.photons * float(rng.uniform(0.4, 1.6)),
        unevenness=config.unevenness * float(rng.uniform(0.3, 1.2)),
        debris=config.debris,
    )


def _place_nuclei(config: FieldConfig, rng: np.random.Generator) -> Labels:
    labels = np.zeros(config.shape, np.uint16)
    centres: list[tuple[float, float, float]] = []
    for _ in range(int(rng.integers(config.nuclei[0], config.nuclei[1] + 1))):
        radius = config.diameter / 2 * float(np.exp(rng.normal(0, config.diameter_spread)))
        y, x = _choose_centre(centres, radius, config, rng)
        mask = _nucleus_mask(config.shape, (y, x), radius, rng)
        free = mask & (labels == 0)
        # Nuclei touch and flatten against each other, but hardly ever lie upon each other.
        if free.sum() < 0.8 * mask.sum() or free.sum() < SMALLEST_NUCLEUS_PIXELS:
            continue
        pieces, n_pieces = ndimage.label(free)
        if n_pieces > 1:
            free = pieces == 1 + int(np.argmax(np.bincount(pieces.ravel())[1:]))
        centres.append((y, x, radius))
        labels[free] = len(centres)
    return labels


def _choose_centre(
    centres: list[tuple[float, float, float]],
    radius: float,
    config: FieldConfig,
    rng: np.random.Generator,
) -> tuple[float, float]:
    height, width = config.shape
    if not centres or rng.random() >= config.clustered:
        return float(rng.uniform(0, height)), float(rng.uniform(0, width))
    y, x, other = centres[int(rng.integers(len(centres)))]
    angle = rng.uniform(0, 2 * np.pi)
    distance = (radius + other) * rng.uniform(0.85, 1.02)
    return float(y + distance * np.sin(angle)), float(x + distance * np.cos(angle))


def _nucleus_mask(
    shape: tuple[int, int],
    centre: tuple[float, float],
    radius: float,
    rng: np.random.Generator,
) -> npt.NDArray[np.bool_]:
    reach = int(np.ceil(2.5 * radius))
    # A cluster may grow out of the field: nothing of such a nucleus is in the window then.
    top, left = (int(np.clip(at - reach, 0, n)) for at, n in zip(centre, shape, strict=True))
    bottom, right = (int(np.clip(at + reach, 0, n)) for at, n in zip(centre, shape, strict=True))
    yy, xx = np.mgrid[top:bottom, left:right]
    dy, dx = yy - centre[0], xx - centre[1]
    turn = rng.uniform(0, np.pi)
    stretch = float(np.sqrt(rng.uniform(1.0, 1.7)))
    along = (dx * np.cos(turn) + dy * np.sin(turn)) / stretch
    across = (dy * np.cos(turn) - dx * np.sin(turn)) * stretch
    angle = np.arctan2(across, along)
    outline = np.full(angle.shape, radius)
    for order, size in ((2, 0.05), (3, 0.05), (5, 0.03)):
        outline += radius * rng.normal(0, size) * np.cos(order * angle + rng.uniform(0, 2 * np.pi))
    mask = np.zeros(shape, bool)
    mask[top:bottom, left:right] = np.hypot(along, across) <= outline
    return mask


def _paint_nuclei(labels: Labels, config: FieldConfig, rng: np.random.Generator) -> Floats:
    n = int(labels.max())
    brightness = np.exp(rng.normal(0, 0.25, n + 1))
    dim = rng.random(n + 1) < config.dim
    brightness[dim] *= rng.uniform(0.16, 0.4, int(dim.sum()))
    brightness[0] = 0
    texture = ndimage.gaussian_filter(rng.normal(0, 1, labels.shape), config.diameter / 12)
    texture = 1 + 0.22 * texture / max(float(texture.std()), 1e-6)
    # Thinner towards the rim, as a flattened ball is.
    depth = ndimage.distance_transform_edt(_inner(labels))
    thickness = np.sqrt(np.clip(depth / (config.diameter * 0.22), 0.15, 1))
    light = brightness[labels] * np.clip(texture, 0.3, 2) * thickness
    painted: Floats = light.astype(np.float32)
    return painted


def _inner(labels: Labels) -> npt.NDArray[np.bool_]:
    same_below = np.ones(labels.shape, bool)
    same_right = np.ones(labels.shape, bool)
    same_below[:-1] = labels[:-1] == labels[1:]
    same_right[:, :-1] = labels[:, :-1] == labels[:, 1:]
    inner: npt.NDArray[np.bool_] = (labels > 0) & same_below & same_right
    return inner


def _paint_debris(config: FieldConfig, rng: np.random.Generator) -> Floats:
    debris = np.zeros(config.shape, np.float32)
    yy, xx = np.mgrid[: config.shape[0], : config.shape[1]]
    for _ in range(int(rng.integers(config.debris + 1))):
        y, x = rng.uniform(0, config.shape[0]), rng.uniform(0, config.shape[1])
        size = config.diameter * rng.uniform(0.04, 0.13)
        stretch = rng.uniform(0.6, 1.6)
        spot = np.exp(-(((yy - y) / size) ** 2 + ((xx - x) / (size * stretch)) ** 2))
        debris += (rng.uniform(0.2, 1.3) * spot).astype(np.float32)
    return debris


def _illumination(config: FieldConfig, rng: np.random.Generator) -> Floats:
    height, width = config.shape
    y0, x0 = rng.uniform(0.2, 0.8) * height, rng.uniform(0.2, 0.8) * width
    yy, xx = np.mgrid[:height, :width]
    distance = ((yy - y0) / height) ** 2 + ((xx - x0) / width) ** 2
    fall = 1 - config.unevenness * distance / float(distance.max())
    light: Floats = fall.astype(np.float32)
    return light
