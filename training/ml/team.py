"""Processes that train one network together, started by `accelerate launch` or `torchrun`."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING, Any

import torch
from torch import distributed, nn

from training.ml.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence


class Team:
    """The processes of one training: each takes its part of every batch.

    A process alone is a team of one, which changes nothing.

    Parameters
    ----------
    rank, size : int
        Which process this is, and how many there are.
    """

    def __init__(self, rank: int = 0, size: int = 1) -> None:
        self.rank, self.size = rank, size

    @property
    def leads(self) -> bool:
        """Whether this process measures, logs and writes for all."""
        return self.rank == 0

    def wrap(self, network: nn.Module) -> nn.Module:
        """Return the network with gradients averaged over the team (torch DDP)."""
        if self.size == 1:
            return network
        return nn.parallel.DistributedDataParallel(network)

    def part(self, batch: Any) -> Any:  # noqa: ANN401
        """Return this process's part of a batch, a dataclass of tensors (N, ...)."""
        if self.size == 1:
            return batch
        own = slice(self.rank, None, self.size)
        fields = {field.name: getattr(batch, field.name) for field in dataclasses.fields(batch)}
        return dataclasses.replace(batch, **{name: value[own] for name, value in fields.items()})

    def agree(self, values: Sequence[float]) -> list[float]:
        """Return the leader's values: clocks differ, and all must stop at the same step."""
        if self.size == 1:
            return list(values)
        shared = torch.tensor(values, dtype=torch.float64)
        if distributed.get_backend() == "nccl":
            shared = shared.cuda()
        distributed.broadcast(shared, src=0)
        return [float(value) for value in shared.cpu()]

    def wait(self) -> None:
        """Wait until every process has come here."""
        if self.size > 1:
            distributed.barrier()


def join_team(batch: int) -> Team:
    """Join the processes that a launcher has started beside this one.

    Parameters
    ----------
    batch : int
        Patches in a step, of all processes together.

    Returns
    -------
    Team
        Of one where no launcher has set ``WORLD_SIZE``.

    Raises
    ------
    ConfigError
        Where the batch cannot be divided.
    """
    size = int(os.environ.get("WORLD_SIZE") or 1)
    if size == 1:
        return Team()
    if batch % size:
        raise ConfigError("optim.batch", f"must be a multiple of the {size} processes.")
    gpu = torch.cuda.is_available()
    if gpu:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    distributed.init_process_group("nccl" if gpu else "gloo")
    return Team(distributed.get_rank(), distributed.get_world_size())
