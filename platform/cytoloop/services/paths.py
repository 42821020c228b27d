"""Where the state of one installation lives: data, logs, sockets and secrets."""

import hashlib
import os
import pwd
import secrets
from dataclasses import dataclass
from pathlib import Path

# sun_path holds 104 bytes on macOS and 108 on Linux, with the closing zero.
LONGEST_SOCKET_PATH = 100
POSTGRES_PORT = 5432
DATABASE_NAME = "cytoloop"
DATABASE_USER = "cytoloop"


@dataclass(frozen=True)
class Home:
    """The state folder of one installation.

    Parameters
    ----------
    path : Path
        Absolute path of the folder; made on first use.
    """

    path: Path

    @property
    def postgres_data(self) -> Path:
        """Data folder of the embedded Postgres."""
        return self.path / "postgres"

    @property
    def broker_data(self) -> Path:
        """Folder of the embedded broker's append-only file."""
        return self.path / "broker"

    @property
    def storage(self) -> Path:
        """Content-addressed blobs."""
        return self.path / "storage"

    @property
    def logs(self) -> Path:
        """One log file for each process."""
        return self.path / "logs"

    @property
    def lock_file(self) -> Path:
        """Held by the supervisor that runs on this folder."""
        return self.path / "supervisor.lock"

    @property
    def state_file(self) -> Path:
        """What the running supervisor tells other commands (JSON)."""
        return self.path / "supervisor.json"

    @property
    def port_file(self) -> Path:
        """The web port chosen at the first start."""
        return self.path / "port"

    @property
    def secret_file(self) -> Path:
        """Django's secret key, made once."""
        return self.path / "secret-key"

    @property
    def sockets(self) -> Path:
        """Folder of the Unix sockets: inside the state folder where its path is short enough.

        Notes
        -----
        A socket's path is limited to about 100 bytes. For a longer one a folder in /tmp
        is used, whose name follows from the state folder's path and the user.
        The same holds for root where others cannot enter the state folder, because Postgres then
        may have to run as somebody else.
        """
        inside = self.path / "run"
        name = f".s.PGSQL.{POSTGRES_PORT}.lock"
        short = len(os.fsencode(inside / name)) <= LONGEST_SOCKET_PATH
        if short and (os.getuid() != 0 or others_can_enter(self.path)):
            return inside
        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        return Path("/tmp") / f"cytoloop-{os.getuid()}-{digest}"

    @property
    def broker_socket(self) -> Path:
        """Unix socket of the embedded broker."""
        return self.sockets / "broker.sock"


def others_can_enter(path: Path) -> bool:
    """Whether every existing folder on the way lets any user pass."""
    folders = [path, *path.parents]
    return all(folder.stat().st_mode & 0o001 for folder in folders if folder.exists())


def make_private_folder(folder: Path, *, mode: int = 0o700) -> Path:
    """Make a folder that only this user may enter, and refuse one that belongs to somebody else.

    Parameters
    ----------
    folder : Path
        The folder; parents are made as needed.
    mode : int, optional
        Its permissions.

    Returns
    -------
    Path
        The same folder.

    Raises
    ------
    PermissionError
        The folder exists and belongs to another user, as a trap in a shared temporary folder would.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # lstat: a link that somebody else laid there is refused, not followed.
    if folder.is_symlink() or folder.lstat().st_uid not in _trusted_owners():
        message = f"{folder} belongs to somebody else; remove it or set CYTOLOOP_HOME elsewhere."
        raise PermissionError(message)
    folder.chmod(mode)
    return folder


def _trusted_owners() -> set[int]:
    mine = os.getuid()
    return {mine, pwd.getpwnam("nobody").pw_uid} if mine == 0 else {mine}


def read_or_make_secret(path: Path) -> str:
    """Read the secret key of an installation; make it at the first call.

    Parameters
    ----------
    path : Path
        File of the key, readable by its owner only.

    Returns
    -------
    str
        The key.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    candidate = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    if not path.exists():
        descriptor = os.open(candidate, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            # A link fails where the name exists: of two processes that start at once, one wins.
            os.link(candidate, path)
        except FileExistsError:
            pass
        finally:
            candidate.unlink()
    return path.read_text().strip()
