"""What the trainer finds out for the run doctor, on small training sets with known faults."""

import dataclasses
import json

import numpy as np
import pytest
import tifffile
import torch
from scipy import ndimage

from tests.training.ml.synthetic import (
    TINY,
    class_snapshot,
    discs,
    instance_snapshot,
    semantic_snapshot,
    write_item,
    write_manifest,
)
from training.ml import cli
from training.ml.config_io import config_from_dict
from training.ml.diagnosis.copies import fit_batch, range_test
from training.ml.diagnosis.doubts import find_doubts
from training.ml.diagnosis.outlines import outline_ratio
from training.ml.diagnosis.results import look_back
from training.ml.diagnosis.run_doctor import RunDoctor
from training.ml.diagnosis.survey import survey
from training.ml.diagnosis.unseen import fold_of_groups, unseen_answers
from training.ml.errors import TrainingError
from training.ml.kinds import TASK_KINDS
from training.ml.kinds.base import Finished
from training.ml.manifest import read_snapshot
from training.ml.run import load_predictor, train

CPU = torch.device("cpu")


def config(**changes):
    return config_from_dict(TINY | changes)


def codes(out, name="findings.json"):
    body = json.loads((out / "doctor" / name).read_text())
    return [finding["code"] for finding in body["findings"]]


