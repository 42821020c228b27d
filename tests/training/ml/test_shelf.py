"""Training holds a bounded number of pictures, and which follows from seed and step."""

import numpy as np
import pytest
import tifffile
import torch

from tests.training.ml.synthetic import TINY, discs, instance_snapshot, semantic_snapshot
from training.ml.checkpoint import load_weights
from training.ml.config_io import config_from_dict
from training.ml.crops import CropScale, fit_crops
from training.ml.data import Prepared
from training.ml.errors import TrainingError
from training.ml.frames import cut_down, make_frame
from training.ml.kinds import TASK_KINDS
from training.ml.manifest import Item, read_snapshot
from training.ml.run import train
from training.ml.shelf import Shelf, load_held_out, parts_of
from training.ml.trainer import StoppedError

FOLDERS = {"instance": instance_snapshot, "semantic": semantic_snapshot}
# Megabytes for about five of nine small pictures.
MEMORY = {"instance": 0.045, "semantic": 0.1}


def one_megabyte(name):
    stack = np.zeros((1, 500, 990), dtype=np.float16)
    return Prepared(stack, np.full((25, 100), name, dtype=np.int32), np.zeros((0, 2)))


class Reader:
    """Gives pictures of one megabyte, and counts how often it was asked."""

    def __init__(self):
        self.read = []

    def __call__(self, at, rng):
        self.read.append(at)
        return [one_megabyte(at)]


def names(held):
    return [int(one.labels[0, 0]) for one in held]


def test_where_all_fit_all_are_held_and_read_once():
    reader = Reader()
    shelf = Shelf(5, reader, seed=0, megabytes=100)
    assert sorted(names(shelf.at(0))) == [0, 1, 2, 3, 4]
    assert shelf.at(900) is shelf.at(0)
    assert sorted(reader.read) == [0, 1, 2, 3, 4]


def test_a_long_row_moves_by_one_picture_a_step():
    reader = Reader()
    shelf = Shelf(10, reader, seed=3, megabytes=6)
    row = [int(at) for at in np.random.default_rng(3).permutation(10)]
    assert names(shelf.at(0)) == row[:6]
    assert names(shelf.at(1)) == row[1:7]
    assert names(shelf.at(7)) == [*row[7:], *row[:3]]
    assert shelf.at(7) is shelf.at(7)
    assert len(reader.read) == 6 + 1 + 6
    assert sum(one.megabytes for one in shelf.at(7)) == pytest.approx(6, rel=0.01)


def test_what_is_held_does_not_depend_on_the_way_there():
    walked, jumped = (Shelf(9, lambda at, rng: [one_megabyte(int(rng.integers(1e6)))],
                            seed=1, megabytes=5) for _ in range(2))  # fmt: skip
    for step in range(12):
        last = names(walked.at(step))
    assert names(jumped.at(11)) == last


@pytest.mark.parametrize("kind", ["instance", "semantic"])
def test_the_batch_of_a_step_is_the_same_after_a_resume_with_little_memory(kind, tmp_path):
    snapshot = read_snapshot(FOLDERS[kind](tmp_path, train=9, val=0))
    config = config_from_dict(TINY | {"seed": 2, "data": TINY["data"] | {"memory": MEMORY[kind]}})
    device = torch.device("cpu")
    through, resumed = (TASK_KINDS[kind].task(snapshot, config, device) for _ in range(2))
    for step in range(7):
        batch = through.batch(step, 4)
    again = resumed.batch(6, 4)
    held = through.sampler.known
    assert len(held) < 9
    # One picture more than what the limit allows is read before it is reached.
    largest = max(one.megabytes for one in held)
    assert sum(one.megabytes for one in held) < MEMORY[kind] + largest
    torch.testing.assert_close(again.pictures, batch.pictures, rtol=0, atol=0)
    torch.testing.assert_close(again.targets, batch.targets, rtol=0, atol=0)


