"""The environment variables Cytoloop reads, checked once at start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from cytoloop.services.paths import (
    DATABASE_NAME,
    DATABASE_USER,
    POSTGRES_PORT,
    Home,
    read_or_make_secret,
)

DATABASE_SCHEMES = ("postgresql", "postgres")
BROKER_SCHEMES = ("redis", "rediss", "redis+socket", "amqp", "amqps")
STORAGE_SCHEMES = ("file", "s3")
SHORTEST_SECRET = 32
TRUE_WORDS = ("1", "true", "yes", "on")
FALSE_WORDS = ("0", "false", "no", "off", "")


class InvalidVariableError(ValueError):
    """A variable holds a value that cannot work; the text names it and says what to do."""

    def __init__(self, variable: str, problem: str, remedy: str) -> None:
        super().__init__(f"{variable}: {problem} {remedy}")
        self.variable = variable


@dataclass(frozen=True)
class Environment:
    """What the surroundings say about this installation.

    Attributes
    ----------
    database_url : str
        ``postgresql://…``; the embedded Postgres of ``home`` where nothing is set.
    broker_url : str
        ``redis+socket://…``, ``redis://…`` or ``amqp://…``; the embedded broker of ``home``.
    storage_url : str
        ``file:///folder`` or ``s3://bucket/prefix``.
    secret_key : str
        Django's key; made once and kept in ``home`` where nothing is set.
    debug : bool
        Django's debug mode.
    allowed_hosts : tuple of str
        Host names the web process answers to.
    home : Path
        The state folder.
    https : bool
        Whether people reach the site by https, through a proxy that says so in
        ``X-Forwarded-Proto``.
    """

    database_url: str
    broker_url: str
    storage_url: str
    secret_key: str
    debug: bool
    allowed_hosts: tuple[str, ...]
    home: Path
    https: bool = False


def read_environment(environ: Mapping[str, str]) -> Environment:
    """Read and check the variables.

    Parameters
    ----------
    environ : Mapping
        Usually ``os.environ``.

    Returns
    -------
    Environment
        Checked values, with the embedded services as defaults.

    Raises
    ------
    InvalidVariableError
        A value is wrong; the text begins with the variable's name.
    """
    home = Home(_read_home(environ))
    return Environment(
        database_url=_read_database(environ.get("DATABASE_URL") or embedded_database_url(home)),
        broker_url=_read_broker(environ.get("CELERY_BROKER_URL") or embedded_broker_url(home)),
        storage_url=_read_storage(environ.get("STORAGE_URL") or home.storage.as_uri()),
        secret_key=_read_secret(environ, home),
        debug=_read_flag(environ, "CYTOLOOP_DEBUG"),
        allowed_hosts=_read_hosts(environ),
        home=home.path,
        https=_read_flag(environ, "CYTOLOOP_HTTPS"),
    )


def embedded_database_url(home: Home) -> str:
    """Address of the embedded Postgres: a Unix socket, so nothing listens on the network."""
    folder = quote(str(home.sockets), safe="")
    return f"postgresql://{DATABASE_USER}@/{DATABASE_NAME}?host={folder}&port={POSTGRES_PORT}"


def embedded_broker_url(home: Home) -> str:
    """Address of the embedded broker, again a Unix socket."""
    return f"redis+socket://{quote(str(home.broker_socket))}"


def default_home() -> Path:
    """``.cytoloop`` beside ``manage.py``, or in the current folder for an installed package."""
    root = Path(__file__).resolve().parents[2]
    return (root if (root / "manage.py").is_file() else Path.cwd()) / ".cytoloop"


def _read_home(environ: Mapping[str, str]) -> Path:
    value = environ.get("CYTOLOOP_HOME", "")
    if not value:
        return default_home()
    path = Path(value).expanduser()
    if not path.is_absolute():
        raise InvalidVariableError(
            "CYTOLOOP_HOME", f"{value!r} is not an absolute path.", "Give the whole path."
        )
    if path.exists() and not path.is_dir():
        raise InvalidVariableError(
            "CYTOLOOP_HOME", f"{value!r} is a file.", "Give a folder, or one that can be made."
        )
    return path


def _scheme(variable: str, value: str, allowed: tuple[str, ...], example: str) -> str:
    try:
        scheme = urlsplit(value).scheme
    except ValueError as error:
        problem = f"the address cannot be read ({error})."
        raise InvalidVariableError(variable, problem, f"Write it like {example}.") from error
    if scheme not in allowed:
        # The value itself is not repeated: it may hold a password.
        problem = f"{scheme or 'no'!r} scheme; one of {', '.join(allowed)} is needed."
        raise InvalidVariableError(variable, problem, f"Write it like {example}.")
    return scheme


def _check_port(variable: str, value: str) -> None:
    try:
        _ = urlsplit(value).port
    except ValueError as error:
        raise InvalidVariableError(
            variable, "the port is not a number from 0 to 65535.", "Correct the part after ':'."
        ) from error


def _read_database(value: str) -> str:
    example = "postgresql://user:password@host:5432/cytoloop"
    _scheme("DATABASE_URL", value, DATABASE_SCHEMES, example)
    _check_port("DATABASE_URL", value)
    parts = urlsplit(value)
    if not parts.path.strip("/"):
        raise InvalidVariableError(
            "DATABASE_URL", "it names no database.", f"Write it like {example}."
        )
    return value


def _read_broker(value: str) -> str:
    example = "redis://host:6379/0"
    scheme = _scheme("CELERY_BROKER_URL", value, BROKER_SCHEMES, example)
    if scheme == "redis+socket":
        if not urlsplit(value).path.strip("/"):
            raise InvalidVariableError(
                "CELERY_BROKER_URL",
                "the socket's path is missing.",
                "Write it like redis+socket:///run/redis/redis.sock.",
            )
        return value
    _check_port("CELERY_BROKER_URL", value)
    if not urlsplit(value).hostname:
        raise InvalidVariableError(
            "CELERY_BROKER_URL", "it names no host.", f"Write it like {example}."
        )
    return value


def _read_storage(value: str) -> str:
    example = "file:///srv/cytoloop or s3://bucket/prefix"
    scheme = _scheme("STORAGE_URL", value, STORAGE_SCHEMES, example)
    parts = urlsplit(value)
    if scheme == "s3" and not parts.netloc:
        raise InvalidVariableError(
            "STORAGE_URL", "it names no bucket.", f"Write it like {example}."
        )
    if scheme == "file" and (parts.netloc or not parts.path.startswith("/")):
        raise InvalidVariableError(
            "STORAGE_URL",
            "a folder needs three slashes and a whole path.",
            f"Write it like {example}.",
        )
    if scheme == "file" and Path(unquote(parts.path)).is_file():
        raise InvalidVariableError("STORAGE_URL", "it is a file.", "Give a folder.")
    return value


def _read_secret(environ: Mapping[str, str], home: Home) -> str:
    value = environ.get("CYTOLOOP_SECRET_KEY", "")
    if not value:
        return read_or_make_secret(home.secret_file)
    if len(value) < SHORTEST_SECRET:
        raise InvalidVariableError(
            "CYTOLOOP_SECRET_KEY",
            f"it has {len(value)} characters, {SHORTEST_SECRET} are needed.",
            "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(64))'.",
        )
    return value


def _read_flag(environ: Mapping[str, str], variable: str) -> bool:
    word = environ.get(variable, "").strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise InvalidVariableError(variable, f"{word!r} is neither yes nor no.", "Set it to 1 or 0.")


def _read_hosts(environ: Mapping[str, str]) -> tuple[str, ...]:
    value = environ.get("CYTOLOOP_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
    hosts = tuple(host.strip() for host in value.split(",") if host.strip())
    for host in hosts:
        if "/" in host or " " in host:
            raise InvalidVariableError(
                "CYTOLOOP_ALLOWED_HOSTS",
                f"{host!r} is not a host name.",
                "Give names without scheme, divided by commas: lab.example.org,10.0.0.5.",
            )
    if not hosts:
        raise InvalidVariableError(
            "CYTOLOOP_ALLOWED_HOSTS", "it is empty.", "Give the host names people type."
        )
    return hosts


def environment_of_process() -> Environment:
    """Read the variables of this process."""
    return read_environment(os.environ)
