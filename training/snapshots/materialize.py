"""Write samples to a folder: all that training and prediction see.

Layout: ``manifest.json``, ``images/ID.tif`` (T, C, Z, Y, X) and ``labels/ID.tif`` (T, Z, Y, X).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from annotations.labels.bands import ArrayImage, LabelImage, bands_of
from annotations.labels.selectors import read_blob
from annotations.models import Image, Project, Sample, Split, TaskKind
from training.snapshots.classes import (
    MULTILABEL,
    ignore_value,
    learning_kind,
    positions_image,
)
from training.snapshots.manifest import MANIFEST_VERSION, SnapshotItem, SnapshotManifest
from training.snapshots.parts import cut_into_parts, needs_parts
from training.snapshots.pixels import SamplePixels, open_pixels
from training.tiffs import write_tiff

MANIFEST_NAME = "manifest.json"
# Kinds whose answers are about a picture as a whole.
WITHOUT_PIXELS = (MULTILABEL, TaskKind.CLASSIFICATION.value)
TRAINING_SPLITS = (Split.TRAIN.value, Split.VALIDATION.value)


@dataclass(frozen=True)
class FolderItem:
    """One sample to be written; `truth` is nothing where there is no label to give away."""

    sample: Sample
    split: str
    group: str
    truth: SnapshotItem | None = None


def materialize_snapshot(
    manifest: SnapshotManifest, folder: Path, *, splits: Sequence[str] = TRAINING_SPLITS
) -> Path:
    """Write the items of some splits; by default those that training may see.

    The test split is not among them: what is not in the folder cannot leak into training. Large
    planes are written in parts (`training.snapshots.parts`).

    Parameters
    ----------
    manifest : SnapshotManifest
        What to write.
    folder : Path
        Made where it is missing. A folder that is complete is left as it is.
    splits : sequence of str
        Names of the splits.

    Returns
    -------
    Path
        The folder.
    """
    wanted = {item.sample: item for item in manifest.split(*splits)}
    samples = Sample.objects.select_related("image__dataset").filter(pk__in=wanted).order_by("pk")
    items = (
        FolderItem(sample, wanted[sample.pk].split, wanted[sample.pk].group, wanted[sample.pk])
        for sample in samples
    )
    return _write(folder, items, manifest)


def materialize_pictures(
    manifest: SnapshotManifest, items: Sequence[SnapshotItem], folder: Path
) -> Path:
    """Write the pictures of labelled items without their labels, to be predicted whole."""
    wanted = {item.sample: item for item in items}
    samples = Sample.objects.select_related("image__dataset").filter(pk__in=wanted).order_by("pk")
    rows = (
        FolderItem(sample, wanted[sample.pk].split, wanted[sample.pk].group) for sample in samples
    )
    return _write(folder, rows, manifest)


def materialize_samples(project: Project, samples: Iterable[Sample], folder: Path) -> Path:
    """Write samples without labels, for prediction.

    Parameters
    ----------
    project : Project
        Whose task and classes the manifest names.
    samples : iterable of Sample
        With their images.
    folder : Path
        Made where it is missing. A folder that is complete is left as it is.

    Returns
    -------
    Path
        The folder.
    """
    items = (FolderItem(sample, sample.split, sample.group) for sample in samples)
    about = SnapshotManifest(
        task_kind=learning_kind(project),
        classes=tuple(project.classes.order_by("index").values_list("index", "name")),
        items=(),
        ignore_value=ignore_value(project),
    )
    return _write(folder, items, about)


def _write(folder: Path, items: Iterable[FolderItem], about: SnapshotManifest) -> Path:
    manifest = folder / MANIFEST_NAME
    if manifest.exists():
        return folder
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    lines = [line for item in items for line in _write_item(folder, item, about)]
    body = {
        "version": MANIFEST_VERSION,
        "task_kind": about.task_kind,
        "axes": "TCZYX",
        "classes": [{"index": index, "name": name} for index, name in about.classes],
        "ignore_value": about.ignore_value,
        "items": lines,
    }
    # The manifest comes last and whole: a folder with one is complete.
    temporary = manifest.with_suffix(".part")
    temporary.write_text(json.dumps(body, indent=1))
    temporary.rename(manifest)
    return folder


def _write_item(
    folder: Path, item: FolderItem, about: SnapshotManifest
) -> Iterator[dict[str, Any]]:
    """Write a sample, or its parts; yield a line of the manifest for each."""
    line = _describe(item, about)
    if item.truth is None or about.task_kind in WITHOUT_PIXELS:
        with open_pixels(item.sample) as pixels:
            _write_pixels(folder, line, pixels)
        yield line
        return
    labels: LabelImage = read_blob(item.truth.labels, item.sample)
    if about.ignore_value is not None:
        labels = positions_image(
            labels,
            dict(item.truth.object_classes),
            indexes=[index for index, _ in about.classes],
            ignored=about.ignore_value,
        )
    with open_pixels(item.sample) as pixels:
        if not needs_parts(labels):
            _write_pixels(folder, line, pixels)
            _write_labels(folder, line, labels)
            yield line
            return
        for part in cut_into_parts(item.sample.pk, pixels, labels):
            own = line | {"id": part.item, "image": f"images/{part.item}.tif"}
            if "object_classes" in line:
                there = set(map(str, np.unique(part.labels).tolist()))
                known = line["object_classes"]
                own["object_classes"] = {key: known[key] for key in known if key in there}
            write_tiff(
                folder / own["image"],
                [part.pixels],
                shape=part.pixels.shape,
                dtype=part.pixels.dtype,
                axes="TCZYX",
            )
            _write_labels(folder, own, ArrayImage(part.labels))
            yield own


def _describe(item: FolderItem, about: SnapshotManifest) -> dict[str, Any]:
    """Return the line of a sample, without its labels."""
    line: dict[str, Any] = {
        "id": str(item.sample.pk),
        "image": f"images/{item.sample.pk}.tif",
        "label": None,
        "split": item.split,
        "group": item.group,
        "pixel_size_um": _pixel_size(item.sample.image),
        "class_index": None,
        "class_indices": None,
        "regions": None,
    }
    indexes = [index for index, _ in about.classes]
    if item.truth is not None and about.task_kind == MULTILABEL:
        line["class_indices"] = [
            indexes.index(index) for _, index in item.truth.object_classes if index in indexes
        ]
    elif item.truth is not None and item.truth.class_index is not None:
        # Networks count classes from 0, in the order of the manifest.
        line["class_index"] = indexes.index(item.truth.class_index)
    elif item.truth is not None and about.ignore_value is None:
        line["object_classes"] = {
            str(key): indexes.index(value)
            for key, value in item.truth.object_classes
            if value in indexes
        }
    return line


def _write_pixels(folder: Path, line: Mapping[str, Any], pixels: SamplePixels) -> None:
    dtype = pixels.picture.dtype
    write_tiff(
        folder / line["image"], pixels.bands(), shape=pixels.shape, dtype=dtype, axes="TCZYX"
    )


def _write_labels(folder: Path, line: dict[str, Any], labels: LabelImage) -> None:
    """Write the labels of an item, and name them in its line."""
    line["label"] = f"labels/{line['id']}.tif"
    bands = (labels.rows(band) for band in bands_of(labels.shape))
    path = folder / line["label"]
    write_tiff(path, bands, shape=labels.shape, dtype=np.dtype(np.uint32), axes="TZYX")


def _pixel_size(image: Image) -> dict[str, float | None] | None:
    y, x = image.pixel_size_y_um, image.pixel_size_x_um
    if y is None or x is None:
        known = image.dataset.pixel_size_um
        return None if known is None else {"z": image.pixel_size_z_um, "y": known, "x": known}
    return {"z": image.pixel_size_z_um, "y": y, "x": x}
