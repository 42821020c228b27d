"""Learning from pictures that nobody has labelled: what is taken away is to be rebuilt."""

from __future__ import annotations

from training.ml.pretraining.base import Pretext, Spoiled
from training.ml.pretraining.blind_spots import BlindSpots
from training.ml.pretraining.denoising import Denoising
from training.ml.pretraining.masked import Masked

PRETEXTS: dict[str, Pretext] = {
    "masked": Masked(),
    "blind_spots": BlindSpots(),
    "denoising": Denoising(),
}

__all__ = ["PRETEXTS", "Pretext", "Spoiled"]
