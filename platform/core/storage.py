"""Content-addressed blobs, and folders of files, behind one URL (`file:///...` or `s3://...`)."""

import contextlib
import functools
import hashlib
import shutil
import uuid
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO
from urllib.parse import unquote

import fsspec
from django.conf import settings

CHUNK_BYTES = 1 << 20


class Storage:
    """Blobs under one root.

    Blobs are named by the SHA-256 of their bytes, written to a temporary name and renamed, so
    that a name that exists is whole. Trees (pyramids) live under a name of their own.

    Parameters
    ----------
    url : str
        Root, as `file:///absolute/folder` or `s3://bucket/prefix`.
    """

    def __init__(self, url: str) -> None:
        # Addresses of folders come percent-encoded, which fsspec does not undo.
        self.url = (unquote(url) if url.startswith("file:") else url).rstrip("/")
        self.fs, self.root = fsspec.core.url_to_fs(self.url)

    def put(self, data: bytes) -> str:
        """Store `data`; return its key (SHA-256 in hex). Storing twice is harmless."""
        key = hashlib.sha256(data).hexdigest()
        self._write(key, iter([data]))
        return key

    def put_stream(self, stream: IO[bytes], *, sha256: str) -> str:
        """Store what `stream` (at its start) holds under the digest that was measured before.

        Raises
        ------
        OSError
            The stream breaks, or does not hold what was measured; nothing is stored.
        """
        self._write(sha256, iter(lambda: stream.read(CHUNK_BYTES), b""))
        return sha256

    def get(self, key: str) -> bytes:
        """Return the blob's bytes.

        Raises
        ------
        FileNotFoundError
            There is no such blob.
        """
        data: bytes = self.fs.cat_file(self._blob_path(key))
        return data

    def open(self, key: str) -> IO[bytes]:
        """Open a blob for reading."""
        stream: IO[bytes] = self.fs.open(self._blob_path(key), "rb")
        return stream

    def exists(self, key: str) -> bool:
        """Whether the blob is there."""
        return bool(self.fs.exists(self._blob_path(key)))

    def remove(self, key: str) -> None:
        """Remove a blob that nothing names any more; one that is gone already is no error."""
        with contextlib.suppress(FileNotFoundError):
            self.fs.rm_file(self._blob_path(key))

    def tree_url(self, name: str) -> str:
        """URL of a folder of files, e.g. for zarr. `name` is a relative path without dots."""
        return f"{self.url}/{self._checked(name)}"

    def tree_path(self, name: str) -> str:
        """Path of a folder of files inside the file system of this storage."""
        return f"{self.root}/{self._checked(name)}"

    def read_tree_file(self, name: str) -> bytes:
        """Return the bytes of one file of a tree.

        Raises
        ------
        FileNotFoundError
            There is no such file, or the name tries to leave the storage.
        """
        data: bytes = self.fs.cat_file(self.tree_path(name))
        return data

    def put_tree_file(self, name: str, stream: IO[bytes]) -> None:
        """Store what `stream` (at its start) holds as one file of a tree."""
        path = self.tree_path(name)
        self.fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        with self.fs.open(path, "wb") as target:
            shutil.copyfileobj(stream, target, CHUNK_BYTES)

    def open_tree_file(self, name: str) -> IO[bytes]:
        """Open one file of a tree for reading.

        Raises
        ------
        FileNotFoundError
            There is no such file.
        """
        stream: IO[bytes] = self.fs.open(self.tree_path(name), "rb")
        return stream

    def remove_tree_file(self, name: str) -> None:
        """Remove one file of a tree; one that is gone already is no error."""
        with contextlib.suppress(FileNotFoundError):
            self.fs.rm_file(self.tree_path(name))

    def _blob_path(self, key: str) -> str:
        if len(key) != 64 or not key.isalnum():
            raise FileNotFoundError(key)
        return f"{self.root}/blobs/{key[:2]}/{key}"

    def _checked(self, name: str) -> str:
        parts = PurePosixPath(name).parts
        if not parts or name.startswith("/") or ".." in parts:
            raise FileNotFoundError(name)
        return "/".join(parts)

    def _write(self, key: str, chunks: Iterator[bytes]) -> None:
        path = self._blob_path(key)
        if self.fs.exists(path):
            return
        temporary = f"{self.root}/incoming/{uuid.uuid4().hex}"
        self.fs.makedirs(f"{self.root}/incoming", exist_ok=True)
        self.fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        digest = hashlib.sha256()
        try:
            with self.fs.open(temporary, "wb") as target:
                for chunk in chunks:
                    digest.update(chunk)
                    target.write(chunk)
            if digest.hexdigest() != key:
                raise OSError(f"what was written is not what {key} names")
            self.fs.mv(temporary, path)
        finally:
            if self.fs.exists(temporary):
                self.fs.rm_file(temporary)


@functools.cache
def _storage(url: str) -> Storage:
    return Storage(url)


def get_storage() -> Storage:
    """Return the storage of this installation (`STORAGE_URL`)."""
    return _storage(settings.STORAGE_URL)
