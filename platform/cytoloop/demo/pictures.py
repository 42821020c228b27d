"""The labelled pictures of a demo: a lab's own folders, or generated ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tifffile
from PIL import Image

from cytoloop.demo.synthetic import FieldConfig, make_fields

Labels = npt.NDArray[np.uint32]

TIFF = (".tif", ".tiff")
PICTURES = (*TIFF, ".png", ".jpg", ".jpeg")


class PicturesError(ValueError):
    """The folders do not hold what a demo needs; the text says what to do."""


@dataclass(frozen=True)
class LabelledPicture:
    """A picture and the label image that is its truth.

    Attributes
    ----------
    name : str
        The picture's file name.
    image, mask : Path
        The two files.
    """

    name: str
    image: Path
    mask: Path

    def read_image(self) -> npt.NDArray[np.float32]:
        """Read the intensities (Y, X), float32; the mean of several channels."""
        pixels = _read(self.image).astype(np.float32)
        return pixels.mean(axis=-1) if pixels.ndim == 3 else pixels

    def read_truth(self) -> Labels:
        """Read the labels (Y, X), uint32, 0 = background."""
        labels = _read(self.mask)
        if labels.ndim != 2:
            message = f"{self.mask} is not a plane of labels, but {labels.shape}."
            raise PicturesError(message)
        return labels.astype(np.uint32)


def find_pictures(images: Path, masks: Path) -> dict[str, LabelledPicture]:
    """Pair a folder of pictures with a folder of label images of the same names.

    Parameters
    ----------
    images, masks : Path
        The two folders; suffixes may differ ("a.png" and "a.tif").

    Returns
    -------
    dict
        File name of the picture -> the pair.

    Raises
    ------
    PicturesError
        A folder is missing or empty, or a picture has no mask.
    """
    for folder in (images, masks):
        if not folder.is_dir():
            message = f"{folder} is not a folder."
            raise PicturesError(message)
    of_stem = {path.stem: path for path in sorted(masks.iterdir()) if path.suffix.lower() in TIFF}
    of_stem |= {path.stem: path for path in sorted(masks.glob("*.png")) if path.stem not in of_stem}
    found = [path for path in sorted(images.iterdir()) if path.suffix.lower() in PICTURES]
    without = [path.name for path in found if path.stem not in of_stem]
    if without:
        message = f"{len(without)} pictures have no mask of the same name in {masks}: {without[:3]}"
        raise PicturesError(message)
    if not found:
        message = f"There are no pictures ({', '.join(PICTURES)}) in {images}."
        raise PicturesError(message)
    return {path.name: LabelledPicture(path.name, path, of_stem[path.stem]) for path in found}


def generate_pictures(folder: Path, *, count: int, seed: int) -> dict[str, LabelledPicture]:
    """Write generated fields and their truth as TIFF files; what is there already stays.

    Parameters
    ----------
    folder : Path
        Gets the folders "images" and "masks".
    count : int
        How many.
    seed : int
        The same seed makes the same fields.

    Returns
    -------
    dict
        As `find_pictures`.
    """
    images, masks = folder / "images", folder / "masks"
    done = folder / f"done-{count}-{seed}"
    if not done.exists():
        for path in (images, masks):
            path.mkdir(parents=True, exist_ok=True)
        fields = make_fields(count, FieldConfig(), np.random.default_rng(seed))
        for number, field in enumerate(fields, start=1):
            name = f"nuclei-{number:03d}.tif"
            tifffile.imwrite(images / name, field.image, compression="zlib")
            tifffile.imwrite(masks / name, field.labels, compression="zlib")
        done.touch()
    return find_pictures(images, masks)


def count_objects(pictures: Mapping[str, LabelledPicture]) -> int:
    """Count the objects of all truths together."""
    return sum(len(np.unique(picture.read_truth())) - 1 for picture in pictures.values())


def _read(path: Path) -> npt.NDArray[np.generic]:
    if path.suffix.lower() in TIFF:
        return np.asarray(tifffile.imread(path))
    with Image.open(path) as image:
        return np.asarray(image)
