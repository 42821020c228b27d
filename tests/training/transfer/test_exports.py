"""Every way to take a model away, for every kind: others predict what we predict."""

import dataclasses
import importlib
import json
import shutil
import zipfile

import numpy as np
import onnxruntime
import pytest
import tifffile
import torch
import yaml

from tests.training.ml.synthetic import class_snapshot, discs
from tests.training.transfer.conftest import MAKERS
from training.cards import CardDocument
from training.ml.calibration import CardCalibration
from training.ml.card import ModelCard, load_card, save_card
from training.ml.checkpoint import load_weights, save_weights
from training.ml.cli import main
from training.ml.config import Config, NetworkConfig, OptimConfig
from training.ml.crops import fit_crop, read_crop
from training.ml.errors import TrainingError
from training.ml.export import EXPORTS, export_model
from training.ml.export.cli import main as export_command
from training.ml.export.safetensors_package import MODEL_FILES
from training.ml.export.served import SERVED, serve
from training.ml.intensity import normalise
from training.ml.kinds import TASK_KINDS
from training.ml.manifest import Item, read_snapshot
from training.ml.networks import NETWORKS
from training.ml.run import load_predictor

ABOUT = CardDocument(
    name="Nuclei: DAPI, 20x",
    task_kind="instance",
    intended_use="Counting nuclei in culture.",
    licence="CC0-1.0",
    authors=["A. Person", "B. Person"],
)
SHAPES = {2: ((24, 40), (58, 34)), 3: ((8, 24, 40), (10, 34, 18))}


@pytest.fixture(scope="session")
def bioimageio():
    """What reads the packages elsewhere; it takes seconds to load."""
    return importlib.import_module("bioimageio.core")


@pytest.fixture(scope="session")
def pack(models):
    """Packages, each written once."""

    def write(name, export):
        path = models(name).parent / f"{export}.zip"
        if not path.exists():
            export_model(EXPORTS[export], models(name), path, about=ABOUT)
        return path

    return write


def test_every_kind_can_be_taken_away_as_a_network():
    assert set(SERVED) == set(TASK_KINDS)


@pytest.mark.parametrize("export", EXPORTS)
@pytest.mark.parametrize("name", MAKERS)
def test_every_export_holds_the_card(pack, name, export):
    path = pack(name, export)

    with zipfile.ZipFile(path) as archive:
        assert b"Counting nuclei in culture." in archive.read("card.md")
        assert json.loads(archive.read("card.json"))["licence"] == "CC0-1.0"
    assert EXPORTS[export].name == export


@pytest.mark.parametrize("name", MAKERS)
def test_onnx_predicts_what_the_network_predicts_at_any_size(models, pack, name):
    path = pack(name, "onnx")
    with zipfile.ZipFile(path) as archive:
        session = onnxruntime.InferenceSession(archive.read("model.onnx"))
        feeding = json.loads(archive.read("inputs_outputs.json"))
    folder = models(name)
    served = serve(load_card(folder / "model.json"), load_weights(folder / "weights.safetensors"))
    assert feeding["output"]["channels"] == list(served.outputs)

    for shape in SHAPES[served.dims] if served.per_pixel else (served.shape,):
        pictures = torch.rand(3, served.channels, *shape)
        found = session.run(None, {feeding["input"]["name"]: pictures.numpy()})[0]
        with torch.inference_mode():
            np.testing.assert_allclose(found, served.module(pictures).numpy(), atol=1e-5)


def test_maps_of_the_export_are_those_of_our_own_prediction(models, pack):
    folder = models("flow 2-D")
    card = load_card(folder / "model.json")
    infer = dataclasses.replace(card.config.infer, flips=False, passes=1)
    card = dataclasses.replace(card, config=dataclasses.replace(card.config, infer=infer))
    weights = load_weights(folder / "weights.safetensors")
    predictor = TASK_KINDS["instance"].predictor(card, weights, torch.device("cpu"))
    picture = discs(np.random.default_rng(5), shape=(40, 56))[0][None]
    wanted = predictor.map_frame(picture, diameter=card.config.data.diameter).maps

    path = pack("flow 2-D", "onnx")
    with zipfile.ZipFile(path) as archive:
        session = onnxruntime.InferenceSession(archive.read("model.onnx"))
    raw = normalise(picture, low=1.0, high=99.8)[None]
    np.testing.assert_allclose(session.run(None, {"image": raw})[0][0], wanted, atol=1e-4)


