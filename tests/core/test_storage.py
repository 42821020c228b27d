"""Blobs are named by what they hold, whole or not there, and nothing leaves the root."""

import hashlib
import io
import threading

import pytest

from core.storage import Storage


@pytest.fixture
def root(tmp_path):
    return tmp_path / "blobs & trees 100% é"


@pytest.fixture
def storage(root):
    return Storage(root.as_uri())


def files(root):
    return sorted(path for path in root.rglob("*") if path.is_file())


def test_a_blob_is_named_by_its_bytes(storage, root):
    key = storage.put(b"cells")

    assert key == hashlib.sha256(b"cells").hexdigest()
    assert storage.exists(key)
    assert storage.get(key) == b"cells"
    with storage.open(key) as stream:
        assert stream.read() == b"cells"


def test_a_removed_blob_is_gone_and_may_be_removed_twice(storage, root):
    key = storage.put(b"cells")

    storage.remove(key)
    storage.remove(key)

    assert not storage.exists(key)
    assert storage.put(b"cells") == key
    assert storage.get(key) == b"cells"


def test_storing_twice_keeps_one_file_and_leaves_no_temporary_one(storage, root):
    assert storage.put(b"cells") == storage.put(b"cells")

    assert len(files(root)) == 1


def test_a_stream_is_stored_under_the_digest_that_was_measured(storage):
    data = bytes(range(256)) * 20_000
    digest = hashlib.sha256(data).hexdigest()

    assert storage.put_stream(io.BytesIO(data), sha256=digest) == digest
    assert storage.get(digest) == data


def test_a_stream_that_is_not_what_was_measured_is_not_stored(storage, root):
    digest = hashlib.sha256(b"cells").hexdigest()

    with pytest.raises(OSError, match="is not what"):
        storage.put_stream(io.BytesIO(b"other"), sha256=digest)

    assert not storage.exists(digest)
    assert files(root) == []


def test_a_stream_that_breaks_leaves_nothing(storage, root):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="gone"):
        storage.put_stream(Broken(), sha256="a" * 64)

    assert files(root) == []


def test_many_writers_of_the_same_bytes_do_not_disturb_each_other(storage, root):
    data = b"x" * 300_000
    errors = []

    def write():
        try:
            storage.put(data)
        except OSError as error:
            errors.append(error)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert storage.get(hashlib.sha256(data).hexdigest()) == data
    assert len(files(root)) == 1


@pytest.mark.parametrize(
    "key", ["", "short", "../" * 21 + "x", "/" * 64, "a" * 63 + "/", "a" * 65, "ä" * 64]
)
def test_keys_that_are_no_digests_are_refused(storage, key):
    for ask in (storage.get, storage.open):
        with pytest.raises(FileNotFoundError):
            ask(key)


@pytest.mark.parametrize(
    "name",
    ["", "/etc/passwd", "../secret", "tree/../../secret", "tree/..", "..", "./../x", "a\x00b"],
)
def test_tree_names_cannot_leave_the_storage(storage, root, name):
    (root.parent / "secret").write_text("secret")

    with pytest.raises((FileNotFoundError, ValueError)):
        storage.read_tree_file(name)


def test_a_file_of_a_tree_is_read(storage, root):
    folder = root / "pyramids" / "abc" / "0"
    folder.mkdir(parents=True)
    (folder / ".zarray").write_bytes(b"{}")

    assert storage.read_tree_file("pyramids/abc/0/.zarray") == b"{}"
    assert storage.tree_path("pyramids/abc") == str(folder.parent)
    assert storage.tree_url("pyramids/abc").endswith("/pyramids/abc")
    with pytest.raises(FileNotFoundError):
        storage.read_tree_file("pyramids/abc/1/.zarray")


def test_what_is_not_there_is_not_there(storage):
    assert not storage.exists("0" * 64)
    with pytest.raises(FileNotFoundError):
        storage.get("0" * 64)
