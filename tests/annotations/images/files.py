"""Files of all kinds, made in memory; never square."""

import io
import zipfile

import numpy as np
import tifffile
from PIL import Image

HEIGHT, WIDTH = 40, 56


def picture(height=HEIGHT, width=WIDTH, *, dtype=np.uint16, seed=0):
    rng = np.random.default_rng(seed)
    top = 200 if dtype == np.uint8 else 4000
    return rng.integers(1, top, (height, width)).astype(dtype)


def labels(height=HEIGHT, width=WIDTH):
    mask = np.zeros((height, width), np.uint8)
    mask[3:12, 4:20] = 1
    mask[12:20, 4:20] = 2
    mask[25:35, 30:50] = 3
    return mask


def tiff(array, **options):
    target = io.BytesIO()
    options.setdefault("photometric", "minisblack")
    tifffile.imwrite(target, array, **options)
    return target.getvalue()


def pil(array_or_image, format="PNG", **options):
    image = array_or_image
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    target = io.BytesIO()
    image.save(target, format, **options)
    return target.getvalue()


def archive(files, *, packing=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", packing) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return target.getvalue()
