"""Folds: whole groups, even, stratified; inner validation; look-alikes joined."""

from pathlib import Path

import numpy as np
import pytest
import tifffile

from training.ml.errors import TrainingError
from training.ml.folds import fold_snapshot, join_look_alikes, make_folds
from training.ml.manifest import Item, Snapshot


def item(name, group, *, split="train", class_index=None):
    return Item(
        id=name, image=Path(f"{name}.tif"), split=split, group=group, class_index=class_index
    )


def snapshot_of(items):
    return Snapshot(task_kind="instance", classes=(), items=tuple(items), digest="d")


def test_groups_are_dealt_whole_and_sizes_are_even():
    sizes = {"a": 6, "b": 4, "c": 4, "d": 2, "e": 2}
    items = [item(f"{g}{n}", g) for g, size in sizes.items() for n in range(size)]
    folds = make_folds(items, n=3)
    assert sorted(g for fold in folds for g in fold) == sorted(sizes)
    assert sorted(sum(sizes[g] for g in fold) for fold in folds) == [6, 6, 6]


def test_each_fold_gets_its_share_of_a_rare_class():
    items = [item(f"common{n}", f"c{n}", class_index=0) for n in range(40)]
    items += [item(f"rare{n}", f"r{n}", class_index=1) for n in range(4)]
    folds = make_folds(items, n=4)
    assert [sum(g.startswith("r") for g in fold) for fold in folds] == [1, 1, 1, 1]
    assert [len(fold) for fold in folds] == [11, 11, 11, 11]


def test_folds_depend_on_groups_and_seed_only():
    items = [item(f"p{n}", f"g{n}") for n in range(12)]
    assert make_folds(items, n=3) == make_folds(items[::-1], n=3)
    assert make_folds(items, n=3) != make_folds(items, n=3, seed=1)


@pytest.mark.parametrize("n", [1, 3])
def test_too_few_groups_are_refused(n):
    with pytest.raises(TrainingError, match="too_few_groups"):
        make_folds([item("a", "x"), item("b", "x"), item("c", "y")], n=n)


def test_a_fold_holds_out_its_groups_and_validates_on_others():
    items = [item(f"p{n}", f"g{n // 2}") for n in range(40)] + [item("t", "gt", split="test")]
    folds = make_folds(items[:-1], n=4)
    made = fold_snapshot(snapshot_of(items), folds, 1)
    groups = {split: {i.group for i in made.of(split)} for split in ("train", "val", "test")}
    assert groups["test"] == folds[1]
    assert groups["val"]
    assert not groups["val"] & groups["train"]
    assert "t" not in {i.id for i in made.items}
    assert made.digest != fold_snapshot(snapshot_of(items), folds, 2).digest


def test_look_alikes_join_their_groups_and_no_group_is_cut(tmp_path):
    rng = np.random.default_rng(0)
    names = {"a1": "a", "a2": "a", "b1": "b", "c1": "c"}
    for name in names:
        level = 1000 if name == "c1" else 100
        field = rng.gamma(2.0, level, size=(40, 52))
        tifffile.imwrite(tmp_path / f"{name}.tif", field.astype(np.uint16))
    # The second picture of group a is the picture of group b once more.
    (tmp_path / "a2.tif").write_bytes((tmp_path / "b1.tif").read_bytes())
    items = [Item(id=name, image=tmp_path / f"{name}.tif", group=g) for name, g in names.items()]
    joined = {i.id: i.group for i in join_look_alikes(snapshot_of(items)).items}
    assert joined["a1"] == joined["a2"] == joined["b1"] == "a"
    assert joined["c1"] == "c"
