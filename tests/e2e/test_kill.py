"""Kill -9 of every process while the loop runs: everything goes on, and nothing is lost."""

import base64
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

import numpy as np
import pytest

from cytoloop.client import Client, EmptyQueue, make_patch, new_operation_id, read_plane
from cytoloop.demo.human import Skill, correct
from cytoloop.demo.loop import Stage, find_or_make_project, import_pictures
from cytoloop.demo.people import gather_annotator, gather_owner
from cytoloop.demo.pictures import generate_pictures
from cytoloop.demo.plan import DemoPlan, Memory
from tests.site import Site

pytestmark = pytest.mark.slow(seconds=140)

PEOPLE = ("ana", "ben", "chen")
BATCH = 9
LONGEST_ROUND = 900.0
# A person goes on trying until the site is there again, however slow the machine.
PATIENCE = 40


@dataclass(frozen=True)
class Answer:
    """What a person is sure to have handed in."""

    person: str
    sample: int
    annotation: int
    operations: int
    labels: np.ndarray


@pytest.fixture
def site(tmp_path):
    # The test settings find a dead worker in seconds instead of half a minute.
    site = Site(tmp_path / "state", settings="config.settings_test")
    yield site
    site.stop()


@pytest.fixture
def stage(site, tmp_path):
    state = site.start()
    plan = DemoPlan(rounds=1, batch=BATCH, annotators=len(PEOPLE), minutes=0.15, generated=20)
    memory = Memory(password="kill-test-password")
    crew = gather_owner(state.url, memory, remember=lambda: None)
    pictures = generate_pictures(tmp_path / "pictures", count=plan.generated, seed=3)
    return Stage(site.home, plan, memory, pictures, crew, say=lambda line: None)


class Person:
    """Labels slowly, one request for each stroke, and notes what the site has acknowledged."""

    def __init__(self, name, client, stage, seed):
        self.name = name
        self.client = client
        self.client.retries = PATIENCE
        self.pictures = stage.pictures
        self.rng = np.random.default_rng(seed)
        self.answers = []

    def work(self, project, closed):
        while not closed.is_set():
            task = self.client.next_task(project)
            if isinstance(task, EmptyQueue):
                time.sleep(0.3)
            else:
                self.answers.append(self.answer(task))

    def answer(self, task):
        picture = self.pictures[task.document["image"]["name"]]
        labels = self.client.read_labels(task)
        skill = Skill(content_iou=0.95)
        correction = correct(labels, picture.read_truth(), picture.read_image(), skill, self.rng)
        operations = 0
        for stroke in correction.strokes:
            patch = make_patch(labels, stroke.labels)
            if not patch:
                continue
            self.client.store_operations(task, [_operation(patch)])
            labels, operations = stroke.labels, operations + 1
        assert task.version == operations
        self.client.submit(task, seconds=1.0)
        return Answer(self.name, task.sample, task.annotation, operations, labels)


def _operation(patch):
    encoded = base64.b64encode(patch).decode()
    return {"op_id": new_operation_id(), "kind": "patch", "t": 0, "z": 0, "patch": encoded}


def wait_for(look, until, seconds=LONGEST_ROUND):
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if until(seen):
            return seen
        assert time.monotonic() < deadline, seen
        time.sleep(0.2)


def test_a_round_survives_the_death_of_everybody(site, stage):
    owner = stage.crew.owner
    project = find_or_make_project(stage, import_pictures(stage))
    people = [
        Person(
            name,
            gather_annotator(stage.crew, name, project, stage.memory, remember=lambda: None),
            stage,
            seed,
        )
        for seed, name in enumerate(PEOPLE)
    ]

    # While the pool is scored: the worker that scores.
    round_ = owner.start_round(project)
    wait_for(lambda: _job(owner, project, "training.score_chunk"), lambda job: job is not None)
    site.kill("jobs")
    wait_for(lambda: owner.get(f"rounds/{round_['id']}"), lambda seen: seen["state"] != "scoring")

    # While people submit: the web process, then the database, then the broker, then web again.
    closed = Event()
    with ThreadPoolExecutor(len(people)) as pool:
        work = [pool.submit(person.work, project, closed) for person in people]
        try:
            for number, victim in enumerate(("web", "postgres", "broker", "web"), start=2):
                wait_for(
                    lambda: sum(len(person.answers) for person in people),
                    lambda answered, number=number: (
                        answered >= number or any(future.done() for future in work)
                    ),
                )
                site.kill(victim)
            wait_for(lambda: owner.get(f"rounds/{round_['id']}"), _is_past_labelling)
        finally:
            closed.set()
        for future in work:
            future.result()

    # While it trains: the worker, and the training process in its group.
    run = wait_for(lambda: owner.runs(project), lambda runs: runs and _has_trained(runs[0]))[0]
    site.kill("training")
    done = wait_for(lambda: owner.get(f"rounds/{round_['id']}"), _is_over)
    assert done["state"] == "done", done["detail"]
    run = owner.get(f"runs/{run['id']}")
    assert (run["state"], run["attempts"]) == ("done", 2)
    assert len(owner.models(project)) == 1

    _check_answers(owner, people, done)


def _check_answers(owner: Client, people, round_):
    answers = [answer for person in people for answer in person.answers]
    asked = [sample for arm in round_["arms"] for sample in arm["samples"]]
    assert len(asked) == BATCH
    # Overlap 1: each sample was labelled, and by nobody twice.
    assert sorted(answer.sample for answer in answers) == sorted(asked)
    for answer in answers:
        stored = list(owner.get(f"samples/{answer.sample}/answers"))
        assert [row["user"]["username"] for row in stored] == [answer.person]
        # Every acknowledged operation is there, once, and adds up to what the person saw.
        annotation = owner.get(f"annotations/{answer.annotation}")
        assert (annotation["state"], annotation["version"]) == ("submitted", answer.operations)
        path = f"samples/{answer.sample}/answers/{answer.annotation}/labels"
        assert np.array_equal(_read(owner, path), answer.labels)


def _read(owner, path):
    response = owner.get_bytes(path)
    return read_plane(response.content, response.headers["X-Cytoloop-Shape"])


def _job(owner, project, kind):
    jobs = owner.listing("jobs", project=project)
    return next((job for job in jobs if job["kind"] == kind and job["state"] == "running"), None)


def _is_past_labelling(round_):
    return round_["state"] not in ("scoring", "labelling")


def _is_over(round_):
    return round_["state"] in ("done", "failed", "cancelled")


def _has_trained(run):
    return run["state"] == "running" and run["progress"].get("step", 0) > 0
