"""The report of a run, for every kind."""

import dataclasses
import json
import math

import numpy as np
import pytest
from PIL import Image

from tests.training.ml.synthetic import (
    TINY,
    class_snapshot,
    instance_snapshot,
    semantic_snapshot,
    several_snapshot,
    write_item,
    write_manifest,
)
from training.ml.config_io import config_from_dict
from training.ml.kinds import TASK_KINDS
from training.ml.kinds.base import Prediction
from training.ml.manifest import read_snapshot
from training.ml.report import REPORTERS, explain, seconds_for
from training.ml.report.drawing import (
    ERROR_COLORS,
)
from training.ml.run import train

FOLDERS = {
    "instance": instance_snapshot,
    "classification": class_snapshot,
    "multilabel": several_snapshot,
    "semantic": semantic_snapshot,
}


def prediction_of(labels=None, *, objects=(), chances=()):
    return Prediction(
        labels=labels,
        objects=objects,
        class_probabilities=chances,
        probabilities=np.ones((1, 2), np.float32),
        weights=np.ones(1, np.float32),
        embedding=np.zeros(2, np.float32),
        foreground=0.0,
    )


class Told:
    """Predicts what it was told for each item, and remembers which it was asked for."""

    def __init__(self, answers):
        self.answers, self.asked = answers, []

    def predict(self, item):
        self.asked.append(item.id)
        return self.answers[item.id]


# Which examples


@pytest.fixture
def fields(tmp_path):
    """Three validation fields with one cell each, one of training, one of test."""
    rows = []
    for name, split in (("a", "val"), ("b", "val"), ("c", "val"), ("d", "train"), ("e", "test")):
        labels = np.zeros((20, 30), dtype=np.int32)
        labels[4:12, 6:16] = 1
        picture = (labels * 500 + 100).astype(np.uint16)
        rows.append(write_item(tmp_path / "data", name, picture, labels, split=split, group=name))
    write_manifest(tmp_path / "data", rows, classes=["nucleus"])
    found = np.zeros((1, 1, 20, 30), dtype=np.int32)
    found[0, 0, 4:12, 6:15] = 1
    missed = found * 0
    extra = found.copy()
    extra[0, 0, 15:19, 20:28] = 2
    sure = [{"id": 1, "confidence": 0.9}, {"id": 2, "confidence": 0.6}]
    answers = {
        "a": prediction_of(found, objects=sure[:1]),
        "b": prediction_of(missed),
        "c": prediction_of(extra, objects=sure),
    }
    return read_snapshot(tmp_path / "data"), Told(answers), tmp_path


def test_a_segmentation_is_explained(fields):
    snapshot, predictor, out = fields
    report = explain(predictor, snapshot, out, seed=0, seconds=60)
    assert sorted(predictor.asked) == ["a", "b", "c"]
    shown = {row["item"]: row for row in report["examples"]["items"]}
    assert {name: row["value"] for name, row in shown.items()} == {"a": 1.0, "b": 0.0, "c": 0.5}
    assert "worst" in shown["b"]["why"]
    assert shown["c"]["counts"] == {"found": 1, "missed": 0, "false": 1, "split": 0, "merged": 0}
    assert shown["c"]["layers"].keys() == {"picture", "truth", "prediction", "errors"}
    files = {path.name for path in (out / "examples").iterdir()}
    named = [*report["examples"]["items"], *report["worst"]["objects"]]
    assert {name for row in named for name in row["layers"].values()} == files

    assert report["classes"]["names"] == ["nucleus"]
    # Two cells found, one missed, one false.
    assert report["classes"]["matrix"] == [[2, 1], [1, 0]]
    assert report["classes"]["rows"][0]["recall"] == pytest.approx(2 / 3)
    assert report["classes"]["errors"]["missed"] == 1
    assert [row["item"] for row in report["worst"]["images"]] == ["b", "c", "a"]
    cells = [(c["item"], c["object"], c["kind"], c["box"]) for c in report["worst"]["objects"]]
    assert cells == [("b", 1, "missed", [4, 6, 12, 16]), ("c", 2, "false", [15, 20, 19, 28])]
    assert report["worst"]["objects"][1]["confidence"] == 0.6

    # Three groups are too few for an interval.
    assert report["intervals"]["metrics"] == {}
    assert (report["intervals"]["items"], report["intervals"]["groups"]) == (3, 3)
    json.dumps(report, allow_nan=False)


def test_metrics_have_intervals_over_groups(tmp_path):
    rows, answers = [], {}
    for at in range(6):
        name, truth = f"c{at}", at % 2
        picture = np.full((8, 11), at, np.uint8)
        rows.append(write_item(tmp_path, name, picture, split="val", class_index=truth))
        answers[name] = prediction_of(chances=(0.9, 0.1) if at < 3 else (0.1, 0.9))
    write_manifest(tmp_path, rows, task_kind="classification", classes=("disc", "ring"))
    report = explain(Told(answers), read_snapshot(tmp_path), tmp_path, seed=0, seconds=60)
    interval = report["intervals"]["metrics"]["accuracy"]
    # Items 0, 2, 3 and 5 are right.
    assert interval["value"] == pytest.approx(4 / 6, abs=1e-4)
    assert 0 <= interval["low"] < 0.6 < 0.8 < interval["high"] <= 1


