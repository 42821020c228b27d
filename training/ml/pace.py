"""How many threads a training step is fastest with, beside whatever else runs."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from types import TracebackType

TRIAL_STEPS = 4
FIRST_TRIAL = 8
# Steps between two trials: few after a change, twice as many each time that nothing changes.
SHORTEST_PAUSE, LONGEST_PAUSE = 15, 60


class Pace:
    """Tries one thread against all of them now and then, and keeps to the faster.

    The threads of a step wait for each other many times. Beside another busy process each wait
    can last a time slice: on two cores a step with two threads has been seen to take five times
    as long as with one. On an idle machine two threads are nearly twice as fast. All threads stay
    without a trial while they are faster than one alone has ever been.

    Parameters
    ----------
    threads : int
        Most threads; with 1 there is nothing to choose.
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.current = threads
        self.step = 0
        self.times: dict[int, list[float]] = {1: [], threads: []}
        self.best_alone: float | None = None
        self.trying = False
        self.pause = SHORTEST_PAUSE
        self.next_trial = FIRST_TRIAL
        self.began = 0.0
        # Seconds of the last step.
        self.last = 0.0

    def __enter__(self) -> None:
        """Begin a step."""
        if self.threads > 1:
            torch.set_num_threads(self.current)
        self.began = time.perf_counter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End a step and choose for the next."""
        self.last = time.perf_counter() - self.began
        if self.threads > 1:
            self.note(self.last)

    def note(self, seconds: float) -> None:
        """Take note of a step's time, and choose the threads of the next step.

        Parameters
        ----------
        seconds : float
            Of the step that has just ended, with ``current`` threads.
        """
        self.step += 1
        times = self.times[self.current] = [*self.times[self.current], seconds][-TRIAL_STEPS:]
        if self.trying and len(times) == TRIAL_STEPS:
            self._settle()
        elif not self.trying and self.step >= self.next_trial and self._is_doubtful():
            self.trying = True
            self.current = self._other()
            self.times[self.current] = []

    def _settle(self) -> None:
        """End a trial."""
        self.trying = False
        alone = self._typical(1)
        self.best_alone = min(alone, self.best_alone or alone)
        tried, self.current = self.current, min(self.times, key=self._typical)
        changed = tried == self.current
        self.pause = SHORTEST_PAUSE if changed else min(2 * self.pause, LONGEST_PAUSE)
        self.next_trial = self.step + self.pause

    def _is_doubtful(self) -> bool:
        """Whether the other choice might be faster."""
        if self.current == 1 or self.best_alone is None:
            return True
        return self._typical(self.threads) > self.best_alone

    def _typical(self, threads: int) -> float:
        """Return a step's time: the median of few shrugs off the one that met a hiccup."""
        return statistics.median(self.times[threads])

    def _other(self) -> int:
        return self.threads if self.current == 1 else 1
