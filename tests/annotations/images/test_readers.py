"""Each reader: values kept as they are, axes and calibration understood, damage named."""

import csv
import io
import json

import imagecodecs
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.images.readers import READERS, Limits, UnreadableError, open_picture, tiff_data
from annotations.images.readers.base import to_json
from tests.annotations.images import dirty, files

LIMITS = Limits()


def open_bytes(data, name="x", **options):
    return open_picture(io.BytesIO(data), name, limits=options.pop("limits", LIMITS), **options)


def tcz(array):
    return array.reshape((1,) * (5 - array.ndim) + array.shape)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("compression", [None, "zlib", "lzw", "zstd", "packbits"])
@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_tiff_values_are_kept(dtype, compression, byteorder):
    array = files.picture(dtype=dtype)
    picture = open_bytes(files.tiff(array, compression=compression, byteorder=byteorder))
    assert picture.dtype == dtype
    assert picture.read_plane().dtype.isnative
    np.testing.assert_array_equal(picture.read(), tcz(array))
    np.testing.assert_array_equal(picture.read_rows(0, 0, 0, 7, 21), array[7:21])


@pytest.mark.parametrize("layout", [{}, {"compression": "zlib"}, {"tile": (64, 48)}])
def test_a_tiff_in_a_file_that_could_be_written_is_read(tmp_path, layout):
    """Django keeps an upload of some size in a temporary file, open for both."""
    array = files.picture()
    path = tmp_path / "upload"
    path.write_bytes(files.tiff(array, **layout))
    with path.open("r+b") as stream:
        picture = open_picture(stream, "x.tif", limits=LIMITS)
        np.testing.assert_array_equal(picture.read(), tcz(array))


@pytest.mark.parametrize(
    ("dtype", "kept", "notices"),
    [
        (np.float32, np.float32, []),
        (np.float64, np.float32, ["converted_to_float"]),
        (np.float16, np.float32, ["converted_to_float"]),
        (np.int16, np.float32, ["converted_to_float"]),
        (np.uint32, np.float32, ["converted_to_float"]),
        (np.bool_, np.uint8, []),
    ],
)
def test_other_types_become_what_can_be_shown(dtype, kept, notices):
    array = (files.picture() > 2000) if dtype == np.bool_ else files.picture().astype(dtype)
    picture = open_bytes(files.tiff(array))
    assert picture.dtype == kept
    assert [n.code for n in picture.notices] == notices
    np.testing.assert_allclose(picture.read_plane(), array.astype(kept))


def test_complex_pixels_are_refused():
    with pytest.raises(UnreadableError) as caught:
        open_bytes(files.tiff(files.picture().astype(np.complex64)))
    assert caught.value.code == "dtype_not_supported"


@pytest.mark.parametrize("axes", ["TZCYX", "ZCYX", "TYX", "CYX", "ZYX", "TCYX"])
def test_imagej_axes_and_calibration(axes):
    sizes = {"T": 2, "Z": 3, "C": 4, "Y": 20, "X": 31}
    shape = tuple(sizes[axis] for axis in axes)
    array = np.arange(np.prod(shape), dtype=np.uint16).reshape(shape)
    data = files.tiff(
        array,
        imagej=True,
        resolution=(4.0, 2.0),
        metadata={"axes": axes, "unit": "um", "spacing": 1.5, "finterval": 30.0},
    )
    picture = open_bytes(data)
    expected = np.moveaxis(
        array.reshape(tuple(sizes[a] if a in axes else 1 for a in "TZCYX")), 2, 1
    )
    assert picture.shape == expected.shape
    np.testing.assert_array_equal(picture.read(), expected)
    assert (picture.pixel_size.z, picture.pixel_size.y, picture.pixel_size.x) == (1.5, 0.5, 0.25)
    assert picture.time_interval_s == 30.0
    assert picture.axes_note == ""


