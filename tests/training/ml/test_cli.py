"""Folders in, folders out."""

import json

import numpy as np
import pytest
import tifffile

from tests.training.ml.synthetic import TINY, discs
from training.ml.cli import main


@pytest.fixture
def plain_folders(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("images", "masks"):
        (tmp_path / name).mkdir()
    for at in range(9):
        picture, labels = discs(rng)
        tifffile.imwrite(tmp_path / "images" / f"p{at}.tif", picture)
        tifffile.imwrite(tmp_path / "masks" / f"p{at}.tif", labels.astype(np.uint16))
    (tmp_path / "config.json").write_text(json.dumps(TINY | {"steps": 90}))
    return tmp_path


def run(*arguments):
    return main([str(argument) for argument in arguments])


@pytest.mark.slow
def test_train_predict_evaluate_on_plain_folders(plain_folders, capsys):
    images, masks = plain_folders / "images", plain_folders / "masks"
    model, out = plain_folders / "model", plain_folders / "out"
    config = plain_folders / "config.json"
    assert (
        run("train", "--images", images, "--masks", masks, "--config", config, "--out", model) == 0
    )
    assert run("predict", "--model", model, "--images", images, "--out", out) == 0
    report = plain_folders / "scores.json"
    assert run("evaluate", "--pred", out, "--labels", masks, "--out", report) == 0
    assert json.loads(report.read_text())["metrics"]["ap50"] > 0.6
    about = json.loads((out / "p0.json").read_text())
    labels = tifffile.imread(out / "p0.tif")
    assert labels.shape == (48, 64)
    assert [row["id"] for row in about["objects"]] == list(range(1, labels.max() + 1))
    assert about["uncertainty"].keys() == {"entropy", "margin"}
    with np.load(out / "p0.npz") as arrays:
        assert arrays["embedding"].dtype == np.float32
        assert max(arrays["foreground_map"].shape) <= 64
    assert json.loads((model / "report.json").read_text())["counts"]["val"] > 0
    capsys.readouterr()


def test_predicts_without_a_model(discs_folder, crops_folder, tmp_path):
    assert (
        run("predict", "--model", "classical", "--snapshot", discs_folder, "--out", tmp_path) == 0
    )
    assert tifffile.imread(tmp_path / "i0.tif").max() >= 4
    with np.load(tmp_path / "i0.npz") as arrays:
        assert arrays["probabilities"].shape[0] == arrays["weights"].shape[0]
    assert (
        run("predict", "--model", "classical", "--snapshot", crops_folder, "--out", tmp_path) == 0
    )
    assert json.loads((tmp_path / "c0.json").read_text())["class_probabilities"] == [0.5, 0.5]


@pytest.mark.slow
@pytest.mark.parametrize("model", ["network", "softmax"])
def test_classifies_crops(crops_folder, tmp_path, model, capsys):
    config = tmp_path / "config.json"
    settings = TINY | {"model": model, "steps": 120, "data": {"crop": 32, "patch": 32}}
    config.write_text(json.dumps(settings))
    assert run("train", "--snapshot", crops_folder, "--config", config, "--out", tmp_path) == 0
    assert json.loads(capsys.readouterr().out)["accuracy"] == 1.0
    assert run("predict", "--model", tmp_path, "--snapshot", crops_folder, "--out", tmp_path) == 0
    chances = json.loads((tmp_path / "c1.json").read_text())["class_probabilities"]
    assert chances[1] > 0.5


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["train", "--out", "x"], "no_data"),
        (["train", "--snapshot", "none", "--out", "x"], "bad_snapshot"),
        (["train", "--snapshot", "none", "--out", "x", "--resume"], "no_checkpoint"),
        (
            ["train", "--snapshot", "n", "--out", "x", "--steps", "1", "--minutes", "1"],
            "bad_config",
        ),
        (["predict", "--model", "none", "--images", "none", "--out", "x"], "no_pictures"),
        (["evaluate", "--pred", "none", "--labels", "none", "--out", "x"], "no_pictures"),
    ],
)
def test_says_what_is_wrong(arguments, code, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == 2
    assert capsys.readouterr().err.startswith(code)
