"""Files become images, masks find their pictures, archives are not trusted."""

import io
import zipfile

import numpy as np
import pytest

from annotations.images.archive import ZipLimits
from annotations.images.ingest import Incoming, IngestLimits, clean_path, ingest
from annotations.images.readers import Limits
from annotations.images.services import (
    get_reference_labels,
    process_image,
    read_image,
    read_plane,
    read_region,
    trash_image,
)
from annotations.models import DataSet, Image, Upload
from core.errors import NotFound
from core.jobs.models import Job
from tests.annotations.images import files
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


def silent(**progress):
    """Take no notice of progress."""


@pytest.fixture
def dataset():
    return make_dataset()


def send(dataset, path, data, *, limits=None, **fields):
    return ingest(dataset, None, Incoming(io.BytesIO(data), path, **fields), limits=limits)


def verdicts(rows):
    return {row.filename: (row.status, row.code) for row in rows}


def picture(seed=0):
    return files.tiff(files.picture(seed=seed))


MASK = files.tiff(files.labels())


def test_a_mask_finds_its_picture(dataset):
    [image_row] = send(dataset, "cells.tif", picture())
    [row] = send(dataset, "cells_mask.tif", MASK)
    assert (row.role, row.status, row.image_id) == ("mask", "accepted", image_row.image_id)
    image = Image.objects.get()
    np.testing.assert_array_equal(get_reference_labels(image)[0, 0], files.labels())
    assert Job.objects.filter(kind="annotations.sync_image", subject=str(image.pk)).exists()
    [again] = send(dataset, "cells_mask.tif", MASK)
    assert (again.status, again.code) == ("duplicate", "duplicate")
    other = files.tiff(files.labels()[::-1].copy())
    [new] = send(dataset, "cells_mask.tif", other)
    assert new.status == "accepted"
    assert [w["code"] for w in new.warnings] == ["mask_replaced"]


def test_a_mask_without_a_picture_or_with_two_is_refused(dataset):
    [row] = send(dataset, "cells_mask.tif", MASK)
    assert (row.status, row.code) == ("refused", "mask_without_image")
    send(dataset, "a/cells.tif", picture(1))
    send(dataset, "b/cells.tif", picture(2))
    [row] = send(dataset, "cells.tif", MASK, role="mask")
    assert (row.status, row.code) == ("refused", "mask_ambiguous")
    [row] = send(dataset, "b/masks/cells.tif", MASK)
    assert row.status == "accepted"
    assert Image.objects.get(pk=row.image_id).name == "b/cells.tif"


def test_an_archive_with_images_and_masks_in_any_order(dataset):
    data = files.archive(
        {
            "set/masks/a.png": files.pil(files.labels()),
            "set/images/a.tif": picture(1),
            "set/images/b.tif": picture(2),
            "set/images/b_copy.tif": picture(2),
            "set/masks/b.tif": files.tiff(files.labels(30, 30)),
            "set/images/.DS_Store": b"x",
            "__MACOSX/set/images/._a.tif": b"x",
            "set/readme.txt": b"hello",
        }
    )
    rows = send(dataset, "set.zip", data)
    assert verdicts(rows) == {
        "set/images/a.tif": ("accepted", ""),
        "set/images/b.tif": ("accepted", ""),
        "set/images/b_copy.tif": ("duplicate", "duplicate"),
        "set/masks/a.png": ("accepted", ""),
        "set/masks/b.tif": ("refused", "mask_shape_mismatch"),
        "set/images/.DS_Store": ("ignored", "system_file"),
        "__MACOSX/set/images/._a.tif": ("ignored", "system_file"),
        "set/readme.txt": ("refused", "annotation_file"),
    }
    assert set(verdicts(send(dataset, "set.zip", data)).values()) == {
        ("duplicate", "duplicate"),
        ("refused", "mask_shape_mismatch"),
        ("ignored", "system_file"),
        ("refused", "annotation_file"),
    }
    assert Image.objects.count() == 2


def test_one_folder_around_everything_is_no_group(dataset):
    data = files.archive({f"movie_7/x_{i}.tif": picture(i) for i in range(3)})
    send(dataset, "a.zip", data)
    assert set(Image.objects.values_list("name", flat=True)) == {f"x_{i}.tif" for i in range(3)}
    data = files.archive({f"plate_{i}/x.tif": picture(10 + i) for i in range(3)})
    send(dataset, "b.zip", data)
    groups = set(Image.objects.filter(name__startswith="plate").values_list("group", flat=True))
    assert groups == {"plate_0", "plate_1", "plate_2"}


def test_names_that_lead_out_of_an_archive_are_refused_and_the_rest_is_taken(dataset):
    data = files.archive(
        {
            "../../etc/evil.tif": picture(1),
            "/abs.tif": picture(2),
            "inner.zip": files.archive({"x.tif": picture(3)}),
            "good.tif": picture(4),
        }
    )
    found = {row.filename.rsplit("/", 1)[-1]: row.code for row in send(dataset, "a.zip", data)}
    assert found == {
        "evil.tif": "unsafe_path",
        "abs.tif": "unsafe_path",
        "inner.zip": "nested_zip",
        "good.tif": "",
    }


