"""Look at the items of a training set as the trainer reads them."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from training.doctor.evidence import ChannelFacts, DataFacts, ItemFacts
from training.doctor.measure import channel_facts, edge_match, object_facts, thumb
from training.ml.errors import TrainingError
from training.ml.features import picture_features
from training.ml.manifest import SPLITS
from training.ml.networks import CROP_KINDS
from training.ml.pictures import read_labels, read_picture
from training.ml.scaling import LARGEST_ZOOM, SMALLEST_ZOOM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from training.ml.config import Config
    from training.ml.manifest import Item, Snapshot

# Pixels of a channel that are looked at; more tell no more about its range.
MOST_PIXELS = 1 << 20
# Items whose edges and texture are looked at; leaks are looked for among all.
MOST_CLOSELY = 80
# Side up to which texture is described: coarser than a network sees it, but fast.
TEXTURE_SIDE = 256
# Steps of this share of a list come near every place early and to none twice.
GOLDEN = 0.6180339887


def survey(snapshot: Snapshot, config: Config, *, seconds: float) -> DataFacts:
    """Look at as many items as `seconds` allow, spread evenly over the splits.

    Parameters
    ----------
    snapshot : Snapshot
        Training set.
    config : Config
        Settings.
    seconds : float
        Time to spend.

    Returns
    -------
    DataFacts
        All items; those that there was no time for have only what the manifest says.
    """
    end = time.monotonic() + seconds
    looked: dict[str, ItemFacts] = {}
    for item in _spread(snapshot.items):
        if time.monotonic() > end:
            break
        looked[item.id] = look_at(
            item,
            task_kind=snapshot.task_kind,
            ignore_value=snapshot.ignore_value,
            closely=len(looked) < MOST_CLOSELY,
        )
    rescaled = snapshot.task_kind == "instance"
    return DataFacts(
        task_kind=snapshot.task_kind,
        items=tuple(looked.get(item.id) or _named(item) for item in snapshot.items),
        classes=snapshot.classes,
        diameter=config.data.diameter if rescaled else 0.0,
        patch=float(config.data.patch) if rescaled else 0.0,
        zooms=(SMALLEST_ZOOM, LARGEST_ZOOM),
    )


def look_at(
    item: Item, *, task_kind: str, ignore_value: int | None = None, closely: bool = True
) -> ItemFacts:
    """Measure one item; what cannot be read is said, not raised.

    Parameters
    ----------
    item : Item
        Of a training set.
    task_kind : str
        What is learnt: whether a label image holds objects or classes.
    ignore_value : int or None
        Label of pixels that nobody has labelled.
    closely : bool
        Whether to look at edges and texture too, which takes most of the time.

    Returns
    -------
    ItemFacts
        Of its first moment.
    """
    try:
        stack = read_picture(item.image)
        labels = None if item.label is None else read_labels(item.label)
    except TrainingError as error:
        return _named(item, unreadable=error.detail)
    facts: dict[str, Any] = {
        "shape": tuple(map(int, stack.shape)),
        "dtype": str(stack.dtype),
        "label_shape": None if labels is None else tuple(map(int, labels.shape)),
    }
    fits = labels is not None and labels.shape == (stack.shape[0], *stack.shape[2:])
    truth = labels[0] if labels is not None and fits else None
    plane = _busiest(truth) if truth is not None else stack.shape[2] // 2
    picture = stack[0][:, plane]
    facts |= {
        "channels": _channels(stack[0], _where_to_look(stack[0], truth, task_kind, ignore_value)),
        "thumb": thumb(picture.astype(np.float32).mean(axis=0)),
        "features": _features(picture) if closely else None,
    }
    if truth is not None and task_kind == "semantic":
        facts |= _class_facts(truth, ignore_value)
    elif truth is not None:
        n, cut, diameters = object_facts(truth[0] if len(truth) == 1 else truth)
        facts |= {"n_objects": n, "n_cut": cut, "diameters": diameters}
    if truth is not None and closely and ignore_value is None:
        facts["edges"] = edge_match(picture, truth[plane])
    return _named(item, **facts)


def _class_facts(truth: NDArray[Any], ignore_value: int | None) -> dict[str, Any]:
    """Classes that a class image shows; each counts once, however many pixels it has."""
    present = _present(truth, ignore_value)
    return {"n_objects": len(present), "class_counts": {n - 1: 1 for n in present}}


def _present(truth: NDArray[Any], ignore_value: int | None) -> list[int]:
    """Labels of a class image, from 1."""
    return [int(n) for n in np.unique(truth) if n > 0 and n != ignore_value]


def _named(item: Item, **facts: Any) -> ItemFacts:  # noqa: ANN401
    known = {"class_counts": _class_counts(item)} | facts
    return ItemFacts(id=item.id, split=item.split, group=item.group, **known)


def _class_counts(item: Item) -> Mapping[int, int]:
    """Count the examples of each class that the manifest knows of."""
    if item.class_index is not None:
        return {item.class_index: 1}
    if item.class_indices is not None:
        return dict.fromkeys(item.class_indices, 1)
    return Counter(item.object_classes.values())


def _spread(items: Sequence[Item]) -> list[Item]:
    """Order in which any beginning holds all splits, each evenly."""
    places: list[tuple[float, int]] = []
    for split in SPLITS:
        at = [i for i, item in enumerate(items) if item.split == split]
        order = np.argsort((np.arange(len(at)) * GOLDEN) % 1, kind="stable")
        places += [((n + 0.5) / len(at), at[place]) for n, place in enumerate(order)]
    return [items[i] for _, i in sorted(places)]


def _busiest(labels: NDArray[Any]) -> int:
    """Plane of (Z, Y, X) with most labelled pixels."""
    return int((labels > 0).reshape(len(labels), -1).sum(axis=1).argmax())


def _where_to_look(
    moment: NDArray[Any], truth: NDArray[Any] | None, task_kind: str, ignore_value: int | None
) -> list[NDArray[np.bool_] | None]:
    """Parts (Z, Y, X) of a moment (C, Z, Y, X) whose exposure counts, each by itself.

    A bright ground may be white: what matters are the objects, the middle of a crop, and of
    classes of pixels the one that is exposed best.
    """
    if truth is None:
        if task_kind not in CROP_KINDS:
            return [None]
        middle: NDArray[np.bool_] = np.zeros(moment.shape[1:], dtype=bool)
        _, height, width = middle.shape
        top, left = 3 * height // 8, 3 * width // 8
        middle[:, top : height - top, left : width - left] = True
        return [middle]
    if task_kind != "semantic":
        return [truth > 0]
    return [truth == n for n in _present(truth, ignore_value)] or [None]


def _channels(
    moment: NDArray[Any], parts: Sequence[NDArray[np.bool_] | None]
) -> tuple[ChannelFacts, ...]:
    """Facts of each channel (C, Z, Y, X), of at most a million pixels."""
    step = max(1, moment[0].size // MOST_PIXELS)
    thinned = [None if part is None else part.ravel()[::step] for part in parts]
    values = [channel.ravel()[::step] for channel in moment]
    return tuple(
        min((channel_facts(one, part) for part in thinned), key=lambda facts: facts.saturated)
        for one in values
    )


def _features(picture: NDArray[Any]) -> NDArray[np.float32] | None:
    step = max(1, min(picture.shape[1:]) // TEXTURE_SIDE)
    try:
        return picture_features(picture[:, ::step, ::step])
    except TrainingError:
        return None
