"""Short trainings of a copy of the network; the run itself stays as it was, to the last bit."""

from __future__ import annotations

import contextlib
import copy
import time
from typing import TYPE_CHECKING, Any

import torch

from training.doctor.rate_range import blown_up
from training.ml.seeding import undisturbed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from training.ml.kinds.base import Task

LOWEST_RATE, HIGHEST_RATE = 1e-5, 0.5


def fit_batch(
    task: Task, device: torch.device, *, steps: int = 60, seconds: float = 10.0
) -> tuple[float, ...]:
    """Show a copy of the network one batch again and again.

    A network that cannot learn even that has wrong targets, a wrong loss or a wrong rate.

    Parameters
    ----------
    task : Task
        Data, network and loss; unchanged afterwards, as is the random state of torch.
    device : torch.device
        Where to compute.
    steps : int
        Most steps.
    seconds : float
        Most time.

    Returns
    -------
    tuple of float
        Loss of each step made.
    """
    batch = task.batch(0, task.config.optim.batch)
    rate = task.config.optim.rate
    losses: list[float] = []
    end = time.monotonic() + seconds
    with _copied(task, device) as update:
        while len(losses) < steps and time.monotonic() < end:
            losses.append(update(batch, rate))
            if losses[-1] != losses[-1]:
                break
    return tuple(losses)


def range_test(
    task: Task, device: torch.device, *, steps: int = 80, seconds: float = 60.0
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Train a copy of the network while the learning rate rises exponentially.

    Parameters
    ----------
    task : Task
        Data, network and loss; unchanged afterwards, as is the random state of torch.
    device : torch.device
        Where to compute.
    steps : int
        From the lowest to the highest rate; fewer are made where the loss blows up.
    seconds : float
        Most time.

    Returns
    -------
    tuple of two tuples of float
        Learning rate and loss of each step made (see `training.doctor.rate_range`).
    """
    rates: list[float] = []
    losses: list[float] = []
    end = time.monotonic() + seconds
    with _copied(task, device) as update:
        for step in range(steps):
            if time.monotonic() > end:
                break
            rates.append(LOWEST_RATE * (HIGHEST_RATE / LOWEST_RATE) ** (step / max(steps - 1, 1)))
            losses.append(update(task.batch(step, task.config.optim.batch), rates[-1]))
            if blown_up(losses):
                break
    return tuple(rates), tuple(losses)


@contextlib.contextmanager
def _copied(task: Task, device: torch.device) -> Iterator[Callable[[Any, float], float]]:
    """Give an update of a copy of the network, which the task uses meanwhile."""
    own = task.network
    training = own.training
    copied = copy.deepcopy(own).to(device).train()
    optim = task.config.optim
    optimizer = torch.optim.AdamW(
        copied.parameters(), lr=optim.rate, weight_decay=optim.weight_decay
    )

    def update(batch: Any, rate: float) -> float:  # noqa: ANN401
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = task.loss(batch, device)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        if optim.clip > 0:
            torch.nn.utils.clip_grad_norm_(copied.parameters(), optim.clip)
        optimizer.step()
        return float(loss.detach())

    task.network = copied
    try:
        with undisturbed(device):
            yield update
    finally:
        task.network = own
        own.train(training)
