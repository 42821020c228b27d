"""Every awkward file of real life gets what it calls for, alone and among others."""

import csv
import io

import numpy as np
import pytest
import tifffile

from annotations.images.ingest import Incoming, ingest
from annotations.images.services import get_reference_labels, process_image, read_plane
from annotations.models import Image, Upload
from core.errors import DomainError
from core.storage import get_storage
from tests.annotations.images import files
from tests.annotations.images.dirty import CASES
from tests.factories import make_dataset

pytestmark = pytest.mark.django_db


def silent(**progress):
    """Take no notice of progress."""


@pytest.fixture
def read_dirty(real_data):
    """Bytes of a dirty file: the real one where there is one."""

    def read(name):
        return (real_data / "dirty" / name).read_bytes() if real_data else CASES[name].make()

    return read


def send(dataset, name, data, **fields):
    [row] = ingest(dataset, None, Incoming(io.BytesIO(data), name, **fields))
    return row


def companion(read_dirty, name):
    """A picture of the size of the mask `name`."""
    try:
        return read_dirty(CASES[name].needs)
    except (FileNotFoundError, KeyError):
        with io.BytesIO(read_dirty(name)) as stream:
            height, width = _size(stream, name)
        return files.pil(files.picture(height, width, dtype=np.uint8, seed=9))


def _size(stream, name):
    if name.endswith(".tif"):
        return tifffile.imread(stream).shape
    return np.asarray(files.Image.open(stream)).shape


def test_every_file_of_the_index_is_known(real_data):
    if real_data is None:
        assert len(CASES) == 31
        return
    listed = set()
    with (real_data / "dirty" / "INDEX.csv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table):
            name = row["file"].replace(" (for palette_mask_image.png)", "")
            listed |= {part.strip() for part in name.replace(" + ", ", ").split(", ")}
    listed |= {"palette_mask_image.png"}
    assert listed == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_dirty_file_gets_what_it_calls_for(name, read_dirty):
    case = CASES[name]
    dataset = make_dataset()
    data = read_dirty(name)
    if case.code == "duplicate":
        send(dataset, "BloodImage_00004.jpg", data)
    if case.needs:
        assert send(dataset, case.needs, companion(read_dirty, name)).status == "accepted"
    role = "mask" if case.needs else "image"

    row = send(dataset, name, data, role=role)

    assert (row.status, row.code) == (case.status, case.code)
    assert [warning["code"] for warning in row.warnings] == list(case.warnings)
    assert row.filename == name
    if case.status in ("refused", "ignored"):
        assert row.detail.endswith(".")
        assert len(row.detail.split()) >= 8
        assert row.image is None
    elif role == "mask":
        image = Image.objects.get(pk=row.image_id)
        labels = get_reference_labels(image)
        assert labels.shape == (1, 1, image.size_y, image.size_x)
        assert labels.dtype == np.uint32
        if case.objects is not None and name != "onebit_mask.png":
            ids = np.unique(labels)
            np.testing.assert_array_equal(ids, np.arange(len(ids)))
    elif case.status == "accepted":
        image = Image.objects.get(pk=row.image_id)
        assert (image.dtype, image.size_c, image.size_z) == (
            case.dtype,
            case.channels,
            case.slices,
        )
        process_image(image.pk, report=silent)
        image.refresh_from_db()
        assert image.status == "ready"
        assert all(channel["low"] < channel["high"] for channel in image.channels)
        assert get_storage().get(image.thumbnail)[:4] == b"\x89PNG"


def test_bad_files_do_not_stop_the_good_ones_of_a_zip(read_dirty):
    dataset = make_dataset()
    data = files.archive({f"dirty/{name}": read_dirty(name) for name in CASES})

    rows = ingest(dataset, None, Incoming(io.BytesIO(data), "dirty.zip"))

    assert {row.filename for row in rows} == set(CASES)
    found = {row.filename: (row.status, row.code) for row in rows}
    for name, case in CASES.items():
        # These need another file that is not in the archive.
        if case.code == "duplicate" or name in ("onebit_mask.png", "labels_uint32_gaps.tif"):
            continue
        same = ("duplicate", "duplicate")
        assert found[name] in ((case.status, case.code), same if case.dtype else None)
    assert Upload.objects.count() == len(CASES)


def test_the_exif_rotation_is_applied_with_its_sense():
    array = np.zeros((40, 56, 3), np.uint8)
    array[:8, :8] = 255
    exif = files.Image.Exif()
    exif[274] = 6
    dataset = make_dataset()
    row = send(dataset, "r.jpg", files.pil(array, "JPEG", exif=exif, quality=100))
    process_image(row.image_id, report=silent)
    image = Image.objects.get(pk=row.image_id)
    assert (image.size_y, image.size_x) == (56, 40)
    # Turned clockwise: what was top left is top right.
    turned = read_plane(image, 0, 0, 0)
    assert turned[:8, -8:].min() > 200
    assert turned[:8, :8].max() < 60


def test_a_picture_that_breaks_after_the_upload_is_marked_failed():
    dataset = make_dataset()
    row = send(dataset, "a.tif", files.tiff(files.picture()))
    broken = files.tiff(files.picture(seed=3))[:1500]
    key = get_storage().put(broken)
    Image.objects.filter(pk=row.image_id).update(key=key)
    with pytest.raises(DomainError):
        process_image(row.image_id, report=silent)
    image = Image.objects.get(pk=row.image_id)
    assert (image.status, image.code) == ("failed", "truncated")
    assert image.detail
