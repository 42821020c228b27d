"""What a search may change: a declared space over dotted settings. Needs no torch."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from training.ml.errors import ConfigError
from training.nested import flatten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KINDS = ("float", "int", "choice")
MOST_DIMENSIONS = 20


@dataclass(frozen=True)
class Dimension:
    """One setting and its values.

    Attributes
    ----------
    key : str
        Dotted name of a setting, for example ``optim.rate``.
    kind : str
        ``float``, ``int`` or ``choice``.
    low, high : float
        Range of a number, ends included.
    log : bool
        Whether factors count rather than differences.
    choices : tuple
        Values of a choice: anything that JSON can hold.
    """

    key: str
    kind: str
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    choices: tuple[Any, ...] = ()

    @property
    def ends(self) -> tuple[Any, ...]:
        """The values by which a trainer can tell whether it takes all of them."""
        if self.kind == "choice":
            return self.choices
        return (int(self.low), int(self.high)) if self.kind == "int" else (self.low, self.high)

    def holds(self, value: object) -> bool:
        """Whether a value lies in the dimension."""
        if self.kind == "choice":
            return json.dumps(value) in [json.dumps(choice) for choice in self.choices]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and self.low <= float(value) <= self.high  # type: ignore[arg-type]


COMMON_SPACE = (
    Dimension("optim.rate", "float", low=5e-4, high=1e-2, log=True),
    Dimension("optim.weight_decay", "float", low=1e-4, high=5e-2, log=True),
    Dimension("augment.scale", "float", low=0.1, high=0.7),
    Dimension("augment.contrast", "float", low=0.1, high=0.9),
)

SPACES: dict[str, tuple[Dimension, ...]] = {
    "instance": (
        *COMMON_SPACE,
        Dimension("data.diameter", "float", low=12.0, high=32.0),
        Dimension("head", "choice", choices=("flow", "distance")),
    ),
    "classification": (
        *COMMON_SPACE,
        Dimension("data.balance", "float", low=0.0, high=1.0),
        Dimension("data.crop", "choice", choices=(48, 64, 96)),
        Dimension("model", "choice", choices=("network", "softmax")),
    ),
}

# What is not searched where nothing is said, but may be added: more settings need more trials.
FURTHER = (
    Dimension("augment.gamma", "float", low=0.1, high=0.8),
    Dimension("augment.brightness", "float", low=0.0, high=0.3),
    Dimension("augment.noise", "float", low=0.0, high=0.2),
    Dimension("augment.blur", "float", low=0.0, high=0.5),
    Dimension("network.residual_units", "int", low=1, high=3),
    Dimension("network.dropout", "float", low=0.0, high=0.3),
    Dimension("network.compress", "choice", choices=(True, False)),
    Dimension("network.channels", "choice", choices=([16, 32, 64, 96], [32, 64, 128, 192])),
    Dimension("optim.batch", "choice", choices=(8, 16, 32)),
    Dimension("optim.ema", "float", low=0.9, high=0.999),
)
# Keys of ``NETWORKS``; what ``auto`` stands for comes first.
PIXEL_NETWORKS = Dimension("network.name", "choice", choices=("unet", "attention_unet", "dynunet"))
CROP_NETWORKS = Dimension("network.name", "choice", choices=("resnet", "densenet"))
OF_TASK = {
    "classification": (CROP_NETWORKS,),
    "multilabel": (CROP_NETWORKS,),
    "instance": (
        Dimension("augment.dim", "float", low=0.0, high=0.3),
        Dimension("data.patch", "choice", choices=(96, 128, 160)),
        Dimension("data.foreground", "float", low=0.4, high=1.0),
        PIXEL_NETWORKS,
    ),
    "semantic": (
        Dimension("data.patch", "choice", choices=(96, 128, 160)),
        Dimension("data.balance", "float", low=0.0, high=1.0),
        PIXEL_NETWORKS,
    ),
}


def further_space(task_kind: str) -> tuple[Dimension, ...]:
    """Return what may be searched, too, with ranges to start from."""
    return (*FURTHER, *OF_TASK.get(task_kind, ()))


def default_space(task_kind: str) -> tuple[Dimension, ...]:
    """Return the space that is searched where none is given."""
    return SPACES.get(task_kind, COMMON_SPACE)


def read_space(rows: Sequence[Mapping[str, Any]]) -> tuple[Dimension, ...]:
    """Read a space from plain values.

    Parameters
    ----------
    rows : sequence of mapping
        Fields of `Dimension`.

    Returns
    -------
    tuple of Dimension
        Each with another key.

    Raises
    ------
    ConfigError
        For an unknown field or kind, an empty range, or a key that comes twice.
    """
    space = tuple(_read(row) for row in rows)
    if not 1 <= len(space) <= MOST_DIMENSIONS:
        raise ConfigError("space", f"must have 1 to {MOST_DIMENSIONS} settings.")
    if len({dimension.key for dimension in space}) < len(space):
        raise ConfigError("space", "names a setting twice.")
    return space


def space_rows(space: Sequence[Dimension]) -> list[dict[str, Any]]:
    """Plain values of a space, ready for JSON."""
    return [asdict(dimension) | {"choices": list(dimension.choices)} for dimension in space]


def pick_values(config: Mapping[str, Any], space: Sequence[Dimension]) -> dict[str, Any] | None:
    """Read where settings lie in a space.

    Parameters
    ----------
    config : mapping
        Nested settings, all of them.
    space : sequence of Dimension
        The space.

    Returns
    -------
    dict of str to value, or None
        One value per dimension; None where one lies outside.
    """
    flat, values = flatten(config), {}
    for dimension in space:
        value = flat.get(dimension.key)
        value = list(value) if isinstance(value, tuple) else value
        if not dimension.holds(value):
            return None
        values[dimension.key] = value
    return values


def _read(row: Mapping[str, Any]) -> Dimension:
    unknown = set(row) - {"key", "kind", "low", "high", "log", "choices"}
    key = str(row.get("key", ""))
    if unknown or not key:
        raise ConfigError("space", "each entry has key, kind, and low, high, log or choices.")
    kind = row.get("kind")
    if kind == "choice":
        choices = tuple(row.get("choices") or ())
        if len(choices) < 2:
            raise ConfigError(key, "a choice needs two values or more.")
        return Dimension(key, "choice", choices=choices)
    if kind not in KINDS:
        raise ConfigError(key, f"kind must be one of {', '.join(KINDS)}.")
    low, high, log = row.get("low", 0.0), row.get("high", 0.0), bool(row.get("log", False))
    numbers = all(
        isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v)
        for v in (low, high)
    )
    if not numbers or low >= high or (log and low <= 0):
        raise ConfigError(key, "low must be below high, and above 0 on a logarithmic scale.")
    if kind == "int" and (low != int(low) or high != int(high)):
        raise ConfigError(key, "low and high must be whole numbers.")
    return Dimension(key, str(kind), low=float(low), high=float(high), log=log)
