"""Prepared pictures of which only so many are in memory at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from training.ml.frames import cut_down, load_frames

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from training.ml.data import Prepared
    from training.ml.frames import Frame
    from training.ml.manifest import Item

    Load = Callable[[int, np.random.Generator], Sequence[Prepared]]

# A step needs several pictures to choose from, whatever they weigh.
FEWEST_HELD = 4
# Moments of one movie that are held at a time, and the largest share of memory of one picture.
MOST_MOMENTS = 8
SHARES = 8


class Shelf:
    """Pictures to cut patches from; what is held follows from the seed and the step alone.

    Where all fit they are all held from the start. Else they stand in a shuffled row, and the
    shelf moves along it by one with each step, round and round: each picture serves as many
    steps as the shelf is long, and one picture is read a step.

    Parameters
    ----------
    count : int
        Pictures in all.
    load : callable
        Gives what is prepared of one picture; its generator depends on the place in the row,
        so that a large picture may show another part each time.
    seed : int
        Of the row's order.
    megabytes : float
        About how much may be held.
    """

    def __init__(self, count: int, load: Load, *, seed: int, megabytes: float) -> None:
        self.load, self.seed = load, seed
        self.row = np.random.default_rng(seed).permutation(count)
        self.held: dict[int, Sequence[Prepared]] = {}
        self.flat: tuple[Prepared, ...] = ()
        used = 0.0
        while len(self.held) < count and (used < megabytes or len(self.held) < FEWEST_HELD):
            place = len(self.held)
            self.held[place] = self._fetch(place)
            used += sum(one.megabytes for one in self.held[place])
        self.length = len(self.held)
        self._flatten()

    def at(self, step: int) -> tuple[Prepared, ...]:
        """Return what a step may choose from; the same object where nothing has moved."""
        if self.length == len(self.row) or (step in self.held and step == min(self.held)):
            return self.flat
        wanted = range(step, step + self.length)
        self.held = {place: one for place, one in self.held.items() if place in wanted}
        for place in wanted:
            if place not in self.held:
                self.held[place] = self._fetch(place)
        self._flatten()
        return self.flat

    def _fetch(self, place: int) -> Sequence[Prepared]:
        rng = np.random.default_rng((self.seed, place))
        return self.load(int(self.row[place % len(self.row)]), rng)

    def _flatten(self) -> None:
        self.flat = tuple(one for place in sorted(self.held) for one in self.held[place])


def whole(_frame: Frame) -> float:
    """Growth of a picture that keeps its size."""
    return 1.0


def parts_of(
    frames: Sequence[Frame],
    *,
    channels: int,
    megabytes: float,
    rng: np.random.Generator,
    growth: Callable[[Frame], float] = whole,
) -> list[Frame]:
    """Take the moments of an item, or as many and as much of them as memory allows.

    Parameters
    ----------
    frames : sequence of Frame
        Moments of one item.
    channels : int
        Of what is prepared of them, float16, beside labels of int32.
    megabytes : float
        What all pictures may take together.
    rng : numpy.random.Generator
        Chooses moments and parts.
    growth : callable
        Pixels that are prepared for each pixel of a picture.

    Returns
    -------
    list of Frame
        At most eight moments, each of at most an eighth of the memory when it is prepared.
    """
    chosen = list(frames)
    if len(chosen) > MOST_MOMENTS:
        chosen = [chosen[at] for at in rng.permutation(len(chosen))[:MOST_MOMENTS]]
    most = megabytes * 1e6 / SHARES / (2 * channels + 4)
    return [cut_down(frame, most=most / growth(frame), rng=rng) for frame in chosen]


def load_held_out(
    items: Sequence[Item], *, dims: int, most: int, megabytes: float, seed: int
) -> list[Frame]:
    """Read the pictures that a model is validated on.

    Parameters
    ----------
    items : sequence of Item
        Those without a label are left out.
    dims : int
        2 or 3.
    most : int
        Moments; at most eight of one movie.
    megabytes : float
        What the pictures may take, as stored; one is read in any case.
    seed : int
        Chooses the moments of long movies.

    Returns
    -------
    list of Frame
        In the order of the items.
    """
    frames: list[Frame] = []
    used = 0
    for item in items:
        moments = load_frames([item], dims=dims)
        if len(moments) > MOST_MOMENTS:
            chosen = np.random.default_rng(seed).permutation(len(moments))[:MOST_MOMENTS]
            # Copies, or the whole movie would stay in memory.
            moments = [_copied(moments[at]) for at in sorted(chosen)]
        frames += moments
        used += sum(one.picture.nbytes + one.labels.nbytes for one in moments)
        if len(frames) >= most or used > megabytes * 1e6:
            break
    return frames[:most]


def glanced(frames: Sequence[Frame], most: int) -> Sequence[Frame]:
    """Every n-th frame, so that there are at most so many."""
    return frames[:: 1 + (len(frames) - 1) // most]


def _copied(frame: Frame) -> Frame:
    return replace(frame, picture=frame.picture.copy(), labels=frame.labels.copy())
