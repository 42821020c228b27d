"""What is drawn, and how."""

from typing import Any

SIDE, LARGE_SIDE = 2048, 20_000
FEW, SOME, MANY = 100, 1_000, 10_000
HOWS = ("webgl", "webgl half", "canvas2d")
# What is compared is measured in turns: a slow spell of the machine must not meet one side alone.
TURNS = 3


def scene(side: int = SIDE, *, channels: int = 1, cells: int = SOME) -> dict[str, int]:
    """Describe a scene as the page takes it."""
    return {"width": side, "height": side, "channels": channels, "cells": cells}


def frame_scenes(*, quick: bool) -> list[dict[str, Any]]:
    """List the scenes of which frames are timed."""
    compared = [scene(cells=FEW), scene(cells=MANY), scene(LARGE_SIDE, cells=MANY)]
    others = [] if quick else [scene(), *(scene(channels=count) for count in (2, 3, 4))]
    again = [{"spec": spec, "how": "webgl"} for spec in compared * (TURNS - 1)]
    return [{"spec": spec, "how": how} for spec in compared + others for how in HOWS] + again


def latency_scenes() -> list[dict[str, Any]]:
    """List the scenes on which strokes are drawn."""
    return [{"spec": scene(cells=MANY), "how": how} for how in ("webgl", "canvas2d")]
