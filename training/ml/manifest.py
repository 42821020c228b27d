"""A training set in a folder: ``manifest.json`` beside ``images/`` and ``labels/``."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.ml.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Mapping

SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class Item:
    """One picture of a training set.

    Attributes
    ----------
    id : str
        Name of the item; outputs are called by it.
    image : Path
        The picture.
    label : Path or None
        Its label image, where it has one.
    split : str
        ``train``, ``val`` or ``test``.
    group : str
        What must not be split.
    class_index : int or None
        Its class (classification).
    class_indices : tuple of int or None
        All its classes (multi-label classification); empty = none of them, None = not labelled.
    object_classes : mapping of int to int
        Class of labelled objects (instances), counted from 0 in the order of the classes.
    regions : tuple of (y0, x0, y1, x1) or None
        Labelled regions, ends excluded; None = the whole picture is labelled.
    pixel_size : tuple of float or None
        Micrometres of one voxel (Z, Y, X), where known.
    """

    id: str
    image: Path
    label: Path | None = None
    split: str = "train"
    group: str = ""
    class_index: int | None = None
    class_indices: tuple[int, ...] | None = None
    object_classes: Mapping[int, int] = field(default_factory=dict)
    regions: tuple[tuple[int, int, int, int], ...] | None = None
    pixel_size: tuple[float, float, float] | None = None

    @property
    def is_labelled(self) -> bool:
        """Whether there is anything to learn from it, or to score it by."""
        known = (self.label, self.class_index, self.class_indices)
        return any(truth is not None for truth in known)


@dataclass(frozen=True)
class Snapshot:
    """A frozen training set.

    Attributes
    ----------
    task_kind : str
        Key of ``TASK_KINDS``.
    classes : tuple of str
        Names of the classes, in order.
    items : tuple of Item
        Pictures.
    digest : str
        Hash of the manifest.
    ignore_value : int or None
        Pixels of this value in label images are not labelled (semantic segmentation). With 0,
        what nobody painted is unknown; else it is background.
    """

    task_kind: str
    classes: tuple[str, ...]
    items: tuple[Item, ...]
    digest: str
    ignore_value: int | None = None

    def of(self, split: str) -> tuple[Item, ...]:
        """Items of one split, in order."""
        return tuple(item for item in self.items if item.split == split)


def read_snapshot(folder: Path) -> Snapshot:
    """Read a training set.

    Parameters
    ----------
    folder : Path
        Holds ``manifest.json``.

    Returns
    -------
    Snapshot
        Items with absolute paths; files are not opened yet.

    Raises
    ------
    TrainingError
        Code ``bad_snapshot``, with what is wrong and in which item.
    """
    path = folder / "manifest.json"
    try:
        raw = path.read_bytes()
        manifest = json.loads(raw)
    except (OSError, ValueError) as error:
        raise TrainingError("bad_snapshot", f"{path} cannot be read as JSON ({error}).") from error
    if not isinstance(manifest, dict) or manifest.get("version") != 1:
        raise TrainingError("bad_snapshot", f"{path} is not a manifest of version 1.")
    rows = manifest.get("items")
    if not isinstance(rows, list) or not rows:
        raise TrainingError("bad_snapshot", f"{path} lists no items. Label something first.")
    items = tuple(_item(row, at=at, folder=folder) for at, row in enumerate(rows))
    if len({item.id for item in items}) < len(items):
        raise TrainingError("bad_snapshot", f"{path} has two items of one id.")
    return Snapshot(
        task_kind=str(manifest.get("task_kind", "instance")),
        classes=tuple(map(_class_name, manifest.get("classes", []))),
        items=items,
        digest=str(manifest.get("hash") or hashlib.sha256(raw).hexdigest()),
        ignore_value=_whole_or_none(manifest.get("ignore_value")),
    )


def _class_name(entry: object) -> str:
    """Name of a class given as text or as an object with a name."""
    return str(entry["name"]) if isinstance(entry, dict) else str(entry)


def _item(row: object, *, at: int, folder: Path) -> Item:
    """Read and check one row of the manifest."""
    if not isinstance(row, dict) or "id" not in row or "image" not in row:
        raise TrainingError("bad_snapshot", f"Item {at} has no id or no image.")
    split = row.get("split", "train")
    if split not in SPLITS:
        raise TrainingError("bad_snapshot", f"Item {row['id']}: split {split!r} is unknown.")
    regions = row.get("regions")
    label = row.get("label")
    return Item(
        id=_safe_name(str(row["id"])),
        image=_inside(folder, str(row["image"]), item=row["id"]),
        label=_inside(folder, str(label), item=row["id"]) if label else None,
        split=split,
        group=str(row.get("group") or row["id"]),
        class_index=_whole_or_none(row.get("class_index")),
        class_indices=_class_indices(row.get("class_indices"), item=row["id"]),
        object_classes=_object_classes(row.get("object_classes"), item=row["id"]),
        regions=None if regions is None else tuple(_region(r, item=row["id"]) for r in regions),
        pixel_size=_pixel_size(row.get("pixel_size_um")),
    )


def _whole_or_none(value: Any) -> int | None:  # noqa: ANN401
    return None if value is None else int(value)


def _class_indices(values: object, *, item: object) -> tuple[int, ...] | None:
    """Check the classes of an item that may have several."""
    if values is None:
        return None
    if not isinstance(values, list) or not all(type(v) is int and v >= 0 for v in values):
        raise TrainingError("bad_snapshot", f"Item {item}: class_indices is a list of classes.")
    return tuple(sorted(set(values)))


def _object_classes(values: object, *, item: object) -> dict[int, int]:
    """Check the classes of an item's objects."""
    try:
        classes = {int(key): int(value) for key, value in dict(values or {}).items()}  # type: ignore[call-overload]
    except (TypeError, ValueError) as error:
        raise TrainingError(
            "bad_snapshot", f"Item {item}: object_classes maps an object to its class."
        ) from error
    if any(value < 0 for value in classes.values()):
        raise TrainingError("bad_snapshot", f"Item {item}: classes of objects count from 0.")
    return classes


