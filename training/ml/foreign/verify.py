"""See that a stranger's network does what was said of it, in the sandbox."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from training.ml.errors import TrainingError
from training.ml.foreign.package import bad
from training.ml.foreign.prepare import apply_normalisation, from_network, to_network
from training.ml.sandbox.session import Sandbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from training.ml.foreign.spec import ForeignSpec
    from training.ml.sandbox.session import SandboxSettings

# Sums are made in another order elsewhere, and thresholds flip single pixels.
ABSOLUTE, RELATIVE, SHARE = 0.01, 0.01, 0.995
LARGEST_TEST = 256 << 20
SEED = 3


def verify_shape(
    network: Path, spec: ForeignSpec, settings: SandboxSettings | None
) -> dict[str, Any]:
    """Run a network on a made-up picture, to see that axes and channels are as stated.

    Returns
    -------
    dict
        What was seen, see `training.brought.Brought`.

    Raises
    ------
    TrainingError
        Code ``network_output``, and those of the sandbox.
    """
    steps = (2, 3, 2)[-spec.dims :]
    exact = spec.fixed or spec.task_kind == "classification"
    shape = spec.tile if exact else tuple(n * spec.multiple for n in steps)
    pictures = np.random.default_rng(SEED).random((1, spec.channels, *shape), dtype=np.float32)
    with Sandbox(network, spec.format, output=spec.output, settings=settings) as sandbox:
        found = from_network(sandbox.run(to_network(pictures, spec)), spec)
    wanted = () if spec.task_kind == "classification" else shape
    if found.shape[2:] != wanted:
        raise TrainingError(
            "network_output",
            f"The network turns a picture of {shape} into maps of {found.shape[2:]}; they have to "
            "be of one size.",
        )
    return _seen("made_up_picture", pictures, found)


def verify_package(
    network: Path, spec: ForeignSpec, tests: Sequence[Path], settings: SandboxSettings | None
) -> dict[str, Any]:
    """Run a package's test input through it and compare with its test output.

    Parameters
    ----------
    network : Path
        Its weights.
    spec : ForeignSpec
        What is known of it.
    tests : sequence of Path
        Input and output; where there are none, only the shape is looked at.
    settings : SandboxSettings or None
        Time and memory.

    Returns
    -------
    dict
        What was seen, see `training.brought.Brought`.

    Raises
    ------
    TrainingError
        Codes ``package_differs``, ``bad_package``, ``network_output``, and those of the sandbox.
    """
    if not tests:
        return verify_shape(network, spec, settings)
    given, wanted = (_read(path) for path in tests)
    pictures = _to_ours(given, spec)
    ready = np.stack([apply_normalisation(one, spec.normalisation) for one in pictures])
    with Sandbox(network, spec.format, output=spec.output, settings=settings) as sandbox:
        found = from_network(sandbox.run(to_network(ready, spec)), spec)
    inactive = _stated(wanted, spec)
    if inactive.shape != found.shape:
        raise TrainingError(
            "package_differs",
            f"The network gives {found.shape} for the package's test input, {inactive.shape} is "
            "stated.",
        )
    near = np.abs(found - inactive) <= ABSOLUTE + RELATIVE * np.abs(inactive)
    if near.mean() < SHARE:
        raise TrainingError(
            "package_differs",
            f"The network does not give the package's test output: {100 - 100 * near.mean():.1f} % "
            "of the values differ. The package is damaged, or its description is not understood.",
        )
    largest = float(np.abs(found - inactive).max(initial=0))
    agree = float(near.mean())
    return {**_seen("test_output", pictures, found), "agree": agree, "largest": largest}


def _seen(by: str, given: NDArray[Any], found: NDArray[Any]) -> dict[str, Any]:
    return {"by": by, "input": list(given.shape), "output": list(found.shape)}


def _stated(values: NDArray[Any], spec: ForeignSpec) -> NDArray[Any]:
    """Bring a test output, which is activated already, to (N, K, ...)."""
    return from_network(values, replace(spec, activation="none"))


def _read(path: Path) -> NDArray[Any]:
    try:
        if path.stat().st_size > LARGEST_TEST:
            raise ValueError("it is too large")
        values = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise bad(f"{path.name} cannot be read ({error})") from error
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "biuf":
        raise bad(f"{path.name} holds no numbers")
    return values


def _to_ours(values: NDArray[Any], spec: ForeignSpec) -> NDArray[Any]:
    """Bring a test input from its axes to (N, C, (Z,) Y, X)."""
    if values.ndim != len(spec.axes):
        raise bad(f"its test input has {values.ndim} axes, {spec.axes} are stated")
    axes = spec.axes
    if "c" not in axes:
        values, axes = values[None], "c" + axes
    return values.transpose([axes.index(axis) for axis in "bc" + spec.spatial])
