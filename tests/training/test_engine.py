"""The door to torch: real processes on tiny folders."""

import json
import os
import signal
import subprocess
import sys

import numpy as np
import psutil
import pytest
import tifffile

from core.errors import DomainError
from core.jobs.runner import JobInterruptedError
from tests.factories import make_mask, make_picture
from training import bases, curves, engine
from training.decoding.doubt import unpack_doubt
from training.decoding.maps import read_header, read_window
from training.process import stop_orphan

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path):
    """A training set of six small pictures."""
    items = []
    for name in ("images", "labels"):
        (tmp_path / "set" / name).mkdir(parents=True)
    for n in range(6):
        height, width = 48 + n, 72
        picture = make_picture(height, width, seed=n)[None, :, None]
        mask = make_mask(height, width)[None, None]
        tifffile.imwrite(tmp_path / f"set/images/{n}.tif", picture, metadata={"axes": "TCZYX"})
        tifffile.imwrite(tmp_path / f"set/labels/{n}.tif", mask, metadata={"axes": "TZYX"})
        items.append(
            {
                "id": str(n),
                "image": f"images/{n}.tif",
                "label": f"labels/{n}.tif",
                "split": "train" if n < 4 else "val",
                "group": str(n),
            }
        )
    body = {"version": 1, "task_kind": "instance", "axes": "TCZYX", "classes": [], "items": items}
    (tmp_path / "set" / "manifest.json").write_text(json.dumps(body))
    return tmp_path


SMALL = {
    "network": {"channels": [8, 16], "strides": [2]},
    "data": {"patch": 32},
    "optim": {"batch": 4},
}
QUICK = {**SMALL, "steps": 20, "validations": 1}
# The doctor's look before the first step takes longer than the steps.
LONG = {**SMALL, "steps": 100_000, "validations": 1, "doctor": {"look": False}}


def request_for(folder, **changes):
    values = {
        "snapshot": folder / "set",
        "out": folder / "out",
        "config": QUICK,
        "seed": 1,
        "minutes": 0,
    }
    return engine.TrainRequest(**values | changes)


def test_training_then_predicting(folder):
    rows = []
    result = engine.train(request_for(folder), watch=rows.extend)
    assert result.weights.stat().st_size > 1000
    assert result.model["task_kind"] == "instance"
    assert result.report["counts"]["train"] == 4
    assert rows
    assert rows == curves.read_curves(folder / "out")
    assert rows[-1].loss is not None

    model = folder / "model"
    model.mkdir()
    for name in ("weights.safetensors", "model.json"):
        (model / name).write_bytes((folder / "out" / name).read_bytes())
    wanted = engine.Wanted(maps=True, doubt_map=True)
    engine.predict(
        model=model, data=folder / "set", out=folder / "pred", check=lambda: None, wanted=wanted
    )
    predicted = engine.read_prediction(folder / "pred", "3")
    assert predicted.labels.shape == (1, 1, 51, 72)
    assert predicted.maps is not None
    assert unpack_doubt(predicted.doubt_map.read_bytes()).shape == (1, 1, 51, 72)
    with predicted.maps.open("rb") as stream:
        header = read_header(stream)
        size = header.frames[0]
        maps = read_window(stream, header, t=0, z=0, rect=(0, 0, size.y, size.x))
    assert header.shape == (1, 1, 51, 72)
    assert maps.shape == (3, size.y, size.x)
    assert predicted.probabilities.shape == (*predicted.weights.shape, 2)
    assert np.isfinite(predicted.embedding).all()


def test_a_base_is_trained_without_labels_and_compared_with_nothing(folder):
    rows, told = [], []
    few = {**SMALL, "steps": 2, "validations": 1, "doctor": {"look": False}}
    base = bases.pretrain(
        bases.PretrainRequest(folder / "set", folder / "base", few, seed=1, minutes=0),
        watch=rows.extend,
    )
    assert base.model["task_kind"] == "base"
    assert base.report["counts"] == {"train": 4, "val": 0}
    assert rows[-1].step == 2
    request = bases.StartsRequest(
        snapshot=folder / "set", out=folder / "starts", config=few, minutes=0,
        starts={"base": folder / "base"}, seeds=[3],
    )  # fmt: skip
    result = bases.compare_starts(request, watch=told.append)
    assert [row["name"] for row in result["rows"]] == ["scratch", "base"]
    assert result["n_items"] == 2
    assert (told[-1].done, told[-1].of) == (1, 2)


def test_the_zero_label_start_needs_no_model(folder):
    engine.predict(model=None, data=folder / "set", out=folder / "pred", check=lambda: None)
    predicted = engine.read_prediction(folder / "pred", "0")
    assert predicted.labels.shape == (1, 1, 48, 72)
    assert len(np.unique(predicted.labels)) == 3
    assert len(predicted.objects) == 2


def test_cancelling_stops_the_process_and_leaves_a_checkpoint(folder):
    class CancelledError(Exception):
        pass

    def watch(rows):
        if rows:
            raise CancelledError

    with pytest.raises(CancelledError):
        engine.train(request_for(folder, config=LONG), watch=watch)
    pid = int((folder / "out" / "process.pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert any((folder / "out" / "checkpoint").iterdir())


def test_a_training_goes_on_where_a_stopped_one_was(folder):
    def stop_once(rows):
        if rows:
            os.kill(int((folder / "out" / "process.pid").read_text()), signal.SIGTERM)

    with pytest.raises(JobInterruptedError):
        engine.train(request_for(folder, config=LONG), watch=stop_once)
    reached = curves.read_curves(folder / "out")
    steps = reached[-1].step + 40
    engine.train(request_for(folder, config={**LONG, "steps": steps}), watch=lambda rows: None)
    rows = curves.read_curves(folder / "out")
    assert rows[: len(reached)] == reached
    assert reached[-1].step < rows[len(reached)].step
    assert rows[-1].step == steps


def test_the_training_that_a_killed_worker_left_is_stopped(tmp_path):
    sleeper = "import sys, time; time.sleep(60)"
    parent = (
        "import subprocess, sys, pathlib\n"
        f"p = subprocess.Popen([sys.executable, '-c', {sleeper!r}, sys.argv[1]])\n"
        "pathlib.Path(sys.argv[1], 'process.pid').write_text(str(p.pid))\n"
    )
    subprocess.run([sys.executable, "-c", parent, str(tmp_path)], check=True)
    orphan = psutil.Process(int((tmp_path / "process.pid").read_text()))
    stop_orphan(tmp_path)
    assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE


def test_a_number_that_now_belongs_to_another_process_is_left_alone(tmp_path):
    (tmp_path / "process.pid").write_text(str(os.getpid()))
    stop_orphan(tmp_path)
    (tmp_path / "process.pid").write_text("no number")
    stop_orphan(tmp_path)
    assert psutil.Process().is_running()


def test_a_failure_says_what_the_log_says(folder):
    with pytest.raises(DomainError, match="training_failed") as raised:
        engine.train(request_for(folder, config={"nonsense": 1}), watch=lambda rows: None)
    assert "nonsense" in raised.value.detail
    with pytest.raises(DomainError, match="bad_model"):
        engine.predict(
            model=folder / "absent", data=folder / "set", out=folder / "pred", check=lambda: None
        )
