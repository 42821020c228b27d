"""Working folders are gone afterwards, also those of killed workers."""

import os
import time

import pytest

from training.snapshots.workspace import STALE_SECONDS, temporary_folder, work_root


def test_a_folder_is_gone_whatever_happens():
    with temporary_folder("score") as folder:
        (folder / "deep").mkdir()
        assert folder.parent == work_root()
    assert not folder.exists()
    with pytest.raises(RuntimeError), temporary_folder("score") as folder:
        raise RuntimeError
    assert not folder.exists()


def test_what_a_killed_worker_left_is_swept_and_what_is_in_use_is_not():
    old, fresh = work_root() / "score-old", work_root() / "score-fresh"
    other = work_root() / "runs"
    for folder in (old, fresh, other):
        folder.mkdir(exist_ok=True)
    long_ago = time.time() - STALE_SECONDS - 60
    for folder in (old, other):
        os.utime(folder, (long_ago, long_ago))
    with temporary_folder("score"):
        assert not old.exists()
        assert fresh.exists()
        assert other.exists()
    fresh.rmdir()
