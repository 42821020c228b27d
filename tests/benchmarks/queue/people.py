"""Simulated annotators who claim and submit over HTTP as fast as they are served."""

import base64
import json
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.client import HTTPConnection

import numpy as np

from annotations.labels.wire import encode_patch
from tests.benchmarks.queue.site import HEIGHT, WIDTH


@dataclass
class Diary:
    """What one annotator saw."""

    claims: list[float] = field(default_factory=list)
    edits: list[float] = field(default_factory=list)
    submits: list[float] = field(default_factory=list)
    samples: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Work:
    """What annotators do, and for how long."""

    port: int
    project: int
    seconds: float
    edits: int


def let_work(secrets: tuple[str, ...], work: Work) -> list[Diary]:
    """Let one annotator per secret work at the same time; return their diaries."""
    diaries = [Diary() for _ in secrets]
    start = threading.Barrier(len(secrets))
    threads = [
        threading.Thread(target=_annotate, args=(secret, work, diary, start))
        for secret, diary in zip(secrets, diaries, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return diaries


def _annotate(secret: str, work: Work, diary: Diary, start: threading.Barrier) -> None:
    connection = HTTPConnection("127.0.0.1", work.port, timeout=60)
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}

    def post(path: str, body: object, times: list[float]) -> dict:
        began = time.perf_counter()
        connection.request("POST", f"/api/v1/{path}", json.dumps(body), headers)
        response = connection.getresponse()
        data = response.read()
        times.append(time.perf_counter() - began)
        if response.status != 200:
            diary.failures.append(f"{path}: {response.status} {data[:200]!r}")
            return {}
        return json.loads(data)

    start.wait()
    end = time.monotonic() + work.seconds
    while time.monotonic() < end and len(diary.failures) < 5:
        served = post(f"projects/{work.project}/next", {}, diary.claims)
        if not served or served["sample"] is None:
            diary.failures.append(f"nothing served: {served.get('reason')}")
            continue
        diary.samples.append(served["sample"]["id"])
        address = f"annotations/{served['annotation']['id']}"
        for version in range(work.edits):
            body = {"base_version": version, "ops": [_stroke(version)]}
            post(f"{address}/ops", body, diary.edits)
        body = {"token": served["assignment"]["token"], "seconds": 1.0}
        post(f"{address}/submit", body, diary.submits)
    connection.close()


def _stroke(number: int) -> dict[str, object]:
    """One brush stroke of about 300 pixels."""
    before = np.zeros((HEIGHT, WIDTH), np.uint32)
    after = before.copy()
    after[10 + number : 25 + number, 20:40] = number + 1
    patch = base64.b64encode(encode_patch(before, after)).decode()
    return {"op_id": str(uuid.uuid4()), "kind": "patch", "t": 0, "z": 0, "patch": patch}
