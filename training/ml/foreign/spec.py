"""What has to be known of a network before it can be used."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from training.ml.errors import TrainingError
from training.ml.sandbox.runners import FORMATS

if TYPE_CHECKING:
    from collections.abc import Mapping

FOREIGN = "foreign"
NORMALISATIONS = ("none", "percentiles", "zero_mean", "range", "linear")
ACTIVATIONS = ("none", "sigmoid", "softmax")
MEANINGS = ("foreground", "boundary", "distance", "labels", "background", "class", "ignore")
LARGEST_TILE = 4096
MOST_CHANNELS = 64
NOTHING_ELSE = ConfigDict(extra="forbid", allow_inf_nan=False)
# What has to be stated, in words: there is no guess that would not be wrong somewhere.
REQUIRED = {
    "format": "which format the network is in ('format')",
    "task_kind": "what it is for ('task_kind')",
    "outputs": "what each channel that the network gives means ('outputs')",
}


@dataclass(frozen=True)
class Normalisation:
    """What is done to intensities.

    Attributes
    ----------
    kind : str
        ``none``; ``percentiles`` (``low`` and ``high`` become 0 and 1); ``zero_mean`` (and unit
        variance); ``range`` (what the pixel type can hold becomes 0 to 1); ``linear`` (times
        ``gain`` plus ``offset``).
    low, high : float
        Percentiles.
    per_channel : bool
        Each channel by itself; else all together.
    gain, offset : tuple of float
        One per channel, or one for all.
    clip : tuple of float
        Smallest and largest value afterwards; empty = as it comes.
    """

    __pydantic_config__ = NOTHING_ELSE

    kind: str = "percentiles"
    low: float = 1.0
    high: float = 99.8
    per_channel: bool = True
    gain: tuple[float, ...] = ()
    offset: tuple[float, ...] = ()
    clip: tuple[float, ...] = ()


@dataclass(frozen=True)
class ForeignSpec:
    """A network from elsewhere.

    Attributes
    ----------
    format : str
        ``onnx`` or ``torchscript``.
    sha256 : str
        Of the network's file.
    task_kind : str
        ``instance``, ``semantic`` or ``classification``.
    outputs : tuple of str
        Meaning of each output channel, from ``MEANINGS``.
    axes : str
        Of the input: each of b, y, x once; z for a 3-D network; c where it has channels.
    output_axes : str
        Of the output; empty = as the input's (``bc`` for a classification).
    channels : int
        Of the picture.
    normalisation : Normalisation
        Of the picture.
    output : int
        Which of several outputs, from 0.
    activation : str
        What is left to do to make probabilities.
    multiple : int
        What each side must be a multiple of.
    tile : tuple of int
        Largest spatial shape that is predicted at once, in the order (Z,) Y, X.
    fixed : bool
        The network takes exactly ``tile``.
    diameter : float
        Pixels across an object as the network wants it; 0 = pictures are left at their scale.
    threshold : float
        Smallest foreground probability of an object's pixel.
    classes : tuple of str
        Names of the classes, in the order of the outputs that mean one.
    """

    __pydantic_config__ = NOTHING_ELSE

    format: str
    sha256: str
    task_kind: str
    outputs: tuple[str, ...]
    axes: str = "bcyx"
    output_axes: str = ""
    channels: int = 1
    normalisation: Normalisation = field(default_factory=Normalisation)
    output: int = 0
    activation: str = "none"
    multiple: int = 32
    tile: tuple[int, ...] = (512, 512)
    fixed: bool = False
    diameter: float = 0.0
    threshold: float = 0.5
    classes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be run."""
        for name, holds, rule in _rules(self):
            if not holds:
                raise TrainingError("bad_network_form", f"{name!r} must be {rule}.")

    @property
    def dims(self) -> int:
        """2 or 3."""
        return 3 if "z" in self.axes else 2

    @property
    def spatial(self) -> str:
        """Spatial axes, in our order."""
        return "zyx"[-self.dims :]

    @property
    def given_axes(self) -> str:
        """Axes of what comes out."""
        if self.output_axes:
            return self.output_axes
        if self.task_kind == "classification":
            return "bc"
        has_channels = "c" in self.axes or len(self.outputs) == 1
        return self.axes if has_channels else self.axes.replace("b", "bc")

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return dataclasses.asdict(self)


