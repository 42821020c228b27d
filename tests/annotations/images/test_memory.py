"""Memory stays below 1 GiB whatever is uploaded; measured in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from tests.annotations.images import dirty

ROOT = Path(__file__).resolve().parents[3]
GIB = 1024.0

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def process():
    """A process with everything loaded; what it forks is measured."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "OMP_NUM_THREADS": "1",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tests.annotations.images.memory_probe"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        yield started


@pytest.fixture
def probe(process, tmp_path):
    """Ask for a file's fate: its code, the peak of memory in MiB."""
    folder = tmp_path / "storage"
    folder.mkdir()

    def ask(path, role="image"):
        process.stdin.write(json.dumps([str(path), str(folder), role]) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, "the process has ended; it says why"
        return json.loads(line)

    return ask


def ramp(height, width, dtype=np.uint16):
    """A picture whose pixels are not all 0, cheap to make and to compress."""
    return np.tile(np.arange(width, dtype=dtype) % 251, (height, 1))


def test_a_tiled_tiff_takes_less_memory_than_its_pixels(tmp_path, probe):
    """403 MB of pixels."""
    height, width, tile = 12_288, 16_384, 512
    one = ramp(tile, tile)
    path = tmp_path / "slide.tif"
    tifffile.imwrite(
        path,
        (one for _ in range(height // tile * width // tile)),
        shape=(height, width),
        dtype=np.uint16,
        tile=(tile, tile),
        compression="zlib",
        photometric="minisblack",
    )
    found = probe(path)
    assert found["code"] == ""
    assert found["mib"] < 0.35 * GIB


def test_an_uncompressed_plane_in_one_strip_takes_less_memory_than_its_pixels(tmp_path, probe):
    """400 MB in one strip, as ImageJ writes it."""
    path = tmp_path / "stack.tif"
    pixels = tifffile.memmap(path, shape=(10_000, 20_000), dtype=np.uint16)
    pixels[:] = ramp(1, 20_000)
    del pixels
    found = probe(path)
    assert found["code"] == ""
    assert found["mib"] < 0.35 * GIB


def test_the_largest_png_that_is_taken(tmp_path, probe):
    path = tmp_path / "large.png"
    pixels = ramp(9_500, 11_000, np.uint8)
    Image.fromarray(np.dstack([pixels] * 3)).save(path, compress_level=1)
    found = probe(path)
    assert found["code"] == ""
    assert found["mib"] < GIB


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path, probe):
    path = tmp_path / "bomb.png"
    path.write_bytes(dirty.png_header_only(60_000, 60_000))
    found = probe(path)
    assert found["code"] == "too_many_pixels"
    assert found["mib"] < GIB / 4


def test_a_compressed_tiff_in_one_huge_strip_is_refused(tmp_path, probe):
    path = tmp_path / "strip.tif"
    tifffile.imwrite(path, ramp(13_000, 13_500, np.uint8), compression="zlib", rowsperstrip=13_000)
    found = probe(path)
    assert found["code"] == "too_many_pixels"
    assert found["mib"] < GIB / 4


def test_masks_are_read_plane_by_plane(tmp_path, probe):
    path = tmp_path / "mask.tif"
    plane = np.zeros((2048, 2304), np.uint32)
    plane[10:200, 10:200] = 70_000
    plane[300:400, 300:400] = 5
    tifffile.imwrite(
        path,
        (plane for _ in range(30)),
        shape=(30, *plane.shape),
        dtype=np.uint32,
        compression="zlib",
        photometric="minisblack",
        metadata={"axes": "ZYX"},
    )
    found = probe(path, "mask")
    assert found["code"] == ""
    assert found["mib"] < GIB
