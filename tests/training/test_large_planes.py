"""Large planes go to training in parts, and are predicted, scored and answered in bands."""

import io
import json
import zipfile

import imagecodecs
import numpy as np
import pytest
import tifffile

from annotations.labels.bands import ArrayImage
from annotations.labels.blocks import PackedBlocks
from annotations.labels.planes import stack_of
from annotations.models import Split
from annotations.review.services import import_ground_truth
from tests.factories import make_image, make_sample
from training.measurements.tables import LABEL, make_table
from training.metrics.instance import score_labels
from training.metrics.object_classes import ClassedLabels
from training.ml import zerolabel_blocks
from training.ml.pictures import read_labels, read_picture, write_labels
from training.ml.zerolabel import ClassicalPredictor
from training.model_registry import evaluation
from training.runs.diagnosis import of_samples
from training.runs.pictures import of_validation
from training.serving.formats import FORMATS, Answer
from training.snapshots import parts
from training.snapshots.materialize import materialize_samples, materialize_snapshot
from training.snapshots.pixels import read_pixels
from training.snapshots.selectors import get_manifest
from training.snapshots.services import freeze

# Not square; two rows of blocks, and of parts.
HEIGHT, WIDTH = 700, 360


@pytest.fixture
def large(monkeypatch):
    """Planes of any size are large; none is unpacked as a whole."""

    def refuse(self):
        raise AssertionError("a large plane was unpacked")

    monkeypatch.setattr(PackedBlocks, "plane", refuse)
    monkeypatch.setattr("annotations.labels.bands.LARGEST_WHOLE_PIXELS", 1)
    monkeypatch.setattr(parts, "PART", 256)
    monkeypatch.setattr("training.tiffs.MAPPED_FROM", 1)
    monkeypatch.setattr("training.ml.pictures.MAPPED_FROM", 1)