def untrained(folder, name, dims):
    """A model folder of a network with weights at random, which has seen a few pictures."""
    folder.mkdir()
    torch.manual_seed(11)
    shape = {2: (24, 40), 3: (8, 16, 24)}[dims]
    network = NetworkConfig(
        name=name, dims=dims, channels=(8, 8, 16), strides=(2, 2), trunk=8, residual_units=1
    )
    config = Config(network=network, optim=OptimConfig(precision="fp32"))
    if "semantic" in NETWORKS[name].kinds:
        card = ModelCard("semantic", config, 2, ("cell",), settings={"background": True})
    else:
        scale = {"zoom": 1.0, "low": [90.0, 80.0], "high": [2100.0, 1900.0]}
        settings = {"scale": scale, "shape": shape}
        card = ModelCard("classification", config, 2, ("round", "long"), settings=settings)
    built = NETWORKS[name].build(network, 2, 2).train()
    for _ in range(3):
        built(torch.rand(3, 2, *shape))
    save_card(folder / "model.json", card)
    save_weights(folder / "weights.safetensors", built.state_dict())
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_is_taken_away_in_every_form_and_says_what_ours_says(tmp_path, name, dims):
    folder = untrained(tmp_path / "model", name, dims)
    # The ONNX file of both packages has one writer; one dimension is enough for the other.
    for export in EXPORTS if dims == 2 else ("bioimageio", "safetensors"):
        export_model(EXPORTS[export], folder, tmp_path / f"{export}.zip", about=ABOUT)
        zipfile.ZipFile(tmp_path / f"{export}.zip").extractall(tmp_path / export)
    kept = tmp_path / "safetensors"
    card = load_card(kept / "model.json")
    weights = load_weights(kept / "weights.safetensors")
    predictor = TASK_KINDS[card.task_kind].predictor(card, weights, torch.device("cpu"))
    shape = {2: (24, 40), 3: (8, 16, 24)}[dims]
    picture = np.random.default_rng(3).integers(50, 2500, (2, *shape)).astype(np.uint16)
    if card.task_kind == "semantic":
        wanted = predictor.map_frame(picture).maps
        raw = normalise(picture, low=card.config.data.low, high=card.config.data.high)
    else:
        item = write_stack(tmp_path / "p.tif", picture)
        wanted = np.array(predictor.predict(item).class_probabilities)
        raw = fit_crop(read_crop(item, dims=dims), predictor.scale, shape)

    for path in sorted(tmp_path.glob("*/*.onnx")):
        session = onnxruntime.InferenceSession(path.read_bytes())
        found = session.run(None, {"image": raw[None]})[0][0]
        np.testing.assert_allclose(found, wanted, atol=1e-4)
    traced = torch.jit.load(tmp_path / "bioimageio" / "weights.pt")
    with torch.inference_mode():
        found = traced(torch.from_numpy(raw[None])).numpy()[0]
    np.testing.assert_allclose(found, wanted, atol=1e-4)
    assert np.ptp(wanted) > 0.01


def write_stack(path, picture):
    """A picture (C, Y, X) or (C, Z, Y, X) as an item."""
    tifffile.imwrite(path, picture, metadata={"axes": "CYX" if picture.ndim == 3 else "CZYX"})
    return Item(id="p", image=path)


CALIBRATED = {
    "flow 2-D": {
        "objects": {"kind": "logistic", "slope": 1.5, "offset": -1.0},
        "pixels": {"temperature": 1.6},
    },
    "semantic": {"classes": {"temperature": 2.5}},
    "classification": {"classes": {"temperature": 0.4}},
    "multilabel": {"classes": {"temperature": 1.7}},
}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "calibration"), CALIBRATED.items())
def test_a_calibrated_model_is_taken_away_as_it_predicts(models, tmp_path, name, calibration):
    folder = tmp_path / "model"
    shutil.copytree(models(name), folder)
    card = json.loads((folder / "model.json").read_text())
    card["settings"]["calibration"] = calibration
    (folder / "model.json").write_text(json.dumps(card))
    path = tmp_path / "package.zip"
    export_model(EXPORTS["bioimageio"], folder, path, about=ABOUT)
    with zipfile.ZipFile(path) as archive:
        session = onnxruntime.InferenceSession(archive.read("weights.onnx"))
        stated = yaml.safe_load(archive.read("rdf.yaml"))["config"]["cytoloop"]["calibration"]
    ours = load_card(folder / "model.json")
    bare = dataclasses.replace(ours, settings={**ours.settings, "calibration": {}})
    plain = serve(bare, load_weights(folder / MODEL_FILES[1]))
    pictures = torch.rand(2, plain.channels, *plain.shape)
    found = session.run(None, {"image": pictures.numpy()})[0]
    with torch.inference_mode():
        chances = plain.module(pictures).numpy()

    if name == "flow 2-D":
        # Thresholds of the decoding were chosen on maps as they are; the curves come along.
        np.testing.assert_allclose(found, chances, atol=1e-5)
        assert {part["applied"] for part in stated.values()} == {False}
    else:
        found_calibration = CardCalibration.of(card["settings"])
        apply = found_calibration.each if name == "multilabel" else found_calibration.classes
        told = apply(np.moveaxis(chances, 1, -1))
        np.testing.assert_allclose(found, np.moveaxis(told, -1, 1), atol=1e-5)
        assert np.abs(found - chances).max() > 0.01
        assert stated["classes"]["applied"]
    for part, values in calibration.items():
        assert stated[part].items() >= values.items()


