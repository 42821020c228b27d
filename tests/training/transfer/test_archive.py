"""Zip files from elsewhere are unpacked within limits, or refused in words."""

import zipfile

import pytest

from training.ml.archive import Limits, unpack
from training.ml.errors import TrainingError


def test_a_bomb_is_not_unpacked(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(40 << 20))
    assert path.stat().st_size < 100_000
    with pytest.raises(TrainingError, match="bomb"):
        unpack(path, tmp_path / "out", limits=Limits(total=8 << 20))
    assert sum(one.stat().st_size for one in (tmp_path / "out").rglob("*")) <= 8 << 20


def test_a_package_of_countless_files_is_refused_before_they_are_listed(tmp_path, monkeypatch):
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for at in range(300):
            archive.writestr(f"{at:0200}", b"")
    monkeypatch.setattr("training.ml.archive.LARGEST_LIST", 10_000)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(TrainingError, match="more files"):
        unpack(path, tmp_path / "out")


def test_a_damaged_package_is_refused(tmp_path):
    path = tmp_path / "damaged.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", bytes(range(256)) * 40)
    content = bytearray(path.read_bytes())
    content[40:60] = bytes(20)
    path.write_bytes(content)
    with pytest.raises(TrainingError, match="bad_package"):
        unpack(path, tmp_path / "out")
    path.write_bytes(b"no zip at all")
    with pytest.raises(TrainingError, match="bad_package"):
        unpack(path, tmp_path / "out")