def test_what_nobody_labelled_counts_neither_way(fields):
    snapshot, predictor, out = fields
    items = tuple(
        dataclasses.replace(item, regions=((0, 0, 14, 30),)) if item.id == "c" else item
        for item in snapshot.items
    )
    part = dataclasses.replace(snapshot, items=items)
    report = explain(predictor, part, out, seed=0, seconds=60)
    # The false cell of c lies where nobody looked.
    assert report["classes"]["errors"]["false"] == 0


def test_a_short_budget_looks_at_a_sample_in_an_order_of_the_seed(fields):
    snapshot, predictor, out = fields
    report = explain(predictor, snapshot, out, seed=3, seconds=-1)
    first = list(predictor.asked)
    assert len(first) == 1
    assert (report["examples"]["looked_at"], report["examples"]["available"]) == (1, 3)
    assert report["intervals"]["metrics"] == {}
    explain(predictor, snapshot, out, seed=3, seconds=60)
    assert predictor.asked[1] == first[0]


def test_without_validation_items_nothing_else_is_shown(fields):
    snapshot, predictor, out = fields
    rest = dataclasses.replace(snapshot, items=tuple(i for i in snapshot.items if i.split != "val"))
    report = explain(predictor, rest, out, seed=0, seconds=60)
    assert predictor.asked == []
    assert report["examples"]["items"] == []
    assert report["examples"]["available"] == 0


def test_a_classification_is_explained(tmp_path):
    rows = [
        write_item(
            tmp_path, f"c{at}", np.full((8, 11), at, np.uint8), split="val", class_index=truth
        )
        for at, truth in enumerate((0, 0, 1, 1))
    ]
    write_manifest(tmp_path, rows, task_kind="classification", classes=("disc", "ring"))
    chances = [(0.9, 0.1), (0.2, 0.8), (0.3, 0.7), (0.6, 0.4)]
    predictor = Told({f"c{at}": prediction_of(chances=c) for at, c in enumerate(chances)})
    report = explain(predictor, read_snapshot(tmp_path), tmp_path, seed=0, seconds=60)
    assert report["classes"]["matrix"] == [[1, 1], [1, 1]]
    assert report["classes"]["names"] == ["disc", "ring"]
    assert report["worst"]["wrong"] == 2
    # The surest mistake first.
    assert [row["item"] for row in report["worst"]["images"]] == ["c1", "c3"]
    assert report["worst"]["images"][0]["probabilities"] == [0.2, 0.8]
    shown = {row["item"]: row["layers"]["picture"] for row in report["examples"]["items"]}
    assert shown["c1"] == report["worst"]["images"][0]["layers"]["picture"]
    assert len(list((tmp_path / "examples").iterdir())) == 4


def test_time_for_the_report_is_a_share_of_the_budget():
    assert seconds_for(0, left=-5) == math.inf
    assert seconds_for(1, left=-2) == 10
    assert seconds_for(8, left=40) == 20
    assert seconds_for(60, left=3000) == 180


def test_a_semantic_segmentation_is_explained(tmp_path):
    truth = np.zeros((10, 14), dtype=np.int32)
    truth[2:6, 2:6], truth[2:6, 8:12], truth[8:] = 1, 2, 3
    row = write_item(tmp_path, "s", (truth * 300).astype(np.uint16), truth, split="val")
    write_manifest(tmp_path, [row], task_kind="semantic", classes=("disc", "band"), ignore_value=3)
    seen = np.where(truth == 3, 1, truth)
    seen[2:4, 8:12] = 0  # half of the band is overlooked
    predictor = Told({"s": prediction_of(seen[None, None])})
    report = explain(predictor, read_snapshot(tmp_path), tmp_path, seed=0, seconds=60)
    # 80 pixels of ground, 16 of the disc, 16 of the band; 28 are not labelled.
    assert report["classes"]["matrix"] == [[80, 0, 0], [0, 16, 0], [8, 0, 8]]
    assert report["classes"]["names"] == ["", "disc", "band"]
    assert report["classes"]["rows"][2]["iou"] == 0.5
    shown = report["examples"]["items"][0]
    assert shown["layers"].keys() == {"picture", "truth", "prediction", "errors"}
    assert shown["value"] == pytest.approx((80 / 88 + 1 + 0.5) / 3, abs=1e-4)
    with Image.open(tmp_path / "examples" / shown["layers"]["errors"]) as image:
        wrong = np.asarray(image) > 0
    assert wrong.sum() == 8
    assert wrong[2:4, 8:12].all()
    assert report["worst"]["images"][0]["item"] == "s"