def _safe_name(name: str) -> str:
    """Refuse ids that would leave the output folder."""
    if not name or Path(name).name != name or name in (".", ".."):
        raise TrainingError("bad_snapshot", f"Item id {name!r} is not usable as a file name.")
    return name


def _inside(folder: Path, relative: str, *, item: object) -> Path:
    """Resolve a path of the manifest and refuse one outside its folder."""
    path = (folder / relative).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise TrainingError("bad_snapshot", f"Item {item}: {relative} lies outside the snapshot.")
    if not path.is_file():
        raise TrainingError("bad_snapshot", f"Item {item}: there is no file {relative}.")
    return path


def _region(values: Any, *, item: object) -> tuple[int, int, int, int]:  # noqa: ANN401
    """Check one labelled region."""
    try:
        y0, x0, y1, x1 = (int(value) for value in values)
    except (TypeError, ValueError) as error:
        raise TrainingError("bad_snapshot", f"Item {item}: a region is [y0,x0,y1,x1].") from error
    if y0 < 0 or x0 < 0 or y1 <= y0 or x1 <= x0:
        raise TrainingError("bad_snapshot", f"Item {item}: region {values} is empty.")
    return y0, x0, y1, x1


def _pixel_size(value: object) -> tuple[float, float, float] | None:
    """Micrometres (Z, Y, X) from a number, a list or an object with z, y, x."""
    if isinstance(value, dict):
        value = [value.get("z") or value.get("y"), value.get("y"), value.get("x")]
    if isinstance(value, int | float):
        value = [value] * 3
    if not isinstance(value, list) or len(value) not in (2, 3):
        return None
    sizes = [value[0], *value] if len(value) == 2 else value
    if not all(isinstance(v, int | float) and v > 0 for v in sizes):
        return None
    return float(sizes[0]), float(sizes[1]), float(sizes[2])
