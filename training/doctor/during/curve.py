"""What the checks of curves share."""

from collections.abc import Sequence
from statistics import median

from training.doctor.base import Figure, Series
from training.doctor.evidence import CurveFacts


def loss_figure(curves: CurveFacts, title: str) -> Figure:
    """Draw the loss."""
    return Figure(
        kind="lines",
        title=title,
        x_label="point",
        y_label="loss",
        series=(Series("loss", curves.losses, tuple(map(float, range(len(curves.losses))))),),
    )


def smooth(values: Sequence[float], *, width: int = 5) -> list[float]:
    """Take the running median, which one outlier does not move."""
    half = width // 2
    return [median(values[max(0, at - half) : at + half + 1]) for at in range(len(values))]


def slower(rate: float, by: float) -> dict[str, float | int | str | bool]:
    """Change the learning rate to a share of what it was; nothing where it is unknown."""
    return {"optim.rate": float(f"{rate * by:.2g}")} if rate > 0 else {}


def longer(minutes: float, times: float) -> dict[str, float | int | str | bool]:
    """Change the budget to a multiple, at most two hours; nothing where there was none."""
    return {"minutes": round(min(minutes * times, max(120.0, minutes)), 1)} if minutes > 0 else {}
