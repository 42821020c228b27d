"""Reading snapshots, plain folders, pictures and settings: what is taken, what is refused."""

import json

import numpy as np
import pytest
import tifffile
from PIL import Image

from tests.training.ml.synthetic import discs, write_item, write_manifest
from training.ml.config import Config
from training.ml.config_io import config_from_dict, config_to_dict, load_config
from training.ml.errors import ConfigError, TrainingError
from training.ml.features import FEATURES_PER_CHANNEL, picture_features
from training.ml.folders import choose_groups, sister_groups, snapshot_of_folders
from training.ml.frames import load_frames
from training.ml.intensity import normalise
from training.ml.manifest import Item, read_snapshot
from training.ml.pictures import read_labels, read_picture, write_labels
from training.ml.resizing import resize
from training.ml.scaling import resize_labels, typical_diameter, zoom_factors


@pytest.mark.parametrize(
    ("shape", "axes", "wanted"),
    [
        ((5, 7), "YX", (1, 1, 1, 5, 7)),
        ((3, 5, 7), "CYX", (1, 3, 1, 5, 7)),
        ((6, 5, 7), "ZYX", (1, 1, 6, 5, 7)),
        ((2, 3, 4, 5, 7), "TCZYX", (2, 3, 4, 5, 7)),
        ((4, 2, 5, 7), "ZCYX", (1, 2, 4, 5, 7)),
    ],
)
def test_tiff_axes_come_in_one_order(tmp_path, shape, axes, wanted):
    array = np.arange(np.prod(shape), dtype=np.uint16).reshape(shape)
    tifffile.imwrite(tmp_path / "a.tif", array, metadata={"axes": axes}, photometric="minisblack")
    stack = read_picture(tmp_path / "a.tif")
    assert stack.shape == wanted
    if axes == "ZCYX":
        np.testing.assert_array_equal(stack[0, 1, 2], array[2, 1])


def test_png_colours_are_channels_and_transparency_is_left_out(tmp_path):
    rgba = np.zeros((5, 7, 4), np.uint8)
    rgba[..., 2] = 9
    Image.fromarray(rgba).save(tmp_path / "a.png")
    stack = read_picture(tmp_path / "a.png")
    assert stack.shape == (1, 3, 1, 5, 7)
    assert (stack[0, 2] == 9).all()


def test_unreadable_picture_is_refused(tmp_path):
    for name in ("a.png", "a.tif"):
        (tmp_path / name).write_bytes(b"nothing of the kind")
        with pytest.raises(TrainingError, match="unreadable_picture"):
            read_picture(tmp_path / name)


def test_labels_keep_large_ids(tmp_path):
    labels = np.zeros((5, 7), np.int32)
    labels[2, 3] = 70000
    write_labels(tmp_path / "a.tif", labels)
    np.testing.assert_array_equal(read_labels(tmp_path / "a.tif")[0, 0], labels)


def test_labels_with_fractions_are_refused(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.full((4, 6), 0.5, np.float32))
    with pytest.raises(TrainingError, match="bad_labels"):
        read_labels(tmp_path / "a.tif")


def snapshot_with(tmp_path, **change):
    picture, labels = discs(np.random.default_rng(0))
    row = write_item(tmp_path, "a", picture, labels) | change
    return write_manifest(tmp_path, [row])


def test_snapshot_is_read(tmp_path):
    folder = snapshot_with(
        tmp_path, regions=[[0, 0, 10, 20]], pixel_size_um={"z": 2.0, "y": 0.5, "x": 0.5}
    )
    item = read_snapshot(folder).items[0]
    assert item.regions == ((0, 0, 10, 20),)
    assert item.pixel_size == (2.0, 0.5, 0.5)
    frame = load_frames([item], dims=2)[0]
    assert frame.valid.sum() == 200
    assert frame.anisotropy == 4


@pytest.mark.parametrize(
    "change",
    [
        {"image": "../../etc/passwd"},
        {"image": "images/none.tif"},
        {"split": "dev"},
        {"id": "../a"},
        {"regions": [[5, 5, 5, 9]]},
        {"regions": [[1, 2]]},
    ],
)
def test_bad_snapshot_is_refused(tmp_path, change):
    with pytest.raises(TrainingError, match="bad_snapshot"):
        read_snapshot(snapshot_with(tmp_path, **change))


def test_labels_of_another_shape_are_refused(tmp_path):
    picture, labels = discs(np.random.default_rng(0))
    row = write_item(tmp_path, "a", picture, labels[:-1])
    with pytest.raises(TrainingError, match="label_mismatch"):
        load_frames(read_snapshot(write_manifest(tmp_path, [row])).items, dims=2)


