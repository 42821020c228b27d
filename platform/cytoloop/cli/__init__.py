"""The command line: thin commands over the services, the SDK and the demo."""

import argparse
import sys
from collections.abc import Sequence

from config.env import InvalidVariableError
from cytoloop.cli import demo, imports, predict, site
from cytoloop.demo.loop import DemoError
from cytoloop.demo.pictures import PicturesError
from cytoloop.services.broker import BrokerError
from cytoloop.services.postgres import PostgresError
from cytoloop.services.supervisor import SupervisorError
from cytoloop.transport import ApiError

WHAT_PEOPLE_CAN_MEND = (
    ApiError,
    BrokerError,
    DemoError,
    InvalidVariableError,
    OSError,
    PicturesError,
    PostgresError,
    SupervisorError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; taken from the command line where not given.

    Returns
    -------
    int
        0 where all went well.
    """
    parser = argparse.ArgumentParser(
        prog="cytoloop",
        description="Label cell images, learn from them, ask for what teaches most.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (site, imports, predict, demo):
        module.add_commands(commands)
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except WHAT_PEOPLE_CAN_MEND as error:
        print(f"cytoloop: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
