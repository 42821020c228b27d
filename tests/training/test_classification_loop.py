"""A classification goes round with the real trainer."""

import numpy as np
import pytest

from annotations.review.services import import_ground_truth
from core.jobs.models import Job
from tests.factories import make_dataset, make_image, make_lab, make_project, make_sample
from tests.training.fakes import run_queued_jobs
from training.active_learning.advance import advance_rounds
from training.active_learning.services import RoundSettings, start_round
from training.models import ModelVersion, Round

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def _crop(class_index, rng):
    """A bright disc (class 1) or a bar (class 2) on noise, (1, Y, X)."""
    y, x = np.mgrid[:40, :56]
    cy, cx = rng.uniform(15, 25), rng.uniform(20, 36)
    shape = (y - cy) ** 2 + (x - cx) ** 2 < 81 if class_index == 1 else abs(y - cy) < 3
    picture = rng.normal(200, 20, (40, 56)) + 2000 * shape
    return picture.clip(0).astype(np.uint16)[None]


@pytest.fixture
def project(db):
    lab = make_lab()
    dataset = make_dataset(lab)
    project = make_project(
        lab,
        datasets=[dataset],
        classes=("disc", "bar"),
        task_kind="classification",
        queue_is_chosen=True,
        # Sixteen of twelve and twelve hold both classes, whichever are drawn.
        loop={"batch_size": 16, "train_minutes": 0.2, "auto": True, "max_rounds": 2},
    )
    rng = np.random.default_rng(0)
    for split, n in (("train", 24), ("val", 8)):
        for at in range(n):
            image = make_image(dataset, split=split, picture=_crop(1 + at % 2, rng))
            image.metadata = {"class": 1 + at % 2}
            image.save()
            sample = make_sample(project, image)
            if split == "val":
                import_ground_truth(sample, class_index=1 + at % 2)
    return project


def _label(round_):
    for row in round_.samples.select_related("sample__image"):
        import_ground_truth(row.sample, class_index=row.sample.image.metadata["class"])


def test_two_rounds(project):
    start_round(project, settings=RoundSettings(), by=None)
    for number in (1, 2):
        run_queued_jobs()
        round_ = Round.objects.last()
        failures = list(Job.objects.exclude(code="").values_list("kind", "code", "detail"))
        assert round_.number == number, failures
        assert round_.state == "labelling", round_.detail
        _label(round_)
        advance_rounds()
    run_queued_jobs()
    round_.refresh_from_db()
    assert round_.state == "done", round_.detail
    first, second = ModelVersion.objects.order_by("number")
    assert first.card["config"]["model"] == "softmax"
    assert second.evaluations.get(split="val").metrics["accuracy"] >= 0.75
    reasons = set(round_.samples.filter(arm="strategy").values_list("sample__reason", flat=True))
    assert all(reason.startswith("wavers between") for reason in reasons)
