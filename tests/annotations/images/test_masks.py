"""Label images: what their values mean, and which are none."""

import io

import numpy as np
import pytest

from annotations.images.readers import Limits, UnreadableError
from annotations.images.readers.masks import open_mask, read_mask, write_mask
from tests.annotations.images import dirty, files

LIMITS = Limits()


def open_bytes(data, limits=LIMITS):
    return open_mask(io.BytesIO(data), "m", limits=limits)


def codes(mask):
    return [notice.code for notice in mask.notices]


def test_palette_indexes_are_labels():
    mask = open_bytes(dirty.palette_mask())
    np.testing.assert_array_equal(mask.read()[0, 0], files.labels())
    assert mask.n_objects == 3


def test_large_ids_with_gaps_are_numbered_anew_in_their_order():
    mask = open_bytes(dirty.gappy_labels())
    assert codes(mask) == ["labels_renumbered"]
    labels = mask.read()[0, 0]
    source = np.array([0, 70_000, 7, 420_006])[files.labels()]
    np.testing.assert_array_equal(labels, np.searchsorted([0, 7, 70_000, 420_006], source))
    assert mask.dtype == np.uint16


def test_small_ids_stay_even_with_gaps():
    labels = np.array([0, 900, 7, 50], np.uint16)[files.labels()]
    mask = open_bytes(files.tiff(labels))
    np.testing.assert_array_equal(mask.read()[0, 0], labels)
    assert codes(mask) == []
    assert mask.n_objects == 3


def test_more_objects_than_16_bits_are_kept_as_32_bits():
    labels = np.arange(1, 66_002, dtype=np.uint32)
    plane = np.zeros((1000, 1001), np.uint32)
    plane.ravel()[: len(labels) * 12 : 12] = labels
    mask = open_bytes(files.tiff(plane, compression="zlib"))
    assert mask.dtype == np.uint32
    assert mask.n_objects == 66_001
    np.testing.assert_array_equal(mask.read()[0, 0], plane)


@pytest.mark.parametrize("value", [1, 255])
def test_a_foreground_becomes_its_connected_parts(value):
    plane = ((files.labels() > 0) * value).astype(np.uint8)
    mask = open_bytes(files.tiff(plane))
    # Two of the three touch.
    assert mask.n_objects == 2
    assert codes(mask) == ["touching_merge"]
    assert "2 connected parts" in mask.notices[0].detail


def test_one_object_is_one_object():
    mask = open_bytes(files.pil(files.Image.fromarray(files.labels() == 3)))
    assert (mask.n_objects, codes(mask)) == (1, [])


def test_a_foreground_stack_is_labelled_in_space_and_not_across_time():
    movie = np.stack([files.labels() == 3] * 2).astype(np.uint8)
    across = open_bytes(files.tiff(movie, imagej=True, metadata={"axes": "TYX"}))
    assert across.shape == (2, 1, files.HEIGHT, files.WIDTH)
    assert across.n_objects == 2
    stack = open_bytes(files.tiff(movie, imagej=True, metadata={"axes": "ZYX"}))
    assert stack.n_objects == 1


def test_grey_stored_as_colours_is_read_and_real_colours_are_refused():
    labels = files.labels()
    mask = open_bytes(files.pil(np.dstack([labels] * 3)))
    np.testing.assert_array_equal(mask.read()[0, 0], labels)
    with pytest.raises(UnreadableError) as caught:
        open_bytes(files.pil(np.dstack([labels, labels * 20, labels])))
    assert caught.value.code == "mask_colour_coded"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (lambda: files.pil(files.labels(), "JPEG"), "mask_lossy"),
        (lambda: files.tiff(files.labels() - 0.5), "mask_not_labels"),
        (lambda: files.tiff(files.labels().astype(np.int16) - 1), "mask_not_labels"),
        (lambda: files.tiff(files.picture(120, 170)), "mask_not_labels"),
        (
            lambda: files.tiff(
                np.stack([files.labels()] * 2), imagej=True, metadata={"axes": "CYX"}
            ),
            "mask_many_channels",
        ),
        (lambda: b"", "empty_file"),
    ],
)
def test_what_is_no_label_image_is_refused(data, code):
    with pytest.raises(UnreadableError) as caught:
        open_bytes(data())
    assert caught.value.code == code


def test_whole_numbers_stored_as_floats_are_labels():
    mask = open_bytes(files.tiff(files.labels().astype(np.float32)))
    assert mask.dtype == np.uint16
    np.testing.assert_array_equal(mask.read()[0, 0], files.labels())


def test_an_empty_mask_means_an_empty_picture():
    mask = open_bytes(files.tiff(np.zeros((20, 31), np.uint8)))
    assert (mask.n_objects, codes(mask)) == (0, ["mask_empty"])


def test_a_foreground_that_is_too_large_is_refused():
    with pytest.raises(UnreadableError) as caught:
        open_bytes(files.tiff((files.labels() > 0).astype(np.uint8)), Limits(max_label_pixels=100))
    assert caught.value.code == "mask_too_large"


def test_pages_fit_frames_and_slices_and_sizes_must_agree():
    pages = np.stack([files.labels()] * 4)
    mask = open_bytes(files.tiff(pages))
    assert mask.shape == (1, 4, files.HEIGHT, files.WIDTH)
    fitted = mask.fit(4, 1, files.HEIGHT, files.WIDTH)
    np.testing.assert_array_equal(fitted.read()[:, 0], pages)
    for wrong in ((3, 1, 40, 56), (1, 4, 56, 40), (2, 2, 40, 56)):
        with pytest.raises(UnreadableError) as caught:
            mask.fit(*wrong)
        assert caught.value.code == "mask_shape_mismatch"


def test_what_is_written_is_read_back_and_is_the_same_each_time():
    mask = open_bytes(files.tiff(np.stack([files.labels()] * 3)))
    written = []
    for _ in range(2):
        target = io.BytesIO()
        write_mask(mask, target)
        written.append(target.getvalue())
    assert written[0] == written[1]
    back = read_mask(io.BytesIO(written[0]))
    assert back.dtype == np.uint32
    np.testing.assert_array_equal(back.reshape(mask.shape), mask.read())