def test_several_classes_are_explained(tmp_path):
    truths = ([0], [0, 1], [], [1, 2])
    rows = [
        write_item(
            tmp_path, f"c{at}", np.full((8, 11), at, np.uint8), split="val", class_indices=truth
        )
        for at, truth in enumerate(truths)
    ]
    write_manifest(tmp_path, rows, task_kind="multilabel", classes=("a", "b", "c"))
    chances = [(0.9, 0.1, 0.2), (0.7, 0.3, 0.1), (0.2, 0.6, 0.1), (0.1, 0.8, 0.9)]
    found = ([0], [0], [1], [1, 2])
    answers = {
        f"c{at}": prediction_of(
            chances=c, objects=[{"id": n + 1, "class_index": n} for n in found[at]]
        )
        for at, c in enumerate(chances)
    }
    report = explain(
        Told(answers),
        read_snapshot(tmp_path),
        tmp_path,
        seed=0,
        seconds=60,
        settings={"thresholds": [0.5, 0.55, 0.5]},
    )
    classes = report["classes"]
    assert classes["thresholds"] == [0.5, 0.55, 0.5]
    assert "matrix" not in classes
    # b: of two true items one was found, and one was false; found last but one of four.
    b = classes["rows"][1]
    assert (b["support"], b["predicted"], b["hits"]) == (2, 2, 1)
    assert b["average_precision"] == pytest.approx((1 + 2 / 3) / 2)
    assert classes["together"]["truth"] == [[2, 1, 0], [1, 2, 1], [0, 1, 1]]
    assert classes["together"]["predicted"] == [[2, 0, 0], [0, 2, 1], [0, 1, 1]]
    # Nothing right comes before half of it.
    assert [row["item"] for row in report["worst"]["images"]] == ["c2", "c1"]
    assert report["worst"]["images"][1]["truths"] == [0, 1]
    assert report["worst"]["images"][1]["predictions"] == [0]
    assert report["worst"]["wrong"] == 2
    assert len(list((tmp_path / "examples").iterdir())) == 4


def test_objects_of_several_classes_are_explained(tmp_path):
    truth = np.zeros((20, 40), dtype=np.int32)
    for name, x in ((1, 2), (2, 12), (3, 22), (4, 32)):
        truth[4:10, x : x + 6] = name
    row = write_item(
        tmp_path,
        "o",
        (truth * 300).astype(np.uint16),
        truth,
        split="val",
        object_classes={"1": 0, "2": 0, "3": 1},
    )
    write_manifest(tmp_path, [row], classes=("disc", "ring"))
    seen = np.where(truth == 1, 0, truth)  # the first is missed
    seen[12:18, 2:8] = 5  # and one is made up
    sure = {2: (0.8, 1), 3: (0.9, 1), 4: (0.7, 0), 5: (0.6, 0)}
    objects = [
        {
            "id": name,
            "confidence": 0.5,
            "class_index": index,
            "class_probabilities": [1 - chance, chance] if index else [chance, 1 - chance],
        }
        for name, (chance, index) in sure.items()
    ]
    answers = {"o": prediction_of(seen[None, None], objects=objects)}
    report = explain(Told(answers), read_snapshot(tmp_path), tmp_path, seed=0, seconds=60)
    classes = report["classes"]
    # Two discs: one missed, one taken for a ring; the ring is found; nobody classed the fourth.
    assert classes["matrix"] == [[0, 1, 1], [0, 1, 0], [1, 0, 0]]
    assert classes["unclassed"] == 1
    ring = classes["rows"][1]
    assert (ring["support"], ring["predicted"]) == (1, 2)
    assert ring["ap50"] == pytest.approx(1 / 2)
    assert ring["panoptic_quality"] == pytest.approx(1 / 1.5)
    assert classes["rows"][0]["ap50"] == 0
    wrong = [cell for cell in report["worst"]["objects"] if cell["kind"] == "wrong"]
    assert [(c["object"], c["truth"], c["predicted"], c["confidence"]) for c in wrong] == [
        (2, 0, 1, 0.8)
    ]
    assert "wrong" in report["examples"]["colors"]["errors"]
    with Image.open(tmp_path / "examples" / "0-errors.png") as image:
        codes = np.asarray(image)
    assert codes[6, 14] == 1 + list(ERROR_COLORS).index("wrong")


def test_every_kind_has_a_reporter():
    assert REPORTERS.keys() == TASK_KINDS.keys()


@pytest.mark.parametrize("kind", REPORTERS)
def test_every_run_is_explained(kind, tmp_path):
    folder = FOLDERS[kind](tmp_path / "data")
    settings = TINY | {"steps": 2}
    if kind in ("classification", "multilabel"):
        settings |= {"model": "softmax"}
    train(read_snapshot(folder), config_from_dict(settings), tmp_path)
    report = json.loads((tmp_path / "report.json").read_text())
    assert {"metrics", "examples", "classes", "worst", "intervals"} <= report.keys()
    assert report["examples"]["looked_at"] == report["counts"]["val"]
    names = [name for row in report["examples"]["items"] for name in row["layers"].values()]
    assert names
    assert all((tmp_path / "examples" / name).is_file() for name in names)
