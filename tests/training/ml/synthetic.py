"""Small fields of bright discs on a dark ground, and training folders of them."""

import json

import numpy as np
import tifffile
from scipy import ndimage

TINY = {
    "steps": 60,
    "validations": 2,
    "data": {"patch": 32, "diameter": 10.0},
    "network": {"channels": [8, 16], "strides": [2], "trunk": 8, "residual_units": 1},
    "optim": {"batch": 4, "rate": 0.01, "ema": 0.9, "precision": "fp32"},
    "augment": {"blur": 0.0, "gamma": 0.2},
}


def discs(rng, *, shape=(48, 64), n=8, radius=5.0, dtype=np.uint16):
    """Picture and labels of up to n discs (balls) that do not overlap."""
    labels = np.zeros(shape, dtype=np.int32)
    grid = np.indices(shape)
    for name in range(1, n + 1):
        centre = [rng.uniform(2, s - 2) for s in shape]
        size = radius * rng.uniform(0.8, 1.2)
        far = np.sqrt(sum((g - c) ** 2 for g, c in zip(grid, centre, strict=True)))
        if not labels[far <= size + 1].any():
            labels[far <= size] = name
    present = np.unique(labels)
    labels = np.searchsorted(present, labels).astype(np.int32)
    gain = np.concatenate([[0.0], rng.uniform(0.6, 1.0, len(present))])
    picture = ndimage.gaussian_filter(gain[labels], 0.7) + rng.normal(0, 0.03, shape)
    return (np.clip(picture + 0.1, 0, 2) * 2000).astype(dtype), labels


def write_item(folder, name, picture, labels=None, **more):
    """Write one item's files and return its row of the manifest."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    (folder / "labels").mkdir(exist_ok=True)
    axes = "ZYX"[-picture.ndim :]
    tifffile.imwrite(folder / "images" / f"{name}.tif", picture, metadata={"axes": axes})
    row = {"id": name, "image": f"images/{name}.tif", "label": None, "split": "train"}
    if labels is not None:
        path = folder / "labels" / f"{name}.tif"
        tifffile.imwrite(path, labels.astype(np.uint16), metadata={"axes": axes})
        row["label"] = f"labels/{name}.tif"
    return row | more


def write_manifest(folder, rows, *, task_kind="instance", classes=(), **more):
    """Write the manifest, which makes the folder a snapshot."""
    body = more | {
        "version": 1,
        "task_kind": task_kind,
        "axes": "TCZYX",
        "classes": list(classes),
        "items": rows,
    }
    (folder / "manifest.json").write_text(json.dumps(body))
    return folder


def instance_snapshot(folder, *, train=4, val=1, shape=(48, 64), n=8, seed=0):
    """A training folder of discs."""
    rng = np.random.default_rng(seed)
    rows = []
    for at in range(train + val):
        picture, labels = discs(rng, shape=shape, n=n)
        split = "train" if at < train else "val"
        rows.append(write_item(folder, f"i{at}", picture, labels, split=split))
    return write_manifest(folder, rows)


def class_snapshot(folder, *, each=10, seed=0):
    """Crops of two classes: discs and rings."""
    rng = np.random.default_rng(seed)
    rows = []
    for at in range(2 * each):
        far = np.hypot(*(np.indices((28, 34)) - np.array([14, 17])[:, None, None]))
        shape = far < 9 if at % 2 == 0 else (far < 10) & (far > 6)
        picture = ((shape * 0.8 + rng.normal(0.1, 0.05, shape.shape)).clip(0) * 200).astype(
            np.uint8
        )
        split = "val" if at >= 2 * each - 6 else "train"
        rows.append(write_item(folder, f"c{at}", picture, split=split, class_index=at % 2))
    return write_manifest(folder, rows, task_kind="classification", classes=("disc", "ring"))


def tissue(rng, *, shape=(40, 56), radius=6.0):
    """Picture and classes: 0 dark ground, 1 bright discs, 2 a striped band."""
    picture, objects = discs(rng, shape=shape, n=6, radius=radius)
    classes = (objects > 0).astype(np.int32)
    band = np.zeros(shape, dtype=bool)
    start = int(rng.integers(4, shape[-1] - 14))
    band[..., start : start + 9] = True
    stripes = (np.indices(shape)[-2] % 4 < 2) * 1500
    picture = np.where(band, 600 + stripes, picture).astype(picture.dtype)
    classes[band] = 2
    return picture, classes


def several_snapshot(folder, *, each=8, seed=0):
    """Crops that may hold a disc, a bar, both or neither."""
    rng = np.random.default_rng(seed)
    rows = []
    y, x = np.indices((28, 34))
    for at in range(4 * each):
        has = [index for index in (0, 1) if at >> index & 1]
        picture = rng.normal(0.1, 0.05, (28, 34))
        if 0 in has:
            picture += 0.7 * (np.hypot(y - 14, x - 10) < 6)
        if 1 in has:
            picture += 0.7 * ((abs(x - 26) < 3) & (abs(y - 14) < 11))
        picture = (picture.clip(0) * 200).astype(np.uint8)
        split = "val" if at >= 4 * each - 12 else "train"
        rows.append(write_item(folder, f"c{at}", picture, split=split, class_indices=has))
    return write_manifest(folder, rows, task_kind="multilabel", classes=("disc", "bar"))


def semantic_snapshot(folder, *, train=4, val=2, shape=(40, 56), seed=0, **more):
    """A training folder of discs and bands, two classes and background."""
    rng = np.random.default_rng(seed)
    rows = []
    for at in range(train + val):
        picture, classes = tissue(rng, shape=shape)
        split = "train" if at < train else "val"
        rows.append(write_item(folder, f"s{at}", picture, classes, split=split))
    return write_manifest(folder, rows, task_kind="semantic", classes=("disc", "band"), **more)
