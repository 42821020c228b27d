"""Cached maps of samples: found, read round a click, and dropped when nobody will click there."""

import math

from django.db.models import Exists, OuterRef, Q

from annotations.models import Sample, SampleState, Split
from core.storage import get_storage
from training.assist.scene import MapsView, Window
from training.decoding.doubt import DoubtPlane, read_doubt
from training.decoding.maps import Rect, plane_of, read_header, read_window
from training.model_registry.models import ModelState, Prediction

DROPPED_AT_ONCE = 500
# Fields of a prediction that hold a blob of what is said of each pixel.
FIELDS = ("maps", "doubt_map")


def get_newest_maps(sample: Sample) -> Prediction | None:
    """Return what the newest model that looked at a sample said of its pixels, where it is kept.

    Held-out samples are labelled without any model's help, which would flatter its scores.
    """
    if sample.split != Split.TRAIN:
        return None
    kept = Prediction.objects.filter(sample=sample).exclude(maps="")
    return kept.select_related("model_version").order_by("-model_version__number").first()


def get_doubt_plane(sample: Sample, *, t: int, z: int) -> tuple[int, DoubtPlane] | None:
    """Return how unsure the newest model that looked at a sample is of each pixel of a plane.

    Parameters
    ----------
    sample : Sample
        The caller has checked that the person may see it.
    t, z : int
        Plane, counted from the sample's first.

    Returns
    -------
    (int, DoubtPlane) or None
        Number of the model, and the plane. Nothing where no map is kept, of a held-out sample
        (see `get_newest_maps`), and where there is no such plane.
    """
    if sample.split != Split.TRAIN:
        return None
    kept = Prediction.objects.filter(sample=sample).exclude(doubt_map="")
    newest = kept.select_related("model_version").order_by("-model_version__number").first()
    if newest is None:
        return None
    try:
        with get_storage().open(newest.doubt_map) as stream:
            plane = read_doubt(stream, t=t, z=z)
    except FileNotFoundError:
        # Dropped between the two reads: as if it had never been kept.
        return None
    return None if plane is None else (newest.model_version.number, plane)


def open_maps(prediction: Prediction | None, t: int, z: int, window: Window) -> MapsView | None:
    """Read the part of a sample's maps that shows a window of one of its planes.

    Parameters
    ----------
    prediction : Prediction or None
        From `get_newest_maps`.
    t, z : int
        Plane, counted from the sample's first.
    window : Window
        In pixels of the sample's plane.

    Returns
    -------
    MapsView or None
        Nothing where no maps are kept.
    """
    if prediction is None:
        return None
    try:
        with get_storage().open(prediction.maps) as stream:
            header = read_header(stream)
            frame = header.frames[t]
            _, depth, height, width = header.shape
            scale = (frame.y / height, frame.x / width)
            rect = _scaled(window, scale, (frame.y, frame.x))
            plane = plane_of(z, depth=frame.z, of=depth)
            maps = read_window(stream, header, t=t, z=plane, rect=rect)
    except FileNotFoundError:
        # Dropped between the two reads: as if it had never been kept.
        return None
    origin = (rect[0], rect[1])
    return MapsView(maps, origin, scale, header.head, header.foreground, header.seed, frame.area)


def drop_stale_maps(*, most: int = DROPPED_AT_ONCE) -> int:
    """Forget cached maps of samples that have their truth, and those of models that were replaced.

    The newest maps of a sample that people work on are kept, whatever became of the model.

    Parameters
    ----------
    most : int
        Of each field at once.

    Returns
    -------
    int
        Maps that were dropped.
    """
    asked = (SampleState.QUEUED, SampleState.ANSWERED, SampleState.IN_REVIEW)
    replaced = Q(model_version__state__in=(ModelState.RETIRED, ModelState.REJECTED))
    over = Q(sample__state=SampleState.ACCEPTED) | (replaced & ~Q(sample__state__in=asked))
    dropped = 0
    for field in FIELDS:
        kept = Prediction.objects.exclude(**{field: ""})
        newer = kept.filter(
            sample=OuterRef("sample"), model_version__number__gt=OuterRef("model_version__number")
        )
        stale = kept.filter(Exists(newer) | over)
        rows = list(stale.order_by("pk").values_list("pk", field)[:most])
        Prediction.objects.filter(pk__in=[pk for pk, _ in rows]).update(**{field: ""})
        for key in {key for _, key in rows}:
            if not Prediction.objects.filter(**{field: key}).exists():
                get_storage().remove(key)
        dropped += len(rows)
    return dropped


def _scaled(window: Window, scale: tuple[float, float], size: tuple[int, int]) -> Rect:
    """Pixels of the maps that the window touches."""
    y0, x0 = int(window.y0 * scale[0]), int(window.x0 * scale[1])
    y1, x1 = math.ceil(window.y1 * scale[0]), math.ceil(window.x1 * scale[1])
    return (y0, x0, min(max(y1, y0 + 1), size[0]), min(max(x1, x0 + 1), size[1]))
