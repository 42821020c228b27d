"""Pyramids: every pixel kept, levels are means, statistics leave out what is not finite."""

import io
import json

import numpy as np
import pytest
import zarr

from annotations.images.pyramid import halve, level_sizes, open_store, write_pyramid
from annotations.images.readers import Limits, open_picture
from annotations.images.statistics import IntensityCounter
from annotations.images.thumbnail import render_thumbnail
from core.storage import Storage
from tests.annotations.images import files


def silent(**progress):
    """Take no notice of progress."""


@pytest.fixture
def storage(tmp_path):
    return Storage(tmp_path.as_uri())


def open_array(array, **options):
    return open_picture(io.BytesIO(files.tiff(array, **options)), "x.tif", limits=Limits())


def read_level(storage, level):
    return zarr.open_array(open_store(storage, "pyramids/x"), path=str(level), mode="r")


def test_sizes_are_halved_and_rounded_up_until_one_chunk_holds_them():
    assert level_sizes(300, 512) == ((300, 512),)
    assert level_sizes(1025, 700) == ((1025, 700), (513, 350), (257, 175))


def test_a_movie_in_colours_and_slices(storage):
    array = files.picture(3 * 2 * 4 * 30, 47).reshape(3, 2, 4, 30, 47)
    picture = open_array(array, imagej=True, metadata={"axes": "TZCYX", "unit": "um"})
    steps = []
    write_pyramid(picture, storage, "pyramids/x", report=lambda **p: steps.append(p))
    np.testing.assert_array_equal(read_level(storage, 0)[:], np.moveaxis(array, 2, 1))
    assert steps[-1] == {"step": 6, "steps": 6}


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_levels_are_means(storage, dtype):
    array = files.picture(1101, 701).astype(dtype)
    result = write_pyramid(open_array(array), storage, "pyramids/x", report=silent)
    assert result.levels == ((1101, 701), (551, 351), (276, 176))
    level = array.astype(np.float64)
    for number in (1, 2):
        level = np.pad(level, [(0, n % 2) for n in level.shape], mode="edge")
        level = level.reshape(level.shape[0] // 2, 2, -1, 2).mean(axis=(1, 3))
        stored = read_level(storage, number)
        assert stored.dtype == dtype
        np.testing.assert_allclose(stored[0, 0, 0], level, atol=1.01 if dtype != np.float32 else 1)


def test_metadata_is_ngff_0_4(storage):
    array = files.picture(600, 820).reshape(1, 1, 1, 600, 820)
    picture = open_array(
        array[0, 0],
        imagej=True,
        resolution=(4, 2),
        byteorder=">",
        metadata={"axes": "ZYX", "unit": "um", "spacing": 2.0},
    )
    write_pyramid(picture, storage, "pyramids/x", report=silent)
    group = json.loads(storage.read_tree_file("pyramids/x/.zattrs"))
    [scales] = group["multiscales"]
    assert scales["version"] == "0.4"
    assert [axis["name"] for axis in scales["axes"]] == list("tczyx")
    assert [axis["type"] for axis in scales["axes"]] == ["time", "channel"] + ["space"] * 3
    assert scales["axes"][4]["unit"] == "micrometer"
    assert "unit" not in scales["axes"][0]
    for number, dataset in enumerate(scales["datasets"]):
        scale, translation = dataset["coordinateTransformations"]
        assert scale["scale"][3:] == [0.5 * 2**number, 0.25 * 2**number]
        # Pixel centres: the first pixel of level 1 is centred between two of level 0.
        assert translation["translation"][4] == 0.25 * (2**number - 1) / 2
        meta = json.loads(storage.read_tree_file(f"pyramids/x/{dataset['path']}/.zarray"))
        assert meta["zarr_format"] == 2
        assert meta["dtype"] == "<u2"
        assert meta["chunks"] == [1, 1, 1, 512, 512]
    [channel] = group["omero"]["channels"]
    window = channel["window"]
    assert window["min"] <= window["start"] < window["end"] <= window["max"]
    assert json.loads(storage.read_tree_file("pyramids/x/.zgroup")) == {"zarr_format": 2}


def test_writing_twice_gives_the_same(storage):
    picture = open_array(files.picture(600, 820))
    one = write_pyramid(picture, storage, "pyramids/x", report=silent)
    two = write_pyramid(picture, storage, "pyramids/x", report=silent)
    assert one == two
    np.testing.assert_array_equal(read_level(storage, 0)[0, 0, 0], files.picture(600, 820))


def test_metadata_comes_last_so_that_half_a_pyramid_is_none(storage):
    def stop(**progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_pyramid(open_array(files.picture()), storage, "pyramids/x", report=stop)
    assert b"multiscales" not in storage.read_tree_file("pyramids/x/.zattrs")


def test_chunks_of_zeros_are_not_stored(storage):
    array = np.zeros((600, 820), np.uint8)
    array[:10, :10] = 9
    write_pyramid(open_array(array), storage, "pyramids/x", report=silent)
    assert storage.read_tree_file("pyramids/x/0/0/0/0/0/0")
    with pytest.raises(FileNotFoundError):
        storage.read_tree_file("pyramids/x/0/0/0/0/1/1")


def test_halving_leaves_out_what_is_not_finite():
    block = np.array([[1, np.nan, np.nan], [3, np.inf, np.nan]], np.float32)
    np.testing.assert_array_equal(halve(block), [[2.0, np.nan]])


def test_statistics_are_those_of_numpy_and_leave_out_what_is_not_finite():
    array = files.picture(200, 310)
    counter = IntensityCounter(array.dtype)
    for start in range(0, 200, 64):
        counter.add(array[start : start + 64])
    found = counter.result()
    assert (found.minimum, found.maximum) == (array.min(), array.max())
    np.testing.assert_allclose((found.low, found.high), np.percentile(array, (1, 99.8)), atol=2)
    assert sum(found.bins) == array.size
    values = array.astype(np.float32) / 7
    values[3, 3:9] = np.nan
    values[5, 5] = -np.inf
    counter = IntensityCounter(values.dtype)
    counter.add(values)
    found = counter.result()
    finite = values[np.isfinite(values)]
    assert found.not_finite == 7
    np.testing.assert_allclose((found.low, found.high), np.percentile(finite, (1, 99.8)), rtol=1e-4)


@pytest.mark.parametrize(
    "array",
    [
        np.full((20, 31), 7, np.uint16),
        np.full((20, 31), 7, np.float32),
        np.full((20, 31), np.nan, np.float32),
        np.zeros((20, 31), np.uint8),
    ],
)
def test_constant_pictures_have_an_open_window(array):
    counter = IntensityCounter(array.dtype)
    counter.add(array)
    found = counter.result()
    assert found.low < found.high
    png = render_thumbnail([array], [(found.low, found.high)], ["#ffffff"])
    assert files.Image.open(io.BytesIO(png)).size == (31, 20)


def test_thumbnails_mix_channels_in_their_colours():
    one, two = np.zeros((300, 600)), np.zeros((300, 600))
    one[:, :300], two[:, 300:] = 10, 10
    png = render_thumbnail([one, two], [(0, 10), (0, 10)], ["#ff0000", "#00ff00"])
    image = files.Image.open(io.BytesIO(png))
    assert image.size == (256, 128)
    assert image.getpixel((10, 10)) == (255, 0, 0)
    assert image.getpixel((250, 10)) == (0, 255, 0)
