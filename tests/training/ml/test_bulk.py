"""Many pictures at a time: the same answers in the same order, and a stop that stops."""

import threading
import time
import weakref

import numpy as np
import pytest
import torch

from tests.training.ml.synthetic import discs, write_item
from training.ml.bulk import predict_all
from training.ml.errors import TrainingError
from training.ml.manifest import Item
from training.ml.zerolabel import ClassicalPredictor


@pytest.fixture
def two_threads():
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(1)


@pytest.fixture
def items(tmp_path):
    rng = np.random.default_rng(3)
    for number in range(6):
        write_item(tmp_path, f"p{number}", discs(rng, shape=(40, 56), n=3 + number)[0])
    return [Item(f"p{n}", next(tmp_path.glob(f"**/p{n}.tif"))) for n in range(6)]


class Watched:
    """Predicts as the zero-label segmenter does, and remembers who asked."""

    def __init__(self, *, concurrent, seconds=0.0):
        self.concurrent, self.seconds = concurrent, seconds
        self.inner = ClassicalPredictor()
        self.askers = set()
        self.asked = []

    def predict(self, item):
        self.askers.add(threading.current_thread())
        self.asked.append(item.id)
        assert not self.concurrent or torch.get_num_threads() == 1
        time.sleep(self.seconds)
        return self.inner.predict(item)


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize(("concurrent", "waiting"), [(True, 64), (True, 2), (False, 64)])
def test_answers_come_in_order_and_are_those_of_one_thread(items, concurrent, waiting, monkeypatch):
    monkeypatch.setattr("training.ml.bulk.MOST_WAITING", waiting)
    predictor = Watched(concurrent=concurrent)
    told = list(predict_all(predictor, items))
    assert [item.id for item, _ in told] == [item.id for item in items]
    for item, prediction in told:
        np.testing.assert_array_equal(prediction.labels, ClassicalPredictor().predict(item).labels)
    assert (threading.main_thread() in predictor.askers) is not concurrent
    assert torch.get_num_threads() == 2


@pytest.mark.usefixtures("two_threads")
def test_a_stop_leaves_the_rest_unasked(items):
    predictor = Watched(concurrent=True, seconds=0.2)
    checks = iter([None, RuntimeError("stop")])

    def check():
        error = next(checks)
        if error:
            raise error

    told = []
    with pytest.raises(RuntimeError, match="stop"):
        told.extend(item.id for item, _ in predict_all(predictor, items, check=check))
    assert len(set(predictor.asked)) < len(items)
    assert torch.get_num_threads() == 2


@pytest.mark.usefixtures("two_threads")
def test_the_largest_of_those_that_wait_begins_first(items, tmp_path):
    large = write_item(tmp_path, "large", discs(np.random.default_rng(0), shape=(90, 110))[0])
    last = Item("large", tmp_path / large["image"])
    predictor = Watched(concurrent=True, seconds=0.2)
    told = [item.id for item, _ in predict_all(predictor, [*items, last])]
    assert told == [*(item.id for item in items), "large"]
    assert "large" in predictor.asked[:2]


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize(("limit", "value"), [("MOST_WAITING", 2), ("MOST_BYTES", 10_000)])
def test_no_more_are_begun_than_may_wait_in_memory(items, limit, value, monkeypatch):
    """Two of these pictures, of 4,480 bytes each and a header, are a part."""
    monkeypatch.setattr(f"training.ml.bulk.{limit}", value)
    predictor = Watched(concurrent=True)
    answers = predict_all(predictor, items)
    next(answers)
    until = time.monotonic() + 20
    while len(predictor.asked) < 4 and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.2)
    assert sorted(predictor.asked) == ["p0", "p1", "p2", "p3"]
    answers.close()


@pytest.mark.usefixtures("two_threads")
def test_what_was_given_out_is_not_kept_until_the_end_of_its_part(items):
    given = []
    for _, prediction in predict_all(Watched(concurrent=True), items):
        given.append(weakref.ref(prediction))
        # The newest two may still be held by those who hand them on.
        assert [one() for one in given[:-2]] == [None] * len(given[:-2])


@pytest.mark.usefixtures("two_threads")
def test_a_picture_that_cannot_be_read_says_so(items, tmp_path):
    broken = tmp_path / "broken.tif"
    broken.write_bytes(b"no picture")
    for path in (broken, tmp_path / "absent.tif"):
        with pytest.raises(TrainingError) as caught:
            list(predict_all(ClassicalPredictor(), [*items, Item("broken", path)]))
        assert caught.value.code == "unreadable_picture"