def field(seed=0, *, gap=70):
    """Discs on a dark ground and their labels; some lie across seams. The lower left is empty."""
    rng = np.random.default_rng(seed)
    picture = rng.normal(200, 20, (HEIGHT, WIDTH))
    labels = np.zeros((HEIGHT, WIDTH), np.uint32)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    for at, (top, left) in enumerate(np.ndindex(HEIGHT // gap, WIDTH // gap), start=1):
        middle_y, middle_x = top * gap + gap / 2, left * gap + gap / 2
        if middle_y > 420 and middle_x < 280:
            continue
        disc = (y - middle_y) ** 2 + (x - middle_x) ** 2 < 20**2
        labels[disc] = at
        picture[disc] += 2000
    return picture.astype(np.uint16), labels


@pytest.fixture
def labelled(make_setting):
    """A field in training and one in validation, beside small ones."""

    def make(task_kind="instance"):
        setting = make_setting(n_train=1, n_val=1, n_test=0, task_kind=task_kind)
        samples = []
        for seed, split in enumerate((Split.TRAIN, Split.VALIDATION)):
            picture, labels = field(seed)
            image = make_image(setting.project.datasets.get(), picture=picture[None], split=split)
            sample = make_sample(setting.project, image)
            ids = np.unique(labels).tolist()
            import_ground_truth(
                sample, labels=labels[None, None], object_classes={n: n % 2 + 1 for n in ids if n}
            )
            samples.append(sample)
        return setting, samples

    return make


@pytest.mark.django_db
def test_training_gets_large_planes_in_parts(labelled, tmp_path, large):
    setting, (sample, _) = labelled()
    manifest = get_manifest(freeze(setting.project))
    folder = materialize_snapshot(manifest, tmp_path / "set")
    items = json.loads((folder / "manifest.json").read_text())["items"]
    own = [item for item in items if parts.place_of(item["id"])[0] == str(sample.pk)]
    # Three rows and two columns of parts; the one in which nothing is labelled is left out.
    rows, columns = ((0, 233), (233, 466), (466, 700)), ((0, 180), (180, 360))
    boxes = [(y0, x0, y1, x1) for y0, y1 in rows for x0, x1 in columns]
    del boxes[4]
    assert [parts.place_of(item["id"]) for item in own] == [(str(sample.pk), box) for box in boxes]
    assert len({item["group"] for item in own}) == 1
    picture, labels = field(0)
    for item, (y0, x0, y1, x1) in zip(own, boxes, strict=True):
        where = (slice(y0, y1), slice(x0, x1))
        np.testing.assert_array_equal(read_picture(folder / item["image"])[0, 0, 0], picture[where])
        np.testing.assert_array_equal(read_labels(folder / item["label"])[0, 0], labels[where])
        # The project has the class of the even ones only.
        there = [n for n in np.unique(labels[where]).tolist() if n and n % 2 == 0]
        assert item["object_classes"] == {str(n): 0 for n in there}


@pytest.mark.django_db
def test_reports_and_findings_about_parts_are_about_their_samples(labelled):
    setting, (_, held_out) = labelled()
    manifest = get_manifest(freeze(setting.project))
    part = f"{held_out.pk}.466.180.700.360"
    lines = [
        {"item": part, "box": [10, 20, 30, 40], "object": 7},
        {"item": part, "value": 0.5},
        {"item": str(setting.train[0].pk), "value": 0.5},
    ]
    report = {"worst": {"objects": lines[:1], "images": lines[1:]}}
    assert of_validation(report, manifest)["worst"] == {
        "objects": [{"item": str(held_out.pk), "box": [476, 200, 496, 220], "object": 7}],
        "images": [{"item": str(held_out.pk), "box": [466, 180, 700, 360], "value": 0.5}],
    }
    found = [{"code": "empty", "samples": [part, f"{held_out.pk}.0.0.233.180", "12"]}]
    assert of_samples(found) == [{"code": "empty", "samples": [str(held_out.pk), "12"]}]


def test_a_plane_without_labels_keeps_its_first_part():
    class Pixels:
        def rows(self, top, bottom):
            return np.zeros((1, 1, 1, bottom - top, 5000), np.uint8)

    nothing = ArrayImage(np.zeros((1, 1, 3000, 5000), np.uint8))
    (only,) = parts.cut_into_parts(7, Pixels(), nothing)
    assert parts.place_of(only.item) == ("7", (0, 0, 1500, 1666))
    assert only.labels.shape == (1, 1, 1500, 1666)


@pytest.mark.django_db
def test_prediction_gets_them_whole(labelled, tmp_path, large):
    setting, (sample, _) = labelled()
    folder = materialize_samples(setting.project, [sample], tmp_path)
    pixels = read_picture(folder / f"images/{sample.pk}.tif")
    assert isinstance(pixels, np.memmap)
    np.testing.assert_array_equal(pixels, read_pixels(sample))


@pytest.mark.django_db
@pytest.mark.parametrize("task_kind", ["instance", "semantic"])
def test_scores_are_those_of_the_whole(task_kind, labelled, engine_double, monkeypatch, request):
    setting, (_, held_out) = labelled(task_kind)
    manifest = get_manifest(freeze(setting.project))
    items = [item for item in manifest.items if item.sample == held_out.pk]

    def score():
        return evaluation.score_items(manifest, items, model=None, check=lambda: None)

    whole = score()
    request.getfixturevalue("large")
    monkeypatch.setattr("training.metrics.contingency.PIECE", 1000)
    assert score() == whole
    assert whole[0][1] != evaluation.METRICS[task_kind].score(*[np.zeros((3, 5), int)] * 2)


def test_classes_of_objects_are_counted_from_one_table():
    truth = np.array([[1, 1, 0, 2, 2, 0, 3, 3], [1, 1, 0, 2, 2, 0, 3, 3]])
    found = np.array([[5, 5, 0, 6, 6, 0, 7, 7], [5, 5, 0, 6, 6, 8, 7, 7]])
    score = score_labels(
        ClassedLabels(truth, {1: 0, 2: 1}), ClassedLabels(found, {5: 0, 6: 0, 7: 1, 8: 1})
    )
    # 5 is right; 6 has the wrong class; nobody has classed what 7 lies on; 8 is nothing.
    counts = [(row.index, row.tp, row.fp, row.fn) for row in score.classes]
    assert counts == [(0, 1, 1, 0), (1, 0, 1, 1)]


def test_the_zero_label_start_sees_whole_objects_across_blocks(tmp_path, monkeypatch):
    picture, labels = field()
    whole = ClassicalPredictor()
    tifffile.imwrite(tmp_path / "field.tif", picture)

    class Item:
        image = tmp_path / "field.tif"

    plain = whole.predict(Item())
    for name, value in (("WHOLE", 1), ("CORE", 256), ("WINDOW", 300)):
        monkeypatch.setattr(zerolabel_blocks, name, value)
    cut = whole.predict(Item())
    assert cut.labels.max() == len(cut.objects) == len(np.unique(labels)) - 1
    score = score_labels(labels, cut.labels[0, 0])
    assert (score.fp[0], score.fn[0]) == (0, 0)
    assert (cut.labels > 0).sum() == pytest.approx((plain.labels > 0).sum(), rel=0.02)
    assert cut.weights.sum() == (cut.labels > 0).sum()


def test_large_label_images_are_mapped(tmp_path, large):
    _, labels = field()
    labels[0, 0] = 70_000
    write_labels(tmp_path / "labels.tif", labels)
    again = tifffile.memmap(tmp_path / "labels.tif", mode="r")
    np.testing.assert_array_equal(again, labels)


def files_of(labels):
    answer = Answer("field", stack_of(labels[None, None]), make_table([LABEL], None), None)
    written = {}
    for name in ("ome-tiff", "png", "zarr"):
        target = io.BytesIO()
        FORMATS[name].write(answer, target)
        written[name] = target
    with zipfile.ZipFile(written["zarr"]) as archive:
        chunks = {name: archive.read(name) for name in archive.namelist()}
    pictures = (
        tifffile.imread(io.BytesIO(written["ome-tiff"].getvalue())),
        imagecodecs.png_decode(written["png"].getvalue()),
    )
    return pictures, chunks


def test_answers_are_written_in_bands(monkeypatch, request):
    labels = np.kron(field()[1], np.ones((2, 4), np.uint32))[:1301]
    monkeypatch.setattr("training.serving.formats.label_images.TILED_FROM", 1)
    pictures, chunks = files_of(labels)
    request.getfixturevalue("large")
    banded, same_chunks = files_of(labels)
    for picture in (*pictures, *banded):
        np.testing.assert_array_equal(picture, labels)
    assert same_chunks == chunks
    assert {name.split("/")[0] for name in chunks if name[0] in "012"} == {"0", "1", "2"}
