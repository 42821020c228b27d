"""Findings of a run: those of the trainer, of its curves, and what only the database knows."""

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from annotations.models import TaskKind
from training import curves
from training.doctor import RunEvidence, examine
from training.doctor.base import SEVERITIES
from training.doctor.rows import curve_facts
from training.runs.facts import gather_facts
from training.runs.models import TrainingRun
from training.snapshots.manifest import SnapshotManifest
from training.snapshots.parts import place_of
from training.snapshots.selectors import get_manifest

FOLDER = "doctor"
LOOK_SECONDS = 10.0
Found = dict[str, Any]


class RunDiagnosis:
    """Keeps a run's findings up to date while it trains.

    Parameters
    ----------
    run : TrainingRun
        With its snapshot.
    out : Path
        Folder that the trainer writes to.
    """

    def __init__(self, run: TrainingRun, out: Path) -> None:
        self.run, self.out = run, out
        self.evidence = _database_evidence(run, get_manifest(run.snapshot))
        self.own = [one.to_json() for one in examine(self.evidence, stages=("before",))]
        self.looked = 0.0
        self.save()

    def look(self) -> None:
        """Look again, if the last look was some seconds ago."""
        if time.monotonic() - self.looked >= LOOK_SECONDS:
            self.save()

    def save(self, *, over: bool = False) -> None:
        """Store what there is to say now; when the run is over, all of it.

        Parameters
        ----------
        over : bool
            Whether the training has ended, well or not.
        """
        self.looked = time.monotonic()
        body = self._read("findings.json") or self._read("before.json") or {}
        found = merge_findings(
            of_samples(body.get("findings", [])), self._curves(over=over), self.own
        )
        sight = body.get("sight") or (self._read("before.json") or {}).get("sight", "")
        findings, figures = split_figures(found)
        self.run.findings = findings
        self.run.figures = {"sight": sight, "findings": figures}
        TrainingRun.objects.filter(pk=self.run.pk).update(
            findings=self.run.findings, figures=self.run.figures
        )

    def _curves(self, *, over: bool) -> list[Found]:
        settings = self.run.config.get("optim") or {}
        facts = curve_facts(
            curves.read_curves(self.out),
            rate=float(settings.get("rate", 0.0)),
            minutes=float(self.run.config.get("minutes", 0.0)),
            over=over,
            warm=self.run.warm_start_id is not None,
        )
        found = examine(RunEvidence(curves=facts), stages=("during",))
        return [one.to_json() for one in found]

    def _read(self, name: str) -> dict[str, Any] | None:
        path = self.out / FOLDER / name
        if not path.is_file():
            return None
        body: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return body


def of_samples(found: Sequence[Found]) -> list[Found]:
    """Let findings about parts of large planes name the samples, each once."""
    return [
        one | {"samples": list(dict.fromkeys(place_of(item)[0] for item in one["samples"]))}
        for one in found
    ]


def merge_findings(*sources: Sequence[Found]) -> list[Found]:
    """Join findings of several sources, the gravest first.

    Parameters
    ----------
    *sources : sequence of dict
        The source that knows most comes first. Of a later one, a finding of the same code stays
        only where it names samples that the first did not.

    Returns
    -------
    list of dict
        Findings.
    """
    kept: list[Found] = []
    for source in sources:
        for one in source:
            named = [set(other["samples"]) for other in kept if other["code"] == one["code"]]
            if not named or not set(one["samples"]) <= set().union(*named):
                kept.append(one)
    return sorted(kept, key=lambda one: SEVERITIES.index(one["severity"]))


def split_figures(found: Sequence[Found]) -> tuple[list[Found], list[list[Mapping[str, Any]]]]:
    """Part findings from their figures, which are heavier and asked for once."""
    light = [{k: v for k, v in one.items() if k != "figures"} for one in found]
    return light, [list(one.get("figures", ())) for one in found]


def _database_evidence(run: TrainingRun, manifest: SnapshotManifest) -> RunEvidence:
    data, populations = gather_facts(run.project, manifest)
    return RunEvidence(
        n_train=run.snapshot.n_train,
        n_validation=run.snapshot.n_val,
        n_objects=_count_objects(manifest),
        data=data,
        populations=populations,
    )


def _count_objects(manifest: SnapshotManifest) -> int | None:
    """Labelled objects to learn from; painted classes are not counted in objects."""
    if manifest.task_kind == TaskKind.SEMANTIC:
        return None
    return sum(max(item.n_objects, 1) for item in manifest.split("train"))