def test_a_semantic_run_that_was_stopped_has_the_weights_of_one_that_was_not(tmp_path):
    snapshot = read_snapshot(semantic_snapshot(tmp_path / "data", train=9, val=0))
    little = TINY["data"] | {"memory": MEMORY["semantic"]}
    config = config_from_dict(TINY | {"steps": 8, "validations": 1, "data": little})
    train(snapshot, config, tmp_path / "through")
    asked = iter(range(100))
    with pytest.raises(StoppedError):
        train(snapshot, config, tmp_path / "stopped", stop=lambda: next(asked) == 4)
    train(snapshot, config, tmp_path / "stopped")
    one, other = (
        load_weights(tmp_path / n / "weights.safetensors") for n in ("through", "stopped")
    )
    for name, value in one.items():
        torch.testing.assert_close(other[name], value, rtol=0, atol=0)


def test_crops_beyond_memory_lie_in_a_file_and_are_the_same(crops_folder):
    items = read_snapshot(crops_folder).of("train")
    scale = CropScale(1.0, (0.0,), (200.0,))
    held, mapped = (
        fit_crops(items, scale, (32, 32), channels=1, megabytes=megabytes)
        for megabytes in (1.0, 0.01)
    )
    assert not isinstance(held, np.memmap)
    assert isinstance(mapped, np.memmap)
    np.testing.assert_array_equal(held, mapped)
    with pytest.raises(TrainingError, match="channel_mismatch"):
        fit_crops(items, scale, (32, 32), channels=3, megabytes=1.0)


def test_a_part_of_a_sparse_picture_holds_its_one_stroke():
    labels = np.zeros((1, 300, 430), dtype=int)
    labels[0, 207, 100:105] = 1
    frame = make_frame(Item("large", "large.tif"), labels[None], labels, dims=2)
    for seed in range(8):
        part = cut_down(frame, most=40 * 40, rng=np.random.default_rng(seed))
        assert part.labels.any()


def test_pictures_that_grow_when_prepared_are_cut_smaller():
    labels = np.ones((1, 300, 430), dtype=int)
    frame = make_frame(Item("large", "large.tif"), labels[None], labels, dims=2)

    def side(growth):
        rng = np.random.default_rng(0)
        (part,) = parts_of([frame], channels=2, megabytes=0.5, rng=rng, growth=lambda _: growth)
        return part.labels.shape

    assert side(1.0) == (88, 88)
    assert side(9.0) == (29, 29)


def test_validation_holds_some_moments_of_a_movie_and_no_more_than_asked(tmp_path):
    rng = np.random.default_rng(0)
    rows = []
    for name, moments in (("long", 20), ("short", 3), ("last", 1)):
        picture, labels = rng.integers(0, 9, (2, moments, 30, 44)).astype(np.uint16)
        for kind, values in (("images", picture), ("labels", labels)):
            (tmp_path / kind).mkdir(exist_ok=True)
            path = tmp_path / kind / f"{name}.tif"
            tifffile.imwrite(path, values, metadata={"axes": "TYX"}, photometric="minisblack")
        rows.append(Item(name, tmp_path / f"images/{name}.tif", tmp_path / f"labels/{name}.tif"))
    unlabelled = Item("none", tmp_path / "images/long.tif")

    def held(**limits):
        frames = load_held_out([unlabelled, *rows], dims=2, seed=0, **limits)
        return [frame.item.id for frame in frames]

    assert held(most=40, megabytes=10) == ["long"] * 8 + ["short"] * 3 + ["last"]
    assert held(most=10, megabytes=10) == ["long"] * 8 + ["short"] * 2
    assert held(most=40, megabytes=1e-6) == ["long"] * 8


def test_a_part_of_a_large_picture_holds_an_object():
    picture, labels = discs(np.random.default_rng(0), shape=(90, 130), n=3)
    frame = make_frame(Item("large", "large.tif"), picture[None, None], labels[None], dims=2)
    assert cut_down(frame, most=90 * 130, rng=np.random.default_rng(0)) is frame
    for seed in range(8):
        part = cut_down(frame, most=40 * 40, rng=np.random.default_rng(seed))
        assert part.labels.shape == part.valid.shape == (40, 40)
        assert part.picture.shape == (1, 40, 40)
        assert part.labels.any()
