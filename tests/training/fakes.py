"""An engine without torch: trains in no time and predicts by a threshold."""

import json
import uuid

import numpy as np
import tifffile
from scipy import ndimage

from core.jobs.models import Job
from core.jobs.runner import JobContext
from training import bases, curves, engine, tasks
from training.decoding.doubt import pack_doubt

NOTHING_MORE = engine.Wanted()


class FakeEngine:
    """Stands in for `training.engine`'s two doors; `skill` is the threshold's rightness."""

    def __init__(self, monkeypatch) -> None:
        self.trained: list[engine.TrainRequest] = []
        self.predicted: list[tuple] = []
        self.fail_training = ""
        self.fail_code = "training_failed"
        self.doubted = False
        self.tells_doubt = True
        self.report: dict = {"steps": 7}
        self.pictures: dict[str, bytes] = {}
        self.fail_prediction: tuple[str, str] | None = None
        self.pretrained: list[bases.PretrainRequest] = []
        self.compared: list[bases.StartsRequest] = []
        self.gains: dict[str, tuple[float, float]] = {}
        self.best: str | None = None
        self.explained = 0.5
        monkeypatch.setattr(engine, "train", self.train)
        monkeypatch.setattr(engine, "predict", self.predict)
        monkeypatch.setattr(bases, "pretrain", self.pretrain)
        monkeypatch.setattr(bases, "compare_starts", self.compare_starts)
        monkeypatch.setattr(engine, "read_prediction", self.read_prediction)

    def train(self, request, *, watch):
        self.trained.append(request)
        manifest = json.loads((request.snapshot / "manifest.json").read_text())
        assert {item["split"] for item in manifest["items"]} <= {"train", "val"}
        request.out.mkdir(parents=True, exist_ok=True)
        rows = [
            curves.CurveRow(step, seconds=step / 10, loss=1 / step, learning_rate=step / 100)
            for step in range(1, 8)
        ]
        watch(rows)
        (request.out / "log.txt").write_text("trained\n")
        if self.fail_training:
            raise engine.DomainError(self.fail_code, self.fail_training)
        weights = request.out / "weights.safetensors"
        weights.write_bytes(f"weights of seed {request.seed}".encode())
        (request.out / engine.EXAMPLES_NAME).mkdir(exist_ok=True)
        for name, data in self.pictures.items():
            (request.out / engine.EXAMPLES_NAME / name).write_bytes(data)
        return engine.TrainResult(weights=weights, model={"kind": "fake"}, report=self.report)

    def pretrain(self, request, *, watch):
        self.pretrained.append(request)
        request.out.mkdir(parents=True, exist_ok=True)
        watch([curves.CurveRow(step, seconds=step, loss=1 / step, val=0.5) for step in (1, 2)])
        weights = request.out / "weights.safetensors"
        weights.write_bytes(f"base of seed {request.seed}".encode())
        config = {"network": {"channels": [8, 16], "strides": [2]}, "head": "distance"}
        return engine.TrainResult(
            weights=weights,
            model={"task_kind": "base", "config": config},
            report={
                "metrics": {"explained": self.explained},
                "counts": {"train": 9, "val": 1},
                "steps": 2,
            },
        )

    def compare_starts(self, request, *, watch):
        self.compared.append(request)
        for folder in request.starts.values():
            assert (folder / "weights.safetensors").exists()
        watch(bases.StartsProgress(1, 4, "scratch", 0.25))
        rows = [{"name": "scratch", "mean": 0.5, "low": 0.4, "high": 0.6, "by_seed": [0.5]}]
        rows += [row | {"name": name} for row in rows[:1] for name in request.starts]
        gains = {name: self.gains.get(name, (-0.1, 0.1)) for name in request.starts}
        for row in rows:
            gain = gains.get(row["name"])
            row["difference"] = gain and {"mean": sum(gain) / 2, "low": gain[0], "high": gain[1]}
        return {
            "primary": "ap50", "n_items": 6, "n_groups": 6, "seeds": list(request.seeds),
            "rows": rows, "best": self.best,
        }  # fmt: skip

    def predict(self, *, model, data, out, check, wanted=NOTHING_MORE):
        check()
        if self.fail_prediction is not None:
            raise engine.DomainError(*self.fail_prediction)
        self.doubted = wanted.doubt
        manifest = json.loads((data / "manifest.json").read_text())
        self.predicted.append((model, [item["id"] for item in manifest["items"]]))
        out.mkdir(parents=True, exist_ok=True)
        for item in manifest["items"]:
            image = tifffile.imread(data / item["image"]).reshape(item_shape(data / item["image"]))
            labels, _ = ndimage.label(image[0, 0, 0] > 1000)
            if model is None:
                labels[labels == 2] = 0
            if manifest["task_kind"] == "semantic":
                labels = np.digitize(image[0, 0, 0], (700, 1900))
            np.savez(out / f"{item['id']}.npz", labels=labels, kind=manifest["task_kind"])
            if wanted.maps and model is not None:
                (out / f"{item['id']}.maps").write_bytes(f"maps of {item['id']}".encode())
            if wanted.doubt_map and model is not None and self.tells_doubt:
                unsure = np.full((1, 1, *labels.shape), 60, dtype=np.uint8)
                (out / f"{item['id']}.doubt").write_bytes(pack_doubt(unsure))

    def read_prediction(self, out, item):
        with np.load(out / f"{item}.npz") as stored:
            labels, kind = stored["labels"], str(stored["kind"])
        rng = np.random.default_rng(int(item))
        bins = np.array([0.1, 0.5, 0.9])
        return engine.Predicted(
            labels=labels[None, None] if kind in ("instance", "semantic") else None,
            objects=tuple(
                {
                    "id": int(n),
                    "class_index": int(n) - 1 if kind == "semantic" else 0,
                    "confidence": 0.5 if n == 1 else 0.9,
                }
                for n in np.unique(labels)
                if n
            ),
            class_probabilities=() if kind in ("instance", "semantic") else (0.75, 0.25),
            embedding=rng.normal(size=4).astype(np.float32),
            probabilities=np.stack([bins, 1 - bins], axis=1).astype(np.float32),
            weights=rng.random(3).astype(np.float32),
            foreground=float((labels > 0).mean()),
            maps=maps if (maps := out / f"{item}.maps").exists() else None,
            doubt_map=unsure if (unsure := out / f"{item}.doubt").exists() else None,
            doubt=(
                {"information": rng.random(), "inconsistency": rng.random()} if self.doubted else {}
            ),
        )


