"""Real Postgres and broker for every test process, private to it and gone afterwards.

The services start when this file is imported: the settings read their addresses, and test modules
and deeper conftests import models, which need the settings.
"""

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import hypothesis
import pytest
from django.conf import settings
from django.db import connection

from cytoloop.services.broker import EmbeddedBroker
from cytoloop.services.paths import Home
from cytoloop.services.postgres import EmbeddedPostgres
from tests.order import long_ones_first
from tests.processes import SiteProcesses

ROOT = Path(__file__).resolve().parents[1]

# How long an example takes is the machine's affair.
hypothesis.settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")


def _start_services() -> None:
    # A short folder: the path of a Unix socket is limited to about 100 bytes.
    folder = Path(tempfile.mkdtemp(prefix="cyt-", dir="/tmp"))
    # Root's Postgres may run as somebody else, who has to pass.
    folder.chmod(0o711)
    home = Home(folder)
    stops = []
    if not os.environ.get("DATABASE_URL"):
        postgres = EmbeddedPostgres(home, durable=False)
        postgres.prepare()
        postgres.start()
        stops.append(postgres.stop)
    if not os.environ.get("CELERY_BROKER_URL"):
        broker = EmbeddedBroker(home)
        broker.start()
        stops.append(broker.stop)
    os.environ["CYTOLOOP_HOME"] = str(folder)
    # Processes of pytest-xdist inherit this environment: each gets a storage of its own too.
    given = os.environ.setdefault("CYTOLOOP_TEST_STORAGE_URL", os.environ.get("STORAGE_URL", ""))
    os.environ["STORAGE_URL"] = given or home.storage.as_uri()
    if "PYTEST_XDIST_WORKER" in os.environ:
        os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
    if not (ROOT / "annotations" / "migrations" / "0001_initial.py").exists():
        os.environ["CYTOLOOP_NO_MIGRATIONS"] = "1"

    def clean_up() -> None:
        for stop in stops:
            stop()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(clean_up)


# What the modules of the tests hold stays until the end: there is no garbage to look for.
gc.disable()
_start_services()
django.setup()


def pytest_configure(config):
    """With several processes, let each read its settings after its own services are there.

    They inherit this environment, and pytest-django reads the settings that it names at once.
    """
    if getattr(config.option, "numprocesses", None):
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """With several processes, let none of them wait for another's long test at the end."""
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if processes > 1:
        items[:] = long_ones_first(items, processes)


def pytest_collection_finish():
    """Look for garbage among what the tests make only: all that is loaded takes half a second."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """In CI nothing may be skipped: a skip is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and os.environ.get("CI", "").lower() in ("1", "true"):
        names = ", ".join(sorted({str(report.nodeid) for report in skipped}))
        reporter.write_line(f"CI=true, and skipped: {names}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def _hearts_that_see_their_jobs(request, settings):
    """Where a test's rows are never committed, let no job be taken for one that was taken away.

    A heart beats on a connection of its own, which cannot see the test's open transaction: a job
    that takes longer than the time between two beats would be cancelled.
    """
    mark = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in request.fixturenames or (
        mark is not None and mark.kwargs.get("transaction", False)
    )
    if not commits:
        settings.JOB_HEARTBEAT_SECONDS = 3600.0


def _site_processes(logs: Path) -> Iterator[SiteProcesses]:
    address = urlsplit(settings.ENVIRONMENT.database_url)
    database = connection.settings_dict["NAME"]
    processes = SiteProcesses(
        database_url=urlunsplit(address._replace(path=f"/{database}")), logs=logs
    )
    yield processes
    processes.stop_all()


@pytest.fixture
def site_processes(transactional_db, tmp_path) -> Iterator[SiteProcesses]:
    """Web and workers as real processes on the test database; all stopped at the end."""
    yield from _site_processes(tmp_path / "logs")


@pytest.fixture(scope="module")
def shared_processes(django_db_setup, tmp_path_factory) -> Iterator[SiteProcesses]:
    """The same for all tests of a module; they see the rows of tests that commit."""
    yield from _site_processes(tmp_path_factory.mktemp("logs"))
