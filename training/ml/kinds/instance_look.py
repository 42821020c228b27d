"""Looking at a picture at a guessed scale, and again until the scale agrees."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from training.ml.kinds.instance_scale import busiest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.ml.kinds.instance_outputs import Mapped
    from training.ml.kinds.instance_predictor import InstancePredictor
    from training.ml.uncertainty.doubts import Doubts

# Another look is worth its time from this error of scale on.
SCALE_ERROR = 1.1
# Side of the window, at the network's scale, on which a large picture's scale is tried.
TRIED = 512


def look(
    predictor: InstancePredictor,
    values: NDArray[Any],
    size: float,
    anisotropy: float,
    *,
    ask: Doubts | None = None,
) -> tuple[Mapped, float]:
    """Predict at a first guess of the scale, and again until the scale agrees.

    In a large picture the first guesses are tried on a window of it.

    Parameters
    ----------
    predictor : InstancePredictor
        A model.
    values : ndarray of float32, shape (C, Y, X) or (C, Z, Y, X)
        Normalised.
    size : float
        First guess of the objects' diameter, pixels.
    anisotropy : float
        Distance of planes in pixels of a plane.
    ask : Doubts or None
        What to ask of the model beside its prediction.

    Returns
    -------
    tuple of (Mapped, float)
        The last look, and the diameter that it was taken at.
    """

    def at(diameter: float) -> tuple[Mapped, float | None]:
        return predictor.measure(predictor.map_at(values, diameter, anisotropy, ask=ask))

    wanted, passes = predictor.config.data.diameter, predictor.config.infer.passes
    if wanted == 0 or passes == 1:
        return predictor.map_at(values, size, anisotropy, ask=ask), size
    side = math.ceil(TRIED * size / wanted)
    if math.prod(values.shape[-2:]) > 2 * side**2:
        size = look(predictor, values[(..., *busiest(values, side))], size, anisotropy)[1]
    mapped, measured = at(size)
    usual = float(predictor.card.settings["diameters"]["median"])
    if measured is None and not _agree(size, usual):
        # A guess that is far off hides the objects: are there more at the usual size?
        other, again = at(usual)
        if other.n_found > mapped.n_found:
            mapped, measured, size = other, again, usual
    for _ in range(passes - 1):
        if measured is None or _agree(size, measured):
            break
        size = measured
        mapped, measured = at(size)
    return mapped, size


def _agree(one: float, other: float) -> bool:
    """Whether two diameters are too near each other for another look."""
    return max(one / other, other / one) < SCALE_ERROR
