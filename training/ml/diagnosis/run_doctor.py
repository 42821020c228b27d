"""The doctor of one run: looks before the first step, keeps what it found, sums up at the end."""

from __future__ import annotations

import dataclasses
import json
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from training.curves import read_curves
from training.doctor import RunEvidence, examine
from training.doctor.after.underfitting import check_underfitting
from training.doctor.evidence import DataFacts, Population, ResultFacts
from training.doctor.rows import curve_facts
from training.ml.diagnosis.copies import fit_batch
from training.ml.diagnosis.results import look_back
from training.ml.diagnosis.sight import batch_sight
from training.ml.diagnosis.survey import survey
from training.ml.networks import CROP_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import torch

    from training.ml.config import Config
    from training.ml.kinds.base import Finished, Predictor, Task
    from training.ml.manifest import Snapshot

FOLDER = "doctor"
# Seconds for the survey where no budget of minutes says what is too long.
UNLIMITED = 20.0
LEAST_SECONDS, MOST_SECONDS = 0.5, 15.0
BATCH_STEPS = 60


class RunDoctor:
    """Gathers evidence for the checks while a run goes its way.

    Parameters
    ----------
    snapshot : Snapshot
        Training set.
    config : Config
        Settings; those of the doctor are in ``config.doctor``.
    out : Path
        Folder of the run; ``doctor/`` in it is written.
    looks : bool
        Whether this process looks at all: of several that train one network, one does.
    """

    def __init__(
        self, snapshot: Snapshot, config: Config, out: Path, *, looks: bool = True
    ) -> None:
        self.snapshot, self.config, self.looks = snapshot, config, looks
        self.folder = out / FOLDER
        self.out = out
        self.sight = ""
        self.resumed = False
        self.kept: list[dict[str, Any]] = []
        self.evidence = RunEvidence(
            n_train=len(snapshot.of("train")), n_validation=len(snapshot.of("val"))
        )

    @property
    def seconds(self) -> float:
        """Time for one look: a small share of the budget."""
        budget = self.config.minutes * 60
        if budget <= 0:
            return UNLIMITED
        return min(max(self.config.doctor.share * budget, LEAST_SECONDS), MOST_SECONDS)

    def look_at_data(self) -> None:
        """Look at the items before anything can stop the run because of them.

        A run that is gone on with keeps what was found at its first start.
        """
        if not self.looks:
            return
        before = self.folder / "before.json"
        if before.is_file():
            body = json.loads(before.read_text(encoding="utf-8"))
            self.resumed, self.kept, self.sight = True, body["findings"], body["sight"]
            return
        data = survey(self.snapshot, self.config, seconds=self.seconds)
        self.evidence = dataclasses.replace(
            self.evidence,
            data=data,
            n_objects=_count_objects(self.snapshot, data),
            populations=_populations(data),
        )
        self._keep_before()

    def look_at_batch(self, task: Task, device: torch.device) -> None:
        """Draw the first batch, and fit a copy of the network to it where the budget is long."""
        if not self.looks or self.resumed or task.solved is not None:
            return
        self.sight = batch_sight(task.batch(0, self.config.optim.batch))
        if self._has_time_for_batch():
            losses = fit_batch(task, device, steps=BATCH_STEPS, seconds=self.seconds)
            self.evidence = dataclasses.replace(self.evidence, batch_losses=losses)
        self._keep_before()

    def conclude(
        self,
        task: Task,
        predictor: Predictor,
        finished: Finished,
        *,
        device: torch.device,
        seconds: float,
        warm: bool = False,
    ) -> None:
        """Look back at the finished model and sum up in ``doctor/findings.json``.

        Parameters
        ----------
        task : Task
            Of the run.
        predictor : Predictor
            The finished model.
        finished : Finished
            Scores of the validation split.
        device : torch.device
            Where to compute.
        seconds : float
            What is left of the budget; without a budget it does not count.
        warm : bool
            Whether the run began with all that an earlier model had learnt.
        """
        if not self.looks:
            return
        if self.config.minutes <= 0:
            seconds = UNLIMITED
        seconds = min(max(seconds, self.seconds), 2 * MOST_SECONDS)
        end = time.monotonic() + seconds
        results = look_back(self.snapshot, predictor, finished, seconds=seconds)
        self._add_end(results, warm=warm)
        if check_underfitting(self.evidence) and not self.evidence.batch_losses:
            self._fit_batch_late(task, device, seconds=max(end - time.monotonic(), 0.0))
        found = [one.to_json() for one in examine(self.evidence)]
        known = {one["code"] for one in found}
        self.kept = [*(one for one in self.kept if one["code"] not in known), *found]
        self._write("findings.json", {"findings": self.kept})

    def report(self) -> list[dict[str, Any]]:
        """Return the findings as the run's report has them: without figures, which are heavy."""
        return [{k: v for k, v in one.items() if k != "figures"} for one in self.kept]

    def _has_time_for_batch(self) -> bool:
        """Only a budget of which a small share is enough pays for it without being asked."""
        asked = self.config.doctor.batch_fit
        return asked == "always" or (
            asked == "auto" and self.config.minutes > 0 and self.seconds >= MOST_SECONDS
        )

    def _fit_batch_late(self, task: Task, device: torch.device, *, seconds: float) -> None:
        """Ask a model that does not fit its training set whether it can fit one batch."""
        if self.config.doctor.batch_fit == "never" or task.solved is not None or seconds <= 0:
            return
        losses = fit_batch(task, device, steps=BATCH_STEPS, seconds=seconds)
        self.evidence = dataclasses.replace(self.evidence, batch_losses=losses)

    def _add_end(self, results: ResultFacts, *, warm: bool) -> None:
        curves = curve_facts(
            read_curves(self.out),
            rate=self.config.optim.rate,
            minutes=self.config.minutes,
            over=True,
            warm=warm,
        )
        self.evidence = dataclasses.replace(self.evidence, results=results, curves=curves)

    def findings(self) -> list[dict[str, Any]]:
        """List what is found before the first step, the gravest first."""
        return [one.to_json() for one in examine(self.evidence, stages=("before",))]

    def _keep_before(self) -> None:
        self._write("before.json", {"findings": self.findings(), "sight": self.sight})

    def _write(self, name: str, body: Mapping[str, Any]) -> None:
        """Write whole or not at all: others read while the run goes on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f"{name}.part"
        part.write_text(json.dumps(body, allow_nan=False), encoding="utf-8")
        part.replace(self.folder / name)


def _count_objects(snapshot: Snapshot, data: DataFacts) -> int | None:
    """Labelled objects of the training split; from a part of it where time was short.

    Of crops each that is labelled counts, whether it has a class or none of several; regions of
    pixels are not counted.
    """
    if data.task_kind in CROP_KINDS:
        return sum(item.is_labelled for item in snapshot.of("train"))
    if data.task_kind != "instance":
        return None
    train = [item for item in data.items if item.split == "train"]
    looked = [item for item in train if item.shape]
    if not looked:
        return None
    return round(sum(item.n_objects for item in looked) * len(train) / len(looked))


def _populations(data: DataFacts) -> tuple[Population, ...]:
    """Training and validation items by what they look like."""
    out = []
    for split in ("train", "val"):
        items = [item for item in data.of(split) if item.features is not None]
        widths = {item.features.size for item in items if item.features is not None}
        if not items or len(widths) > 1:
            return ()
        out.append(
            Population(
                split,
                tuple(item.id for item in items),
                tuple(item.group or item.id for item in items),
                np.stack([item.features for item in items if item.features is not None]),
            )
        )
    return tuple(out) if out[0].features.shape[1] == out[1].features.shape[1] else ()
