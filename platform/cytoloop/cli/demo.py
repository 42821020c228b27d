"""``demo``: the whole loop with simulated annotators, on generated pictures or a lab's own."""

import argparse
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from config.env import environment_of_process
from cytoloop.cli.site import add_listen_options, announce, say
from cytoloop.demo.loop import run_demo
from cytoloop.demo.people import OWNER
from cytoloop.demo.plan import COMPARISONS, DemoPlan, Memory, load_memory
from cytoloop.demo.report import format_table
from cytoloop.services.paths import Home
from cytoloop.services.programs import python_environment
from cytoloop.services.state import running_site
from cytoloop.services.supervisor import Supervisor
from cytoloop.transport import Json


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command of this module."""
    standard = DemoPlan()
    parser = commands.add_parser(
        "demo",
        help="run the whole loop with simulated annotators, then leave the site running",
        description="Imports labelled pictures, lets simulated annotators correct what the models "
        "propose, trains and chooses in rounds, and prints what that brought. The masks are known "
        "to the annotators only; those of validation and test pictures measure the models.",
    )
    parser.add_argument("--images", type=Path, help="folder of pictures (generated ones if left)")
    parser.add_argument("--masks", type=Path, help="folder of label images with the same names")
    parser.add_argument("--rounds", type=int, default=standard.rounds)
    parser.add_argument("--batch", type=int, default=standard.batch, help="samples in a round")
    parser.add_argument("--annotators", type=int, default=standard.annotators)
    parser.add_argument("--seed", type=int, default=standard.seed)
    parser.add_argument(
        "--minutes", type=float, default=standard.minutes, help="length of each training"
    )
    parser.add_argument("--strategy", default=standard.strategy, help="what chooses samples")
    parser.add_argument(
        "--compare-arms",
        choices=COMPARISONS,
        default=standard.compare,
        help="after which rounds to train on each arm's labels alone, too",
    )
    parser.add_argument("--report", type=Path, help="write the report as JSON to this file")
    parser.add_argument("--exit", action="store_true", help="stop the site when the loop is done")
    parser.add_argument("--at", help=argparse.SUPPRESS)
    add_listen_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the demo on the running site, or on one that is started for it."""
    if (options.images is None) != (options.masks is None):
        say("cytoloop: give both --images and --masks, or none of them.")
        return 2
    environment = environment_of_process()
    home = Home(environment.home)
    site = running_site(home)
    url = options.at or (site.url if site else None)
    if url:
        return _run_at(url, home, options)
    supervisor = Supervisor(environment, say=say, host=options.host, port=options.port)

    def spawn_guest(address: str) -> subprocess.Popen[bytes]:
        # A process of its own, so that the supervisor goes on watching meanwhile.
        command = [sys.executable, "-m", "cytoloop", *sys.argv[1:], "--at", address]
        return subprocess.Popen(command, env=python_environment(home), start_new_session=True)

    return supervisor.run(ready=announce, guest=spawn_guest)


def _run_at(url: str, home: Home, options: argparse.Namespace) -> int:
    plan = DemoPlan(
        images=options.images,
        masks=options.masks,
        rounds=options.rounds,
        batch=options.batch,
        annotators=options.annotators,
        seed=options.seed,
        minutes=options.minutes,
        strategy=options.strategy,
        compare=options.compare_arms,
    )
    memory = load_memory(home)
    report = memory.reports.get(plan.name)
    if report is None:
        report = run_demo(url, home, plan, memory, say=say)
    else:
        say(f"{plan.name!r} was done before; this is its report.")
    _present(url, plan, memory, report)
    if options.report:
        options.report.write_text(json.dumps(report, indent=2) + "\n")
        say(f"Report: {options.report}")
    if options.exit and options.at:
        os.kill(os.getppid(), signal.SIGTERM)
    return 0


def _present(url: str, plan: DemoPlan, memory: Memory, report: Json) -> None:
    say("")
    for line in format_table(report):
        say(line)
    say("")
    say(f"Site:   {url}/projects/{report['project']}")
    say(f"Logins: {OWNER} (owner), {', '.join(plan.people)} (annotators)")
    say(f"        password of all: {memory.password}")
