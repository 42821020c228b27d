"""What a check says: finding, figures to look at, and what one click does about it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from training.doctor.evidence import RunEvidence

Stage = Literal["before", "during", "after"]
Severity = Literal["note", "warning", "error"]
STAGES: tuple[Stage, ...] = ("before", "during", "after")
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
# A list that nobody reads to its end helps nobody, and findings are polled while a run trains.
MOST_SAMPLES = 50


@dataclass(frozen=True)
class Series:
    """One line, or one set of bars or points.

    Attributes
    ----------
    name : str
        In the legend.
    y : tuple of float
        Values; None leaves a gap.
    x : tuple of float
        Positions; empty for bars, which stand at `Figure.labels`.
    low, high : tuple of float
        Ends of an interval about each value; empty without.
    """

    name: str
    y: tuple[float | None, ...]
    x: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True)
class Figure:
    """Evidence to look at: plot data, or a small picture.

    Attributes
    ----------
    kind : {"lines", "points", "bars", "picture"}
        How it is drawn.
    title : str
        What it shows, in words; also for those who do not see it.
    x_label, y_label : str
        Of the axes.
    series : tuple of Series
        What is drawn.
    labels : tuple of str
        Names under the bars.
    picture : str
        Address that holds its own data (``data:image/png;base64,...``).
    """

    kind: Literal["lines", "points", "bars", "picture"]
    title: str
    x_label: str = ""
    y_label: str = ""
    series: tuple[Series, ...] = ()
    labels: tuple[str, ...] = ()
    picture: str = ""


@dataclass(frozen=True)
class Action:
    """What one click does.

    Attributes
    ----------
    action : {"retry", "review_samples", "label_more", "move_group"}
        Train again with `changes`; look at `samples` again; label more of `split`; give `group`
        to `split`.
    changes : mapping of str to number, str or bool
        Dotted settings, e.g. ``{"optim.rate": 0.0003}``; ``minutes`` is the budget.
    samples : tuple of str
        Ids of items.
    split, group : str
        Where to, and what.
    """

    action: Literal["retry", "review_samples", "label_more", "move_group"]
    changes: Mapping[str, float | int | str | bool] | None = None
    samples: tuple[str, ...] = ()
    split: str = ""
    group: str = ""


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes
    ----------
    code : str
        Key of ``DOCTOR_CHECKS``.
    stage : {"before", "during", "after"}
        When the check looks.
    severity : {"note", "warning", "error"}
        An error makes the model useless or its score untrue; a warning costs accuracy or trust.
    evidence : str
        What was seen, with its numbers.
    meaning : str
        What that means for the model, in plain words.
    remedy : str
        What to do.
    numbers : mapping of str to float
        The numbers of `evidence`.
    actions : tuple of Action
        What one click can do.
    samples : tuple of str
        Ids of the items concerned, the worst first.
    figures : tuple of Figure
        What to look at.
    """

    code: str
    stage: Stage
    severity: Severity
    evidence: str
    meaning: str
    remedy: str
    numbers: Mapping[str, float]
    actions: tuple[Action, ...] = ()
    samples: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values, ready for JSON; numbers are rounded to four digits."""
        body = asdict(self)
        body["numbers"] = {name: _short(value) for name, value in self.numbers.items()}
        body["samples"] = list(self.samples[:MOST_SAMPLES])
        for action in body["actions"]:
            action["changes"] = action["changes"] or {}
            action["samples"] = list(action["samples"][:MOST_SAMPLES])
        for figure in body["figures"]:
            for series in figure["series"]:
                for name in ("x", "y", "low", "high"):
                    series[name] = [_short(value) for value in series[name]]
        return body


Look = Callable[[RunEvidence], Finding | None]


@dataclass(frozen=True)
class DoctorCheck:
    """One check, the entry type of ``DOCTOR_CHECKS``.

    Attributes
    ----------
    stage : {"before", "during", "after"}
        When it looks.
    look : callable
        ``look(evidence)`` gives a finding; None where all is well or there is nothing to see.
    """

    stage: Stage
    look: Look


def _short(value: float | None) -> float | None:
    """Four digits; None for what JSON cannot say."""
    if value is None or value != value or value in (float("inf"), float("-inf")):
        return None
    return float(f"{value:.4g}")


def percent(share: float) -> str:
    """Write a share as whole percent."""
    return f"{100 * share:.0f} %"


def some_of(names: tuple[str, ...], *, most: int = 3) -> str:
    """Write the first few names and how many more there are."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
