"""Walls round the process that calls: files, network, programs, memory, time (Linux only).

Landlock (kernel 5.13 and later) leaves it the files that are named; seccomp takes sockets,
programs, forks and debugging away; a user and a network namespace of its own come on top where
the system allows them. What was given up does not come back.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CLONE_NEWUSER, CLONE_NEWNET, CLONE_THREAD = 0x10000000, 0x40000000, 0x00010000
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
LANDLOCK_VERSION, LANDLOCK_PATH_BENEATH = 1, 1
# Rights of `linux/landlock.h`: files first, then folders; later versions know more of them.
WRITE_FILE, READ_FILE, READ_DIR, REMOVE_FILE, MAKE_REG, TRUNCATE = 2, 4, 8, 32, 256, 1 << 14
RIGHTS_BY_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
OPEN_FILES = 256
EPERM, ENOSYS = 1, 38
RET_ALLOW, RET_ERRNO, RET_KILL = 0x7FFF0000, 0x00050000, 0x80000000
LOAD_WORD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06

# What a network has no business with: sockets, programs, processes, other processes' memory,
# io_uring (which opens sockets past this filter), mounts, namespaces, kernel interfaces.
FORBIDDEN = {
    "x86_64": (
        *(41, 42, 43, 49, 50, 288), *(57, 58, 59, 322), *(62, 101, 310, 311, 425),
        *(165, 166, 272, 308), *(250, 298, 321, 323),
    ),
    "aarch64": (
        *(198, 200, 201, 202, 203, 242), *(221, 281), *(129, 117, 270, 271, 425),
        *(40, 39, 97, 268), *(219, 241, 280, 282),
    ),
}  # fmt: skip
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CLONE = {"x86_64": 56, "aarch64": 220}
CLONE3 = 435
FOREIGN_TABLE = 0x40000000


class NoWallsError(Exception):
    """The system cannot confine a process."""


@dataclass(frozen=True)
class Limits:
    """What a confined process may use.

    Attributes
    ----------
    memory : int
        Bytes of address space.
    cpu_seconds : int
        Of all its threads together.
    file_bytes : int
        Largest file that it may write.
    """

    memory: int = 6 << 30
    cpu_seconds: int = 3600
    file_bytes: int = 2 << 30


def confine(limits: Limits, *, readable: Sequence[str], writable: str) -> None:
    """Put walls round this process, for good. Call it before there are threads.

    Parameters
    ----------
    limits : Limits
        What it may use.
    readable : sequence of str
        Files and folders that it may read; what does not exist is passed over.
    writable : str
        Folder in which it may write files.

    Raises
    ------
    NoWallsError
        The system cannot.
    """
    if sys.platform != "linux" or platform.machine() not in ARCHITECTURES:
        raise NoWallsError(f"{sys.platform} on {platform.machine()} is not known here")
    libc = ctypes.CDLL(None, use_errno=True)
    # Refused in many containers; a user namespace also takes root's powers away.
    libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)
    _limit(limits)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise NoWallsError("no_new_privs is refused")
    _restrict_files(libc, readable, writable)
    _restrict_calls(libc, platform.machine())


def _limit(limits: Limits) -> None:
    for what, value in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        hardest = resource.getrlimit(what)[1]
        value = value if hardest == resource.RLIM_INFINITY else min(value, hardest)
        resource.setrlimit(what, (value, value))


def _restrict_files(libc: ctypes.CDLL, readable: Sequence[str], writable: str) -> None:
    version = libc.syscall(LANDLOCK_CREATE, None, 0, LANDLOCK_VERSION)
    if version < 1:
        raise NoWallsError("the kernel has no Landlock")
    rights = RIGHTS_BY_VERSION[max(known for known in RIGHTS_BY_VERSION if known <= version)]
    network = 3 if version >= 4 else 0
    scopes = 3 if version >= 6 else 0
    fields = [rights, network, scopes][: 1 + (version >= 4) + (version >= 6)]
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    rules = libc.syscall(LANDLOCK_CREATE, attributes, len(attributes), 0)
    if rules < 0:
        raise NoWallsError(f"Landlock refuses its rules ({os.strerror(ctypes.get_errno())})")
    for path in readable:
        _allow(libc, rules, path, READ_FILE | READ_DIR)
    written = WRITE_FILE | READ_FILE | READ_DIR | REMOVE_FILE | MAKE_REG | TRUNCATE
    _allow(libc, rules, writable, written & rights)
    _allow(libc, rules, os.devnull, WRITE_FILE | READ_FILE)
    if libc.syscall(LANDLOCK_RESTRICT, rules, 0) != 0:
        raise NoWallsError("Landlock refuses to restrict")
    os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    is_folder = os.path.isdir(path)  # noqa: PTH112 (nothing is imported before the walls)
    rule = struct.pack("=Qi", rights if is_folder else rights & ~(READ_DIR | REMOVE_FILE), opened)
    added = libc.syscall(LANDLOCK_ADD, rules, LANDLOCK_PATH_BENEATH, rule, 0)
    os.close(opened)
    if added != 0:
        raise NoWallsError(f"Landlock refuses {path} ({os.strerror(ctypes.get_errno())})")


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def _restrict_calls(libc: ctypes.CDLL, machine: str) -> None:
    code = build_filter(machine)
    program = _Program(len(code) // 8, code)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        raise NoWallsError(f"seccomp is refused ({os.strerror(ctypes.get_errno())})")


def build_filter(machine: str) -> bytes:
    """Build the BPF program that lets a machine's harmless system calls through.

    Parameters
    ----------
    machine : str
        ``x86_64`` or ``aarch64``.

    Returns
    -------
    bytes
        8 per instruction (`struct sock_filter`).
    """
    forbidden = FORBIDDEN[machine]
    # Behind the list: allow, deny, clone3 as unknown, and the two checks of clone.
    n = len(forbidden)
    lines = [
        (LOAD_WORD, 0, 0, 4),
        (JUMP_EQUAL, 1, 0, ARCHITECTURES[machine]),
        (RETURN, 0, 0, RET_KILL),
        (LOAD_WORD, 0, 0, 0),
        (JUMP_AT_LEAST, n + 3, 0, FOREIGN_TABLE),
        *((JUMP_EQUAL, n - at + 2, 0, number) for at, number in enumerate(forbidden)),
        (JUMP_EQUAL, 3, 0, CLONE3),
        (JUMP_EQUAL, 3, 0, CLONE[machine]),
        (RETURN, 0, 0, RET_ALLOW),
        (RETURN, 0, 0, RET_ERRNO | EPERM),
        # The C library then starts threads by clone, whose flags can be seen.
        (RETURN, 0, 0, RET_ERRNO | ENOSYS),
        (LOAD_WORD, 0, 0, 16),
        (JUMP_ANY_BIT, 0, 1, CLONE_THREAD),
        (RETURN, 0, 0, RET_ALLOW),
        (RETURN, 0, 0, RET_ERRNO | EPERM),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
