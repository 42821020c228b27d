"""Forms of an answer: read back by other programs, and refused where they cannot hold it."""

import dataclasses
import io
import zipfile

import numpy as np
import pytest
import tifffile
import zarr

from annotations.labels.planes import stack_of
from core.errors import DomainError
from training.decoding import doubt
from training.decoding.doubt import pack_doubt
from training.measurements.tables import LABEL, make_table
from training.serving.formats import FORMATS, Answer
from training.serving.formats.label_images import level_sizes

TABLE = make_table([LABEL], [np.array([1])])


def answer_of(labels, spacing=None):
    stack = None if labels is None else stack_of(labels)
    packed = b"" if labels is None else pack_doubt((labels > 0).astype(np.uint8) * 90)
    return Answer("plate/field 1.tif", stack, TABLE, spacing, packed)


def written(name, answer):
    target = io.BytesIO()
    FORMATS[name].write(answer, target)
    return target.getvalue()


def movie():
    labels = np.zeros((2, 3, 40, 70), np.uint32)
    labels[0, 1, 4:9, 5:20] = 1
    labels[1, 2, 30:, 60:] = 70_000
    return labels


@pytest.mark.parametrize("name", FORMATS)
def test_every_form_is_written_the_same_twice(name):
    assert FORMATS[name].name == name
    answer = answer_of(movie()[:1, 1:2])
    once, again = written(name, answer), written(name, answer)
    assert len(once) == len(again) > 0
    # OME-XML gives each file an id of its own.
    assert name in ("ome-tiff", "uncertainty") or once == again


def test_ome_tiff_holds_frames_slices_large_ids_and_sizes():
    with tifffile.TiffFile(
        io.BytesIO(written("ome-tiff", answer_of(movie(), (2.0, 0.5, 0.25))))
    ) as f:
        assert (f.series[0].axes, f.series[0].dtype) == ("TZYX", np.uint32)
        np.testing.assert_array_equal(f.asarray(), movie())
        for size in ('PhysicalSizeZ="2.0"', 'PhysicalSizeY="0.5"', 'PhysicalSizeX="0.25"'):
            assert size in f.ome_metadata


def test_the_map_of_uncertainty_covers_the_picture_with_coarser_pixels(monkeypatch):
    monkeypatch.setattr(doubt, "MOST_OF_A_PLANE", 40 * 70 // 4)
    data = written("uncertainty", answer_of(movie(), (2.0, 0.5, 0.25)))
    with tifffile.TiffFile(io.BytesIO(data)) as tiff:
        assert (tiff.series[0].axes, tiff.series[0].dtype) == ("TZYX", np.uint8)
        assert tiff.series[0].shape == (2, 3, 20, 35)
        for size in ('PhysicalSizeZ="2.0"', 'PhysicalSizeY="1.0"', 'PhysicalSizeX="0.5"'):
            assert size in tiff.ome_metadata
        assert tiff.asarray()[0, 1, 3, 5] == 90


def test_a_large_ome_tiff_is_tiled():
    labels = np.zeros((1, 1, 530, 2100), np.uint16)
    labels[0, 0, 500:, 2000:] = 9
    with tifffile.TiffFile(io.BytesIO(written("ome-tiff", answer_of(labels)))) as tiff:
        assert tiff.pages[0].is_tiled
        assert tiff.series[0].dtype == np.uint16
        np.testing.assert_array_equal(tiff.asarray(), labels[0, 0])


def test_zarr_holds_a_pyramid_of_labels(tmp_path):
    labels = np.zeros((1, 2, 600, 1030), np.uint32)
    labels[0, 0, 100:300, 500:900] = 3
    labels[0, 1, 599, 1029] = 7
    zipfile.ZipFile(io.BytesIO(written("zarr", answer_of(labels)))).extractall(tmp_path)
    group = zarr.open_group(tmp_path, mode="r", zarr_format=2)
    assert [group[str(at)].shape[2:] for at in range(3)] == level_sizes(600, 1030)
    np.testing.assert_array_equal(group["0"][:], labels)
    np.testing.assert_array_equal(group["1"][:], labels[..., ::2, ::2])
    np.testing.assert_array_equal(group["2"][:], labels[..., ::4, ::4])
    assert group.attrs["multiscales"][0]["datasets"][1]["coordinateTransformations"] == [
        {"type": "scale", "scale": [1.0, 1.0, 2.0, 2.0]}
    ]


@pytest.mark.parametrize("labels", [movie(), movie()[1:, 2:]])
def test_what_does_not_fit_a_png_is_refused(labels):
    with pytest.raises(DomainError) as caught:
        written("png", answer_of(labels))
    assert (caught.value.code, caught.value.status) == ("not_one_plane", 406)


@pytest.mark.parametrize("name", ["png", "ome-tiff", "zarr"])
def test_a_classification_has_no_label_image(name):
    with pytest.raises(DomainError) as caught:
        written(name, answer_of(None))
    assert caught.value.code == "no_labels"


def test_a_map_that_nobody_asked_for_is_not_there():
    for answer in (answer_of(None), dataclasses.replace(answer_of(movie()), doubt=b"")):
        with pytest.raises(DomainError) as caught:
            written("uncertainty", answer)
        assert (caught.value.code, caught.value.status) == ("no_uncertainty", 406)
