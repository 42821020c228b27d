"""Planes written as characters, the maps that a perfect model has of them, and scenes of both."""

import numpy as np

from training.assist.scene import Click, MapsView, Scene, Window

FADE = 2.0


def plane_of(text: str) -> np.ndarray:
    """Labels (Y, X): `.` is background, a digit its label."""
    rows = text.split()
    return np.array([[0 if char == "." else int(char) for char in row] for row in rows], np.int32)


def text_of(mask: np.ndarray) -> str:
    """A mask, or labels, as characters."""
    return "\n".join("".join(str(int(v)) if v else "." for v in row) for row in mask)


def tidy(text: str) -> str:
    """The same without indentation."""
    return "\n".join(text.split())


def flow_maps(labels: np.ndarray) -> np.ndarray:
    """Foreground, and unit vectors to each object's middle that fade near it; (3, Y, X)."""
    maps = np.zeros((3, *labels.shape), np.float32)
    maps[0] = labels > 0
    for number in np.unique(labels[labels > 0]):
        where = np.nonzero(labels == number)
        vector = np.stack([np.median(axis) - axis for axis in where])
        maps[1:, *where] = vector / np.maximum(np.hypot(*vector), FADE)
    return maps


def distance_maps(labels: np.ndarray) -> np.ndarray:
    """Foreground, and the distance to the boundary over each object's largest; (2, Y, X)."""
    maps = np.zeros((2, *labels.shape), np.float32)
    maps[0] = labels > 0
    rows, columns = np.indices(labels.shape)
    for number in np.unique(labels[labels > 0]):
        inside = labels == number
        outside = np.argwhere(np.pad(~inside, 1, constant_values=True)) - 1
        far = np.array(
            [
                np.hypot(outside[:, 0] - y, outside[:, 1] - x).min()
                for y, x in zip(rows[inside], columns[inside], strict=True)
            ]
        )
        maps[1][inside] = far / far.max()
    return maps


MAPS = {"flow": flow_maps, "distance": distance_maps}


def scene_of(
    shape: tuple[int, int],
    clicks: list[tuple[int, int] | tuple[int, int, bool]],
    *,
    maps: np.ndarray | None = None,
    head: str = "flow",
    pixels: np.ndarray | None = None,
    taken: np.ndarray | None = None,
    limits: Window | None = None,
    origin: tuple[int, int] = (0, 0),
    scale: tuple[float, float] = (1.0, 1.0),
    area: float = 30.0,
) -> Scene:
    """A scene whose window is `shape` (Y, X) at `origin` (y, x); clicks are x, y, positive."""
    top, left = origin
    window = Window(left, top, left + shape[1], top + shape[0])
    view = None
    if maps is not None:
        start = (round(top * scale[0]), round(left * scale[1]))
        view = MapsView(maps, start, scale, head, foreground=0.5, seed=0.1, area=area)
    return Scene(
        window=window,
        clicks=tuple(Click(*click) for click in clicks),
        limits=limits or window,
        taken=np.zeros(shape, bool) if taken is None else taken,
        read_pixels=lambda: np.zeros((1, *shape), np.uint16) if pixels is None else pixels,
        read_maps=lambda: view,
    )
