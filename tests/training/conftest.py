"""A small project with pictures in all splits, and an engine without torch."""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from annotations.models import Project, ProjectRole, Sample, SampleState, User
from annotations.review.services import import_ground_truth
from tests.factories import (
    join_project,
    make_dataset,
    make_image,
    make_lab,
    make_mask,
    make_picture,
    make_project,
    make_sample,
    make_user,
)
from tests.training.fakes import FakeEngine, run_queued_jobs
from training.active_learning.advance import advance_rounds
from training.active_learning.services import RoundSettings, start_round
from training.models import Round


@dataclass
class Setting:
    """A project, its manager, and its samples by split."""

    project: Project
    manager: User
    train: list[Sample]
    val: list[Sample]
    test: list[Sample]

    def label(self, *samples: Sample) -> None:
        """Give samples their true labels as ground truth."""
        for sample in samples:
            if self.project.task_kind == "classification":
                import_ground_truth(sample, class_index=1)
            else:
                mask = make_mask(sample.image.size_y, sample.image.size_x)
                import_ground_truth(sample, labels=mask[None, None].astype(np.uint32))
            sample.refresh_from_db()

    def begin(self, **settings: Any) -> Round:
        """Start a round, as the manager does."""
        return start_round(self.project, settings=RoundSettings(**settings), by=self.manager)

    def label_batch(self, round_: Round) -> None:
        """Label all that a round has chosen."""
        self.label(*[row.sample for row in round_.samples.select_related("sample__image")])

    def finish_rounds(self, count: int) -> None:
        """Score, choose, label and train as often as that, beginning with the newest round."""
        for _ in range(count):
            run_queued_jobs()
            self.label_batch(Round.objects.filter(project=self.project).latest("number"))
            advance_rounds()
            run_queued_jobs()


@pytest.fixture
def engine_double(monkeypatch) -> FakeEngine:
    return FakeEngine(monkeypatch)


@pytest.fixture
def make_setting(db):
    def make(n_train=12, n_val=6, n_test=3, task_kind="instance", **fields) -> Setting:
        lab = make_lab()
        manager = make_user()
        dataset = make_dataset(lab)
        classes = ("nucleus",) if task_kind == "instance" else ("round", "long")
        loop = {
            "strategy": "entropy",
            "batch_size": 4,
            "control_fraction": 0.25,
            "max_rounds": 3,
            "train_minutes": 0.1,
            "auto": True,
        } | fields.pop("loop", {})
        project = make_project(
            lab,
            datasets=[dataset],
            classes=classes,
            task_kind=task_kind,
            loop=loop,
            queue_is_chosen=True,
            **fields,
        )
        join_project(project, manager, ProjectRole.MANAGER)
        samples = {}
        seeds = itertools.count()
        for split, n in (("train", n_train), ("val", n_val), ("test", n_test)):
            samples[split] = [
                make_sample(
                    project,
                    make_image(
                        dataset, split=split, picture=make_picture(26 + i, 44, seed=next(seeds))
                    ),
                    state=SampleState.POOL,
                )
                for i in range(n)
            ]
        return Setting(project, manager, **samples)

    return make


@pytest.fixture
def setting(make_setting) -> Setting:
    """Validation and test are labelled; the training split waits."""
    made = make_setting()
    made.label(*made.val, *made.test)
    return made
