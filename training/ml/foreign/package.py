"""Read the description of a BioImage.IO package (0.4 and 0.5) without trusting it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import yaml

from training.ml.errors import TrainingError
from training.ml.foreign.processing import read_activation, read_normalisation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

DESCRIPTIONS = ("rdf.yaml", "rdf.yml", "bioimageio.yaml")
LARGEST_DESCRIPTION = 1 << 20
# What can be run, the quickest to start first; and what people have instead.
RUNNABLE = {"onnx": "onnx", "torchscript": "torchscript", "pytorch_script": "torchscript"}
LARGE_TILE, DEEP_TILE = 512, 32
LETTERS = {"batch": "b", "channel": "c", "b": "b", "c": "c", "z": "z", "y": "y", "x": "x"}
WORDS = {
    "foreground": ("foreground", "fg", "cell", "cells", "nucleus", "nuclei", "mask"),
    "boundary": ("boundary", "boundaries", "border", "borders", "contour", "contours", "edges"),
    "distance": ("distance", "distances"),
    "background": ("background", "bg"),
}


@dataclass(frozen=True)
class Described:
    """What a package says of itself.

    Attributes
    ----------
    format, network, sha256 : str
        Of the weights that can be run here, and their file.
    spec : mapping
        Fields of `ForeignSpec` that it tells.
    tests : tuple of str
        Files of the test input and output; empty where there are none.
    about : mapping
        ``name``, ``authors``, ``licence``, ``description`` and ``cite``.
    """

    format: str
    network: str
    sha256: str
    spec: Mapping[str, Any]
    tests: tuple[str, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)


def find_description(folder: Path) -> Path | None:
    """Return the description of a package; nothing where it is none."""
    found = [folder / name for name in DESCRIPTIONS if (folder / name).is_file()]
    return found[0] if found else None


def read_yaml(path: Path) -> dict[str, Any]:
    """Read YAML of plain values: no tags that make objects, no references that multiply.

    Raises
    ------
    TrainingError
        Code ``bad_package``.
    """
    if path.stat().st_size > LARGEST_DESCRIPTION:
        raise bad(f"{path.name} is larger than a description may be")
    try:
        text = path.read_text(encoding="utf-8")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text)):
            raise bad(f"{path.name} refers to itself, which may be an attack")
        values = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        why = " ".join(str(error).split())[:200]
        raise bad(f"{path.name} is no plain YAML ({why})") from error
    if not isinstance(values, dict):
        raise bad(f"{path.name} describes nothing")
    return values


def describe(path: Path) -> Described:
    """Read what a package says of itself.

    Parameters
    ----------
    path : Path
        Its description.

    Returns
    -------
    Described
        Names of files are inside the package; hashes are not compared yet.

    Raises
    ------
    TrainingError
        Codes ``bad_package``, ``pickle_refused`` (only a state dict), ``unknown_processing``.
    """
    values = read_yaml(path)
    try:
        return _describe(values, path.parent)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise bad(f"{path.name} is not a model description as the format has it ({error!r})") from (
            error
        )


def _describe(values: Mapping[str, Any], folder: Path) -> Described:
    weights = values["weights"]
    known = [name for name in RUNNABLE if weights.get(name)]
    if not known:
        has = ", ".join(sorted(str(name) for name in weights))
        raise TrainingError(
            "pickle_refused",
            f"The package holds its weights only as {has}. Those need code of strangers, which is "
            "not run here. Get a package with ONNX or TorchScript weights.",
        )
    entry = weights[known[0]]
    inputs, outputs = values["inputs"], values["outputs"]
    if len(inputs) != 1:
        raise bad(f"its network has {len(inputs)} inputs; those with one are taken")
    return Described(
        format=RUNNABLE[known[0]],
        network=inside(entry["source"], folder),
        sha256=str(entry.get("sha256") or ""),
        spec=_spec(inputs[0], outputs[0]),
        tests=_tests(values, folder),
        about={
            "name": str(values.get("name", ""))[:200],
            "authors": [str(a.get("name", ""))[:200] for a in values.get("authors", [])][:50],
            "licence": str(values.get("license", ""))[:100],
            "description": str(values.get("description", ""))[:2000],
            "cite": [str(c.get("text", ""))[:300] for c in values.get("cite", [])][:20],
        },
    )


def inside(source: object, folder: Path) -> str:
    """Name of a file of the package; refuses addresses and ways out.

    Raises
    ------
    TrainingError
        Code ``bad_package``.
    """
    name = str(source)
    path = PurePosixPath(name)
    if "://" in name or path.is_absolute() or ".." in path.parts:
        raise bad(
            f"it names {name[:80]!r}, which is not inside it; nothing is fetched from outside"
        )
    if not (folder / path).is_file():
        raise bad(f"it names {name[:80]!r}, which it does not hold")
    return name


def bad(why: str) -> TrainingError:
    """Make the error of a package that is refused."""
    return TrainingError("bad_package", f"The package is refused: {why}.")


def _spec(given: Mapping[str, Any], out: Mapping[str, Any]) -> dict[str, Any]:
    axes = _axes(given["axes"])
    sizes = _sizes(given, axes)
    spatial = [axis for axis in "zyx" if axis in axes]
    steps = [sizes[axis][1] for axis in spatial]
    fixed = not all(steps)
    step = 1 if fixed else max(max(steps), 1)
    tile = [
        sizes[axis][0]
        if fixed
        else max(-(-(DEEP_TILE if axis == "z" else LARGE_TILE) // step) * step, step)
        for axis in spatial
    ]
    channels = sizes["c"][0] if "c" in axes else 1
    spec: dict[str, Any] = {
        "axes": axes,
        "channels": channels,
        "multiple": step,
        "tile": tile,
        "fixed": fixed,
        "normalisation": read_normalisation(given.get("preprocessing") or [], channels),
        "output_axes": _axes(out["axes"]),
        "activation": read_activation(out.get("postprocessing") or []),
    }
    meanings = _meanings(out)
    return spec | ({"outputs": meanings} if meanings else {})


def _axes(given: Any) -> str:  # noqa: ANN401
    """Letters of axes, from a string (0.4) or a list of descriptions (0.5)."""
    if isinstance(given, str):
        return given
    names = [str(one.get("id") or one["type"]) for one in (given or [])]
    unknown = [name for name in names if name not in LETTERS]
    if unknown or not names:
        raise bad(f"it has an axis {(unknown or [''])[0]!r}, which is not known here")
    return "".join(LETTERS[name] for name in names)


def _sizes(given: Mapping[str, Any], axes: str) -> dict[str, tuple[int, int]]:
    """Smallest size and step of each axis; step 0 where it is fixed."""
    if isinstance(given["axes"], list):
        return {letter: _size(one) for letter, one in zip(axes, given["axes"], strict=True)}
    shape = given["shape"]
    if isinstance(shape, dict):
        steps = zip(shape["min"], shape["step"], strict=True)
        return {a: (int(low), int(step)) for a, (low, step) in zip(axes, steps, strict=True)}
    return {a: (int(n), 0) for a, n in zip(axes, shape, strict=True)}


def _size(axis: Mapping[str, Any]) -> tuple[int, int]:
    if axis.get("channel_names") and axis["type"] == "channel":
        return len(axis["channel_names"]), 0
    size = axis.get("size", 1)
    if isinstance(size, dict):
        return int(size.get("min", 1)), int(size.get("step", 1))
    return int(size), 0


def _meanings(out: Mapping[str, Any]) -> list[str]:
    """Meanings of the output's channels, where their names tell all of them."""
    names: Sequence[Any] = ()
    if isinstance(out["axes"], list):
        for one in out["axes"]:
            if one.get("type") == "channel" and isinstance(one.get("channel_names"), list):
                names = one["channel_names"]
    found = [
        next((meaning for meaning, words in WORDS.items() if str(name).lower() in words), "")
        for name in names
    ]
    return found if found and all(found) and found.count("foreground") == 1 else []


def _tests(values: Mapping[str, Any], folder: Path) -> tuple[str, ...]:
    """Files of test input and output, from lists of names (0.4) or test tensors (0.5)."""
    if values.get("test_inputs") and values.get("test_outputs"):
        pair = [values["test_inputs"][0], values["test_outputs"][0]]
    else:
        pair = [values[side][0].get("test_tensor") for side in ("inputs", "outputs")]
    names = [one.get("source") if isinstance(one, dict) else one for one in pair]
    if not all(names) or not all(str(name).endswith(".npy") for name in names):
        return ()
    return tuple(inside(name, folder) for name in names)
