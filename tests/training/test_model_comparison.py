"""Models side by side: common images, paired differences, settings that differ, the sealed test."""

import pytest

from tests.factories import client_for
from training.models import Evaluation, ModelVersion

pytestmark = pytest.mark.django_db


def add_model(setting, number, values, *, split="val", looks=0, rate=0.01, groups=None):
    model = ModelVersion.objects.create(
        project=setting.project,
        number=number,
        weights="0" * 64,
        card={
            "model": {"config": {"optim": {"rate": rate, "batch": 4}, "head": "flow"}},
            "report": {"seconds": 90.0, "steps": 50, "parameters": 250_000},
            "n_train": 12,
        },
    )
    measure(model, values, split=split, looks=looks, groups=groups)
    return model


def measure(model, values, *, split="val", looks=0, groups=None):
    lines = [
        {"sample": sample, "group": (groups or {}).get(sample, f"g{sample}"), "value": value}
        for sample, value in values.items()
    ]
    Evaluation.objects.create(
        project=model.project,
        model_version=model,
        split=split,
        looks=looks,
        per_image=lines,
        items_hash=f"{model.pk} {split}",
    )


def ask(setting, *models):
    path = f"/api/v1/projects/{setting.project.pk}/model-comparison"
    chosen = ",".join(str(getattr(model, "pk", model)) for model in models)
    return client_for(setting.manager).get(path, {"models": chosen})


def test_models_are_compared_on_the_images_that_both_know(setting):
    known = [sample.pk for sample in setting.val]
    one = add_model(setting, 1, dict.fromkeys(known[:5], 0.6))
    two = add_model(setting, 2, {known[n]: 0.6 + 0.1 * (n - 1) for n in range(1, 6)}, rate=0.02)
    body = ask(setting, one, two).json()
    assert (body["split"], body["n_images"], body["n_groups"]) == ("val", 4, 4)
    first, second = body["models"]
    assert first["differences"] == {}
    # On images 1 to 4 the second has 0.6, 0.7, 0.8 and 0.9.
    assert second["metrics"]["value"]["mean"] == pytest.approx(0.75)
    gain = second["differences"]["value"]
    assert gain["mean"] == pytest.approx(0.15)
    assert gain["low"] <= 0.15 <= gain["high"]
    assert (first["settings"], second["settings"]) == ({"optim.rate": 0.01}, {"optim.rate": 0.02})
    assert first["costs"] == {
        "minutes": 1.5,
        "steps": 50,
        "parameters": 250_000,
        "megabytes": 1.0,
        "labels": 12,
    }
    assert [row["sample"] for row in body["images"]] == sorted(known[1:5])
    assert body["images"][0]["values"] == pytest.approx([0.6, 0.6])
    assert body["images"][0]["image"] == setting.val[1].image_id


def test_whole_groups_are_resampled(setting):
    known = [sample.pk for sample in setting.val]
    apart = dict.fromkeys(known, 0.5)
    values = {pk: 0.5 + 0.1 * (n < 3) for n, pk in enumerate(known)}
    groups = {pk: "left" if n < 3 else "right" for n, pk in enumerate(known)}
    loose = ask(setting, add_model(setting, 1, apart), add_model(setting, 2, values)).json()
    tight = ask(
        setting,
        add_model(setting, 3, apart, groups=groups),
        add_model(setting, 4, values, groups=groups),
    ).json()
    width = [
        body["models"][1]["differences"]["value"]["high"]
        - body["models"][1]["differences"]["value"]["low"]
        for body in (loose, tight)
    ]
    assert tight["n_groups"] == 2
    assert width[1] > width[0]


def test_the_test_split_is_compared_only_where_each_was_looked_at(setting):
    on_val = {sample.pk: 0.5 for sample in setting.val}
    on_test = {sample.pk: 0.4 for sample in setting.test}
    one, two = add_model(setting, 1, on_val), add_model(setting, 2, on_val)
    measure(one, on_test, split="test", looks=1)
    measure(two, on_test, split="test")
    assert ask(setting, one, two).json()["split"] == "val"
    Evaluation.objects.filter(model_version=two, split="test").update(looks=1)
    assert ask(setting, one, two).json()["split"] == "test"


def test_without_common_images_there_is_nothing_but_settings(setting):
    one = add_model(setting, 1, {setting.val[0].pk: 0.5})
    two = add_model(setting, 2, {setting.val[1].pk: 0.5})
    body = ask(setting, one, two).json()
    assert (body["n_images"], body["images"], body["models"][1]["metrics"]) == (0, [], {})


def test_what_cannot_be_compared(setting, make_setting):
    one = add_model(setting, 1, {})
    foreign = add_model(make_setting(n_train=1, n_val=1, n_test=1), 1, {})
    assert ask(setting, one, one).json()["code"] == "nothing_to_compare"
    assert ask(setting, one, foreign).status_code == 404
    assert ask(setting, "x").status_code == 400
