"""Which samples to ask about next: pure NumPy, one file per strategy."""

from training.acquisition.bald import BALD
from training.acquisition.base import Acquisition, PoolFeatures, Selection
from training.acquisition.consistency import CONSISTENCY
from training.acquisition.core_set import CORE_SET
from training.acquisition.entropy import ENTROPY
from training.acquisition.foreground_random import FOREGROUND_RANDOM
from training.acquisition.margin import MARGIN
from training.acquisition.random import RANDOM
from training.acquisition.typiclust import TYPICLUST

ACQUISITIONS: dict[str, Acquisition] = {
    "random": RANDOM,
    "foreground_random": FOREGROUND_RANDOM,
    "entropy": ENTROPY,
    "margin": MARGIN,
    "bald": BALD,
    "consistency": CONSISTENCY,
    "typiclust": TYPICLUST,
    "core_set": CORE_SET,
}

__all__ = ["ACQUISITIONS", "Acquisition", "PoolFeatures", "Selection"]
