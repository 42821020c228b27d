"""Every list takes as many queries for many rows as for few, and is walked by cursor."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations.models import Consensus, Image, Review, ReviewNote, Upload
from annotations.projects.services.invitations import NewInvitation, create_invitation
from core.jobs.models import Job
from tests import factories as make
from tests.contracts import world as w
from tests.contracts.endpoints import ENDPOINTS, address
from training.metrics import METRICS
from training.models import (
    ModelVersion,
    PictureResult,
    PredictionBatch,
    Pretraining,
    Round,
    RoundSample,
    Search,
    Snapshot,
    StartComparison,
    TrainingRun,
)

pytestmark = pytest.mark.django_db

FEW, MANY = 2, 7
# Lists of what the code offers: no table grows behind them.
OF_REGISTRIES = {"GET presets"}
METRICS_OF_ROUND = {METRICS["instance"].primary: 0.5, "low": 0.4, "high": 0.6}


def add_run(world, number):
    snapshot = Snapshot.objects.create(
        project=world.project,
        content_hash=f"{number:064d}",
        manifest="",
        n_train=1,
        n_val=1,
        n_test=1,
    )
    job = Job.objects.create(
        kind="training.train", subject=f"run {number}", project=world.project.pk
    )
    return TrainingRun.objects.create(project=world.project, snapshot=snapshot, job=job, seed=1)


def add_model(world, number):
    run = add_run(world, number)
    model = ModelVersion.objects.create(
        project=world.project, run=run, number=number, weights="0" * 64
    )
    for split in ("val", "test"):
        model.evaluations.create(project=world.project, split=split, metrics={"ap50": 0.5})


def add_search(world, number):
    snapshot = Snapshot.objects.create(
        project=world.project,
        content_hash=f"{number:064d}",
        manifest="",
        n_train=1,
        n_val=1,
        n_test=1,
    )
    search = Search.objects.create(
        project=world.project, snapshot=snapshot, minutes=9, trial_minutes=1, state="done"
    )
    job = Job.objects.create(
        kind="training.try_settings", subject=f"trial {number}", project=world.project.pk
    )
    search.trials.create(number=0, role="default", state="done", value=0.5, job=job)


def add_pretraining(world, number):
    Pretraining.objects.create(project=world.project, minutes=1, job=add_run(world, number).job)


def add_start_comparison(world, number):
    run = add_run(world, number)
    StartComparison.objects.create(
        project=world.project, snapshot=run.snapshot, minutes=1, job=run.job
    )


def add_round(world, number):
    arms = [
        {"name": "entropy", "strategy": "entropy", "n": 1},
        {"name": "random", "strategy": "random", "n": 1},
    ]
    round_ = Round.objects.create(
        project=world.project,
        number=number,
        strategy="entropy",
        batch_size=2,
        seed=1,
        state="done",
        arms=arms,
    )
    for rank, arm in enumerate(("entropy", "random")):
        sample = make.make_sample(world.project)
        RoundSample.objects.create(round=round_, sample=sample, arm=arm, rank=rank)
    world.project.evaluations.create(
        round=round_, split="val", metrics=METRICS_OF_ROUND, items_hash=f"{number:064d}"
    )


def add_batch(world, number):
    batch = PredictionBatch.objects.create(
        model_version=world.more["model"], project=world.project, n_images=1
    )
    batch.chunks.create(number=0, job=Job.objects.create(kind="x", subject=f"chunk {number}"))


def add_batch_item(world, number):
    batch = world.more["batch"]
    result = PictureResult.objects.create(
        model_version=batch.model_version, content=f"{number:064d}", shape=[], seconds=1
    )
    chunk = batch.chunks.get()
    batch.items.create(chunk=chunk, image=make.make_image(world.dataset), result=result)


def add_sample_in_review(world, _number):
    sample = make.make_sample(world.project, state="in_review", agreement=0.5)
    make.make_annotation(sample, state="submitted", submitted_at=timezone.now())
    Consensus.objects.create(sample=sample, version=1, method="majority")


def add_answer(world, _number):
    make.make_annotation(world.sample, state="submitted", submitted_at=timezone.now())


def add_note(world, _number):
    review = Review.objects.create(
        sample=world.sample, reviewer=world.people[w.REVIEWER], decision="send_back"
    )
    draft = world.more["draft"]
    ReviewNote.objects.create(annotation=draft, review=review, text="look", x=1, y=2)


def add_version(world, number):
    annotator = world.people[w.ANNOTATOR]
    world.more["draft"].versions.create(
        version=number, reason="submitted", user=annotator, created_at=timezone.now()
    )


def add_image(world, number):
    image = make.make_image(world.dataset)
    Upload.objects.create(
        dataset=world.dataset, filename=f"{number}.tif", status="accepted", image=image
    )


def add_project(world, _number):
    dataset = make.make_dataset(world.lab)
    make.make_image(dataset)
    make.make_project(world.lab, datasets=[dataset], classes=("a", "b"))


def add_invitation(world, _number):
    create_invitation(
        world.lab,
        world.people[w.LAB_OWNER],
        NewInvitation(project=world.project, project_role="viewer", days=1),
        now=timezone.now() + timedelta(days=1),
    )


ADD_ONE = {
    "GET tokens": lambda world, n: world.people[w.LAB_OWNER].tokens.create(
        name=str(n), prefix="cyt_", digest=f"{n:064d}"
    ),
    "GET labs": lambda world, n: make.join_lab(make.make_lab(), world.people[w.LAB_OWNER]),
    "GET labs/<int:pk>/members": lambda world, n: make.join_lab(world.lab, make.make_user()),
    "GET labs/<int:pk>/invitations": add_invitation,
    "GET datasets": add_project,
    "GET datasets/<int:pk>/uploads": add_image,
    "GET images": add_image,
    "GET projects": add_project,
    "GET projects/<int:pk>/members": lambda world, n: make.join_project(world.project),
    "GET projects/<int:pk>/overview": add_answer,
    "GET projects/<int:pk>/review-queue": add_sample_in_review,
    "GET samples": add_sample_in_review,
    "GET samples/<int:pk>/answers": add_answer,
    "GET annotations/<uuid:pk>/notes": add_note,
    "GET annotations/<uuid:pk>/versions": add_version,
    "GET runs": add_run,
    "GET jobs": add_run,
    "GET models": add_model,
    "GET prediction-batches": add_batch,
    "GET prediction-batches/<int:pk>/images": add_batch_item,
    "GET searches": add_search,
    "GET pretrainings": add_pretraining,
    "GET start-comparisons": add_start_comparison,
    "GET projects/<int:pk>/start": add_model,
    "GET models/<int:pk>/exports": lambda world, n: world.more["model"].exports.create(
        format="onnx", job=add_run(world, n).job
    ),
    "GET projects/<int:pk>/model-imports": lambda world, n: world.project.model_imports.create(
        filename="n.onnx", key="0" * 64, job=add_run(world, n).job
    ),
    "GET rounds": add_round,
    "GET projects/<int:pk>/learning-curve": add_round,
}


def fetch(world, client, name):
    endpoint = ENDPOINTS[name]
    url = address(name.removeprefix("GET "), world, method="GET")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(url, endpoint.query(world) if endpoint.query else {})
    assert answer.status_code == 200, answer.content[:300]
    return answer.json(), [query["sql"] for query in queries]


@pytest.mark.slow
@pytest.mark.parametrize("name", ADD_ONE)
def test_queries_do_not_grow_with_the_rows(name):
    world = w.build_world()
    client = world.client(w.LAB_OWNER)
    for number in range(100, 100 + FEW):
        ADD_ONE[name](world, number)
    _, few = fetch(world, client, name)
    for number in range(200, 200 + MANY):
        ADD_ONE[name](world, number)
    body, many = fetch(world, client, name)

    rows = body["results"] if isinstance(body, dict) and "results" in body else None
    assert rows is None or len(rows) >= FEW + MANY
    assert len(many) == len(few), "\n".join(many[len(few) :])


def test_every_list_is_tested():
    world = w.build_world()
    client = world.client(w.LAB_OWNER)
    lists = set()
    for name, endpoint in ENDPOINTS.items():
        if not name.startswith("GET "):
            continue
        url = address(name.removeprefix("GET "), world, method="GET")
        answer = client.get(url, endpoint.query(world) if endpoint.query else {})
        if answer["Content-Type"] == "application/json":
            body = answer.json()
            if isinstance(body, list) or "results" in body:
                lists.add(name)

    assert lists - set(ADD_ONE) - OF_REGISTRIES == set()


def test_a_page_is_never_longer_than_allowed():
    world = w.build_world()
    image = make.make_image(world.dataset)
    rows = []
    for n in range(600):
        row = Image(**{f.attname: getattr(image, f.attname) for f in image._meta.fields})
        row.pk, row.sha256 = None, f"{n:064d}"
        rows.append(row)
    Image.objects.bulk_create(rows)

    page = world.client(w.LAB_OWNER).get("/api/v1/images", {"page_size": 100_000}).json()

    assert len(page["results"]) == 500
    assert page["next"]