def _rules(s: ForeignSpec) -> list[tuple[str, bool, str]]:
    """Each field's rule and whether it holds."""
    n, kind, meant = s.normalisation, s.task_kind, set(s.outputs)
    whole = meant == {"labels"} and len(s.outputs) == 1
    return [
        ("format", s.format in FORMATS, f"one of {', '.join(FORMATS)}"),
        ("task_kind", kind in ("instance", "semantic", "classification"),
         "instance, semantic or classification"),
        ("axes", len(set(s.axes)) == len(s.axes) and {*"byx"} <= set(s.axes) <= {*"bczyx"},
         "b, c, y, x and perhaps z, each once, such as bcyx"),
        ("axes", "c" in s.axes or s.channels == 1, "with c where there are several channels"),
        ("output_axes", _output_axes_fit(s), "those of the input, with c for several outputs"),
        ("channels", 1 <= s.channels <= MOST_CHANNELS, f"1 to {MOST_CHANNELS}"),
        ("normalisation.kind", n.kind in NORMALISATIONS, f"one of {', '.join(NORMALISATIONS)}"),
        ("normalisation.low", 0 <= n.low < n.high <= 100, "below high, both in 0..100"),
        ("normalisation.gain", n.kind != "linear"
         or {len(n.gain), len(n.offset)} <= {1, s.channels}, "one number, or one per channel"),
        ("normalisation.clip", len(n.clip) in (0, 2), "two numbers or none"),
        ("activation", s.activation in ACTIVATIONS, f"one of {', '.join(ACTIVATIONS)}"),
        ("output", 0 <= s.output < MOST_CHANNELS, "the number of an output, from 0"),
        ("outputs", bool(s.outputs) and meant <= set(MEANINGS), f"a list of {', '.join(MEANINGS)}"),
        ("outputs", kind != "instance" or s.outputs.count("foreground") == 1 or whole,
         "with one foreground probability, or nothing but a label image"),
        ("outputs", kind != "semantic" or "class" in meant or whole,
         "with a class, or nothing but a label image"),
        ("outputs", kind != "classification" or {"class"} <= meant <= {"class", "ignore"},
         "the scores of classes"),
        ("classes", kind == "instance" or whole or len(s.classes) == s.outputs.count("class"),
         "one name for each output that is a class"),
        ("multiple", 1 <= s.multiple <= 256, "1 to 256"),
        ("tile", len(s.tile) == s.dims and all(1 <= side <= LARGEST_TILE for side in s.tile),
         f"one side per spatial axis, up to {LARGEST_TILE}"),
        ("tile", s.fixed or kind == "classification"
         or all(s.multiple > 0 and side % s.multiple == 0 for side in s.tile),
         "multiples of what each side must be a multiple of"),
        ("diameter", 0 <= s.diameter <= 1000, "0 to 1000 pixels"),
        ("threshold", 0 < s.threshold < 1, "between 0 and 1"),
    ]  # fmt: skip


def _output_axes_fit(s: ForeignSpec) -> bool:
    axes = set(s.given_axes)
    if len(axes) != len(s.given_axes) or not {"b"} <= axes <= {*"bczyx"}:
        return False
    if s.task_kind == "classification":
        return "c" in axes
    return {*s.spatial} <= axes <= {*"bc", *s.spatial}


def spec_from_json(values: Mapping[str, Any]) -> ForeignSpec:
    """Read what `ForeignSpec.to_json` wrote, or what a form holds.

    Raises
    ------
    TrainingError
        Code ``bad_network_form``.
    """
    missing = [name for name in REQUIRED if not values.get(name)]
    if missing:
        raise TrainingError(
            "bad_network_form", f"Say {', and '.join(REQUIRED[name] for name in missing)}."
        )
    try:
        return _FORM.validate_json(json.dumps(dict(values)), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise TrainingError("bad_network_form", f"{name!r}: {first['msg']}.") from error


# Strict as JSON: lists are taken for tuples, and whole numbers for others, but nothing else.
_FORM = TypeAdapter(ForeignSpec)
