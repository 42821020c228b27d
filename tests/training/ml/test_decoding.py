"""Decoding without torch: clicks see what the heads' own decoding makes of the same maps."""

import io

import numpy as np
import pytest

from tests.training.ml.synthetic import discs
from training.decoding import BASINS, BasinSettings
from training.decoding.flow import GATHER, follow, walk_ends
from training.decoding.maps import (
    FrameMaps,
    PixelMaps,
    pack_maps,
    plane_of,
    read_header,
    read_window,
)
from training.ml.config import DecodeConfig
from training.ml.heads import HEADS
from training.ml.kinds.instance_outputs import Mapped, keep_maps


def test_every_head_can_be_decoded_without_torch():
    assert BASINS.keys() == HEADS.keys()


@pytest.mark.parametrize("name", BASINS)
def test_basins_are_the_objects_of_the_head(name):
    _, labels = discs(np.random.default_rng(5), shape=(70, 90), n=14, radius=7)
    maps = HEADS[name].targets(labels)
    area = float(np.median(np.bincount(labels.ravel())[1:]))
    basins = BASINS[name](maps, BasinSettings(foreground=0.5, seed=0.1, area=area))
    own = HEADS[name].decode(maps, DecodeConfig(score=0.0, min_area=0.0), area=area).labels
    for number in range(1, own.max() + 1):
        inside = own == number
        (basin,) = np.unique(basins[inside & (basins > 0)])
        same = basins == basin
        assert (same & inside).sum() / (same | inside).sum() > 0.97


@pytest.mark.parametrize("shape", [(70, 90), (12, 40, 50)])
def test_walks_that_are_joined_end_where_exact_walks_end(shape):
    _, labels = discs(np.random.default_rng(5), shape=(70, 90), n=14, radius=7)
    if len(shape) == 3:
        labels = np.repeat(labels[None, :40, :50], 12, axis=0)
    maps = HEADS["flow"].targets(labels)
    mask = maps[0] > 0.5
    noise = np.random.default_rng(0).normal(0, 0.1, maps[1:].shape).astype(np.float32)
    starts = np.stack(np.nonzero(mask)).astype(np.float32)
    exact = follow(starts, maps[1:] + noise, steps=40)
    joined = np.stack(np.unravel_index(walk_ends(maps[1:] + noise, mask, steps=40), shape))
    assert (np.abs(joined - exact).max(axis=0) <= GATHER).mean() > 0.98


def frame(rng, depth, height, width, count=3):
    maps = rng.uniform(-1, 1, (count, depth, height, width)).astype(np.float32)
    maps[0] = np.abs(maps[0])
    return maps


@pytest.fixture
def packed():
    """Two moments of different scales; the first has several chunks, one of them empty."""
    rng = np.random.default_rng(0)
    first, second = frame(rng, 2, 530, 1040), frame(rng, 1, 40, 64)
    first[0, 1, :512, 512:1024] = 0.05
    frames = (FrameMaps(first, 80.0), FrameMaps(second, 20.0))
    return PixelMaps("flow", 0.45, 0.1, (2, 4, 530, 1040), frames)


def test_maps_are_read_window_by_window(packed):
    stream = io.BytesIO(pack_maps(packed))
    header = read_header(stream)
    assert (header.head, header.foreground, header.seed) == ("flow", 0.45, 0.1)
    assert header.shape == (2, 4, 530, 1040)
    assert [(f.z, f.y, f.x, f.area) for f in header.frames] == [
        (2, 530, 1040, 80.0),
        (1, 40, 64, 20.0),
    ]
    for t, z, rect in [
        (0, 0, (500, 490, 530, 1040)),
        (0, 1, (0, 500, 530, 530)),
        (1, 0, (3, 5, 40, 64)),
    ]:
        window = read_window(stream, header, t=t, z=z, rect=rect)
        whole = packed.frames[t].maps[:, z, rect[0] : rect[2], rect[1] : rect[3]]
        seen = whole[0] >= 0.1
        assert window.shape == whole.shape
        assert np.abs(window - whole)[:, seen].max() < 1 / 200
        assert not window[:, ~seen].any()


def test_a_window_needs_only_its_chunks(packed):
    class Counting(io.BytesIO):
        taken = 0

        def read(self, size=-1):
            data = super().read(size)
            self.taken += len(data)
            return data

    stream = Counting(pack_maps(packed))
    header = read_header(stream)
    stream.taken = 0
    read_window(stream, header, t=0, z=0, rect=(0, 0, 512, 512))
    assert stream.taken == header.offsets[1] - header.offsets[0]
    stream.taken = 0
    read_window(stream, header, t=0, z=1, rect=(0, 520, 512, 1000))
    assert stream.taken == 0


def test_equal_maps_give_equal_bytes_and_rubbish_is_refused(packed):
    assert pack_maps(packed) == pack_maps(packed)
    with pytest.raises(ValueError, match="no file of maps"):
        read_header(io.BytesIO(b"CYLABEL1 and more than twelve bytes"))


def test_planes_of_merged_slices():
    assert [plane_of(z, depth=3, of=7) for z in range(7)] == [0, 0, 1, 1, 1, 2, 2]
    assert [plane_of(z, depth=1, of=4) for z in range(4)] == [0, 0, 0, 0]


def test_kept_maps_are_no_finer_than_the_picture_and_leave_out_what_leads_across_planes():
    rng = np.random.default_rng(2)
    volume = rng.uniform(0, 1, (4, 3, 20, 30)).astype(np.float32)
    mapped = Mapped(volume, np.zeros(1, np.float32), (6, 20, 30), area=300.0, disc=50.0)
    kept = keep_maps([mapped], "flow", DecodeConfig(), (1, 2, 6, 20, 30))
    assert kept.shape == (1, 6, 20, 30)
    assert kept.frames[0].area == 50.0
    np.testing.assert_array_equal(kept.frames[0].maps, volume[[0, 2, 3]])

    plane = np.ones((3, 40, 60), np.float32)
    mapped = Mapped(plane, np.zeros(1, np.float32), (20, 30), area=80.0, disc=80.0)
    kept = keep_maps([mapped], "flow", DecodeConfig(), (1, 1, 1, 20, 30))
    assert kept.frames[0].maps.shape == (3, 1, 20, 30)
    assert kept.frames[0].area == 20.0
