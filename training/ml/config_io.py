"""Settings of a training from and to JSON."""

from __future__ import annotations

import dataclasses
import json
import math
import types
import typing
from typing import TYPE_CHECKING, Any

from training.ml.config import Config
from training.ml.errors import ConfigError
from training.ml.presets import with_preset

if TYPE_CHECKING:
    from pathlib import Path


def config_from_dict(values: dict[str, Any]) -> Config:
    """Build settings from nested plain values; what is left out keeps its default.

    Parameters
    ----------
    values : dict
        As in the JSON file, for example ``{"seed": 1, "optim": {"rate": 0.002}}``.

    Returns
    -------
    Config
        Validated settings.

    Raises
    ------
    ConfigError
        For an unknown name, a wrong type or a value out of range.
    """
    return typing.cast("Config", _build(Config, values, prefix=""))


def load_config(path: Path | None, *, preset: str | None = None) -> Config:
    """Read settings from a JSON file; None gives the defaults.

    Parameters
    ----------
    path : Path or None
        A JSON object.
    preset : str or None
        Key of ``PRESETS`` whose settings lie under those of the file.

    Returns
    -------
    Config
        Validated settings.

    Raises
    ------
    ConfigError
        If the file is not a JSON object or holds a bad setting.
    """
    values: Any = {}
    if path is not None:
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ConfigError(str(path), f"the file cannot be read as JSON ({error}).") from error
    if preset is not None and isinstance(values, dict):
        values = with_preset(preset, values)
    return config_from_dict(values)


def config_to_dict(config: Config) -> dict[str, Any]:
    """Nested plain values of the settings, ready for JSON."""
    return dataclasses.asdict(config)


def _build(kind: type[Any], values: object, *, prefix: str) -> object:
    """Build one dataclass from plain values, recursing into its sections."""
    if not isinstance(values, dict):
        raise ConfigError(prefix.rstrip(".") or "config", "must be a JSON object.")
    hints = typing.get_type_hints(kind)
    known: dict[str, Any] = {}
    for name, value in values.items():
        if name not in hints:
            options = ", ".join(sorted(hints))
            raise ConfigError(prefix + str(name), f"is unknown here. Known: {options}.")
        known[name] = _convert(hints[name], value, name=prefix + name)
    return kind(**known)


def _convert(hint: object, value: object, *, name: str) -> object:
    """Check one plain value against its annotation."""
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _build(hint, value, prefix=name + ".")
    if isinstance(hint, types.GenericAlias):
        if isinstance(value, list | tuple) and all(type(v) is int and v > 0 for v in value):
            return tuple(value)
        raise ConfigError(name, "must be a list of whole numbers above 0.")
    if hint is float and type(value) in (int, float) and math.isfinite(typing.cast("float", value)):
        return float(typing.cast("float", value))
    if hint is not float and type(value) is hint:
        return value
    raise ConfigError(name, f"must be of type {getattr(hint, '__name__', hint)}, not {value!r}.")
