"""Files that are brought in: ours, packages of others, bare networks, and traps."""

import json
import math
import pickle
import shutil
import zipfile

import numpy as np
import pytest
import tifffile
import torch
import yaml

from tests.training.ml.synthetic import discs
from tests.training.transfer.networks import (
    Threshold,
    save_classifier,
    save_onnx,
    save_torchscript,
)
from training.ml.errors import TrainingError
from training.ml.export import EXPORTS, export_model
from training.ml.foreign.bring_in import bring_in
from training.ml.foreign.decode import FOREIGN_DECODERS
from training.ml.foreign.spec import spec_from_json
from training.ml.manifest import Item
from training.ml.run import load_predictor
from training.ml.sandbox.session import SandboxSettings

FOREGROUND = {"task_kind": "instance", "outputs": ["foreground"], "multiple": 1}
RANGE = {"kind": "linear", "gain": [1 / 2000], "offset": [0.0]}


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def keep(brought, folder):
    """A model folder of what was brought in, as the registry writes it."""
    folder.mkdir()
    (folder / "model.json").write_text(json.dumps(brought.model))
    name = "weights.safetensors" if brought.trainable else "network"
    shutil.copyfile(brought.weights, folder / name)
    return folder


def write_picture(folder, picture):
    tifffile.imwrite(folder / "p.tif", picture)
    return Item(id="p", image=folder / "p.tif")


