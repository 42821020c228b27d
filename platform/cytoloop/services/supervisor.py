"""Starts everything one machine needs, keeps it running, and stops it in order."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import httpx
import psycopg

from config.env import Environment, embedded_broker_url, embedded_database_url
from cytoloop.services.broker import EmbeddedBroker
from cytoloop.services.paths import Home
from cytoloop.services.postgres import EmbeddedPostgres
from cytoloop.services.processes import ProcessMark, kill_group, mark_of, stop_child, stop_marked
from cytoloop.services.programs import Program, list_programs, spawn, stop_steps
from cytoloop.services.state import SiteState, read_state, take_lock, write_state

FIRST_PORT = 8000
LAST_PORT = 8099
STEADY_AFTER = 60.0
LONGEST_PAUSE = 30.0
LONGEST_WEB_START = 120.0
GLANCE = 0.1


class SupervisorError(RuntimeError):
    """The site cannot start; the text says what to do."""


@dataclass
class _Watched:
    """A program, its process, and how often it has died in a row."""

    program: Program
    process: subprocess.Popen[bytes]
    started: float
    deaths: int = 0
    next_try: float = 0.0


class Supervisor:
    """One site's processes.

    Parameters
    ----------
    environment : Environment
        Addresses and the state folder.
    say : callable
        Takes lines for the person at the terminal.
    host : str
        Where the web process listens.
    port : int or None
        Wanted port; None takes the remembered one, else the first free one from 8000.
    """

    def __init__(
        self,
        environment: Environment,
        *,
        say: Callable[[str], None],
        host: str = "127.0.0.1",
        port: int | None = None,
    ) -> None:
        self.home = Home(environment.home)
        self.environment = environment
        self.say = say
        self.host = host
        self.wanted_port = port
        self.port = 0
        self.guest: subprocess.Popen[bytes] | None = None
        self._stopping = False
        self._socket: socket.socket | None = None
        self._watched: list[_Watched] = []
        self._postgres: EmbeddedPostgres | None = None
        self._broker: EmbeddedBroker | None = None

    @property
    def url(self) -> str:
        """Address of the site."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        return f"http://{host}:{self.port}"

    def run(
        self,
        *,
        ready: Callable[[str], None],
        guest: Callable[[str], subprocess.Popen[bytes]] | None = None,
    ) -> int:
        """Start all, watch until a signal or the guest's failure, stop all.

        Parameters
        ----------
        ready : callable
            Told the site's address when it answers.
        guest : callable, optional
            Given the site's address, starts a process that uses the site; it is stopped with it.

        Returns
        -------
        int
            0 after an orderly stop; the guest's code where it failed.

        Raises
        ------
        SupervisorError
            Another supervisor holds the folder, or something does not start.
        """
        lock = take_lock(self.home)
        if lock is None:
            message = f"A site already runs on {self.home.path}. See `cytoloop status`."
            raise SupervisorError(message)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        code = 0
        try:
            self._start()
            if not self._stopping:
                ready(self.url)
                self.guest = guest(self.url) if guest else None
                code = self._watch()
        finally:
            self._stop()
            lock.close()
        return code

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _start(self) -> None:
        self._clear_leftovers()
        if self.environment.database_url == embedded_database_url(self.home):
            self._postgres = EmbeddedPostgres(self.home)
            self._postgres.prepare()
            self._postgres.start(say=self.say)
        if self.environment.broker_url == embedded_broker_url(self.home):
            self._broker = EmbeddedBroker(self.home)
            self._broker.start()
        self._socket = self._listen()
        self.port = self._socket.getsockname()[1]
        self._tell()
        self._check_database()
        self._migrate()
        for program in list_programs(self.home, listen=self._socket.fileno()):
            if self._stopping:
                return
            self._watched.append(
                _Watched(program, spawn(program, self.home), started=time.monotonic())
            )
            self._tell()
        self._wait_for_web()

    def _watch(self) -> int:
        while not self._stopping:
            self._mend_services()
            for watched in self._watched:
                self._mend(watched)
            if self.guest is not None and self.guest.poll() is not None:
                code = self.guest.returncode
                self.guest = None
                if code:
                    return code
            time.sleep(GLANCE)
        return 0

    def _mend_services(self) -> None:
        for service in (self._postgres, self._broker):
            if service is None or service.process is None or service.process.poll() is None:
                continue
            self.say(f"{type(service).__name__} ended; starting it again.")
            service.start()
            self._tell()

    def _mend(self, watched: _Watched) -> None:
        now = time.monotonic()
        if watched.process.poll() is None:
            if watched.deaths and now - watched.started > STEADY_AFTER:
                watched.deaths = 0
            return
        if not watched.next_try:
            # What the dead leader has started must not work on beside its successor.
            kill_group(watched.process.pid)
            pause = min(LONGEST_PAUSE, 0.5 * 2.0**watched.deaths)
            watched.deaths += 1
            watched.next_try = now + pause
            log = self.home.logs / f"{watched.program.name}.log"
            self.say(
                f"{watched.program.name} ended with code {watched.process.returncode}; starting it "
                f"again in {pause:g} s. See {log}."
            )
        elif now >= watched.next_try:
            watched.process = spawn(watched.program, self.home)
            watched.started, watched.next_try = now, 0.0
            self._tell()

    def _stop(self) -> None:
        if self.guest is not None:
            stop_child(self.guest, ((signal.SIGTERM, 5.0),))
        # Once the web process is gone, callers are refused: there is nothing to wait for.
        if self._socket is not None:
            self._socket.close()
        for watched in reversed(self._watched):
            if watched.process.poll() is None:
                watched.process.terminate()
        for watched in reversed(self._watched):
            stop_child(watched.process, stop_steps(watched.program))
        for service in (self._broker, self._postgres):
            if service is not None:
                service.stop()
        self.home.state_file.unlink(missing_ok=True)

    def _clear_leftovers(self) -> None:
        """Stop what a killed supervisor has left behind."""
        state = read_state(self.home)
        if state is None:
            return
        for name, mark in state.programs.items():
            if name != "postgres":
                stop_marked(mark, ((signal.SIGTERM, 3.0),))

    def _listen(self) -> socket.socket:
        """Open the site's port, so that nobody else can; the web process inherits it.

        While the web process is started again, callers wait instead of being refused.
        """
        if self.wanted_port is not None:
            wanted = open_port(self.host, self.wanted_port)
            if wanted is None:
                message = f"Port {self.wanted_port} is taken. Leave --port out, or give another."
                raise SupervisorError(message)
            return wanted
        remembered = _read_port(self.home) or FIRST_PORT
        for port in (remembered, *range(FIRST_PORT, LAST_PORT + 1)):
            found = open_port(self.host, port)
            if found is not None:
                self.home.port_file.write_text(f"{port}\n")
                return found
        message = f"Every port from {FIRST_PORT} to {LAST_PORT} is taken. Give one with --port."
        raise SupervisorError(message)

    def _check_database(self) -> None:
        try:
            psycopg.connect(self.environment.database_url, connect_timeout=10).close()
        except psycopg.OperationalError as error:
            message = f"DATABASE_URL: the server does not let us in: {error}"
            raise SupervisorError(message) from error

    def _migrate(self) -> None:
        migrate = Program("migrate", ("-m", "django", "migrate", "--noinput", "--skip-checks"))
        process = spawn(migrate, self.home)
        while process.poll() is None:
            if self._stopping:
                stop_child(process, ((signal.SIGTERM, 5.0),))
                return
            time.sleep(GLANCE)
        if process.returncode:
            log = self.home.logs / "migrate.log"
            message = f"The database cannot be brought up to date:\n{log.read_text()[-1500:]}"
            raise SupervisorError(message)

    def _wait_for_web(self) -> None:
        deadline = time.monotonic() + LONGEST_WEB_START
        while not self._stopping and time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/healthz", timeout=5).is_success:
                    return
            except httpx.TransportError:
                time.sleep(GLANCE)
            if self._watched[0].process.poll() is not None:
                break
        if not self._stopping:
            log = self.home.logs / "web.log"
            message = f"The web process does not answer. The end of {log}:\n{_tail(log)}"
            raise SupervisorError(message)

    def _tell(self) -> None:
        processes = {watched.program.name: watched.process for watched in self._watched}
        if self._postgres is not None and self._postgres.process is not None:
            processes["postgres"] = self._postgres.process
        if self._broker is not None and self._broker.process is not None:
            processes["broker"] = self._broker.process
        marks = {name: mark_of(process.pid) for name, process in processes.items()}
        me = mark_of(os.getpid())
        assert me is not None
        alive: dict[str, ProcessMark] = {name: mark for name, mark in marks.items() if mark}
        write_state(self.home, SiteState(supervisor=me, url=self.url, programs=alive))


def open_port(host: str, port: int) -> socket.socket | None:
    """Listen at a port.

    Parameters
    ----------
    host : str
        Address of this machine.
    port : int
        Wanted; 0 takes any.

    Returns
    -------
    socket.socket or None
        None where somebody else listens there, or we may not.
    """
    is_6 = ":" in host
    try:
        return socket.create_server(
            (host, port),
            family=socket.AF_INET6 if is_6 else socket.AF_INET,
            dualstack_ipv6=is_6 and socket.has_dualstack_ipv6(),
        )
    except OSError:
        return None


def _read_port(home: Home) -> int | None:
    try:
        return int(home.port_file.read_text())
    except (FileNotFoundError, ValueError):
        return None


def _tail(path: Path) -> str:
    return path.read_text(errors="replace")[-1500:]