def test_ome_tiff_names_channels_and_sizes():
    array = files.picture(60, 84).reshape(2, 1, 3, 20, 42)
    metadata = {
        "axes": "TZCYX",
        "PhysicalSizeX": 108.0,
        "PhysicalSizeXUnit": "nm",
        "PhysicalSizeY": 0.108,
        "PhysicalSizeYUnit": "µm",
        "TimeIncrement": 5.0,
        "TimeIncrementUnit": "min",
        "Channel": {"Name": ["DAPI", "actin", "tubulin"]},
    }
    data = files.tiff(array, ome=True, metadata=metadata)
    picture = open_bytes(data, "x.ome.tif")
    assert picture.shape == (2, 3, 1, 20, 42)
    assert [channel.name for channel in picture.channels] == ["DAPI", "actin", "tubulin"]
    assert picture.pixel_size.x == pytest.approx(0.108)
    assert picture.pixel_size.y == pytest.approx(0.108)
    assert picture.time_interval_s == 300.0
    json.dumps(to_json(picture.metadata))
    np.testing.assert_array_equal(picture.read_plane(1, 2, 0), array[1, 0, 2])


def test_resolutions_of_print_are_no_calibration():
    array = files.picture()
    dpi = open_bytes(files.tiff(array, resolution=(300, 300), resolutionunit="INCH"))
    assert dpi.pixel_size.x is None
    fine = open_bytes(files.tiff(array, resolution=(20000, 20000), resolutionunit="CENTIMETER"))
    assert fine.pixel_size.x == pytest.approx(0.5)


@pytest.mark.parametrize("planar", ["contig", "separate"])
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_rgb_is_three_channels(planar, compression):
    colour = np.stack([files.picture(dtype=np.uint8, seed=i) for i in range(3)])
    array = colour if planar == "separate" else np.moveaxis(colour, 0, 2)
    data = files.tiff(array, photometric="rgb", planarconfig=planar, compression=compression)
    picture = open_bytes(data)
    assert picture.rgb
    assert [channel.name for channel in picture.channels] == ["red", "green", "blue"]
    np.testing.assert_array_equal(picture.read()[0, :, 0], colour)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_png_colour_keeps_its_depth_and_loses_its_alpha(dtype):
    colour = np.dstack([files.picture(dtype=dtype, seed=i) for i in range(4)])
    data = imagecodecs_png(colour) if dtype == np.uint16 else files.pil(colour)
    picture = open_bytes(data)
    assert picture.dtype == dtype
    assert picture.shape[1] == 3
    assert [n.code for n in picture.notices] == ["alpha_dropped"]
    np.testing.assert_array_equal(picture.read()[0, :, 0], np.moveaxis(colour[..., :3], 2, 0))


def imagecodecs_png(array):
    return bytes(imagecodecs.png_encode(array))


def test_tiff_alpha_is_dropped():
    colour = np.dstack([files.picture(dtype=np.uint8, seed=i) for i in range(4)])
    picture = open_bytes(files.tiff(colour, photometric="rgb", extrasamples=["unassalpha"]))
    assert picture.shape[1] == 3
    assert "alpha_dropped" in [n.code for n in picture.notices]
    np.testing.assert_array_equal(picture.read_plane(0, 2, 0), colour[..., 2])


def test_palette_pictures_show_colours_and_keep_indexes_as_labels():
    data = dirty.palette_mask()
    shown, kept = open_bytes(data), open_bytes(data, labels=True)
    assert (shown.shape[1], kept.shape[1]) == (3, 1)
    assert [n.code for n in shown.notices] == ["palette_applied"]
    np.testing.assert_array_equal(kept.read_plane(), files.labels())
    colormap = np.random.default_rng(1).integers(0, 65536, (3, 256)).astype(np.uint16)
    data = files.tiff(files.labels(), photometric="palette", colormap=colormap)
    shown, kept = open_bytes(data), open_bytes(data, labels=True)
    np.testing.assert_array_equal(kept.read_plane(), files.labels())
    np.testing.assert_array_equal(
        shown.read()[0, :, 0], (colormap >> 8)[:, files.labels()].astype(np.uint8)
    )


def test_two_unnamed_axes_are_z_and_t_and_six_dimensions_are_refused():
    array = np.zeros((2, 3, 20, 31), np.uint8)
    picture = open_bytes(files.tiff(array))
    assert (picture.shape[2], picture.shape[0]) == (2, 3)
    assert "read as z" in picture.axes_note
    with pytest.raises(UnreadableError) as caught:
        open_bytes(files.tiff(np.zeros((2, 3, 2, 2, 20, 31), np.uint8)))
    assert caught.value.code == "axes_not_understood"


