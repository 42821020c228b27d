"""Frozen training sets: content, hash, split, and the folder they become."""

import json

import numpy as np
import pytest
import tifffile

from annotations.models import Sample
from core.errors import Conflict, DomainError
from tests.factories import make_dataset, make_image, make_mask, make_picture, make_sample
from training.models import Snapshot
from training.snapshots.manifest import parse_manifest
from training.snapshots.materialize import materialize_samples, materialize_snapshot
from training.snapshots.selectors import get_manifest
from training.snapshots.services import freeze

pytestmark = pytest.mark.django_db


def test_the_same_truths_give_the_same_snapshot_and_a_new_one_another(setting):
    setting.label(*setting.train[:3])
    first = freeze(setting.project)
    assert freeze(setting.project) == first
    assert (first.n_train, first.n_val, first.n_test) == (3, 6, 3)
    setting.label(setting.train[3])
    second = freeze(setting.project)
    assert second.content_hash != first.content_hash
    setting.label(setting.train[0])
    assert freeze(setting.project).content_hash != second.content_hash
    assert Snapshot.objects.count() == 3


def test_a_snapshot_does_not_change_when_the_truth_does(setting):
    setting.label(*setting.train[:2])
    snapshot = freeze(setting.project)
    before = get_manifest(snapshot)
    setting.label(setting.train[0])
    assert get_manifest(snapshot) == before
    assert parse_manifest(before.to_bytes()) == before
    assert before.content_hash == snapshot.content_hash


def test_nothing_labelled_in_training_is_refused(setting):
    with pytest.raises(DomainError, match="no_training_labels"):
        freeze(setting.project)


def test_a_group_in_two_splits_is_refused(setting):
    setting.label(setting.train[0])
    Sample.objects.filter(pk=setting.train[0].pk).update(group=setting.test[0].group)
    with pytest.raises(Conflict, match="split_leak"):
        freeze(setting.project)


def test_the_same_group_name_in_two_data_sets_is_no_leak(setting):
    setting.label(setting.train[0])
    other = make_dataset(setting.project.lab)
    image = make_image(other, group=setting.train[0].group, split="test")
    sample = make_sample(setting.project, image)
    setting.label(sample)
    manifest = get_manifest(freeze(setting.project))
    assert {setting.train[0].pk, sample.pk} <= {item.sample for item in manifest.items}


def test_the_folder_holds_training_and_validation_and_never_test(setting, tmp_path):
    setting.label(*setting.train[:2])
    manifest = get_manifest(freeze(setting.project))
    folder = materialize_snapshot(manifest, tmp_path / "set")
    body = json.loads((folder / "manifest.json").read_text())
    assert {item["split"] for item in body["items"]} == {"train", "val"}
    test_names = {f"{sample.pk}.tif" for sample in setting.test}
    written = {path.name for path in folder.rglob("*.tif")}
    assert len(written) == 8
    assert not written & test_names
    assert body["classes"] == [{"index": 1, "name": "nucleus"}]

    item = next(i for i in body["items"] if i["id"] == str(setting.train[1].pk))
    with tifffile.TiffFile(folder / item["image"]) as tiff:
        assert tiff.series[0].axes == "TCZYX"
        assert tiff.series[0].shape == (1, 1, 1, 27, 44)
    np.testing.assert_array_equal(
        tifffile.imread(folder / item["label"]).squeeze(), make_mask(27, 44)
    )
    # Once more leaves the complete folder alone.
    stamp = (folder / "manifest.json").stat().st_mtime_ns
    materialize_snapshot(manifest, folder)
    assert (folder / "manifest.json").stat().st_mtime_ns == stamp


def test_a_region_is_cut_from_picture_and_labels_alike(make_setting, tmp_path):
    setting = make_setting(n_train=0, n_val=0, n_test=0)
    picture = make_picture(50, 70, channels=2, seed=4)
    image = make_image(setting.project.datasets.get(), picture=picture)
    region = {"y0": 10, "x0": 20, "y1": 31, "x1": 59}
    sample = make_sample(setting.project, image, **region)
    folder = materialize_samples(setting.project, [sample], tmp_path)
    pixels = tifffile.imread(folder / f"images/{sample.pk}.tif").reshape(2, 21, 39)
    np.testing.assert_array_equal(pixels, picture[:, 10:31, 20:59])
    item = json.loads((folder / "manifest.json").read_text())["items"][0]
    assert item["label"] is None


def test_a_classification_names_the_position_of_the_class(make_setting, tmp_path):
    setting = make_setting(task_kind="classification")
    setting.label(*setting.train[:2])
    folder = materialize_snapshot(get_manifest(freeze(setting.project)), tmp_path)
    items = json.loads((folder / "manifest.json").read_text())["items"]
    assert [item["class_index"] for item in items] == [0, 0]
    assert not list((folder / "labels").iterdir())
