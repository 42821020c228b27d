"""What one demo does, and what it must remember between two calls."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from cytoloop.services.paths import Home

Comparison = Literal["none", "last", "all"]
COMPARISONS: tuple[Comparison, ...] = ("none", "last", "all")
NAMES = ("ana", "ben", "chen", "dora", "emil", "fumi", "gita", "hugo")


@dataclass(frozen=True)
class DemoPlan:
    """The knobs of a demo.

    Attributes
    ----------
    images, masks : Path or None
        A lab's labelled pictures; generated ones where None.
    rounds : int
        Rounds of active learning.
    batch : int
        Samples labelled in each round.
    annotators : int
        Simulated people.
    seed : int
        Of the pictures, the people and the rounds.
    minutes : float
        Of each training.
    strategy : str
        What chooses the samples outside the control arm.
    compare : {'none', 'last', 'all'}
        In which rounds each arm's labels alone are trained on, too, to compare the arms.
    generated : int
        How many pictures are generated.
    """

    images: Path | None = None
    masks: Path | None = None
    rounds: int = 3
    batch: int = 8
    annotators: int = 3
    seed: int = 0
    minutes: float = 1.0
    strategy: str = "margin"
    compare: Comparison = "last"
    generated: int = 60

    @property
    def name(self) -> str:
        """Name of its project and data set."""
        source = self.images.absolute().parent.name if self.images else "generated nuclei"
        return f"Demo: {source}"

    def compares(self, number: int) -> bool:
        """Whether the arms are compared after the round of this number."""
        return self.compare == "all" or (self.compare == "last" and number == self.rounds)

    @property
    def people(self) -> tuple[str, ...]:
        """Names of the simulated annotators."""
        extra = (f"person{number}" for number in range(len(NAMES) + 1, self.annotators + 1))
        return (*NAMES[: self.annotators], *extra)


@dataclass
class Memory:
    """Accounts and results of the demos of one installation, in its state folder.

    Attributes
    ----------
    password : str
        Of all demo accounts.
    tokens : dict
        User name -> personal token.
    reports : dict
        Project name -> report of a demo that is done.
    """

    password: str
    tokens: dict[str, str] = field(default_factory=dict)
    reports: dict[str, dict[str, object]] = field(default_factory=dict)


def load_memory(home: Home) -> Memory:
    """Read what earlier demos left; a new password where there were none."""
    path = _path(home)
    if path.exists():
        return Memory(**json.loads(path.read_text()))
    return Memory(password=f"demo-{secrets.token_hex(4)}")


def save_memory(home: Home, memory: Memory) -> None:
    """Write it in one step, readable by this person only."""
    path = _path(home)
    partial = path.with_suffix(".new")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(memory), file, indent=2)
    partial.replace(path)


def _path(home: Home) -> Path:
    return home.path / "demo.json"
