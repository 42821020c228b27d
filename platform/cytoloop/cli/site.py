"""``up``, ``status``, ``stop``: the site of this machine."""

import argparse
import os
import signal
import time

from config.env import environment_of_process
from cytoloop.services.paths import Home
from cytoloop.services.processes import is_alive, stop_marked
from cytoloop.services.state import running_site
from cytoloop.services.supervisor import Supervisor

LONGEST_STOP = 60.0


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands of this module."""
    up = commands.add_parser("up", help="start the site and keep it running until Ctrl-C")
    add_listen_options(up)
    up.set_defaults(run=run_up)
    status = commands.add_parser("status", help="say what runs")
    status.set_defaults(run=run_status)
    stop = commands.add_parser("stop", help="stop the running site")
    stop.set_defaults(run=run_stop)


def add_listen_options(parser: argparse.ArgumentParser) -> None:
    """Add where the web process listens."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, help="port to listen on (first free one from 8000)")


def run_up(options: argparse.Namespace) -> int:
    """Start the site; find the running one where there is one."""
    environment = environment_of_process()
    site = running_site(Home(environment.home))
    if site is not None:
        print(f"Cytoloop runs already: {site.url}")
        return 0
    supervisor = Supervisor(environment, say=say, host=options.host, port=options.port)
    return supervisor.run(ready=announce)


def run_status(options: argparse.Namespace) -> int:
    """Print the site's address and its processes."""
    home = Home(environment_of_process().home)
    site = running_site(home)
    if site is None:
        print(f"Nothing runs on {home.path}. Start it with: cytoloop up")
        return 1
    print(f"Cytoloop runs: {site.url}")
    for name, mark in sorted(site.programs.items()):
        print(f"  {name:10} {'running' if is_alive(mark) else 'starting'}  pid {mark.pid}")
    print(f"Logs: {home.logs}")
    return 0


def run_stop(options: argparse.Namespace) -> int:
    """Ask the supervisor to stop everything, and wait until it has."""
    home = Home(environment_of_process().home)
    site = running_site(home)
    if site is None:
        print(f"Nothing runs on {home.path}.")
        return 0
    os.kill(site.supervisor.pid, signal.SIGTERM)
    deadline = time.monotonic() + LONGEST_STOP
    while is_alive(site.supervisor) and time.monotonic() < deadline:
        time.sleep(0.1)
    stop_marked(site.supervisor, ())
    print("Cytoloop is stopped.")
    return 0


def announce(url: str) -> None:
    """Say that the site is up."""
    say(f"Cytoloop is up: {url}   (Ctrl-C stops it)")


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)
