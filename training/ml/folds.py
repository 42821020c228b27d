"""Folds of a training set: whole groups, alike in size and classes."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING

import numpy as np

from training.ml.errors import TrainingError
from training.ml.folders import choose_groups, sister_groups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.ml.manifest import Item, Snapshot

# Share of a fold's training pictures on which thresholds are chosen, so that the held-out
# pictures decide nothing.
VALIDATION_SHARE = 0.12
FEWEST_TO_VALIDATE = 8


def make_folds(items: Sequence[Item], *, n: int, seed: int = 0) -> list[frozenset[str]]:
    """Divide groups into folds with equal shares of items and of each class.

    Groups are dealt one by one, the largest first, each to the fold that it leaves most even
    (the greedy rule of scikit-learn's ``StratifiedGroupKFold``).

    Parameters
    ----------
    items : sequence of Item
        What to divide.
    n : int
        Number of folds, 2 or more.
    seed : int
        Decides between groups of one size.

    Returns
    -------
    list of frozenset of str
        Groups of each fold.

    Raises
    ------
    TrainingError
        Code ``too_few_groups``.
    """
    names = sorted({item.group for item in items})
    if n < 2 or len(names) < n:
        raise TrainingError(
            "too_few_groups",
            f"{len(names)} groups cannot be divided into {n} folds: a group is never divided, and "
            "there must be at least 2 folds. Label pictures of more groups, or ask for fewer.",
        )
    classes = sorted({index for item in items for index in _classes_of(item)})
    counts = {name: np.zeros(len(classes)) for name in names}
    for item in items:
        for index in _classes_of(item):
            counts[item.group][classes.index(index)] += 1
    totals = sum(counts.values(), start=np.zeros(len(classes)))
    order = sorted(names, key=lambda name: (-counts[name].sum(), _shuffled(seed, name)))
    table = np.zeros((n, len(classes)))
    folds: list[set[str]] = [set() for _ in range(n)]
    for name in order:
        best = min(range(n), key=lambda at: _uneven(table, at, counts[name], totals))
        table[best] += counts[name]
        folds[best].add(name)
    return [frozenset(fold) for fold in folds]


def fold_snapshot(snapshot: Snapshot, folds: Sequence[frozenset[str]], at: int) -> Snapshot:
    """Training set of one fold: its groups become the test split, the rest is learnt from.

    A part of the rest validates (groups again undivided), because thresholds are chosen on the
    validation split. The snapshot's own test split is left out.

    Parameters
    ----------
    snapshot : Snapshot
        All pictures.
    folds : sequence of frozenset of str
        As of `make_folds`.
    at : int
        Which fold is held out.

    Returns
    -------
    Snapshot
        Splits ``train``, ``val`` and ``test``.
    """
    items = open_items(snapshot)
    rest = [item.group for item in items if item.group not in folds[at]]
    inner = (
        choose_groups(rest, share=VALIDATION_SHARE) if len(rest) >= FEWEST_TO_VALIDATE else set()
    )

    def split(item: Item) -> str:
        if item.group in folds[at]:
            return "test"
        return "val" if item.group in inner else "train"

    divided = tuple(dataclasses.replace(item, split=split(item)) for item in items)
    facts = [snapshot.digest, at, sorted(map(sorted, folds))]
    digest = hashlib.sha256(repr(facts).encode()).hexdigest()
    return dataclasses.replace(snapshot, items=divided, digest=digest)


def validation_fold(snapshot: Snapshot, at: int, *, n: int) -> Snapshot:
    """Training set whose validation split is one fold; for choosing between settings.

    Parameters
    ----------
    snapshot : Snapshot
        All pictures; the test split is left out.
    at, n : int
        Which fold validates, from 0, of how many.

    Returns
    -------
    Snapshot
        Splits ``train`` and ``val``.

    Raises
    ------
    TrainingError
        Codes ``too_few_groups``, ``bad_fold``.
    """
    if not 0 <= at < n:
        raise TrainingError("bad_fold", f"There is no fold {at + 1} of {n}.")
    items = open_items(snapshot)
    held = make_folds(items, n=n)[at]
    divided = tuple(
        dataclasses.replace(item, split="val" if item.group in held else "train") for item in items
    )
    digest = hashlib.sha256(repr([snapshot.digest, at, n]).encode()).hexdigest()
    return dataclasses.replace(snapshot, items=divided, digest=digest)


def open_items(snapshot: Snapshot) -> tuple[Item, ...]:
    """Items that choices may be based on: not those of the test split."""
    return tuple(item for item in snapshot.items if item.split != "test")


def join_look_alikes(snapshot: Snapshot) -> Snapshot:
    """Put pictures that look alike into one group, and with them all that shared their groups.

    Parameters
    ----------
    snapshot : Snapshot
        Pictures with their groups.

    Returns
    -------
    Snapshot
        The same pictures; groups are only ever joined.
    """
    sisters = sister_groups([item.image for item in snapshot.items])
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.get(name, name) != name:
            name = parent[name]
        return name

    for item, sister in zip(snapshot.items, sisters, strict=True):
        own, alike = root(f"group {item.group}"), root(f"alike {sister}")
        parent[max(own, alike)] = min(own, alike)
    first: dict[str, str] = {}
    for item in snapshot.items:
        first.setdefault(root(f"group {item.group}"), item.group)
    items = tuple(
        dataclasses.replace(item, group=first[root(f"group {item.group}")])
        for item in snapshot.items
    )
    return dataclasses.replace(snapshot, items=items)


def _classes_of(item: Item) -> tuple[int, ...]:
    """Classes by which items are dealt out evenly; -1 stands for none."""
    if item.class_indices is not None:
        return item.class_indices or (-1,)
    return (-1 if item.class_index is None else item.class_index,)


def _shuffled(seed: int, name: str) -> str:
    return hashlib.sha256(f"{seed} {name}".encode()).hexdigest()


def _uneven(
    table: np.ndarray, at: int, counts: np.ndarray, totals: np.ndarray
) -> tuple[float, float, int]:
    """How uneven the folds become when one takes a group; ties go to the smallest fold."""
    after = table.copy()
    after[at] += counts
    spread = float((after / totals).std(axis=0).mean())
    return round(spread, 12), float(after[at].sum()), at
