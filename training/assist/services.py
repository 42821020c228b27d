"""Segment the cell that somebody clicks."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from annotations.images.pyramid import read_region
from annotations.labels.bands import Shape
from annotations.labels.planes import no_such_plane
from annotations.labels.selectors import get_label_shape
from annotations.models import ImageStatus, Sample, TaskKind
from core.errors import Conflict, DomainError
from core.storage import get_storage
from training.assist.clickers import CLICKERS
from training.assist.maps import get_newest_maps, open_maps
from training.assist.scene import NEIGHBOURHOOD, Click, Mask, Scene, Window, choose_window

MOST_CLICKS = 32


@dataclass(frozen=True)
class Taken:
    """Pixels of a window that belong to other cells, as bool (Y, X)."""

    window: Window
    mask: Mask


@dataclass(frozen=True)
class Clicks:
    """What somebody clicked to outline one cell.

    Attributes
    ----------
    t, z : int
        Plane, counted from the sample's first.
    clicks : tuple of Click
        At most `MOST_CLICKS`, in pixels of the sample's plane.
    box : Window or None
        Where the cell lies; stands for a click in its middle where no click is positive.
    channel : int or None
        The channel to look at where there is no model; None for the mean of all.
    taken : Taken or None
        Other cells, which are left alone.
    """

    t: int
    z: int
    clicks: tuple[Click, ...]
    box: Window | None = None
    channel: int | None = None
    taken: Taken | None = None


@dataclass(frozen=True)
class Outlined:
    """The cell that was clicked.

    Attributes
    ----------
    source : str
        Key of `CLICKERS`.
    model : int or None
        Number of the model whose maps were used.
    window : Window
        The smallest that holds the cell.
    mask : ndarray of bool, (Y, X) of the window
        The cell.
    """

    source: str
    model: int | None
    window: Window
    mask: Mask


def outline_clicked(sample: Sample, request: Clicks) -> Outlined:
    """Find the one cell that clicks mean.

    Parameters
    ----------
    sample : Sample
        With its project and image; the caller has checked that the person may annotate in it.
    request : Clicks
        Where was clicked.

    Returns
    -------
    Outlined
        From the first of `CLICKERS` that sees a cell.

    Raises
    ------
    DomainError
        "wrong_task", "image_not_ready", "no_such_plane", "bad_click", "no_positive_click",
        "clicks_too_far_apart", "nothing_found".
    """
    _refuse_sample(sample)
    shape = get_label_shape(sample)
    clicks = _checked(request, shape, channels=sample.image.size_c)
    window = choose_window(clicks, request.box, (shape[2], shape[3]))
    if window is None:
        raise DomainError(
            "clicks_too_far_apart",
            f"The clicks for one cell must lie within {NEIGHBOURHOOD} pixels of each other. Keep "
            "this cell with Enter, then click the next one.",
        )
    near = tuple(click for click in clicks if window.holds(click.x, click.y))
    prediction = get_newest_maps(sample)
    scene = Scene(
        window=window,
        clicks=near,
        limits=window if request.box is None else window.meet(request.box),
        taken=_taken_in(window, request.taken, near),
        read_pixels=partial(_read_pixels, sample, request, window),
        read_maps=partial(open_maps, prediction, request.t, request.z, window),
    )
    for name, clicker in CLICKERS.items():
        mask = clicker.segment(scene)
        if mask is not None and mask.any():
            model = prediction.model_version.number if name == "features" and prediction else None
            return _crop(mask, window, source=name, model=model)
    raise DomainError(
        "nothing_found",
        "Nothing stands out here. Click nearer to the middle of the cell, or draw it with the "
        "brush.",
    )


def _refuse_sample(sample: Sample) -> None:
    if sample.project.task_kind not in (TaskKind.INSTANCE, TaskKind.SEMANTIC):
        raise DomainError("wrong_task", "Cells are outlined in projects of segmentation only.")
    if sample.image.status != ImageStatus.READY or sample.image.trashed_at is not None:
        raise Conflict(
            "image_not_ready",
            "This picture is being prepared, or was taken out. Try again in a minute, or go on "
            "with the next sample.",
        )


def _checked(request: Clicks, shape: Shape, *, channels: int) -> tuple[Click, ...]:
    """Return the clicks; the middle of a box stands for one where none is positive."""
    if request.t >= shape[0] or request.z >= shape[1]:
        raise no_such_plane(request.t, request.z, shape)
    plane = Window(0, 0, shape[3], shape[2])
    box = request.box
    outside = [click for click in request.clicks if not plane.holds(click.x, click.y)]
    if outside or (box is not None and (box.meet(plane) != box or 0 in box.shape)):
        raise DomainError(
            "bad_click",
            f"Clicks and boxes must lie in the plane, which has {shape[3]} x {shape[2]} pixels.",
        )
    if request.channel is not None and request.channel >= channels:
        raise DomainError(
            "bad_click", f"There is no channel {request.channel}: the last is {channels - 1}."
        )
    if any(click.positive for click in request.clicks):
        return request.clicks
    if box is None:
        raise DomainError(
            "no_positive_click", "Click inside the cell first; then click away what is not it."
        )
    return (Click((box.x0 + box.x1) // 2, (box.y0 + box.y1) // 2), *request.clicks)


def _taken_in(window: Window, taken: Taken | None, clicks: tuple[Click, ...]) -> Mask:
    """Pixels of other cells in the window; never those that the person clicked."""
    mask = np.zeros(window.shape, bool)
    if taken is not None:
        common = window.meet(taken.window)
        mask[common.inside(window)] = taken.mask[common.inside(taken.window)]
    for click in clicks:
        if click.positive:
            mask[click.y - window.y0, click.x - window.x0] = False
    return mask


def _read_pixels(sample: Sample, request: Clicks, window: Window) -> NDArray[np.generic]:
    y, x = sample.y0 or 0, sample.x0 or 0
    channels = range(sample.image.size_c) if request.channel is None else (request.channel,)
    return read_region(
        get_storage(),
        sample.image.pyramid,
        t=request.t if sample.t is None else sample.t,
        z=request.z if sample.z is None else sample.z,
        channels=channels,
        rect=(window.y0 + y, window.x0 + x, window.y1 + y, window.x1 + x),
    )


def _crop(mask: Mask, window: Window, *, source: str, model: int | None) -> Outlined:
    (rows,), (columns,) = np.nonzero(mask.any(axis=1)), np.nonzero(mask.any(axis=0))
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    where = Window(window.x0 + left, window.y0 + top, window.x0 + right, window.y0 + bottom)
    return Outlined(source, model, where, mask[top:bottom, left:right])