def zip_of(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def change_package(source, path, *, rdf=lambda text: text, drop=(), **files):
    """Copy a package with files replaced or left out and its description changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = files.get(name.replace(".", "_"), old.read(name))
            if name == "rdf.yaml":
                data = yaml.safe_dump(rdf(yaml.safe_load(data)))
            if name not in drop:
                new.writestr(name, data)
    return path


@pytest.fixture(scope="module")
def package(models, tmp_path_factory):
    """A BioImage.IO package of our own."""
    path = tmp_path_factory.mktemp("package") / "ours.zip"
    export_model(EXPORTS["bioimageio"], models("distance 2-D"), path)
    return path


OURS = ("model.json", "weights.safetensors")


@pytest.mark.slow
@pytest.mark.parametrize("export", ["bioimageio", "safetensors"])
@pytest.mark.parametrize("name", ["flow 2-D", "flow 3-D", "classification", "semantic"])
def test_our_own_package_comes_back_as_weights_to_train_from(models, tmp_path, name, export):
    path = tmp_path / "ours.zip"
    export_model(EXPORTS[export], models(name), path)

    brought = bring_in(path, tmp_path / "in", {})

    assert brought.trainable
    assert brought.model == json.loads((models(name) / "model.json").read_text())
    assert brought.weights.read_bytes() == (models(name) / "weights.safetensors").read_bytes()
    assert load_predictor(keep(brought, tmp_path / "model")).card.task_kind == brought.task_kind


@pytest.mark.slow
@pytest.mark.parametrize("weights", ["onnx", "torchscript"])
def test_a_package_without_our_files_is_a_fixed_network_that_predicts_the_same(
    models,
    package,
    tmp_path,
    weights,
    monkeypatch,
):
    monkeypatch.setattr("training.ml.run.choose_precision", lambda *_: "fp32")

    def only(text):
        text["weights"] = {weights: text["weights"][weights]}
        text["weights"][weights].pop("parent", None)
        return text

    path = change_package(package, tmp_path / "x.zip", rdf=only, drop=OURS)
    form = {"task_kind": "instance", "outputs": ["foreground", "distance"]}
    brought = bring_in(path, tmp_path / "in", form)
    item = write_picture(tmp_path, discs(np.random.default_rng(2), shape=(46, 62))[0])
    theirs = load_predictor(keep(brought, tmp_path / "model"))

    assert not brought.trainable
    assert brought.checked["by"] == "test_output"
    assert brought.checked["agree"] == 1
    assert brought.checked["largest"] < 0.01
    assert theirs.spec.format == weights
    found = theirs.map_moment(tifffile.imread(item.image)[None])
    ours = load_predictor(models("distance 2-D"))
    config = ours.config
    for name, value in (("flips", False), ("passes", 1)):
        object.__setattr__(config.infer, name, value)
    wanted = ours.map_frame(tifffile.imread(item.image)[None], diameter=config.data.diameter)
    np.testing.assert_allclose(found, wanted.maps, atol=1e-4)
    labels = theirs.predict(item).labels
    assert labels.shape == (1, 1, 46, 62)


def test_changed_weights_are_refused(package, tmp_path):
    tampered = change_package(package, tmp_path / "a.zip", drop=OURS, weights_onnx=b"\x08other")
    with pytest.raises(TrainingError, match="bad_hash"):
        bring_in(tampered, tmp_path / "in", FOREGROUND)
    ours = change_package(package, tmp_path / "b.zip", weights_safetensors=b"other")
    with pytest.raises(TrainingError, match="bad_hash"):
        bring_in(ours, tmp_path / "in2", {})


def test_a_network_that_does_not_give_its_test_output_is_refused(package, tmp_path):
    def forget(text):
        text["inputs"][0]["preprocessing"] = []
        return text

    path = change_package(package, tmp_path / "x.zip", rdf=forget, drop=OURS)
    form = {"task_kind": "instance", "outputs": ["foreground", "distance"]}
    with pytest.raises(TrainingError, match="package_differs"):
        bring_in(path, tmp_path / "in", form)


def hostile_yaml(text):
    return lambda package, path: (
        change_package(package, path, drop=(*OURS, "rdf.yaml")) and add(path, "rdf.yaml", text)
    )


def add(path, name, data):
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, data)
    return path


def described(**change):
    def make(package, path):
        return change_package(package, path, drop=OURS, rdf=lambda text: text | change)

    return make


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda _, path: zip_of(path, {"../../evil": b"x"}), "bad_package"),
        (lambda _, path: zip_of(path, {"/etc/evil": b"x"}), "bad_package"),
        (lambda _, path: zip_of(path, {"a\\..\\evil": b"x"}), "bad_package"),
        (lambda _, path: zip_of(path, {"readme": b"x"}), "bad_package"),
        (lambda _, path: zip_of(path, {str(n): b"" for n in range(300)}), "bad_package"),
        (hostile_yaml("!!python/object/apply:os.system ['touch /tmp/pwned']"), "bad_package"),
        (hostile_yaml("a: &a [1, 2]\nb: [*a, *a]"), "bad_package"),
        (hostile_yaml("a: [" * 5000), "bad_package"),
        (hostile_yaml("x" * (2 << 20)), "bad_package"),
        (described(weights={"pytorch_state_dict": {"source": "weights.pt"}}), "pickle_refused"),
        (described(weights={"onnx": {"source": "../weights.onnx"}}), "bad_package"),
        (described(weights={"onnx": {"source": "https://example.org/w.onnx"}}), "bad_package"),
        (described(weights={"onnx": {"source": "weights.onnx"}}), "bad_hash"),
        (described(inputs=[]), "bad_package"),
        (lambda _, path: path.write_bytes(pickle.dumps({"a": 1})) and path, "pickle_refused"),
        (lambda _, path: torch.save({"a": torch.ones(2)}, path) or path, "pickle_refused"),
        (lambda _, path: path.write_bytes(b"\x89HDF\r\n") and path, "unknown_network"),
        (lambda _, path: path.write_bytes(b"\x08\x08 no model") and path, "network_failed"),
    ],
)
def test_traps_are_refused_with_a_reason(package, tmp_path, make, code):
    path = make(package, tmp_path / "trap")
    with pytest.raises(TrainingError) as caught:
        bring_in(path, tmp_path / "in", FOREGROUND)
    assert caught.value.code == code, caught.value.detail
    assert not list(tmp_path.parent.glob("evil"))


def test_our_settings_with_other_weights_are_refused(models, tmp_path):
    card = json.loads((models("flow 2-D") / "model.json").read_text())
    weights = (models("flow 2-D") / "weights.safetensors").read_bytes()
    wide = json.loads(json.dumps(card))
    wide["config"]["network"]["channels"] = [8, 10**9]
    other = json.loads(json.dumps(card))
    other["config"]["network"]["channels"] = [8, 24]
    for at, changed in enumerate((wide, other)):
        path = zip_of(
            tmp_path / f"{at}.zip",
            {"model.json": json.dumps(changed), "weights.safetensors": weights},
        )
        with pytest.raises(TrainingError, match="bad_package"):
            bring_in(path, tmp_path / f"in{at}", {})


@pytest.mark.slow
def test_a_bare_network_finds_cells_by_our_decoding(tmp_path):
    rng = np.random.default_rng(1)
    picture, labels = discs(rng, shape=(60, 84), n=6)
    item = write_picture(tmp_path, picture)
    network = save_torchscript(Threshold(), tmp_path / "n.pt")
    form = {
        "task_kind": "instance",
        "outputs": ["foreground", "boundary"],
        "multiple": 1,
        "tile": [32, 32],
        "normalisation": RANGE,
    }
    brought = bring_in(network, tmp_path / "in", form)
    prediction = load_predictor(keep(brought, tmp_path / "model")).predict(item)

    assert prediction.labels.shape == (1, 1, 60, 84)
    overlap = (prediction.labels[0, 0] > 0) & (labels > 0)
    assert overlap.sum() / ((prediction.labels[0, 0] > 0) | (labels > 0)).sum() > 0.8
    assert len(prediction.objects) == labels.max()
    assert prediction.maps.head == "distance"
    foreground = prediction.maps.frames[0].maps[0].clip(1e-7, 1 - 1e-7)
    bits = -foreground * np.log2(foreground) - (1 - foreground) * np.log2(1 - foreground)
    unsure = prediction.uncertainty_map()
    np.testing.assert_allclose(unsure[0], 255 * bits, atol=0.51)
    assert unsure.max() > 100


@pytest.mark.parametrize("axes", ["bcyx", "byxc", "bxyc", "byx", "bczyx"])
def test_axes_are_taken_as_stated(tmp_path, axes):
    shape = (6, 20, 28) if "z" in axes else (20, 28)
    network = save_onnx(tmp_path / "n.onnx", axes=axes)
    tile = [8, 16, 16] if "z" in axes else [16, 16]
    form = FOREGROUND | {"axes": axes, "normalisation": {"kind": "none"}, "tile": tile}
    brought = bring_in(network, tmp_path / "in", form)
    picture = np.random.default_rng(0).random(shape).astype(np.float32)

    found = load_predictor(keep(brought, tmp_path / "model")).map_moment(picture[None])
    np.testing.assert_allclose(found[0], 1 / (1 + np.exp(-40 * (picture - 0.5))), atol=1e-4)


def test_a_classifier_and_a_semantic_network(tmp_path):
    item = write_picture(tmp_path, np.full((20, 34), 0.75, np.float32))
    form = {
        "task_kind": "classification",
        "outputs": ["class", "class"],
        "classes": ["bright", "dark"],
        "tile": [16, 24],
        "normalisation": {"kind": "none"},
    }
    brought = bring_in(save_classifier(tmp_path / "c.onnx"), tmp_path / "a", form)
    predictor = load_predictor(keep(brought, tmp_path / "classifier"))
    assert predictor.predict(item).class_probabilities == pytest.approx((0.75, 0.25))

    form = FOREGROUND | {"task_kind": "semantic", "outputs": ["class"], "classes": ["bright"]}
    form["normalisation"] = {"kind": "none"}
    item = write_picture(tmp_path, np.full((20, 34), 0.51, np.float32))
    brought = bring_in(save_onnx(tmp_path / "s.onnx"), tmp_path / "b", form)
    prediction = load_predictor(keep(brought, tmp_path / "semantic")).predict(item)
    assert np.unique(prediction.labels).tolist() == [1]
    assert prediction.objects[0]["class_index"] == 0
    # Of 1 / (1 + exp(-40 * 0.01)) = 0.5987 the entropy is 0.9717 bits.
    assert (prediction.uncertainty_map() == 248).all()


@pytest.mark.parametrize("kind", ["instance", "semantic"])
def test_a_label_image_says_nothing_of_doubt(kind):
    form = {"task_kind": kind, "outputs": ["labels"], "format": "onnx", "sha256": "0" * 64}
    if kind == "semantic":
        form["classes"] = ["cell"]
    labels = np.zeros((1, 20, 34), np.float32)
    labels[0, 5:9, 5:20] = 1
    decode = FOREIGN_DECODERS[kind]
    prediction = decode([labels], np.zeros(3, np.float32), (1, 1, 1, 20, 34), spec_from_json(form))
    assert prediction.labels.max() == 1
    assert prediction.uncertainty_map is None


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"axes": "bcy"}, "axes"),
        ({"outputs": ["boundary"]}, "outputs"),
        ({"outputs": ["magic"]}, "outputs"),
        ({"task_kind": "semantic", "outputs": ["class", "class"], "classes": ["a"]}, "classes"),
        ({"tile": [100_000, 32]}, "tile"),
        ({"tile": [33, 32], "multiple": 8}, "tile"),
        ({"normalisation": {"kind": "linear", "gain": [1, 2, 3]}}, "gain"),
        ({"channels": 3, "axes": "byx"}, "axes"),
        ({"surprise": 1}, "surprise"),
        ({"multiple": "many"}, "multiple"),
        ({"channels": 1.5}, "channels"),
        ({"fixed": "no"}, "fixed"),
        ({"tile": [32.0, 32]}, "tile"),
        ({"classes": "ab"}, "classes"),
        ({"normalisation": {"low": "one"}}, "low"),
        ({"normalisation": {"gain": [None]}}, "gain"),
        ({"normalisation": "zero_mean"}, "normalisation"),
        ({"threshold": math.nan}, "threshold"),
        ({"outputs": []}, "each channel that the network gives"),
    ],
)
def test_a_form_that_cannot_be_run_says_which_field(change, word):
    values = {"format": "onnx", "sha256": "0" * 64, **FOREGROUND, **change}
    with pytest.raises(TrainingError, match=word) as caught:
        spec_from_json(values)
    assert caught.value.code == "bad_network_form"


def test_a_network_that_is_not_as_described_is_refused(tmp_path):
    network = save_onnx(tmp_path / "n.onnx")
    for at, change in enumerate(({"outputs": ["foreground", "boundary"]}, {"axes": "byxc"})):
        form = FOREGROUND | change | {"channels": 1}
        if at == 0:
            with pytest.raises(TrainingError, match="network_output"):
                bring_in(network, tmp_path / f"{at}", form)
        else:
            bring_in(network, tmp_path / f"{at}", form)


def test_a_kept_network_is_not_run_when_it_was_changed(tmp_path):
    brought = bring_in(save_onnx(tmp_path / "n.onnx"), tmp_path / "in", FOREGROUND)
    folder = keep(brought, tmp_path / "model")
    save_onnx(folder / "network", gain=3.0)
    with pytest.raises(TrainingError, match="bad_hash"):
        load_predictor(folder)


def test_time_that_is_up_while_it_is_brought_in(tmp_path):
    settings = SandboxSettings(start_seconds=0.01)
    with pytest.raises(TrainingError, match="network_timeout"):
        bring_in(save_onnx(tmp_path / "n.onnx"), tmp_path / "in", FOREGROUND, settings=settings)