def item_shape(path):
    with tifffile.TiffFile(path) as tiff:
        return tiff.series[0].shape


def run_queued_jobs(limit: int = 50) -> list[str]:
    """Do what a worker does, in this process, until nothing waits; return the kinds done."""
    functions = {
        "training.train_run": tasks.train_run,
        "training.evaluate_model": tasks.evaluate_model,
        "training.score_chunk": tasks.score_chunk,
        "training.try_arm": tasks.try_arm,
        "training.pretrain": tasks.pretrain,
        "training.compare_starts": tasks.compare_starts,
        "training.answer_request": tasks.answer_request,
        "training.predict_chunk": tasks.predict_chunk,
    }
    done = []
    for _ in range(limit):
        job = Job.objects.filter(state="queued", kind__in=functions).order_by("created_at").first()
        if job is None:
            return done
        functions[job.kind](str(job.pk))
        done.append(job.kind)
    raise AssertionError(f"jobs without end: {done}")


def answer_at_once(kind: str, job_id: str, queue: str) -> None:
    """A sender of jobs behind which a worker waits for nothing else."""
    assert (kind, queue) == ("training.answer_request", "serve")
    tasks.answer_request(job_id)


def make_context(job: Job | None = None) -> JobContext:
    """A context as a worker makes it."""
    return JobContext(
        job or Job.objects.create(kind="test", subject=str(uuid.uuid4()), state="running")
    )
