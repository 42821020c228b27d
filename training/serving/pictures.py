"""Pictures to be predicted: images of the lab, and files that somebody sent."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tifffile
from numpy.typing import NDArray

from annotations.images.readers import Limits, Picture, open_picture
from annotations.models import Image, Project
from core.storage import get_storage
from training.snapshots.manifest import MANIFEST_VERSION
from training.snapshots.materialize import MANIFEST_NAME
from training.snapshots.pixels import whole_picture
from training.tiffs import write_tiff

ITEM = "1"


@dataclass(frozen=True)
class Subject:
    """One picture, and what its measurements depend on.

    Attributes
    ----------
    name : str
        Of its file.
    sha256 : str
        Of its bytes.
    blob, tree_file : str
        Where its bytes are: one of them is empty.
    spacing : tuple of float or None
        µm of a voxel, (Z, Y, X), where it is calibrated.
    channels : tuple of str
        Names of its channels.
    """

    name: str
    sha256: str
    blob: str
    tree_file: str
    spacing: tuple[float, float, float] | None
    channels: tuple[str, ...]

    def content(self, classes: dict[int, str]) -> str:
        """Digest of everything that an answer depends on, beside the model."""
        facts = [self.sha256, self.spacing, self.channels, sorted(classes.items())]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    @contextmanager
    def open(self) -> Iterator[Picture]:
        """Open the picture through the guards of its reader.

        Raises
        ------
        UnreadableError
            It cannot be read, or is larger than this installation takes.
        """
        storage = get_storage()
        stream = storage.open(self.blob) if self.blob else storage.open_tree_file(self.tree_file)
        with stream:
            yield open_picture(stream, self.name, limits=Limits())


def subject_of_image(image: Image) -> Subject:
    """Describe an image of the lab (with its data set)."""
    known = image.dataset.pixel_size_um
    y, x = image.pixel_size_y_um or known, image.pixel_size_x_um or known
    return Subject(
        name=image.name,
        sha256=image.sha256,
        blob=image.key,
        tree_file="",
        spacing=choose_spacing(image.size_z, image.pixel_size_z_um, y, x),
        channels=tuple(str(channel["name"]) for channel in image.channels)
        or tuple(f"channel {at}" for at in range(1, image.size_c + 1)),
    )


def subject_of_upload(picture: Picture, *, name: str, sha256: str, tree_file: str) -> Subject:
    """Describe a file that was sent."""
    size = picture.pixel_size
    return Subject(
        name=name,
        sha256=sha256,
        blob="",
        tree_file=tree_file,
        spacing=choose_spacing(picture.shape[2], size.z, size.y, size.x),
        channels=tuple(channel.name for channel in picture.channels),
    )


def choose_spacing(
    depth: int, z: float | None, y: float | None, x: float | None
) -> tuple[float, float, float] | None:
    """Return the size of a voxel (Z, Y, X) where all is known that measurements need."""
    if y is None or x is None or (z is None and depth > 1):
        return None
    return (z or 1.0, y, x)


def write_folder(project: Project, subject: Subject, picture: Picture, folder: Path) -> Path:
    """Write one picture as prediction reads it, band by band.

    Returns
    -------
    Path
        The folder, with a manifest of the one item ``ITEM``.
    """
    (folder / "images").mkdir(parents=True)
    path = folder / "images" / f"{ITEM}.tif"
    bands = whole_picture(picture).bands()
    write_tiff(path, bands, shape=picture.shape, dtype=picture.dtype, axes="TCZYX")
    size = subject.spacing
    item = {
        "id": ITEM,
        "image": f"images/{ITEM}.tif",
        "label": None,
        "split": "test",
        "group": ITEM,
        "pixel_size_um": None if size is None else dict(zip("zyx", size, strict=True)),
        "class_index": None,
        "regions": None,
    }
    classes = project.classes.order_by("index").values("index", "name")
    body = {
        "version": MANIFEST_VERSION,
        "task_kind": project.task_kind,
        "axes": "TCZYX",
        "classes": list(classes),
        "items": [item],
    }
    (folder / MANIFEST_NAME).write_text(json.dumps(body))
    return folder


def map_pixels(folder: Path, shape: tuple[int, ...]) -> NDArray[Any]:
    """Pixels (T, C, Z, Y, X) that `write_folder` wrote, read from disk as they are asked for."""
    path = folder / "images" / f"{ITEM}.tif"
    mapped: NDArray[Any] = tifffile.memmap(path, mode="r")
    return mapped.reshape(shape)