@pytest.mark.parametrize("layout", ["strips", "tiles", "contiguous", "pages"])
def test_large_planes_are_read_in_bands(layout, monkeypatch):
    monkeypatch.setattr(tiff_data, "WHOLE_PLANE_BYTES", 1)
    array = np.stack([files.picture(300, 421, seed=i) for i in range(3)])
    options = {
        "strips": {"compression": "zlib", "rowsperstrip": 17},
        "tiles": {"compression": "zlib", "tile": (64, 48)},
        "contiguous": {"byteorder": ">"},
        "pages": {"compression": "zlib"},
    }[layout]
    picture = open_bytes(files.tiff(array, metadata={"axes": "ZYX"}, **options))
    np.testing.assert_array_equal(picture.read_rows(0, 0, 1, 90, 155), array[1, 90:155])
    np.testing.assert_array_equal(picture.read()[0, 0], array)


def test_names_do_not_matter_but_wrong_ones_are_mentioned():
    data = files.tiff(files.picture())
    for name, notices in (("a.png", ["wrong_suffix"]), ("a.TIFF", []), ("a", []), ("a.dat", [])):
        assert [n.code for n in open_bytes(data, name).notices] == notices


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"ZISRAWFILE" + bytes(600), "format_not_supported"),
        (b"BM" + bytes(600), "format_not_supported"),
        (b"GIF89a" + bytes(600), "format_not_supported"),
        (b"\x89HDF\r\n\x1a\n" + bytes(600), "format_not_supported"),
        (bytes(600), "not_an_image"),
        (b"", "empty_file"),
    ],
)
def test_what_is_not_read_is_named(head, code):
    with pytest.raises(UnreadableError) as caught:
        open_bytes(head, "a.tif")
    assert caught.value.code == code
    if code == "format_not_supported":
        assert "OME-TIFF" in caught.value.detail


def test_limits_are_checked_before_decoding():
    small = Limits(max_decoded_bytes=1000, max_total_bytes=2000)
    for data in (
        files.tiff(files.picture(), compression="zlib"),
        files.tiff(files.picture()),
        files.pil(files.picture(dtype=np.uint8)),
        files.pil(files.picture(dtype=np.uint8), "JPEG"),
        imagecodecs_png(np.dstack([files.picture()] * 3)),
    ):
        with pytest.raises(UnreadableError) as caught:
            open_bytes(data, limits=small)
        assert caught.value.code == "too_many_pixels"


def test_progressive_jpegs_cost_more_than_their_pixels():
    colour = np.dstack([files.picture(dtype=np.uint8)] * 3)
    limits = Limits(max_decoded_bytes=colour.shape[0] * colour.shape[1] * 4)
    assert open_bytes(files.pil(colour, "JPEG"), limits=limits).rgb
    with pytest.raises(UnreadableError) as caught:
        open_bytes(files.pil(colour, "JPEG", progressive=True), limits=limits)
    assert caught.value.code == "too_many_pixels"


def test_colours_of_print_in_a_tiff_are_refused():
    data = files.tiff(np.dstack([files.picture(dtype=np.uint8)] * 4), photometric="separated")
    with pytest.raises(UnreadableError) as caught:
        open_bytes(data)
    assert caught.value.code == "colours_not_supported"


@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}, {"bigtiff": True}])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.9, 0.999])
def test_cut_tiffs_are_called_truncated(options, share):
    array = np.stack([files.picture(seed=i) for i in range(4)])
    data = files.tiff(array, metadata=None, **options)
    with pytest.raises(UnreadableError) as caught:
        open_bytes(data[: int(len(data) * share)], "a.tif").read()
    assert caught.value.code in ("truncated", "not_an_image")