@pytest.fixture(scope="module")
def trained(discs_folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("doctored")
    train(read_snapshot(discs_folder), config(), out)
    return out


def test_a_run_leaves_its_findings_in_report_and_folder(trained):
    report = json.loads((trained / "report.json").read_text())
    assert [one["code"] for one in report["findings"]] == codes(trained)
    assert "few_labels" in codes(trained)
    assert "figures" not in report["findings"][0]
    assert {"metrics", "items", "steps"} <= report.keys()


def test_what_is_found_before_the_first_step_is_there_before_it(discs_folder, tmp_path):
    asked = []

    def stop():
        asked.append((tmp_path / "doctor" / "before.json").is_file())
        return False

    train(read_snapshot(discs_folder), config(steps=2), tmp_path, stop=stop)
    assert all(asked)
    before = json.loads((tmp_path / "doctor" / "before.json").read_text())
    assert before["sight"].startswith("data:image/png;base64,")


@pytest.mark.slow
def test_the_doctor_changes_no_weight(discs_folder, tmp_path):
    weights = []
    for name, doctor in (("on", {"batch_fit": "always"}), ("off", {"look": False})):
        train(read_snapshot(discs_folder), config(steps=3, doctor=doctor), tmp_path / name)
        weights.append((tmp_path / name / "weights.safetensors").read_bytes())
    assert weights[0] == weights[1]
    assert not (tmp_path / "off" / "doctor").exists()


def test_findings_are_kept_where_the_training_stops_at_the_data(tmp_path):
    folder = instance_snapshot(tmp_path / "data", train=3, val=1)
    tifffile.imwrite(folder / "labels" / "i1.tif", np.zeros((30, 20), np.uint16))
    with pytest.raises(TrainingError, match="label_mismatch"):
        train(read_snapshot(folder), config(), tmp_path / "out")
    assert "unreadable" in codes(tmp_path / "out", "before.json")


def test_the_survey_reads_items_as_the_trainer_does(discs_folder):
    snapshot = read_snapshot(discs_folder)
    facts = survey(snapshot, config(), seconds=60)
    first = facts.items[0]
    assert (first.shape, first.label_shape) == ((1, 1, 1, 48, 64), (1, 1, 48, 64))
    assert first.dtype == "uint16"
    assert first.n_objects == tifffile.imread(snapshot.items[0].label).max()
    assert 8 < np.median(first.diameters) < 12
    assert max(abs(first.edges.dy), abs(first.edges.dx)) <= 1
    assert first.features.ndim == 1


def test_a_survey_without_time_knows_what_the_manifest_says(crops_folder):
    facts = survey(read_snapshot(crops_folder), config(), seconds=0)
    assert len(facts.items) == 20
    assert [dict(item.class_counts) for item in facts.items[:2]] == [{0: 1}, {1: 1}]
    assert sum(bool(item.shape) for item in facts.items) <= 1


def test_a_volume_is_surveyed_on_its_busiest_plane(tmp_path):
    rng = np.random.default_rng(0)
    picture, labels = discs(rng, shape=(9, 48, 64), n=5, radius=6.0)
    labels[5:] = 0
    row = write_item(tmp_path, "v", picture, labels)
    (facts,) = survey(read_snapshot(write_manifest(tmp_path, [row])), config(), seconds=60).items
    assert facts.shape == (1, 1, 9, 48, 64)
    assert facts.edges.best > 0.2


def test_a_copy_learns_one_batch_by_heart_and_the_network_stays_as_it_was(discs_folder):
    task = TASK_KINDS["instance"].task(read_snapshot(discs_folder), config(), CPU)
    before = {k: v.clone() for k, v in task.network.state_dict().items()}
    state = torch.random.get_rng_state()
    losses = fit_batch(task, CPU, steps=40, seconds=60)
    assert len(losses) == 40
    assert losses[-1] < 0.6 * losses[0]
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(torch.equal(v, before[k]) for k, v in task.network.state_dict().items())


def test_the_range_test_rises_to_where_the_loss_blows_up(discs_folder):
    task = TASK_KINDS["instance"].task(read_snapshot(discs_folder), config(), CPU)
    rates, losses = range_test(task, CPU, steps=30)
    assert len(rates) == len(losses)
    assert list(rates) == sorted(rates)
    assert rates[0] == pytest.approx(1e-5)


def test_doubtful_objects_are_those_on_which_truth_and_sure_answer_disagree():
    truth, guess = np.zeros((2, 40, 60), dtype=int)
    truth[5:12, 5:12], guess[5:12, 6:13] = 1, 1
    truth[20:27, 5:12] = 2
    guess[20:27, 40:47], guess[30:37, 20:27], guess[5:7, 50:52] = 2, 3, 4
    foreground = np.where(guess > 0, 0.95, 0.01)
    foreground[20:27, 5:12] = 0.01
    doubts = find_doubts("a", truth, guess, {1: 0.99, 2: 0.97, 3: 0.6, 4: 0.99}, foreground)
    assert [(d.kind, round(d.y), round(d.x)) for d in doubts] == [
        ("extra", 23, 8),
        ("missing", 23, 43),
    ]
    # A doubtful foreground, or none known, accuses nobody who drew.
    assert [d.kind for d in find_doubts("a", truth, guess, {2: 0.97}, foreground + 0.2)] == [
        "missing"
    ]
    assert [d.kind for d in find_doubts("a", truth, guess, {2: 0.97}, None)] == ["missing"]


def test_what_nobody_has_labelled_is_no_doubt():
    truth = np.full((40, 60), -1)
    truth[:, :30] = 0
    guess = np.zeros((40, 60), dtype=int)
    guess[20:27, 40:47] = 1
    assert find_doubts("a", truth, guess, {1: 0.99}, None) == []


def squares(side, *, n=8, planes=1):
    labels = np.zeros((1, planes, 40, 30 * n), dtype=int)
    for at in range(n):
        labels[..., 10 : 10 + side, 30 * at + 5 : 30 * at + 5 + side] = at + 1
    return labels


def test_outlines_are_measured_by_the_objects_that_are_found():
    assert outline_ratio(squares(15), squares(12)) == pytest.approx(15 / 12)
    assert outline_ratio(squares(12), squares(15)) == pytest.approx(12 / 15)
    # Cubes grow along all three axes, these along two.
    volumes = squares(15, planes=6), squares(12, planes=6)
    assert outline_ratio(*volumes) == pytest.approx((15 / 12) ** (2 / 3))


def test_outlines_say_nothing_where_little_is_found_or_labelled():
    assert outline_ratio(squares(15, n=4), squares(15, n=4)) is None
    missed = np.where(squares(12) > 3, 0, squares(12))
    assert outline_ratio(squares(12), missed) is None
    partly = np.where(squares(15) > 4, -1, squares(15))
    assert outline_ratio(partly, squares(12)) is None


def test_looking_back_scores_training_and_validation_items(trained, discs_folder):
    finished = Finished({"ap50": 0.5}, items={"i4": {"ap50": 0.5}})
    facts = look_back(read_snapshot(discs_folder), load_predictor(trained), finished, seconds=60)
    assert set(facts.train) == {"i0", "i1", "i2", "i3"}
    assert facts.validation == {"i4": 0.5}
    assert facts.metric == "AP50"
    assert facts.n_objects > 10


@pytest.mark.parametrize("named", [True, False])
def test_wrong_classes_are_found_by_models_that_have_not_seen_them(named, tmp_path):
    folder = class_snapshot(tmp_path / "data", each=20)
    manifest = json.loads((folder / "manifest.json").read_text())
    for at in (3, 8):
        manifest["items"][at]["class_index"] = 1 - manifest["items"][at]["class_index"]
    if not named:
        del manifest["classes"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    train(read_snapshot(folder), config(model="softmax"), tmp_path / "out")
    body = json.loads((tmp_path / "out" / "doctor" / "findings.json").read_text())
    (found,) = (one for one in body["findings"] if one["code"] == "label_errors")
    assert set(found["samples"]) == {"c3", "c8"}


def test_folds_keep_groups_whole_and_are_alike_in_size():
    groups = [f"g{at // 4}" for at in range(40)] + ["big"] * 10
    folds = fold_of_groups(groups)
    assert all(len(set(folds[[g == name for g in groups]])) == 1 for name in set(groups))
    assert np.bincount(folds).max() <= 12


def test_too_few_items_are_not_cross_validated(tmp_path):
    folder = class_snapshot(tmp_path, each=8)
    assert unseen_answers(read_snapshot(folder), seconds=60) is None


def test_a_run_that_goes_on_keeps_what_was_found_at_its_start(discs_folder, tmp_path):
    snapshot = read_snapshot(discs_folder)
    first = RunDoctor(snapshot, config(), tmp_path)
    first.look_at_data()
    path = tmp_path / "doctor" / "before.json"
    kept = json.loads(path.read_text())
    kept["findings"][0]["evidence"] = "As it was then."
    path.write_text(json.dumps(kept))
    again = RunDoctor(snapshot, config(), tmp_path)
    again.look_at_data()
    assert again.kept[0]["evidence"] == "As it was then."


@pytest.mark.parametrize(
    ("minutes", "seconds"), [(0.0, 20.0), (0.1, 0.5), (8.0, 4.8), (600.0, 15.0)]
)
def test_looking_takes_a_small_share_of_a_budget(discs_folder, tmp_path, minutes, seconds):
    settings = dataclasses.replace(config(), minutes=minutes)
    doctor = RunDoctor(read_snapshot(discs_folder), settings, tmp_path)
    assert doctor.seconds == pytest.approx(seconds)


def test_the_doctor_is_asked_on_the_command_line(tmp_path, capsys):
    folder = instance_snapshot(tmp_path / "data", train=4, val=1)
    for path in sorted((folder / "labels").glob("*.tif")):
        labels = tifffile.imread(path)
        tifffile.imwrite(path, np.roll(labels, 6, axis=1), metadata={"axes": "YX"})
    (tmp_path / "config.json").write_text(json.dumps(TINY))
    options = ["--snapshot", str(folder), "--config", str(tmp_path / "config.json")]
    assert cli.main(["doctor", *options, "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "error: shifted_labels" in said
    assert "shifted_labels" in codes(tmp_path / "out", "before.json")
    assert (
        cli.main(["range-test", *options, "--steps", "12", "--out", str(tmp_path / "r.json")]) == 0
    )
    assert len(json.loads((tmp_path / "r.json").read_text())["losses"]) <= 12


def cells(folder, *, several=False):
    """Crops of cells in their middle, on a ground that is white: round or long, ringed or not."""
    rng = np.random.default_rng(2)
    y, x = np.indices((34, 40)) - np.array([17, 20])[:, None, None]
    rows = []
    for at in range(80):
        is_long, is_ringed = at % 2, at // 2 % 2
        size, turn = rng.uniform(7, 10), rng.uniform(0, np.pi)
        along = (x * np.cos(turn) + y * np.sin(turn)) / (1.6 if is_long else 1.0)
        far = np.hypot(along, y * np.cos(turn) - x * np.sin(turn)) / size
        body = (far < 1) * (0.3 + 0.5 * is_ringed * (far > 0.6)) * rng.uniform(0.7, 1.2)
        picture = (1.02 - body + rng.normal(0, 0.03, far.shape)).clip(0, 1) * 255
        truth = {"class_index": is_long}
        if several:
            truth = {"class_indices": [0] * is_long + [1] * is_ringed}
        split = "val" if at >= 60 else "train"
        rows.append(write_item(folder, f"c{at}", picture.astype(np.uint8), split=split, **truth))
    kind = "multilabel" if several else "classification"
    return write_manifest(folder, rows, task_kind=kind, classes=("long", "ringed"))


def textures(folder, **more):
    """Regions told by texture alone beside white glass: edges lie inside them, not about them."""
    rng = np.random.default_rng(4)
    rows = []
    for at in range(18):
        rough = ndimage.gaussian_filter(rng.normal(size=(3, 96, 120)), (0, 1.5, 1.5))
        smooth = ndimage.gaussian_filter(rng.normal(size=(96, 120)), 12)
        labels = np.digitize(smooth / smooth.std(), (-0.6, 0.6))
        striped = 40 * np.sin(np.indices(smooth.shape)[0] * 0.9 + 5 * smooth)
        grains = 200 * rough
        stain = np.where(labels == 1, striped, grains)
        picture = np.where(labels == 2, 252 + 8 * rough, 140 + stain).clip(0, 255)
        split = "val" if at >= 12 else "train"
        rows.append(write_item(folder, f"r{at}", picture.astype(np.uint8)[:, None], labels,
                               split=split))  # fmt: skip
    return write_manifest(folder, rows, task_kind="semantic", classes=("fibre", "glass"), **more)


HEALTHY_SETS = {
    "instance": lambda folder: instance_snapshot(folder, train=14, val=8, shape=(64, 90)),
    "classification": cells,
    "multilabel": lambda folder: cells(folder, several=True),
    "semantic": lambda folder: semantic_snapshot(folder, train=14, val=6, shape=(64, 90)),
    "semantic by texture": textures,
    "semantic, some pixels": lambda folder: textures(folder, ignore_value=0),
}


@pytest.mark.parametrize("name", HEALTHY_SETS)
def test_a_healthy_training_set_is_left_alone(name, tmp_path):
    doctor = RunDoctor(read_snapshot(HEALTHY_SETS[name](tmp_path / "data")), config(), tmp_path)
    doctor.look_at_data()
    assert [(one["code"], one["evidence"]) for one in doctor.findings()] == []


def test_crops_without_any_of_several_classes_are_labelled_too(tmp_path):
    rows = [
        write_item(tmp_path, f"c{at}", np.full((20, 24), at, np.uint8), class_indices=[0][at % 3 :])
        for at in range(60)
    ]
    snapshot = read_snapshot(write_manifest(tmp_path, rows, task_kind="multilabel", classes=("a",)))
    doctor = RunDoctor(snapshot, config(), tmp_path)
    doctor.look_at_data()
    assert doctor.evidence.n_objects == 60
