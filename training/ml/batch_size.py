"""How many patches a step takes, so that a budget of minutes holds enough steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.ml.config import OptimConfig

# Steps that are timed; the first makes kernels and does not count.
TIMED_STEPS = 4


class BatchChoice:
    """Times a few small steps, then settles for the largest batch that leaves enough steps.

    Parameters
    ----------
    optim : OptimConfig
        Largest and smallest batch, and how many steps are wanted.
    processes : int
        Share each batch in equal parts.
    """

    def __init__(self, optim: OptimConfig, *, processes: int = 1) -> None:
        self.optim = optim
        self.small = optim.batch
        while self.small % (2 * processes) == 0 and self.small // 2 >= optim.smallest_batch:
            self.small //= 2
        self.times: list[float] = []
        self.settled: int | None = None

    @property
    def size(self) -> int:
        """Patches in the next step."""
        return self.small if self.settled is None else self.settled

    def note(self, seconds: float, *, left: float) -> None:
        """Take note of a step of the smallest size.

        Parameters
        ----------
        seconds : float
            Of the step.
        left : float
            Seconds for further steps.
        """
        self.times.append(seconds)
        if len(self.times) < TIMED_STEPS:
            return
        # Whatever else the machine does only adds to a step's time.
        each = min(self.times[1:]) / self.small
        batch = self.optim.batch
        while batch > self.small and left < self.optim.wanted_steps * batch * each:
            batch //= 2
        self.settled = batch
