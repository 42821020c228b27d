"""Nested settings: laid over each other, under dotted names, and where they differ."""

import json
from collections.abc import Mapping, Sequence
from typing import Any


def merge_settings(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Lay nested settings over others; neither is changed."""
    merged: dict[str, Any] = {}
    for key in {**under, **over}:
        low, high = under.get(key), over.get(key)
        if isinstance(low, dict) and isinstance(high, dict):
            merged[key] = merge_settings(low, high)
        else:
            merged[key] = over[key] if key in over else under[key]
    return merged


def nest(values: Mapping[str, Any]) -> dict[str, Any]:
    """Bring dotted settings into nested ones."""
    nested: dict[str, Any] = {}
    for key, value in values.items():
        *sections, name = key.split(".")
        at = nested
        for section in sections:
            at = at.setdefault(section, {})
        at[name] = value
    return nested


def flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Bring nested settings under dotted names."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            flat |= flatten(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


def differing_settings(configs: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Gather the settings that are not the same everywhere.

    Parameters
    ----------
    configs : sequence of mapping
        Nested plain values.

    Returns
    -------
    dict of str to list
        Dotted name to one value per config; None where a config has no such setting.
    """
    # Through JSON, in which a tuple and a list of the same values are one thing.
    flat = [flatten(json.loads(json.dumps(config))) for config in configs]
    names = sorted({name for config in flat for name in config})
    table = {name: [config.get(name) for config in flat] for name in names}
    return {name: row for name, row in table.items() if any(v != row[0] for v in row)}
