"""`cytoloop up` as a person calls it, for tests that kill its parts."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from cytoloop.services.paths import Home
from cytoloop.services.state import read_state, running_site

ROOT = Path(__file__).resolve().parents[1]
LONGEST_WAIT = 240.0


class Site:
    """`cytoloop` as a person calls it, on a state folder of its own."""

    def __init__(self, folder, *, settings=""):
        self.home = Home(folder)
        unset = ("DATABASE_URL", "CELERY_BROKER_URL", "STORAGE_URL", "DJANGO_SETTINGS_MODULE")
        kept = {name: value for name, value in os.environ.items() if name not in unset}
        sources = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
        self.environment = kept | {"CYTOLOOP_HOME": str(folder), "PYTHONPATH": sources}
        if settings:
            self.environment["DJANGO_SETTINGS_MODULE"] = settings
        self.output = folder.parent / "output.txt"
        self.process = None

    def command(self, *arguments):
        return [sys.executable, "-m", "cytoloop", *arguments]

    def call(self, *arguments):
        return subprocess.run(
            self.command(*arguments), env=self.environment, capture_output=True, text=True
        )

    def start(self):
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                self.command("up"), env=self.environment, stdout=output, stderr=output
            )
        self.wait_for(self.is_up)
        return running_site(self.home)

    def is_up(self):
        assert self.process.poll() is None, self.output.read_text()
        state = running_site(self.home)
        return state is not None and self.answers(state.url)

    def answers(self, url):
        try:
            return httpx.get(f"{url}/healthz", timeout=5).is_success
        except httpx.TransportError:
            return False

    def wait_for(self, condition):
        deadline = time.monotonic() + LONGEST_WAIT
        while not condition():
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.1)

    def kill(self, name):
        """Kill -9 a program and what it has started, as the kernel does when memory runs out."""
        mark = read_state(self.home).programs[name]
        # Postgres' own children notice by themselves; a training would not.
        if name == "postgres":
            os.kill(mark.pid, signal.SIGKILL)
        else:
            os.killpg(mark.pid, signal.SIGKILL)
        return mark

    def stop(self):
        if self.process is not None:
            assert self.call("stop").returncode == 0
            self.process.wait(60)
