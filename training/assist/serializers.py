"""What clicks and the cells that they mean look like in the API."""

import base64
import binascii
from typing import Any

import numpy as np
from rest_framework import serializers

from annotations.labels import wire
from core.errors import DomainError
from training.assist.clickers import CLICKERS
from training.assist.scene import NEIGHBOURHOOD, Click, Window
from training.assist.services import MOST_CLICKS, Clicks, Outlined, Taken

LARGEST = 2**31 - 1


class PlaneSerializer(serializers.Serializer[Any]):
    """Which plane is asked about."""

    t = serializers.IntegerField(
        min_value=0, default=0, help_text="frame, counted from the sample's first"
    )
    z = serializers.IntegerField(
        min_value=0, default=0, help_text="slice, counted from the sample's first"
    )


class PixelField(serializers.IntegerField):
    """A whole number from 0."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - DRF's signature
        super().__init__(**{"min_value": 0, "max_value": LARGEST, **options})


class ClickSerializer(serializers.Serializer[Any]):
    """One click: a pixel that belongs to the cell, or (`positive` false) does not."""

    x = PixelField()
    y = PixelField()
    positive = serializers.BooleanField(default=True)


class BoxSerializer(serializers.Serializer[Any]):
    """A rectangle x0 <= x < x1, y0 <= y < y1."""

    x0 = PixelField()
    y0 = PixelField()
    x1 = PixelField()
    y1 = PixelField()


class CroppedMaskSerializer(serializers.Serializer[Any]):
    """A mask of a rectangle: base64 of a label plane in the wire format, not gzip'ed; 0 is out."""

    x0 = PixelField()
    y0 = PixelField()
    width = PixelField(min_value=1, max_value=NEIGHBOURHOOD)
    height = PixelField(min_value=1, max_value=NEIGHBOURHOOD)
    runs = serializers.CharField(trim_whitespace=False)


class ClicksSerializer(serializers.Serializer[Any]):
    """Clicks for one cell, in pixels of the sample's plane."""

    t = PixelField(default=0)
    z = PixelField(default=0)
    clicks = serializers.ListField(child=ClickSerializer(), max_length=MOST_CLICKS, default=list)
    box = BoxSerializer(required=False, allow_null=True)
    channel = PixelField(required=False, allow_null=True)
    taken = CroppedMaskSerializer(required=False, allow_null=True)


class OutlinedSerializer(CroppedMaskSerializer):
    """The cell that was clicked, and how it was found; `model` is the number of the model used."""

    # DRF takes declared fields off the class, so its own attribute `source` stays what it is.
    source = serializers.ChoiceField(choices=list(CLICKERS))  # type: ignore[assignment]
    model = serializers.IntegerField(allow_null=True)
    area = serializers.IntegerField()


def parse_clicks(data: dict[str, Any]) -> Clicks:
    """Turn a validated request into what the service takes.

    Raises
    ------
    DomainError
        "bad_mask": `taken` holds no plane of its size.
    """
    box, taken = data.get("box"), data.get("taken")
    return Clicks(
        t=data["t"],
        z=data["z"],
        clicks=tuple(Click(**click) for click in data["clicks"]),
        box=Window(**box) if box else None,
        channel=data.get("channel"),
        taken=_parse_mask(taken) if taken else None,
    )


def describe(found: Outlined) -> dict[str, Any]:
    """Turn a cell into what the API answers."""
    plane = np.ascontiguousarray(found.mask, dtype=np.uint32)
    height, width = plane.shape
    return {
        "source": found.source,
        "model": found.model,
        "area": int(found.mask.sum()),
        "x0": found.window.x0,
        "y0": found.window.y0,
        "width": width,
        "height": height,
        "runs": base64.b64encode(wire.encode_plane(plane)).decode(),
    }


def _parse_mask(data: dict[str, Any]) -> Taken:
    x0, y0, width, height = (data[name] for name in ("x0", "y0", "width", "height"))
    try:
        runs = base64.b64decode(data["runs"], validate=True)
        plane = wire.decode_plane(runs, (height, width))
    except (binascii.Error, ValueError, DomainError) as error:
        raise DomainError(
            "bad_mask",
            f"`taken` is no mask of {width} x {height} pixels. Send a label plane in the wire "
            "format, as base64, without gzip.",
        ) from error
    return Taken(Window(x0, y0, x0 + width, y0 + height), plane > 0)
