"""The list of files of a zip archive is measured without being read."""

import io
import struct
import zipfile

import pytest

from core.zips import END64, IN_END64, listed_bytes

NAMES = [f"{at:040}.tif" for at in range(30)]
# A file in the list: 46 bytes and its name.
LISTED = sum(46 + len(name) for name in NAMES)


def archive(comment=b""):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.comment = comment
        for name in NAMES:
            made.writestr(name, b"pixels")
    return stream


def zip64(*, listed=None):
    """The same with the end record of large archives."""
    data = archive().getvalue()
    end = data[-22:]
    size, start = struct.unpack_from("<II", end, 12)
    record = END64 + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 30, 30, listed or size, start)
    locator = b"PK\6\7" + struct.pack("<IQI", 0, len(data) - 22, 1)
    end = end[:12] + struct.pack("<I", IN_END64) + end[16:]
    return io.BytesIO(data[:-22] + record + locator + end)


@pytest.mark.parametrize("comment", [b"", b"c" * 65_535])
def test_the_end_record_is_found_behind_any_comment(comment):
    stream = archive(comment)
    assert listed_bytes(stream) == LISTED
    assert stream.tell() == 0


def test_large_archives_state_it_elsewhere():
    stream = zip64()
    assert listed_bytes(stream) == LISTED
    assert len(zipfile.ZipFile(stream).namelist()) == len(NAMES), "and Python agrees"
    assert listed_bytes(zip64(listed=1 << 40)) == 1 << 40


@pytest.mark.parametrize("cut", [1, 22, 40, 60, 80])
def test_a_cut_off_archive_states_nothing(cut):
    for stream in (archive(), zip64()):
        assert listed_bytes(io.BytesIO(stream.getvalue()[:-cut])) is None
    assert listed_bytes(io.BytesIO(b"no archive")) is None


def test_an_end_that_points_nowhere_states_nothing():
    data = bytearray(zip64().getvalue())
    struct.pack_into("<Q", data, len(data) - 22 - 12, (1 << 64) - 1)
    assert listed_bytes(io.BytesIO(bytes(data))) is None
