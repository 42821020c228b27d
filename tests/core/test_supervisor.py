"""The real supervisor with all its processes: killed parts come back, one site a folder."""

import json
import os
import signal

import httpx
import pytest

from cytoloop.services.paths import Home
from cytoloop.services.processes import is_alive
from cytoloop.services.state import read_state, running_site, take_lock
from cytoloop.services.supervisor import open_port
from tests.site import LONGEST_WAIT, Site

pytestmark = pytest.mark.slow(seconds=60)


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path / "a state folder")
    yield site
    site.stop()


def test_a_site_comes_up_heals_is_taken_over_and_goes_down(site):
    first = site.start()
    assert set(first.programs) == {"broker", "jobs", "postgres", "schedule", "training", "web"}

    again = site.call("up")
    assert again.returncode == 0
    assert first.url in again.stdout
    assert first.url in site.call("status").stdout

    site.kill("web")
    # Nobody is refused meanwhile: callers wait for the next web process.
    assert httpx.get(f"{first.url}/healthz", timeout=LONGEST_WAIT).is_success
    first = read_state(site.home)

    for mark in first.programs.values():
        os.kill(mark.pid, signal.SIGKILL)

    def is_healed():
        now = read_state(site.home)
        fresh = set(now.programs.values()).isdisjoint(first.programs.values())
        return fresh and len(now.programs) == 6 and site.answers(now.url)

    site.wait_for(is_healed)
    healed = read_state(site.home)

    # A supervisor that is killed leaves everything running; the next one clears it up.
    site.process.kill()
    site.process.wait()
    assert site.answers(healed.url)
    second = site.start()
    assert not any(is_alive(mark) for mark in healed.programs.values())
    assert second.url == first.url

    # Ctrl-C in a terminal.
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(60) == 0
    assert not any(is_alive(mark) for mark in second.programs.values())
    assert running_site(site.home) is None
    assert site.call("status").returncode == 1


def test_a_port_belongs_to_one_site():
    with open_port("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        assert open_port("127.0.0.1", port) is None
    again = open_port("127.0.0.1", port)
    assert again is not None
    again.close()


def test_one_supervisor_holds_a_folder(tmp_path):
    home = Home(tmp_path)
    first = take_lock(home)
    assert take_lock(home) is None
    first.close()
    again = take_lock(home)
    assert again is not None
    again.close()


def test_a_broken_state_file_is_no_site(tmp_path):
    home = Home(tmp_path)
    assert read_state(home) is None
    for text in ("", "[]", "{", json.dumps({"supervisor": {"pid": 1}})):
        home.state_file.write_text(text)
        assert read_state(home) is None
