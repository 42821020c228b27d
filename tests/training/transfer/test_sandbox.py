"""What a stranger's network may not do, and what happens when it tries."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.training.transfer.networks import Hostile, save_greedy, save_onnx, save_torchscript
from training.ml.errors import TrainingError
from training.ml.sandbox.confine import (
    ARCHITECTURES,
    CLONE,
    CLONE3,
    CLONE_THREAD,
    ENOSYS,
    EPERM,
    FORBIDDEN,
    RET_ALLOW,
    RET_ERRNO,
    RET_KILL,
    build_filter,
)
from training.ml.sandbox.session import ROOT, Sandbox, SandboxSettings

TRIES = """
import os, socket, sys
from training.ml.sandbox.confine import Limits, confine
here = os.getcwd()
confine(Limits(), readable=[here, sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64"],
        writable=here + "/out")
tries = {
    "socket": lambda: socket.socket(),
    "unix socket": lambda: socket.socket(socket.AF_UNIX),
    "fork": os.fork,
    "program": lambda: os.execv("/bin/true", ["true"]),
    "kill": lambda: os.kill(os.getppid(), 0),
    "passwords": lambda: open("/etc/passwd").read(),
    "home": lambda: os.listdir(os.path.expanduser("~root")),
    "parent": lambda: open(f"/proc/{os.getppid()}/environ").read(),
    "write beside": lambda: open("beside", "w"),
    "write here": lambda: open("out/fine", "w").write("x"),
    "link": lambda: os.symlink("/etc/passwd", "out/link"),
    "read here": lambda: open("given").read(),
    "memory": lambda: bytearray(16 << 30),
}
for name, do in tries.items():
    try:
        do()
    except (OSError, MemoryError) as error:
        print(name, type(error).__name__)
    else:
        print(name, "worked")
"""
WORKED = {"write here", "read here"}


def sandbox(network, kind, **settings):
    return Sandbox(network, kind, settings=SandboxSettings(**settings))


def test_a_confined_process_reaches_nothing_but_its_folder(tmp_path):
    (tmp_path / "given").write_text("x")
    (tmp_path / "out").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", TRIES],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    told = dict(line.rsplit(" ", 1) for line in done.stdout.splitlines())

    assert {name for name, result in told.items() if result == "worked"} == WORKED
    assert told["memory"] == "MemoryError"
    assert len(told) == 13


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_filter_of_system_calls_says_what_it_should(machine):
    code = build_filter(machine)
    lines = [
        (int.from_bytes(code[at : at + 2], "little"), code[at + 2], code[at + 3],
         int.from_bytes(code[at + 4 : at + 8], "little"))
        for at in range(0, len(code), 8)
    ]  # fmt: skip

    def run(architecture, number, flags=0):
        words, at, value = {4: architecture, 0: number, 16: flags}, 0, 0
        while True:
            operation, yes, no, given = lines[at]
            at += 1
            if operation == 0x06:
                return given
            if operation == 0x20:
                value = words[given]
            else:
                holds = {0x15: value == given, 0x35: value >= given, 0x45: bool(value & given)}
                at += yes if holds[operation] else no

    ours = ARCHITECTURES[machine]
    denied = RET_ERRNO | EPERM
    assert {run(ours, number) for number in FORBIDDEN[machine]} == {denied}
    assert run(ours, CLONE[machine]) == denied
    assert run(ours, CLONE[machine], CLONE_THREAD) == RET_ALLOW
    assert run(ours, CLONE3) == RET_ERRNO | ENOSYS
    assert run(ours, 0) == run(ours, 9) == RET_ALLOW
    assert run(ours, 0x40000029) == denied
    assert run(0x40000003, 0) == RET_KILL


def test_a_network_sees_arrays_and_gives_arrays(tmp_path):
    network = save_onnx(tmp_path / "n.onnx")
    with sandbox(network, "onnx") as session:
        for shape in ((1, 1, 5, 9), (2, 1, 7, 3)):
            pictures = np.random.default_rng(0).random(shape).astype(np.float32)
            wanted = 1 / (1 + np.exp(-40 * (pictures - 0.5)))
            np.testing.assert_allclose(session.run(pictures), wanted, atol=1e-5)
        folder, process = session._folder, session._process
    assert not folder.exists()
    assert process.poll() is not None


@pytest.mark.slow
def test_a_hostile_network_reads_and_writes_nothing_and_is_killed_when_it_never_ends(tmp_path):
    secret = tmp_path / "secret"
    content = np.arange(4, dtype=np.float32).tobytes()
    secret.write_bytes(content)
    network = save_torchscript(Hostile(str(secret)), tmp_path / "n.pt", scripted=True)
    order = np.zeros((1, 1, 3, 5), np.float32)
    # Outside of the walls it does what it says.
    torch.jit.load(str(network))(torch.from_numpy(order + 2))
    assert secret.read_bytes() != content
    secret.write_bytes(content)
    with sandbox(network, "torchscript", run_seconds=15.0) as session:
        assert session.run(order).shape == (1, 1, 3, 5)
        with pytest.raises(TrainingError, match="Permission denied"):
            session.run(order + 1)
        session.run(order + 2)
        assert secret.read_bytes() == content
        session.settings = SandboxSettings(run_seconds=0.5)
        with pytest.raises(TrainingError, match="network_timeout"):
            session.run(order + 3)
        assert session._process.poll() is not None


def test_a_network_that_wants_all_memory_gets_none(tmp_path):
    with (
        sandbox(save_greedy(tmp_path / "n.onnx"), "onnx") as session,
        pytest.raises(TrainingError, match=r"network_(failed|killed)"),
    ):
        session.run(np.zeros((1, 1, 3, 5), np.float32))


def test_weights_in_another_file_are_not_followed(tmp_path):
    network = save_onnx(
        tmp_path / "n.onnx", save_as_external_data=True, location="weights", size_threshold=0
    )
    with pytest.raises(TrainingError, match="network_failed"):
        sandbox(network, "onnx")


def leave_link(path):
    path.symlink_to(path.parent.parent / "job.json")


def leave_pickle(path):
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)


def test_what_the_process_leaves_is_not_believed_and_it_knows_nothing_of_us(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    with sandbox(save_onnx(tmp_path / "n.onnx"), "onnx") as session:
        environment = Path(f"/proc/{session._process.pid}/environ").read_bytes()
        assert b"secret" not in environment
        for leave in (leave_link, leave_pickle, os.mkfifo, lambda path: None):
            path = session._folder / "out" / f"{leave.__name__}.npy"
            leave(path)
            with pytest.raises(TrainingError, match="network_failed"):
                session._read(path)


def test_a_system_that_cannot_confine_runs_nothing(tmp_path, monkeypatch):
    broken = tmp_path / "code" / "training" / "ml" / "sandbox"
    broken.mkdir(parents=True)
    for name in ("training/__init__.py", "training/ml/__init__.py"):
        (tmp_path / "code" / name).write_text("")
    for path in (ROOT / "training" / "ml" / "sandbox").glob("*.py"):
        text = path.read_text().replace('sys.platform != "linux"', 'sys.platform == "linux"')
        (broken / path.name).write_text(text)
    monkeypatch.setattr("training.ml.sandbox.session.ROOT", tmp_path / "code")

    with pytest.raises(TrainingError, match="no_sandbox"):
        sandbox(save_onnx(tmp_path / "n.onnx"), "onnx")