def test_a_calibrated_classifier_of_a_package_says_what_we_say_of_a_crop(models, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(models("classification"), folder)
    card = json.loads((folder / "model.json").read_text())
    card["settings"]["calibration"] = CALIBRATED["classification"]
    (folder / "model.json").write_text(json.dumps(card))
    export_model(EXPORTS["onnx"], folder, tmp_path / "p.zip", about=ABOUT)
    item = next(iter(read_snapshot(models("classification").parent / "data").items))
    predictor = load_predictor(folder)
    crop = fit_crop(read_crop(item, dims=2), predictor.scale, card["settings"]["shape"])
    with zipfile.ZipFile(tmp_path / "p.zip") as archive:
        session = onnxruntime.InferenceSession(archive.read("model.onnx"))
    found = session.run(None, {"image": np.asarray(crop)[None].astype(np.float32)})[0][0]
    np.testing.assert_allclose(found, predictor.predict(item).class_probabilities, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["flow 2-D", "flow 3-D", "semantic", "multilabel", "classification"]
)
def test_the_bioimageio_package_passes_the_test_of_the_format(bioimageio, pack, name):
    path = pack(name, "bioimageio")

    summary = bioimageio.test_description(path)
    assert summary.status == "passed", summary.format()


@pytest.mark.slow
@pytest.mark.parametrize("name", MAKERS)
def test_the_description_is_valid_for_every_kind(bioimageio, pack, name):
    description = bioimageio.load_model_description(pack(name, "bioimageio"))

    assert description.validation_summary.status in ("passed", "valid-format")
    assert {one for one, entry in description.weights if entry} == {"onnx", "torchscript"}


@pytest.mark.slow
@pytest.mark.parametrize("weights", ["onnx", "torchscript"])
def test_bioimageio_core_predicts_from_raw_pixels_what_we_predict(
    bioimageio, models, pack, weights
):
    path = pack("flow 2-D", "bioimageio")
    description = bioimageio.load_model_description(path)
    raw = discs(np.random.default_rng(3), shape=(48, 32))[0][None, None].astype(np.float32)

    with bioimageio.create_prediction_pipeline(description, weight_format=weights) as pipeline:
        sample = bioimageio.digest_spec.create_sample_for_model(description, inputs={"image": raw})
        found = pipeline.predict_sample_without_blocking(sample)
    maps = next(iter(found.members.values())).data.to_numpy()

    folder = models("flow 2-D")
    served = serve(load_card(folder / "model.json"), load_weights(folder / "weights.safetensors"))
    with torch.inference_mode():
        ready = torch.from_numpy(normalise(raw[0], low=1.0, high=99.8)[None])
        wanted = served.module(ready).numpy()
    np.testing.assert_allclose(maps, wanted, atol=1e-4)


def test_rdf_names_who_made_it_and_hashes_what_is_inside(pack):
    path = pack("distance 2-D", "bioimageio")

    with zipfile.ZipFile(path) as archive:
        text = yaml.safe_load(archive.read("rdf.yaml"))
        names = set(archive.namelist())
    assert [author["name"] for author in text["authors"]] == ["A Person", "B Person"]
    assert (text["license"], text["name"]) == ("CC0-1.0", "Nuclei DAPI 20x")
    assert {"model.json", "weights.safetensors"} <= {one["source"] for one in text["attachments"]}
    assert names >= {"cover.png", "test_input.npy", "test_output.npy", "card.md"}
    assert all(len(one["sha256"]) == 64 for one in text["attachments"])


@pytest.mark.parametrize("name", [name for name in MAKERS if name != "distance 2-D"])
def test_the_command_line_runs_the_safetensors_package_as_it_is(models, pack, tmp_path, name):
    path = pack(name, "safetensors")
    data = models(name).parent / "data"
    for model, out in ((path, "a"), (models(name), "b")):
        arguments = ["predict", "--model", model, "--snapshot", data, "--out", tmp_path / out]
        assert main([str(one) for one in arguments]) == 0

    for mine in (tmp_path / "b").glob("*.tif"):
        assert np.array_equal(tifffile.imread(mine), tifffile.imread(tmp_path / "a" / mine.name))
    for mine in (tmp_path / "b").glob("*.json"):
        assert mine.read_text() == (tmp_path / "a" / mine.name).read_text()


@pytest.mark.parametrize("export", ["bioimageio", "onnx"])
def test_a_regression_without_a_network_says_so(tmp_path, export):
    model = tmp_path / "model"
    data = class_snapshot(tmp_path / "data", each=6)
    config = tmp_path / "config.json"
    config.write_text('{"model": "softmax"}')
    arguments = ["train", "--snapshot", data, "--config", config, "--out", model]
    assert main([str(one) for one in arguments]) == 0

    with pytest.raises(TrainingError, match="no_network"):
        export_model(EXPORTS[export], model, tmp_path / "x.zip")
    export_model(EXPORTS["safetensors"], model, tmp_path / "x.zip")


def test_the_command_exports_a_folder(models, tmp_path):
    out = tmp_path / "model.zip"
    arguments = ["--format", "safetensors", "--out", str(out), "--model"]
    assert export_command([*arguments, str(models("flow 2-D"))]) == 0
    assert export_command([*arguments, str(tmp_path)]) == 2

    with zipfile.ZipFile(out) as archive:
        assert set(archive.namelist()) == {
            "model.json",
            "weights.safetensors",
            "card.md",
            "card.json",
        }