def test_plain_folders_are_paired_and_split_by_sisters(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("images", "masks"):
        (tmp_path / name).mkdir()
    for at in range(12):
        picture, labels = discs(rng, n=3 + at, shape=(40, 50 + 6 * (at // 2)))
        for copy in range(2):
            name = f"p{at}_{copy}"
            tifffile.imwrite(tmp_path / "images" / f"{name}.tif", picture + copy)
            Image.fromarray(labels.astype(np.uint8)).save(tmp_path / "masks" / f"{name}.png")
    snapshot = snapshot_of_folders(tmp_path / "images", tmp_path / "masks")
    assert len(snapshot.items) == 24
    splits = {item.id: item.split for item in snapshot.items}
    assert all(splits[f"p{at}_0"] == splits[f"p{at}_1"] for at in range(12))
    assert 2 <= len(snapshot.of("val")) <= 6
    again = snapshot_of_folders(tmp_path / "images", tmp_path / "masks")
    assert again == snapshot


def test_folders_that_do_not_pair_are_refused(tmp_path):
    for name in ("images", "masks"):
        (tmp_path / name).mkdir()
        Image.new("L", (4, 6)).save(tmp_path / name / f"{name}.png")
    with pytest.raises(TrainingError, match="no_masks"):
        snapshot_of_folders(tmp_path / "images", tmp_path / "masks")


def test_pictures_of_other_sizes_are_no_sisters(tmp_path):
    paths = [tmp_path / f"{at}.tif" for at in range(2)]
    for at, path in enumerate(paths):
        tifffile.imwrite(path, np.full((20, 30 + at), 5, np.uint8))
    assert len(set(sister_groups(paths))) == 2


def test_large_groups_are_not_held_out():
    groups = ["big"] * 30 + [f"s{at}" for at in range(20)]
    chosen = choose_groups(groups, share=0.2)
    assert "big" not in chosen
    assert 8 <= sum(groups.count(g) for g in chosen) <= 13


@pytest.mark.parametrize(
    ("values", "setting"),
    [
        ({"stepz": 1}, "stepz"),
        ({"steps": 0}, "steps"),
        ({"steps": "9"}, "steps"),
        ({"optim": {"rate": 2.0}}, "optim.rate"),
        ({"optim": {"rate": float("nan")}}, "optim.rate"),
        ({"optim": 3}, "optim"),
        ({"network": {"strides": [2]}}, "network.strides"),
        ({"network": {"channels": [8, 0]}}, "network.channels"),
        ({"data": {"patch": 100}}, "data.patch"),
        ({"head": "none"}, "head"),
    ],
)
def test_bad_settings_are_named(values, setting):
    with pytest.raises(ConfigError) as caught:
        config_from_dict(values)
    assert caught.value.setting == setting


def test_settings_survive_json(tmp_path):
    config = config_from_dict({"seed": 4, "network": {"channels": [8, 16], "strides": [2]}})
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config_to_dict(config)))
    assert load_config(path) == config
    assert load_config(None) == Config()


def test_normalisation_maps_percentiles_and_survives_oddities():
    rng = np.random.default_rng(0)
    picture = rng.normal(1000, 50, (2, 40, 60))
    picture[0, 0, 0] = np.nan
    out = normalise(picture, low=1, high=99.8)
    np.testing.assert_allclose(np.percentile(out[1], (1, 99.8)), (0, 1), atol=1e-4)
    assert np.isfinite(out).all()
    assert not normalise(np.full((1, 4, 6), 5), low=1, high=99.8).any()
    with pytest.raises(TrainingError, match="no_finite_pixels"):
        normalise(np.full((1, 4, 6), np.nan), low=1, high=99.8)


@pytest.mark.parametrize("shape", [(31, 50), (8, 20, 25)])
def test_resizing_there_and_back_keeps_objects(shape):
    _, labels = discs(np.random.default_rng(0), shape=shape, n=4, radius=6)
    larger = tuple(2 * n for n in shape)
    np.testing.assert_array_equal(resize_labels(resize_labels(labels, larger), shape), labels)
    smooth = resize((labels > 0).astype(np.float32), larger)
    assert smooth.shape == larger
    assert smooth.mean() == pytest.approx((labels > 0).mean(), rel=0.03)


def test_zoom_brings_objects_to_the_wanted_size():
    labels = np.zeros((60, 80), np.int32)
    labels[10:20, 10:20] = 1
    labels[30:50, 30:50] = 2
    assert 11 < typical_diameter(labels) < 23
    assert typical_diameter(labels * 0) == 0
    assert zoom_factors(10, wanted=20, dims=2) == (2, 2)
    assert zoom_factors(0, wanted=20, dims=2) == (1, 1)
    assert zoom_factors(40, wanted=20, dims=3, anisotropy=4) == (1, 0.5, 0.5)


@pytest.mark.parametrize("shape", [(1, 9, 4), (3, 40, 60), (2, 5, 30, 20)])
def test_fixed_features_are_finite_and_of_one_length(shape):
    rng = np.random.default_rng(0)
    for picture in (rng.integers(0, 60000, shape), np.zeros(shape), rng.normal(size=shape)):
        features = picture_features(picture)
        assert features.shape == (shape[0] * FEATURES_PER_CHANNEL,)
        assert features.dtype == np.float32
        assert np.isfinite(features).all()


def test_fixed_features_hardly_change_when_a_picture_is_turned():
    picture = discs(np.random.default_rng(3), shape=(60, 80))[0][None]
    straight, turned = picture_features(picture), picture_features(picture.transpose(0, 2, 1))
    np.testing.assert_allclose(straight, turned, atol=0.05)


def test_items_without_labels_are_left_out(tmp_path):
    picture, _ = discs(np.random.default_rng(0))
    tifffile.imwrite(tmp_path / "a.tif", picture)
    assert load_frames([Item(id="a", image=tmp_path / "a.tif")], dims=2) == []
