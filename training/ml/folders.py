"""A plain folder of pictures and one of masks as a training set, with a grouped split."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from training.ml.errors import TrainingError
from training.ml.manifest import Item, Snapshot
from training.ml.pictures import SUFFIXES, read_picture

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

# Standardised distance of intensity profiles below which two fields of one size count as
# sisters (neighbouring fields of one well, or one field imaged twice).
SISTER_DISTANCE = 0.35


def list_pictures(folder: Path) -> list[Path]:
    """Picture files of a folder, by name.

    Parameters
    ----------
    folder : Path
        Not searched recursively.

    Returns
    -------
    list of Path
        At least one.

    Raises
    ------
    TrainingError
        Code ``no_pictures``.
    """
    found = sorted(p for p in folder.glob("*") if p.suffix.lower() in SUFFIXES)
    if not found:
        kinds = ", ".join(SUFFIXES)
        raise TrainingError("no_pictures", f"{folder} holds no pictures ({kinds}).")
    return found


def snapshot_of_folders(images: Path, masks: Path, *, validation: float = 0.12) -> Snapshot:
    """Pair pictures with masks by stem and split them.

    Look-alike fields stay on one side of the split, or the validation would flatter.

    Parameters
    ----------
    images, masks : Path
        Folders.
    validation : float
        Share of pictures to validate on.

    Returns
    -------
    Snapshot
        Instance task; splits ``train`` and ``val``.

    Raises
    ------
    TrainingError
        Codes ``no_pictures``, ``no_masks``.
    """
    by_stem = {path.stem: path for path in list_pictures(masks)}
    pairs = [(p, by_stem[p.stem]) for p in list_pictures(images) if p.stem in by_stem]
    if not pairs:
        raise TrainingError("no_masks", f"No file of {masks} has the stem of one of {images}.")
    groups = sister_groups([image for image, _ in pairs])
    held_out = choose_groups(groups, share=validation) if len(pairs) >= 8 else set()
    items = tuple(
        Item(
            id=image.stem,
            image=image.resolve(),
            label=mask.resolve(),
            split="val" if group in held_out else "train",
            group=group,
        )
        for (image, mask), group in zip(pairs, groups, strict=True)
    )
    digest = hashlib.sha256()
    for image, mask in pairs:
        digest.update(image.name.encode())
        digest.update(hashlib.sha256(image.read_bytes()).digest())
        digest.update(hashlib.sha256(mask.read_bytes()).digest())
    return Snapshot(task_kind="instance", classes=(), items=items, digest=digest.hexdigest())


def sister_groups(paths: Sequence[Path]) -> list[str]:
    """Group pictures of one size whose intensity profiles are nearly the same.

    Parameters
    ----------
    paths : sequence of Path
        Pictures.

    Returns
    -------
    list of str
        Group of each picture.
    """
    profiles = [_profile(path) for path in paths]
    table = np.array([profile for _, profile in profiles])
    spread = table.std(axis=0)
    table = (table - table.mean(axis=0)) / np.where(spread > 0, spread, 1)
    parent = list(range(len(paths)))

    def root(at: int) -> int:
        while parent[at] != at:
            at = parent[at]
        return at

    for a in range(len(paths)):
        for b in range(a):
            distance = np.sqrt(np.mean((table[a] - table[b]) ** 2))
            if profiles[a][0] == profiles[b][0] and distance < SISTER_DISTANCE:
                parent[root(a)] = root(b)
    return [f"g{root(at):05d}" for at in range(len(paths))]


def choose_groups(groups: Sequence[str], *, share: float) -> set[str]:
    """Hold out whole groups, in the order of their hash, until the share is reached.

    Groups with more than a quarter of the pictures stay in training.

    Parameters
    ----------
    groups : sequence of str
        Group of each picture.
    share : float
        Share of pictures to hold out.

    Returns
    -------
    set of str
        Groups held out.
    """
    sizes = {group: groups.count(group) for group in groups}
    order = sorted(sizes, key=lambda group: hashlib.sha256(group.encode()).hexdigest())
    chosen: set[str] = set()
    total = 0
    for group in order:
        room = share * len(groups) - total
        if room <= 0:
            break
        if sizes[group] <= max(1.0, 1.5 * room) and sizes[group] <= len(groups) / 4:
            chosen.add(group)
            total += sizes[group]
    return chosen


def _profile(path: Path) -> tuple[tuple[int, ...], NDArray[np.float64]]:
    """Shape of a picture, and percentiles and roughness of its intensities."""
    stack = np.nan_to_num(read_picture(path)[0, :, 0].astype(np.float64))
    plane = np.sqrt(np.clip(stack.mean(axis=0), 0, None))
    marks = np.percentile(plane, (1, 10, 25, 50, 75, 90, 97, 99.8))
    rough = np.log1p([np.abs(np.diff(plane, axis=0)).mean(), plane.std()])
    return stack.shape, np.concatenate([marks, rough])
