"""What is trained on what: one case per kind of picture."""

import csv
import itertools
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from training.ml.folders import list_pictures, sister_groups
from training.ml.manifest import Item
from training.ml.pictures import read_labels, read_picture

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("CYTOLOOP_DATA", ROOT.parent / "shared" / "data"))
FOLDS = 4
# Every n-th of the training pictures is for validation.
VALIDATION = 10
# Planes on either side of a cut through a volume that belong to neither part.
GAP = 3


@dataclass(frozen=True)
class Case:
    """Labelled pictures and how they are learnt.

    Attributes
    ----------
    title : str
        Shown in the table.
    task_kind : str
        Key of ``TASK_KINDS``.
    load : callable
        Items without a split, in an order in which every fourth is alike; takes a scratch folder.
    classes : tuple of str
        Names, for a classification.
    preset : str or None
        Key of ``PRESETS``: where settings start from; None = the defaults.
    minutes : float
        Budget for all the pictures.
    """

    title: str
    task_kind: str
    load: Callable[[Path], list[Item]]
    classes: tuple[str, ...] = ()
    preset: str | None = None
    minutes: float = 8.0


def load_folder(name: str) -> list[Item]:
    """Pictures with label images, ordered by size and number of objects, grouped by likeness."""
    folder = DATA / name
    by_stem = {path.stem: path for path in list_pictures(folder / "masks")}
    paths = [path for path in list_pictures(folder / "images") if path.stem in by_stem]
    rows = []
    for path, group in zip(paths, sister_groups(paths), strict=True):
        label = by_stem[path.stem]
        order = (read_picture(path).shape[-2], int(read_labels(label).max()), path.stem)
        rows.append((order, Item(path.stem, path, label, split="train", group=group)))
    return [item for _, item in sorted(rows, key=lambda row: row[0])]


def load_white_cells(_: Path) -> list[Item]:
    """One crop a picture; the type with a single example is left out."""
    with (DATA / "wbc_5types" / "labels.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["label"] in WHITE_CELLS]
    rows.sort(key=lambda row: (row["label"], row["file"]))
    return [
        Item(
            id=Path(row["file"]).stem, image=DATA / "wbc_5types" / row["file"], label=None,
            split="train", group=row["file"], class_index=WHITE_CELLS.index(row["label"]),
        )
        for row in rows
    ]  # fmt: skip


def load_blood(_: Path) -> list[Item]:
    """Crops of cells; all crops of one smear are a group."""
    with (DATA / "blood_bccd" / "crops.csv").open() as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["label"], row["file"]))
    return [
        Item(
            id=row["file"], image=DATA / "blood_bccd" / "crops" / row["file"], label=None,
            split="train", group=row["image"], class_index=BLOOD.index(row["label"]),
        )
        for row in rows
    ]  # fmt: skip


def load_volume(scratch: Path) -> list[Item]:
    """Quarters of one volume along X, with a gap between them."""
    folder = DATA / "nuclei_3d"
    picture = tifffile.imread(folder / "images" / "stardist_img3d.tif")
    labels = tifffile.imread(folder / "masks" / "stardist_img3d.tif")
    edges = np.linspace(0, picture.shape[2], FOLDS + 1).round().astype(int)
    items = []
    for at, (start, end) in enumerate(itertools.pairwise(edges)):
        part = slice(start + (GAP if start else 0), end)
        image, label = scratch / f"picture{at}.tif", scratch / f"labels{at}.tif"
        tifffile.imwrite(image, picture[..., part], metadata={"axes": "ZYX"}, imagej=True)
        tifffile.imwrite(label, labels[..., part].astype(np.uint16), metadata={"axes": "ZYX"},
                         imagej=True)  # fmt: skip
        items.append(Item(f"quarter{at}", image, label, split="train", group=f"quarter{at}"))
    return items


WHITE_CELLS = ("eosinophil", "lymphocyte", "monocyte", "neutrophil")
BLOOD = ("Platelets", "RBC", "WBC")

CASES: dict[str, Case] = {
    "nuclei": Case(
        "Fluorescent nuclei, DSB 2018, 150 pictures", "instance",
        lambda _: load_folder("nuclei_dsb2018_fluorescence"),
    ),
    "stained": Case(
        "Stained nuclei, DSB 2018, 28 colour pictures", "instance",
        lambda _: [
            item for item in load_folder("nuclei_dsb2018_brightfield_stained")
            if read_picture(item.image).shape[1] == 3
        ],
    ),
    "phase": Case(
        "T98G cells, phase contrast, 15 pictures", "instance",
        lambda _: load_folder("phase_contrast_usiigaci"),
    ),
    "volume": Case("Nuclei in 3-D, one volume in quarters", "instance", load_volume,
                   preset="nuclei_3d"),
    "blood": Case(
        "Blood cells, BCCD, 880 crops, 3 classes", "classification", load_blood, BLOOD,
        preset="cell_crops", minutes=2.0,
    ),
    "white": Case(
        "White blood cells, 180 pictures, 4 classes", "classification", load_white_cells,
        WHITE_CELLS, preset="imbalanced_crops", minutes=2.0,
    ),
}  # fmt: skip


def split_items(items: Sequence[Item], *, fold: int, by_group: bool) -> list[tuple[Item, str]]:
    """Hold out a quarter, validate on a tenth of the rest.

    Parameters
    ----------
    items : sequence of Item
        In an order in which every fourth is alike.
    fold : int
        0 to 3.
    by_group : bool
        Whole groups are held out, the largest dealt out first; else every fourth item.

    Returns
    -------
    list of (Item, str)
        Each item and its split.
    """
    if by_group:
        unit = _deal([item.group for item in items])
    else:
        unit = {at: at % FOLDS for at in range(len(items))}
    rest = 0
    out = []
    for at, item in enumerate(items):
        if unit[item.group if by_group else at] == fold:
            out.append((item, "test"))
            continue
        rest += 1
        out.append((item, "val" if rest % VALIDATION == fold + 1 else "train"))
    return out


def _deal(groups: Sequence[str]) -> dict[Any, int]:
    """Fold of each group: the largest first, each to the fold that has the fewest items."""
    sizes = {group: groups.count(group) for group in dict.fromkeys(groups)}
    filled = [0] * FOLDS
    out: dict[Any, int] = {}
    for group in sorted(sizes, key=lambda group: -sizes[group]):
        fold = int(np.argmin(filled))
        out[group] = fold
        filled[fold] += sizes[group]
    return out
