"""The embedded services: started, killed, started again."""

import os
import signal
import subprocess
import sys
import time

import pytest
import redis

from cytoloop.services.broker import EmbeddedBroker
from cytoloop.services.paths import Home, make_private_folder, read_or_make_secret
from cytoloop.services.postgres import EmbeddedPostgres, PostgresError
from cytoloop.services.processes import ProcessMark, is_alive, mark_of, stop_marked


@pytest.fixture
def home(tmp_path):
    # A space and a quote: people have both in their folders.
    folder = tmp_path / "my lab's state"
    folder.mkdir()
    return Home(folder)


@pytest.fixture
def postgres(home):
    server = EmbeddedPostgres(home)
    server.prepare()
    server.start()
    yield server
    server.stop()


class TestPostgres:
    def test_it_survives_a_kill_and_keeps_what_was_committed(self, postgres):
        with postgres.connect() as connection:
            connection.execute("CREATE TABLE kept (number int)")
            connection.execute("INSERT INTO kept SELECT generate_series(1, 5000)")
        os.kill(postgres.process.pid, signal.SIGKILL)
        postgres.process.wait()
        postgres.start()
        with postgres.connect() as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (5000,)

    def test_nothing_listens_on_the_network(self, postgres):
        with postgres.connect() as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)

    def test_only_the_peer_is_let_in(self, postgres):
        rules = (postgres.data / "pg_hba.conf").read_text()
        assert rules.split() == ["local", "all", "all", "peer", "map=cytoloop"]
        assert "trust" not in rules

    def test_a_second_start_stops_the_server_that_was_left_behind(self, postgres):
        left_behind = mark_of(postgres.process.pid)
        other = EmbeddedPostgres(postgres.home)
        other.prepare()
        postgres.process.wait(10)
        assert not is_alive(left_behind)
        other.start()
        other.stop()

    def test_a_stale_pid_of_a_stranger_is_forgotten(self, postgres):
        postgres.stop()
        (postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n")
        postgres.prepare()
        postgres.start()
        assert postgres.process.poll() is None

    def test_another_version_is_refused_with_a_way_out(self, postgres):
        postgres.stop()
        version = postgres.data / "PG_VERSION"
        kept = version.read_text()
        version.write_text("16\n")
        with pytest.raises(PostgresError, match="pg_dump"):
            EmbeddedPostgres(postgres.home).prepare()
        version.write_text(kept)


class TestBroker:
    def test_it_keeps_its_queue_over_a_kill(self, home):
        broker = EmbeddedBroker(home)
        broker.start()
        with redis.Redis(unix_socket_path=str(home.broker_socket)) as client:
            client.rpush("queue", "one", "two")
        # appendfsync everysec: the operating system holds what was written, a kill loses nothing.
        os.kill(broker.process.pid, signal.SIGKILL)
        broker.process.wait()
        broker.start()
        with redis.Redis(unix_socket_path=str(home.broker_socket)) as client:
            assert client.lrange("queue", 0, -1) == [b"one", b"two"]
        broker.stop()


class TestHome:
    def test_a_long_path_gets_a_short_socket_folder(self, tmp_path):
        long = Home(tmp_path / ("a" * 120))
        assert len(str(long.broker_socket)) < 100
        assert long.sockets == Home(long.path).sockets
        assert long.sockets != Home(tmp_path / ("b" * 120)).sockets

    def test_a_folder_of_somebody_else_is_refused(self, tmp_path):
        trap = tmp_path / "trap"
        trap.symlink_to(tmp_path)
        with pytest.raises(PermissionError, match="belongs to somebody else"):
            make_private_folder(trap)

    def test_the_secret_is_made_once(self, tmp_path):
        path = tmp_path / "secret-key"
        first = read_or_make_secret(path)
        assert len(first) >= 64
        assert read_or_make_secret(path) == first
        assert path.stat().st_mode & 0o077 == 0


class TestProcesses:
    def test_a_zombie_is_dead(self):
        child = subprocess.Popen([sys.executable, "-c", "pass"])
        mark = ProcessMark(pid=child.pid, born=0)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert mark_of(child.pid) is None
        assert not is_alive(mark)
        child.wait()

    def test_a_later_process_with_the_same_number_is_another(self):
        me = mark_of(os.getpid())
        assert is_alive(me)
        assert not is_alive(ProcessMark(pid=me.pid, born=me.born - 100))

    def test_nobody_is_stopped_in_the_place_of_a_dead_process(self):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        now = mark_of(child.pid)
        stop_marked(ProcessMark(pid=child.pid, born=now.born - 100), ((signal.SIGTERM, 1.0),))
        stop_marked(ProcessMark(pid=child.pid, born=0), ((signal.SIGTERM, 1.0),))
        assert child.poll() is None
        child.communicate(b"\n")

    def test_what_a_dead_leader_has_started_goes_too(self):
        script = "import subprocess, sys; print(subprocess.Popen(['sleep', '60']).pid, flush=True)"
        leader = subprocess.Popen(
            [sys.executable, "-c", script + "; sys.stdin.read()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        orphan = mark_of(int(leader.stdout.readline()))
        mark = mark_of(leader.pid)
        leader.kill()
        leader.wait()
        stop_marked(mark, ((signal.SIGTERM, 1.0),))
        deadline = time.monotonic() + 30
        while is_alive(orphan) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not is_alive(orphan)
        leader.stdout.close()
        leader.stdin.close()
