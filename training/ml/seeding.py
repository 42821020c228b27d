"""Randomness: every draw follows from the run's seed and the step, never from global state."""

import random
from contextlib import AbstractContextManager

import numpy as np
import torch


def seed_everything(seed: int, *, deterministic: bool = True) -> None:
    """Seed Python, NumPy's legacy state and torch, for libraries that draw globally.

    Parameters
    ----------
    seed : int
        The run's seed.
    deterministic : bool
        Ask torch for deterministic kernels where it has them; it warns where it has not.
    """
    random.seed(seed)
    torch.manual_seed(seed)
    torch.backends.cudnn.benchmark = not deterministic
    torch.use_deterministic_algorithms(deterministic, warn_only=True)


def step_rng(seed: int, step: int, *, stream: int = 0) -> np.random.Generator:
    """Random generator of one training step.

    A step's batch depends on nothing that ran before it, so a resumed run draws what the
    uninterrupted one would have drawn, and batches may be made ahead by a thread.

    Parameters
    ----------
    seed, step : int
        The run's seed and the step's number.
    stream : int
        Tells apart independent uses in one step.

    Returns
    -------
    numpy.random.Generator
        A fresh generator.
    """
    return np.random.default_rng([seed, step, stream])


def undisturbed(device: torch.device) -> AbstractContextManager[None]:
    """Set torch's random states back at the end to what they were, on the CPU and the device."""
    return torch.random.fork_rng(devices=[device] if device.type == "cuda" else [])


def torch_generator(rng: np.random.Generator) -> torch.Generator:
    """Torch generator seeded by one draw from ``rng``.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the seed; advanced by one draw.

    Returns
    -------
    torch.Generator
        On the CPU.
    """
    generator = torch.Generator()
    generator.manual_seed(int(rng.integers(2**63)))
    return generator
