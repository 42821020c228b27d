"""An engine that scores a setting by its learning rate, in no time."""

import json
import math

import pytest

from core.jobs.models import Job
from core.jobs.runner import JobInterruptedError
from training import curves, engine, tasks

SPACE = [
    {"key": "optim.rate", "kind": "float", "low": 1e-4, "high": 1e-1, "log": True},
    {"key": "head", "kind": "choice", "choices": ["flow", "distance"]},
]


class RatedEngine:
    """Stands in for `engine.train`: the best learning rate is 0.01."""

    def __init__(self) -> None:
        self.trained: list[engine.TrainRequest] = []
        self.fail: set[int] = set()
        self.interrupt: set[int] = set()

    def train(self, request, *, watch):
        self.trained.append(request)
        at = len(self.trained) - 1
        if at in self.fail:
            raise engine.DomainError("training_failed", "It broke.")
        rate = request.config.get("optim", {}).get("rate", 0.003)
        score = max(0.0, 0.9 - 0.3 * abs(math.log10(rate) + 2)) + 0.001 * request.seed
        rows = [curves.CurveRow(step=s, seconds=s, loss=1.0, val=score * s / 4) for s in (1, 2, 3)]
        for row in rows:
            watch([row])
        if at in self.interrupt:
            raise JobInterruptedError
        manifest = json.loads((request.snapshot / "manifest.json").read_text())
        items = [item for item in manifest["items"] if item["split"] == "val"]
        if request.fold:
            at, n = map(int, request.fold.split("/"))
            items = [i for i in manifest["items"] if i["split"] != "test"][at - 1 :: n]
        report = {
            "items": {i["id"]: {"ap50": score + int(i["id"]) % 3 * 0.01} for i in items},
            "metrics": {"ap50": score},
            "seconds": 60.0,
        }
        return engine.TrainResult(weights=request.out / "w", model={}, report=report)


@pytest.fixture
def rated(monkeypatch) -> RatedEngine:
    double = RatedEngine()
    monkeypatch.setattr(engine, "train", double.train)
    # A trial costs what it was planned to cost, whatever this machine is doing.
    clock = iter(range(0, 10_000_000, 60))
    monkeypatch.setattr("training.search.execution.monotonic", lambda: next(clock))
    return double


@pytest.fixture
def labelled(setting):
    setting.label(*setting.train[:4])
    return setting


def run_trials(limit: int = 100) -> int:
    """Do the waiting trials, and those that follow, as one worker would."""
    for done in range(limit):
        job = Job.objects.filter(state="queued", kind="training.try_settings")
        first = job.order_by("created_at", "subject").first()
        if first is None:
            return done
        tasks.try_settings(str(first.pk))
    raise AssertionError("trials without end")
