"""What the running supervisor tells other commands: one lock, one JSON file."""

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TextIO

from cytoloop.services.paths import Home
from cytoloop.services.processes import ProcessMark, is_alive


@dataclass(frozen=True)
class SiteState:
    """A site as its supervisor last described it.

    Attributes
    ----------
    supervisor : ProcessMark
        Who watches the programs.
    url : str
        Address of the site.
    programs : Mapping of str to ProcessMark
        Its programs and services by name.
    """

    supervisor: ProcessMark
    url: str
    programs: Mapping[str, ProcessMark]


def write_state(home: Home, state: SiteState) -> None:
    """Put the state down in one step, so that a reader never sees half of it."""
    partial = home.state_file.with_suffix(".new")
    partial.write_text(json.dumps(asdict(state), indent=2))
    partial.replace(home.state_file)


def read_state(home: Home) -> SiteState | None:
    """Read what the last supervisor wrote; None where there is nothing."""
    try:
        document = json.loads(home.state_file.read_text())
        return SiteState(
            supervisor=ProcessMark(**document["supervisor"]),
            url=document["url"],
            programs={name: ProcessMark(**mark) for name, mark in document["programs"].items()},
        )
    except (FileNotFoundError, json.JSONDecodeError, KeyError, TypeError):
        return None


def running_site(home: Home) -> SiteState | None:
    """Return the site's state where its supervisor lives."""
    state = read_state(home)
    return state if state is not None and is_alive(state.supervisor) else None


def take_lock(home: Home) -> TextIO | None:
    """Become the only supervisor of the folder.

    Returns
    -------
    file or None
        Held open for as long as the supervisor runs; None where another one holds it. The system
        gives the lock back when its holder dies, however that happens.
    """
    home.path.mkdir(parents=True, exist_ok=True)
    file = home.lock_file.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file
