"""As whom the embedded Postgres runs: it refuses root, so root needs another name."""

import ctypes
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cytoloop.services.paths import make_private_folder, others_can_enter

CLONE_NEWUSER = 0x10000000
UNMAPPED_UID = 65534


@dataclass(frozen=True)
class Account:
    """How to start a Postgres program, and how the server sees a client of the same person.

    Attributes
    ----------
    peer_name : str
        The name ``peer`` authentication finds for this person's own connections.
    before_exec : callable or None
        Run in the child between fork and exec.
    uid, gid : int or None
        Whom the child becomes, where it does not stay the same.
    """

    peer_name: str
    before_exec: Callable[[], None] | None = None
    uid: int | None = None
    gid: int | None = None

    def give(self, folder: Path) -> None:
        """Make the account the owner of a folder and everything in it."""
        if self.uid is None or self.gid is None:
            return
        os.chown(folder, self.uid, self.gid)
        for path in folder.rglob("*"):
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def choose_account() -> Account:
    """Pick the way that works here: as oneself, in a user namespace, or as ``nobody``."""
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return Account(peer_name=pwd.getpwuid(os.geteuid()).pw_name)
    namespace = namespace_account()
    if namespace is not None:
        return namespace
    return nobody_account()


def namespace_account() -> Account | None:
    """Become somebody else inside a user namespace: files stay one's own outside.

    Returns
    -------
    Account or None
        None where the system allows no user namespaces (macOS, some containers).
    """
    if sys.platform != "linux":
        return None
    # Clients that the namespace does not know appear as 65534: never take that name, or any
    # local user who reaches the socket would be let in.
    inside = min(
        (entry for entry in pwd.getpwall() if entry.pw_uid not in (0, UNMAPPED_UID)),
        key=lambda entry: entry.pw_uid,
        default=None,
    )
    if inside is None:
        return None
    enter = _namespace_entry(inside.pw_uid, inside.pw_gid)
    return Account(peer_name=inside.pw_name, before_exec=enter) if _works(enter) else None


def nobody_account() -> Account:
    """Run as ``nobody``; the client stays who it is."""
    nobody = pwd.getpwnam("nobody")
    name = pwd.getpwuid(os.geteuid()).pw_name
    return Account(peer_name=name, uid=nobody.pw_uid, gid=nobody.pw_gid)


def reachable_copy(original: Path, refuge: Path) -> Path:
    """Give a path of a program folder that any user can reach, copying it where needed.

    Parameters
    ----------
    original : Path
        Folder with the programs.
    refuge : Path
        Where to copy it.

    Returns
    -------
    Path
        ``original``, or the copy.
    """
    if others_can_enter(original):
        return original
    make_private_folder(refuge, mode=0o755)
    copy = refuge / original.name
    if not copy.exists():
        partial = refuge / f"{original.name}.{os.getpid()}"
        shutil.copytree(original, partial, symlinks=True)
        partial.rename(copy)
    return copy


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _namespace_entry(uid: int, gid: int) -> Callable[[], None]:
    libc = ctypes.CDLL(None, use_errno=True)
    outer_uid, outer_gid = os.geteuid(), os.getegid()

    def enter() -> None:
        if libc.unshare(CLONE_NEWUSER):
            raise OSError(ctypes.get_errno(), "unshare")
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {outer_uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {outer_gid} 1")

    return enter


def _works(enter: Callable[[], None]) -> bool:
    try:
        subprocess.run(["/bin/sh", "-c", ":"], preexec_fn=enter, check=True)
    except (subprocess.SubprocessError, OSError):
        return False
    return True