@pytest.mark.parametrize("format", ["PNG", "JPEG"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
def test_cut_pictures_are_called_truncated(format, share):
    data = files.pil(files.picture(200, 310, dtype=np.uint8), format)
    with pytest.raises(UnreadableError) as caught:
        open_bytes(data[: int(len(data) * share)]).read()
    assert caught.value.code == "truncated"


SEEDS = [
    files.tiff(np.stack([files.picture(seed=i) for i in range(3)]), compression="zlib"),
    files.tiff(files.picture(), imagej=True, metadata={"axes": "YX", "unit": "um"}),
    files.tiff(files.picture(), ome=True, metadata={"axes": "YX"}),
    files.pil(files.picture()),
    files.pil(files.picture(dtype=np.uint8), "JPEG"),
]


@settings(max_examples=150)
@given(
    which=st.integers(0, len(SEEDS) - 1),
    where=st.floats(0, 1, exclude_max=True),
    junk=st.binary(min_size=1, max_size=12),
)
def test_damaged_bytes_are_read_or_refused_but_nothing_else_happens(which, where, junk):
    data = bytearray(SEEDS[which])
    at = int(where * len(data))
    data[at : at + len(junk)] = junk
    limits = Limits(max_decoded_bytes=1 << 24, max_total_bytes=1 << 24)
    refusal = None
    try:
        picture = open_bytes(bytes(data), limits=limits)
        pixels = picture.read()
    except UnreadableError as error:
        refusal = error
    if refusal is None:
        assert (pixels.shape, pixels.dtype) == (picture.shape, picture.dtype)
        assert 0 < pixels.nbytes <= limits.max_total_bytes
    else:
        assert refusal.code
        assert refusal.detail.endswith(".")


@pytest.mark.parametrize("name", READERS)
def test_every_reader_is_found_by_content_and_reads_rows(name):
    made = {
        "png": files.pil(files.picture(dtype=np.uint8)),
        "jpeg": files.pil(files.picture(dtype=np.uint8), "JPEG"),
        "tiff": files.tiff(files.picture(dtype=np.uint8)),
    }[name]
    picture = open_bytes(made)
    assert picture.format == name
    assert picture.shape == (1, 1, 1, files.HEIGHT, files.WIDTH)
    whole = picture.read_plane()
    np.testing.assert_array_equal(picture.read_rows(0, 0, 0, 5, 9), whole[5:9])
    assert len(picture.channels) == picture.shape[1]


def zoo_rows(folder):
    with (folder / "index.csv").open(encoding="utf-8") as table:
        return list(csv.DictReader(table))


def test_the_format_zoo_is_read_as_its_index_says(real_data):
    """Real files of EMBL's course; without them, files of the same kinds are made above."""
    rows = zoo_rows(real_data / "format_zoo_embl") if real_data else []
    assert len(rows) in (0, 20)
    for row in rows:
        path = real_data / "format_zoo_embl" / row["file"]
        with path.open("rb") as stream:
            if row["shape"] == "CZI":
                with pytest.raises(UnreadableError) as caught:
                    open_picture(stream, path.name, limits=LIMITS)
                assert caught.value.code == "format_not_supported"
                continue
            picture = open_picture(stream, path.name, limits=LIMITS)
            sizes = dict(
                zip(row["axes"].replace("S", "C"), map(int, row["shape"].split("x")), strict=True)
            )
            assert picture.shape == tuple(sizes.get(axis, 1) for axis in "TCZYX"), row
            assert picture.dtype.name == row["dtype"]
            assert picture.read().shape == picture.shape
            if row["pixel_size_xy"] and row["unit"] != "px":
                assert picture.pixel_size.x == pytest.approx(float(row["pixel_size_xy"]), rel=1e-3)
            else:
                assert picture.pixel_size.x is None
            json.dumps(to_json(picture.metadata))


def test_a_tiff_by_tifffile_reads_as_tifffile_reads_it(tmp_path):
    array = np.stack([files.picture(33, 47, seed=i) for i in range(6)]).reshape(2, 3, 33, 47)
    data = files.tiff(array, imagej=True, metadata={"axes": "ZCYX"}, compression="zlib")
    path = tmp_path / "a.tif"
    path.write_bytes(data)
    np.testing.assert_array_equal(
        np.moveaxis(open_bytes(data).read()[0], 0, 1), tifffile.imread(path)
    )