def test_zip_bombs_and_broken_archives_are_refused(dataset):
    bomb = files.archive({"a.tif": bytes(300 << 20)})
    assert len(bomb) < 1 << 20
    [row] = send(dataset, "bomb.zip", bomb)
    assert (row.status, row.code) == ("refused", "zip_too_large")
    many = files.archive({f"{i}.tif": b"" for i in range(50)})
    limits = IngestLimits(archive=ZipLimits(max_entries=49))
    assert send(dataset, "many.zip", many, limits=limits)[0].code == "zip_too_large"
    [row] = send(dataset, "cut.zip", files.archive({"a.tif": picture()})[:-30])
    assert (row.status, row.code) == ("refused", "zip_broken")
    [row] = send(dataset, "empty.zip", files.archive({}))
    assert row.code == "zip_empty"


def test_a_list_of_countless_files_is_refused_before_it_is_read(dataset, monkeypatch):
    many = files.archive({f"{i:0200}.tif": b"" for i in range(50)})
    limits = IngestLimits(archive=ZipLimits(max_entries=20))
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert send(dataset, "many.zip", many, limits=limits)[0].code == "zip_too_large"


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_file_in_an_archive_stops_no_other(dataset, packing):
    data = bytearray(files.archive({"a.tif": picture(1), "b.tif": picture(2)}, packing=packing))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        start = archive.getinfo("a.tif").header_offset
    data[start + 60 : start + 90] = b"\xff" * 30
    found = verdicts(send(dataset, "a.zip", bytes(data)))
    assert found == {"a.tif": ("refused", "truncated"), "b.tif": ("accepted", "")}


def test_a_given_group_is_kept_together(dataset):
    for seed in range(12):
        send(dataset, f"{seed}.tif", picture(seed), group="mouse 3")
    assert set(Image.objects.values_list("group", flat=True)) == {"mouse 3"}
    assert Image.objects.values("split").distinct().count() == 1


def test_splits_are_fixed_and_near_their_shares(dataset):
    for seed in range(20):
        send(dataset, f"{seed}.png", files.pil(files.picture(20, 31, dtype=np.uint8, seed=seed)))
    before = dict(Image.objects.values_list("name", "split"))
    counts = {split: list(before.values()).count(split) for split in ("train", "val", "test")}
    assert counts["val"] >= 2
    assert counts["test"] >= 2
    trash_image(Image.objects.get(name="3.png"), by=make_user(), now=dataset.created_at)
    send(dataset, "3.png", files.pil(files.picture(20, 31, dtype=np.uint8, seed=3)))
    assert dict(Image.objects.values_list("name", "split")) == before


def test_a_data_set_may_have_its_own_fractions(dataset):
    DataSet.objects.filter(pk=dataset.pk).update(split_fractions=[1.0, 0.0, 0.0])
    dataset.refresh_from_db()
    for seed in range(6):
        send(dataset, f"{seed}.tif", picture(seed))
    assert set(Image.objects.values_list("split", flat=True)) == {"train"}


def test_names_are_made_storable():
    assert clean_path("a\\b\\c\x00.tif") == "a/b/c_.tif"
    assert clean_path("/etc/passwd") == "etc/passwd"
    assert clean_path("") == "unnamed"
    assert clean_path("e\u0301.tif") == "\u00e9.tif"
    assert len(clean_path("x" * 2000 + ".tif")) == 500


def test_a_nul_in_the_metadata_does_not_stop_the_row(dataset):
    data = files.tiff(files.picture(), description="a\x00b", software="s\x00t", metadata=None)
    [row] = send(dataset, "a.tif", data)
    assert row.status == "accepted"


def test_limits_reach_the_readers(dataset):
    limits = IngestLimits(picture=Limits(max_total_bytes=100))
    [row] = send(dataset, "a.tif", picture(), limits=limits)
    assert (row.status, row.code) == ("refused", "too_many_pixels")
    assert not Image.objects.exists()
    assert Upload.objects.get().detail


def test_pixels_are_read_with_and_without_a_pyramid(dataset):
    array = files.picture(2 * 3 * 30, 47).reshape(2, 3, 30, 47)
    data = files.tiff(array, imagej=True, metadata={"axes": "TCYX"})
    [row] = send(dataset, "a.tif", data)
    image = Image.objects.get(pk=row.image_id)
    for _ in range(2):
        np.testing.assert_array_equal(read_plane(image, 1, 2, 0), array[1, 2])
        np.testing.assert_array_equal(
            read_region(image, (0, 1, 0), slice(3, 9), slice(10, 20)), array[0, 1, 3:9, 10:20]
        )
        np.testing.assert_array_equal(read_image(image), array[:, :, None])
        process_image(image.pk, report=silent)
        image.refresh_from_db()
    with pytest.raises(NotFound):
        get_reference_labels(image)
