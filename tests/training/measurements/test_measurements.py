"""Measurements against scikit-image's region properties, and against cases worked out by hand."""

import dataclasses

import numpy as np
import pytest
from scipy import ndimage
from skimage.measure import regionprops

from training.measurements import FAMILIES
from training.measurements.base import Layout, Region
from training.measurements.intensity import channel_slugs
from training.measurements.measure import ArraySource, find_boxes, measure_objects

FLAT = Layout(dims=2, spacing=None, channels=("DAPI",), classes={1: "nucleus"})


def blobs(shape, seed=3, share=0.75):
    """Odd-shaped objects, some of which touch: smooth noise above a threshold, cut by a grid."""
    rng = np.random.default_rng(seed)
    smooth = ndimage.gaussian_filter(rng.random(shape), 3)
    labels, _ = ndimage.label(smooth > np.quantile(smooth, share))
    # Cut pieces touch across the cut, so that there are neighbours.
    labels[..., shape[-1] // 2 :] += labels.max() * (labels[..., shape[-1] // 2 :] > 0)
    _, numbers = np.unique(labels, return_inverse=True)
    return numbers.reshape(shape).astype(np.int32)


def measured(labels, picture, layout, **options):
    return measure_objects(ArraySource(labels, picture), layout, {}, **options)


@pytest.fixture(scope="module")
def plane():
    labels = blobs((90, 131))
    rng = np.random.default_rng(5)
    picture = rng.integers(50, 4000, (2, 90, 131)).astype(np.uint16)
    return labels, picture


def test_a_plane_agrees_with_scikit_image_pixel_for_pixel(plane):
    labels, picture = plane
    layout = Layout(dims=2, spacing=None, channels=("DAPI", "GFP"))
    table = measured(labels[None], picture[:, None], layout)
    props = regionprops(labels, intensity_image=np.moveaxis(picture, 0, -1))
    assert len(table) == len(props) > 15

    def same(name, expected):
        np.testing.assert_allclose(table[name], expected, rtol=1e-9, atol=1e-6, err_msg=name)

    same("label", [p.label for p in props])
    same("area_px2", [p.area for p in props])
    same("equivalent_diameter_px", [p.equivalent_diameter_area for p in props])
    same("perimeter_px", [p.perimeter for p in props])
    same("solidity", [p.solidity for p in props])
    same("major_axis_px", [p.axis_major_length for p in props])
    same("minor_axis_px", [p.axis_minor_length for p in props])
    same("eccentricity", [p.eccentricity for p in props])
    round_ = np.isnan(table["orientation_deg"])
    assert round_.sum() == 1, "of a round one scikit-image says -45 degrees"
    turned = np.array([np.degrees(p.orientation) for p in props])
    np.testing.assert_allclose(table["orientation_deg"][~round_], turned[~round_])
    same("centroid_y_px", [p.centroid[0] for p in props])
    same("centroid_x_px", [p.centroid[1] for p in props])
    same("bbox_y0_px", [p.bbox[0] for p in props])
    same("bbox_x0_px", [p.bbox[1] for p in props])
    same("bbox_y1_px", [p.bbox[2] for p in props])
    same("bbox_x1_px", [p.bbox[3] for p in props])
    for at, name in enumerate(("dapi", "gfp")):
        same(f"mean_{name}", [p.intensity_mean[at] for p in props])
        same(f"min_{name}", [p.intensity_min[at] for p in props])
        same(f"max_{name}", [p.intensity_max[at] for p in props])
        same(f"std_{name}", [p.intensity_std[at] for p in props])
        values = [p.image_intensity[..., at][p.image] for p in props]
        same(f"median_{name}", [np.median(v) for v in values])
        same(f"integrated_{name}", [v.sum(dtype=float) for v in values])


def test_calibrated_lengths_agree_with_scikit_image(plane):
    labels, picture = plane
    layout = Layout(dims=2, spacing=(1.0, 0.4, 0.25), channels=("a", "b"))
    table = measured(labels[None], picture[:, None], layout)
    props = regionprops(labels, spacing=(0.4, 0.25))
    np.testing.assert_allclose(table["area_um2"], [p.area for p in props])
    np.testing.assert_allclose(table["major_axis_um"], [p.axis_major_length for p in props])
    np.testing.assert_allclose(table["minor_axis_um"], [p.axis_minor_length for p in props])
    np.testing.assert_allclose(table["centroid_y_um"], [p.centroid[0] for p in props])
    np.testing.assert_allclose(table["centroid_x_um"], [p.centroid[1] for p in props])
    assert np.isnan(table["perimeter_um"]).all(), "steps along oblong pixels have no one length"
    square = Layout(dims=2, spacing=(1.0, 0.5, 0.5), channels=("a", "b"))
    halved = measured(labels[None], picture[:, None], square)
    np.testing.assert_allclose(
        halved["perimeter_um"], [0.5 * p.perimeter for p in regionprops(labels)]
    )


def test_a_stack_agrees_with_scikit_image():
    labels = blobs((14, 40, 57), share=0.8)
    rng = np.random.default_rng(8)
    picture = rng.random((1, 14, 40, 57)).astype(np.float32)
    layout = Layout(dims=3, spacing=(2.0, 0.5, 0.5), channels=("red",))
    table = measured(labels, picture, layout)
    props = regionprops(labels, intensity_image=picture[0], spacing=(2.0, 0.5, 0.5))
    assert len(table) == len(props) > 5
    names = {column.name for column in table.columns}
    assert not {"perimeter_um", "eccentricity", "orientation_deg"} & names
    np.testing.assert_allclose(table["volume_um3"], [p.area for p in props])
    np.testing.assert_allclose(
        table["equivalent_diameter_um"], [p.equivalent_diameter_area for p in props]
    )
    np.testing.assert_allclose(table["major_axis_um"], [p.axis_major_length for p in props])
    large = [at for at, p in enumerate(props) if p.num_pixels > 20]
    np.testing.assert_allclose(
        table["minor_axis_um"][large], [props[at].axis_minor_length for at in large]
    )
    np.testing.assert_allclose(table["centroid_z_um"], [p.centroid[0] for p in props])
    np.testing.assert_allclose(table["bbox_z1_px"], [p.bbox[3] for p in props])
    np.testing.assert_allclose(table["mean_red"], [p.intensity_mean for p in props], rtol=1e-5)
    thick = [at for at, p in enumerate(props) if min(p.image.shape) > 1]
    assert len(thick) < len(props), "one that lies in a plane is measured there"
    np.testing.assert_allclose(
        table["solidity"][thick],
        [props[at].num_pixels / props[at].image_convex.sum() for at in thick],
    )
    assert np.isfinite(table["solidity"]).all()


def test_pieces_of_any_size_give_the_same_table(plane):
    labels, picture = plane
    layout = Layout(dims=2, spacing=None, channels=("a", "b"))
    whole = measured(labels[None], picture[:, None], layout)
    for piece in ((1, 17, 23), (1, 50, 200)):
        parts = measured(labels[None], picture[:, None], layout, piece=piece)
        assert parts.columns == whole.columns
        for column, one, other in zip(parts.columns, parts.values, whole.values, strict=True):
            if column.kind == "text":
                assert one.tolist() == other.tolist()
            else:
                np.testing.assert_allclose(one, other, rtol=1e-12)


class Noting(ArraySource):
    """Remembers the largest piece that was asked for."""

    largest = 0

    def labels(self, box):
        part = super().labels(box)
        Noting.largest = max(Noting.largest, part.size)
        return part


def test_memory_is_that_of_a_piece_and_not_of_the_picture():
    labels = np.zeros((1, 600, 1100), np.int32)
    labels[0, ::20, ::20] = np.arange(30 * 55).reshape(30, 55) + 1
    labels[0, 1::20, ::20] = labels[0, ::20, ::20]
    source = Noting(labels, np.ones((1, 1, 600, 1100), np.uint8))
    table = measure_objects(source, FLAT, {}, piece=(1, 100, 100))
    assert len(table) == 1650
    assert Noting.largest <= 130 * 130


def test_a_rectangle_by_hand():
    labels = np.zeros((1, 9, 14), np.int32)
    labels[0, 2:5, 3:9] = 7
    picture = np.full((1, 1, 9, 14), 10, np.uint16)
    picture[0, 0, 2:5, 3:9] = 40
    picture[0, 0, 2, 3] = 58
    table = measure_objects(
        ArraySource(labels, picture), FLAT, {7: {"class_index": 1, "confidence": 0.75}}
    )
    (row,) = table.rows()
    assert row["label"] == 7
    assert (row["class"], row["confidence"]) == ("nucleus", 0.75)
    assert row["area_px2"] == 18
    assert row["equivalent_diameter_px"] == pytest.approx((4 * 18 / np.pi) ** 0.5)
    # Round the centres of the border's pixels: twice 5 and twice 2.
    assert row["perimeter_px"] == 14
    assert row["solidity"] == 1
    assert (row["centroid_y_px"], row["centroid_x_px"]) == (3, 5.5)
    assert [row[f"bbox_{end}_px"] for end in ("y0", "x0", "y1", "x1")] == [2, 3, 5, 9]
    # Variances of 0..5 and of 0..2: 35/12 and 2/3; axes are four standard deviations.
    assert row["major_axis_px"] == pytest.approx(4 * (35 / 12) ** 0.5)
    assert row["minor_axis_px"] == pytest.approx(4 * (2 / 3) ** 0.5)
    assert row["eccentricity"] == pytest.approx((1 - (2 / 3) / (35 / 12)) ** 0.5)
    assert abs(row["orientation_deg"]) == 90
    assert row["touching_neighbours"] == 0
    assert row["mean_dapi"] == 41
    assert row["median_dapi"] == 40
    assert (row["min_dapi"], row["max_dapi"], row["integrated_dapi"]) == (40, 58, 738)
    assert row["std_dapi"] == pytest.approx((18**2 * (1 / 18) * (17 / 18)) ** 0.5)
    assert (row["background_dapi"], row["mean_above_background_dapi"]) == (10, 31)


def test_objects_without_a_class_have_none_where_there_are_several():
    labels = np.ones((1, 4, 5), np.int32)
    source = ArraySource(labels, np.ones((1, 1, 4, 5), np.uint16))
    about = {1: {"confidence": 0.5}}
    several = dataclasses.replace(FLAT, classes={0: "round", 1: "long"})
    assert [row["class"] for row in measure_objects(source, several, about).rows()] == [""]
    assert [row["class"] for row in measure_objects(source, FLAT, about).rows()] == ["nucleus"]


def test_neighbours_are_those_that_share_a_side():
    labels = np.array([[[1, 1, 2, 0, 5], [1, 3, 2, 0, 0], [4, 0, 0, 6, 6]]])
    table = measured(labels, np.ones((1, *labels.shape)), FLAT, families=["contacts"])
    counts = dict(zip(table["label"].tolist(), table["touching_neighbours"].tolist(), strict=True))
    # 1 touches 2, 3, 4; 3 touches 1 and 2; 5 and 6 stand alone: corners do not count.
    assert counts == {1: 3, 2: 2, 3: 2, 4: 1, 5: 0, 6: 0}


def test_a_single_pixel_is_measured_without_warnings(recwarn):
    labels = np.zeros((1, 3, 5), np.int32)
    labels[0, 1, 2] = 1
    (row,) = measured(labels, np.full((1, 1, 3, 5), 4.0), FLAT).rows()
    assert (row["area_px2"], row["solidity"], row["perimeter_px"]) == (1, 1, 0)
    assert (row["major_axis_px"], row["eccentricity"]) == (0, 0)
    assert not recwarn.list


def test_where_all_is_object_there_is_no_background():
    labels = np.ones((1, 4, 6), np.int32)
    (row,) = measured(labels, np.full((1, 1, 4, 6), 4.0), FLAT).rows()
    assert row["mean_dapi"] == 4
    assert row["background_dapi"] is None
    assert row["mean_above_background_dapi"] is None


def test_intensities_that_are_not_finite_are_gaps_and_leave_others_alone():
    labels = np.array([[[1, 1, 0, 2, 2]] * 2])
    picture = np.ones((1, 1, 2, 5), np.float32)
    picture[0, 0, 0, 0] = np.nan
    rows = measured(labels, picture, FLAT).rows()
    assert [row["mean_dapi"] for row in rows] == [None, 1]
    assert [row["median_dapi"] for row in rows] == [None, 1]


def test_nothing_found_gives_columns_and_no_rows():
    table = measured(np.zeros((1, 5, 8), np.int32), np.zeros((1, 1, 5, 8)), FLAT)
    assert len(table) == 0
    assert {"label", "area_px2", "mean_dapi"} <= {column.name for column in table.columns}


def test_boxes_are_joined_across_pieces():
    labels = np.zeros((3, 20, 31), np.int32)
    labels[0, 3, 4] = labels[2, 15, 29] = 900_000
    ids, boxes = find_boxes(ArraySource(labels, np.zeros((0, 3, 20, 31))), (2, 8, 8))
    assert ids.tolist() == [900_000]
    assert boxes.tolist() == [[0, 3, 4, 3, 16, 30]]


def test_channels_of_one_name_and_without_name_keep_apart():
    assert channel_slugs(["DAPI", "GFP (488 nm)", "x", "X", "", "核"]) == (
        "dapi", "gfp_488_nm", "x_3", "x_4", "channel_5", "核",
    )  # fmt: skip


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("spacing", [None, (1.5, 0.3, 0.3)])
@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_gives_what_its_columns_say(name, spacing, dims):
    labels = blobs((6 if dims == 3 else 1, 30, 44), share=0.7)
    layout = Layout(dims, spacing, ("a", "b"), {1: "round", 2: "long"})
    ids = np.unique(labels)[1:].astype(np.int64)
    picture = np.random.default_rng(1).random((2, *labels.shape))
    region = Region(labels, ids, (0, 0, 0), list(picture), layout, {})
    family = FAMILIES[name]
    assert family.name == name
    columns, values = family.columns(layout), family.measure(region)
    assert len(columns) == len(values)
    for column, one in zip(columns, values, strict=True):
        assert one.shape == ids.shape
        assert column.about
        assert not column.unit or column.unit == "intensity" or column.name.endswith(column.unit)
    again = family.measure(region)
    for one, other in zip(values, again, strict=True):
        np.testing.assert_array_equal(one, other)
