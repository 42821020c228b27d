"""Web and worker processes for tests that need the real thing."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from cytoloop.services.programs import UNCHECKED

ROOT = Path(__file__).resolve().parents[1]
LONGEST_START = 60.0


@dataclass
class SiteProcesses:
    """Processes on the test database; whoever starts them stops them."""

    database_url: str
    logs: Path
    running: list[subprocess.Popen] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start_web(self) -> str:
        self.port = self.port or _free_port()
        listen = ["--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--threads", "8"]
        options = ["--timeout", "60", "--preload", "--no-control-socket"]
        web = self.start("gunicorn", "config.wsgi:application", *listen, *options)
        deadline = time.monotonic() + LONGEST_START
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/api/v1/auth/session", timeout=5).status_code < 500:
                    return self.url
            except httpx.TransportError:
                time.sleep(0.1)
            assert web.poll() is None, f"gunicorn ended:\n{self.log_of('gunicorn')}"
        raise AssertionError(f"gunicorn does not answer:\n{self.log_of('gunicorn')}")

    def start_worker(self, queues: str = "io,predict,serve,train", concurrency: int = 1):
        name = f"test{len(self.running)}@localhost"
        options = ["-Q", queues, "-c", str(concurrency), "-n", name, "--without-mingle"]
        schedule = ["-B", "-s", str(self.logs / "schedule")]
        return self.start(
            "celery", "-A", "config.celery", "worker", *options, *schedule, "--loglevel", "INFO"
        )

    def start(self, module: str, *arguments: str):
        self.logs.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {
            "DATABASE_URL": self.database_url,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
            "OMP_WAIT_POLICY": "PASSIVE",
            **UNCHECKED,
        }
        with (self.logs / f"{module}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def kill(self, process) -> None:
        """Kill -9 the whole group, as a power cut would."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.running.remove(process)

    def log_of(self, module: str) -> str:
        return (self.logs / f"{module}.log").read_text()[-4000:]

    def stop_all(self) -> None:
        for process in reversed(self.running):
            process.send_signal(signal.SIGTERM)
        for process in reversed(self.running):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                pass
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.running.clear()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
