"""Processing steps that packages name, as ours; what is not known is refused, not left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from training.ml.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

# They change nothing that matters here: arrays go in as float32, and are read by threshold.
HARMLESS = ("ensure_dtype",)


def read_normalisation(steps: Sequence[Mapping[str, Any]], channels: int) -> dict[str, Any]:
    """Fields of `Normalisation` for preprocessing steps.

    Parameters
    ----------
    steps : sequence of mapping
        ``name`` or ``id``, and ``kwargs``.
    channels : int
        Of the input.

    Returns
    -------
    dict
        Plain values.

    Raises
    ------
    TrainingError
        Code ``unknown_processing``.
    """
    result: dict[str, Any] = {"kind": "none"}
    for step in steps:
        name, kwargs = _name(step), step.get("kwargs") or {}
        if name in HARMLESS:
            continue
        if name == "clip":
            result["clip"] = [float(kwargs["min"]), float(kwargs["max"])]
        elif name in STEPS and result == {"kind": "none"}:
            result = STEPS[name](kwargs, channels)
        else:
            raise _unknown(name)
    return result


def read_activation(steps: Sequence[Mapping[str, Any]]) -> str:
    """Activation that is left to be done after the network.

    Raises
    ------
    TrainingError
        Code ``unknown_processing``.
    """
    names = [name for name in map(_name, steps) if name not in HARMLESS]
    if not names:
        return "none"
    if len(names) == 1 and names[0] in ("sigmoid", "softmax"):
        return names[0]
    raise _unknown(names[-1])


def _name(step: Mapping[str, Any]) -> str:
    return str(step.get("id") or step.get("name"))


def _unknown(name: str) -> TrainingError:
    return TrainingError(
        "unknown_processing",
        f"The package asks for the step {name!r} (or for it in this place), which is not known "
        "here. Bring the bare network in and describe it by the form.",
    )


def _joint(kwargs: Mapping[str, Any]) -> bool:
    """Whether channels are taken together: all axes, or axes with the channel's among them."""
    axes = kwargs.get("axes")
    return axes is None or "c" in axes or "channel" in axes


def _scale_range(kwargs: Mapping[str, Any], channels: int) -> dict[str, Any]:
    return {
        "kind": "percentiles",
        "low": float(kwargs.get("min_percentile", 0.0)),
        "high": float(kwargs.get("max_percentile", 100.0)),
        "per_channel": channels == 1 or not _joint(kwargs),
    }


def _zero_mean(kwargs: Mapping[str, Any], channels: int) -> dict[str, Any]:
    if kwargs.get("mode") == "fixed" or "mean" in kwargs:
        means, spreads = _numbers(kwargs["mean"]), _numbers(kwargs["std"])
        return {
            "kind": "linear",
            "gain": [1 / spread for spread in spreads],
            "offset": [-mean / spread for mean, spread in zip(means, spreads, strict=True)],
        }
    return {"kind": "zero_mean", "per_channel": channels == 1 or not _joint(kwargs)}


def _linear(kwargs: Mapping[str, Any], channels: int) -> dict[str, Any]:
    return {
        "kind": "linear",
        "gain": _numbers(kwargs.get("gain", 1.0)),
        "offset": _numbers(kwargs.get("offset", 0.0)),
    }


def _numbers(values: Any) -> list[float]:  # noqa: ANN401
    return [float(one) for one in values] if isinstance(values, list) else [float(values)]


STEPS: dict[str, Callable[[Mapping[str, Any], int], dict[str, Any]]] = {
    "scale_range": _scale_range,
    "zero_mean_unit_variance": _zero_mean,
    "fixed_zero_mean_unit_variance": _zero_mean,
    "scale_linear": _linear,
}
