"""Test-time augmentation: the same picture mirrored, turned and scaled (Wang et al., 2019)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F

if TYPE_CHECKING:
    from training.ml.config import UncertaintyConfig
    from training.ml.inferer import Forward
    from training.ml.uncertainty.base import Geometry, Subject


@dataclass(frozen=True)
class View:
    """One way of showing a picture.

    Attributes
    ----------
    flips : tuple of int
        Which of the last two axes are mirrored, counted from the end.
    turned : bool
        Whether Y and X are exchanged first.
    zoom : float
        Of Y and X, last.
    """

    flips: tuple[int, ...] = ()
    turned: bool = False
    zoom: float = 1.0

    def show(self, pictures: torch.Tensor, multiple: int) -> torch.Tensor:
        """Return changed copies of pictures (N, C, ...)."""
        if self.turned:
            pictures = pictures.transpose(-1, -2)
        if self.flips:
            pictures = pictures.flip(self.flips)
        if self.zoom != 1:
            pictures = _resize(pictures, self._zoomed(pictures, multiple))
        return pictures

    def put_back(
        self, maps: torch.Tensor, geometry: Geometry, size: tuple[int, int]
    ) -> torch.Tensor:
        """Bring maps (N, K, ...) of a copy back onto pictures whose (Y, X) is ``size``."""
        dims = maps.ndim - 2
        if self.zoom != 1:
            maps = _resize(maps, size[::-1] if self.turned else size)
        if self.flips:
            maps = geometry.unflip(maps, [dims + axis for axis in self.flips])
        if not self.turned:
            return maps
        exchange = torch.eye(dims, device=maps.device)
        exchange[:2, :2] = exchange[:2, :2].flip(0)
        return geometry.turn(maps.transpose(-1, -2), exchange.expand(len(maps), dims, dims))

    def _zoomed(self, pictures: torch.Tensor, multiple: int) -> tuple[int, int]:
        height, width = (
            max(1, round(n * self.zoom / multiple)) * multiple for n in pictures.shape[-2:]
        )
        return height, width


# The first four are what prediction averages (`training.ml.inferer.mirrored`).
MIRRORED = (View(), View((-2,)), View((-1,)), View((-2, -1)))
TURNED = tuple(View(view.flips, turned=True) for view in MIRRORED)
ZOOMED = (View(zoom=0.8), View(zoom=1.25))
VIEWS = (*MIRRORED, *TURNED, *ZOOMED)


class Views:
    """Copies of the picture: 4 mirrored, 4 more turned, 2 scaled, in this order."""

    summary = "copies of the picture: mirrored, from 5 members on turned, from 9 on scaled"
    mirrored = True

    def members(self, subject: Subject, config: UncertaintyConfig) -> list[Forward]:
        """One member per copy."""
        forward = subject.forward_of(subject.network)
        return [
            partial(_see, forward=forward, view=view, subject=subject)
            for view in VIEWS[: config.members]
        ]


def _see(pictures: torch.Tensor, *, forward: Forward, view: View, subject: Subject) -> torch.Tensor:
    """Predict a copy, and put what comes out back in its place."""
    output = forward(view.show(pictures, subject.multiple))
    if subject.geometry is None:
        return output
    return view.put_back(output, subject.geometry, (pictures.shape[-2], pictures.shape[-1]))


def _resize(values: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """Interpolate Y and X; planes stay what they are."""
    mode = "bilinear" if values.ndim == 4 else "trilinear"
    return F.interpolate(
        values, size=(*values.shape[2:-2], *size), mode=mode, align_corners=False, antialias=False
    )
