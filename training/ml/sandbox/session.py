"""Start a confined process, feed it arrays, and kill it when it takes too long."""

from __future__ import annotations

import contextlib
import io
import json
import os
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import weakref
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from training.ml.errors import TrainingError
from training.ml.sandbox.child import DONE, FAILED, IN, NO_WALLS, OUT, READY
from training.ml.sandbox.confine import Limits

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[3]
LONGEST_ANSWER = 4096
LOG_TAIL = 2000


@dataclass(frozen=True)
class SandboxSettings:
    """How a network is run.

    Attributes
    ----------
    start_seconds, run_seconds : float
        Wall-clock time for loading, and for one array.
    threads : int
        Compute threads.
    limits : Limits
        Memory, processor time, size of files.
    """

    start_seconds: float = 180.0
    run_seconds: float = 180.0
    threads: int = 1
    limits: Limits = field(default_factory=Limits)


class Sandbox:
    """A network in a confined process; use it as a context, or `close` it.

    Parameters
    ----------
    network : Path
        The network's file; it is copied, and can only be read from inside.
    network_format : str
        ``onnx`` or ``torchscript``.
    output : int
        Which of several outputs is wanted.
    settings : SandboxSettings
        Time and memory.

    Raises
    ------
    TrainingError
        Codes ``no_sandbox`` (this system cannot confine), ``network_failed`` (it cannot be
        loaded), ``network_timeout``, ``network_killed`` (it used too much).
    """

    def __init__(
        self,
        network: Path,
        network_format: str,
        *,
        output: int = 0,
        settings: SandboxSettings | None = None,
    ) -> None:
        self.settings = settings or SandboxSettings()
        self._runs = 0
        self._folder = Path(tempfile.mkdtemp(prefix="sandbox-"))
        for name in (IN, OUT):
            (self._folder / name).mkdir()
        shutil.copyfile(network, self._folder / "network")
        job = {
            "network": "network",
            "format": network_format,
            "output": output,
            "threads": self.settings.threads,
            "limits": asdict(self.settings.limits),
        }
        (self._folder / "job.json").write_text(json.dumps(job))
        self._process = _start(self._folder, self.settings.threads)
        self.close = weakref.finalize(self, _end, self._process, self._folder)
        self._expect(READY, seconds=self.settings.start_seconds)

    def run(self, pictures: NDArray[np.float32]) -> NDArray[Any]:
        """Run the network on one array.

        Parameters
        ----------
        pictures : ndarray of float32
            What the network takes.

        Returns
        -------
        ndarray
            What it gives; finite where it holds fractions.

        Raises
        ------
        TrainingError
            Codes ``network_failed``, ``network_timeout``, ``network_killed``.
        """
        self._runs += 1
        name = f"{self._runs:06d}"
        given = self._folder / IN / f"{name}.npy"
        np.save(given, np.ascontiguousarray(pictures, dtype=np.float32), allow_pickle=False)
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(name).encode() + b"\n")
            self._process.stdin.flush()
        self._expect(DONE, seconds=self.settings.run_seconds)
        found = self._read(self._folder / OUT / f"{name}.npy")
        given.unlink()
        return found

    def __enter__(self) -> Sandbox:
        """Use it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process."""
        self.close()

    def _expect(self, wanted: str, *, seconds: float) -> None:
        """Wait for an answer; anything else ends the process."""
        what, text = self._answer(seconds)
        if what == wanted:
            return
        if what != FAILED or wanted == READY:
            self.close()
        if what == NO_WALLS:
            raise TrainingError(
                "no_sandbox",
                f"Networks from elsewhere are not run here, because this system cannot confine "
                f"them ({text}). Use Linux with Landlock (kernel 5.13 or later) and seccomp.",
            )
        raise TrainingError(
            "network_failed",
            f"The network cannot be run: {text or 'it gave no answer'}. Check its axes, channels "
            "and sizes.",
        )

    def _answer(self, seconds: float) -> tuple[str, str]:
        assert self._process.stdout is not None
        line, end = b"", time.monotonic() + seconds
        while not line.endswith(b"\n") and len(line) < LONGEST_ANSWER:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._process.stdout], [], [], left)[0]:
                self.close()
                raise TrainingError(
                    "network_timeout",
                    f"The network took longer than {seconds:g} s and was stopped.",
                )
            piece = os.read(self._process.stdout.fileno(), LONGEST_ANSWER)
            if not piece:
                raise self._death()
            line += piece
        with contextlib.suppress(ValueError):
            what, text = json.loads(line)
            return str(what), str(text)
        return FAILED, "its answer cannot be read"

    def _death(self) -> TrainingError:
        """Say how the process ended by itself."""
        code = self._process.wait()
        tail = (self._folder / "log.txt").read_bytes()[-LOG_TAIL:].decode(errors="replace")
        why = " ".join(tail.split())[-200:]
        if code < 0:
            why = f"{signal.Signals(-code).name} {why}".strip()
        self.close()
        return TrainingError(
            "network_killed",
            f"The network's process ended ({why or code}); it probably wanted more memory or time "
            "than it may use.",
        )

    def _read(self, path: Path) -> NDArray[Any]:
        """Read what the process wrote: a plain file of numbers, whatever its name may be now."""
        try:
            opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(opened, "rb") as stream:
                about = os.fstat(stream.fileno())
                if not stat.S_ISREG(about.st_mode) or about.st_size > self._most_bytes():
                    raise ValueError("it is no plain file, or too large")
                values = np.load(io.BytesIO(stream.read()), allow_pickle=False)
            path.unlink()
        except (OSError, ValueError, EOFError) as error:
            raise TrainingError(
                "network_failed", f"What the network gave cannot be read ({error})."
            ) from error
        if not isinstance(values, np.ndarray) or values.dtype.kind not in "biuf":
            raise TrainingError("network_failed", "The network gives no numbers.")
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise TrainingError(
                "network_failed",
                "The network gives NaN or infinity. Check the normalisation of its input.",
            )
        return values

    def _most_bytes(self) -> int:
        return self.settings.limits.file_bytes


def _start(folder: Path, threads: int) -> subprocess.Popen[bytes]:
    # Nothing of this process's environment goes in: it may hold passwords.
    environment = {
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(folder),
        "TMPDIR": str(folder / OUT),
        "OMP_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": str(threads),
        "OMP_WAIT_POLICY": "PASSIVE",
        "CUDA_VISIBLE_DEVICES": "",
        "LANG": "C.UTF-8",
    }
    with (folder / "log.txt").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "training.ml.sandbox.child"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )


def _end(process: subprocess.Popen[bytes], folder: Path) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
    shutil.rmtree(folder, ignore_errors=True)
