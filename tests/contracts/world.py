"""One lab with everything in it that an address can be about, and people of every kind."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from annotations.accounts.services import create_token
from annotations.images.services import process_image
from annotations.labels.services import put_labels
from annotations.models import (
    Assignment,
    Consensus,
    ImageStatus,
    LabRole,
    Review,
    ReviewNote,
    User,
)
from annotations.projects.services.invitations import NewInvitation, create_invitation, token_of
from annotations.review.services import import_ground_truth
from core.jobs.models import Job
from core.storage import get_storage
from tests import factories as make
from training.measurements.tables import LABEL, make_table, to_parquet
from training.models import (
    ModelExport,
    ModelVersion,
    PictureResult,
    PredictionBatch,
    PredictionRequest,
    Pretraining,
    Round,
    Search,
    Snapshot,
    StartComparison,
    TrainingRun,
)

ANONYMOUS, OUTSIDER = "anonymous", "outsider"
VIEWER, ANNOTATOR, REVIEWER, MANAGER = "viewer", "annotator", "reviewer", "manager"
LAB_MEMBER, LAB_OWNER = "lab_member", "lab_owner"
ACTORS = (
    ANONYMOUS,
    OUTSIDER,
    VIEWER,
    ANNOTATOR,
    REVIEWER,
    MANAGER,
    LAB_MEMBER,
    LAB_OWNER,
)


@dataclass
class World:
    """People by their kind, and the objects that addresses name."""

    people: dict[str, User | None]
    lab: Any
    dataset: Any
    project: Any
    image: Any
    sample: Any
    answer: Any
    more: dict[str, Any] = field(default_factory=dict)

    def client(self, actor: str):
        return make.client_for(self.people[actor])


def build_world() -> World:
    """Make it all."""
    owner = make.make_user("owner")
    lab = make.make_lab(owner)
    dataset = make.make_dataset(lab)
    project = make.make_project(lab, datasets=[dataset], classes=("nucleus", "debris"))
    people: dict[str, User | None] = {ANONYMOUS: None, LAB_OWNER: owner}
    people[OUTSIDER] = make.make_user("outsider")
    make.make_project(make.make_lab(people[OUTSIDER]), manager=people[OUTSIDER])
    people[LAB_MEMBER] = make.join_lab(lab, make.make_user("labmember"))
    for role in (VIEWER, ANNOTATOR, REVIEWER, MANAGER):
        people[role] = make.join_project(project, make.make_user(role), role)
    image = make.make_image(dataset, status=ImageStatus.QUEUED, mask=make.make_mask(), split="test")
    process_image(image.pk, report=lambda **_progress: None)
    sample = make.make_queued_sample(project, image)
    answer = _answer(sample, people[ANNOTATOR])
    world = World(people, lab, dataset, project, image, sample, answer)
    world.more = {**_crowd(world), **_accounts(world), **_training(world)}
    return world


def _answer(sample, annotator):
    key = put_labels(sample, make.make_mask()[None, None])
    return make.make_annotation(
        sample, annotator, state="submitted", key=key, submitted_at=timezone.now()
    )


def _crowd(world: World) -> dict[str, Any]:
    key = put_labels(world.sample, make.make_mask()[None, None])
    make.make_proposal(world.sample, key=key)
    Consensus.objects.create(sample=world.sample, version=1, method="majority", key=key)
    import_ground_truth(world.sample, labels=make.make_mask()[None, None])
    held = make.make_queued_sample(world.project, make.make_image(world.dataset), open_slots=0)
    draft = make.make_annotation(held, world.people[ANNOTATOR])
    soon = timezone.now() + timedelta(minutes=10)
    lease = Assignment.objects.create(
        sample=held,
        user=world.people[ANNOTATOR],
        annotation=draft,
        token=1,
        leased_until=soon,
        heartbeat_at=timezone.now(),
    )
    review = Review.objects.create(
        sample=held, reviewer=world.people[REVIEWER], decision="send_back"
    )
    note = ReviewNote.objects.create(annotation=draft, review=review, text="look", x=1, y=2)
    version = draft.versions.create(version=0, reason="started", created_at=timezone.now())
    found = {"draft": draft, "lease": lease, "note": note, "version": version}
    return {**found, "op_id": str(uuid.uuid4())}


def _accounts(world: World) -> dict[str, Any]:
    grant = NewInvitation(project=world.project, project_role="viewer", max_uses=50)
    invitation = create_invitation(world.lab, world.people[LAB_OWNER], grant, now=timezone.now())
    return {
        "invitation": invitation,
        "invitation_token": token_of(invitation),
        "bystander": make.join_project(
            world.project, make.join_lab(world.lab, make.make_user(), LabRole.MEMBER)
        ),
        "token": create_token(world.people[ANNOTATOR], name="script").token,
    }


def _training(world: World) -> dict[str, Any]:
    snapshot = Snapshot.objects.create(
        project=world.project, content_hash="0" * 64, manifest="", n_train=1, n_val=1, n_test=1
    )
    job = Job.objects.create(kind="training.train", subject="1", project=world.project.pk)
    run = TrainingRun.objects.create(
        project=world.project,
        snapshot=snapshot,
        job=job,
        seed=1,
        pictures={"0-picture.png": get_storage().put(b"png of an example")},
    )
    model = ModelVersion.objects.create(project=world.project, run=run, number=1, weights="0" * 64)
    older = ModelVersion.objects.create(project=world.project, number=0, weights="0" * 64)
    round_ = Round.objects.create(
        project=world.project, number=1, strategy="random", batch_size=2, seed=1
    )
    search = Search.objects.create(
        project=world.project,
        snapshot=snapshot,
        minutes=10,
        trial_minutes=1,
        state="done",
        result={"best": 0, "config": {}},
    )
    search.trials.create(number=0, role="default", state="done", value=0.5)
    base = Pretraining.objects.create(project=world.project, minutes=1, weights="0" * 64)
    compared = StartComparison.objects.create(project=world.project, snapshot=snapshot, minutes=1)
    made = {"run": run, "model": model, "older_model": older, "round": round_}
    made |= {"pretraining": base, "start_comparison": compared}
    export = ModelExport.objects.create(model_version=model, format="onnx")
    return made | {"search": search, "export": export, **_serving(world, model)}


def _serving(world: World, model: ModelVersion) -> dict[str, Any]:
    mask = make.make_mask()[None, None]
    request = PredictionRequest.objects.create(
        model_version=model,
        created_by=world.people[ANNOTATOR],
        image=world.image,
        name=world.image.name,
        content="1" * 64,
    )
    result = PictureResult.objects.create(
        model_version=model,
        content=request.content,
        shape=[1, 1, *mask.shape[1:]],
        labels=put_labels(world.sample, mask),
        table=get_storage().put(to_parquet(make_table([LABEL], [np.array([1, 2])]))),
        n_objects=2,
        seconds=0.5,
    )
    batch = PredictionBatch.objects.create(
        model_version=model, project=world.project, dataset=world.dataset, n_images=1
    )
    chunk = batch.chunks.create(number=0, done_at=timezone.now())
    batch.items.create(chunk=chunk, image=world.image, result=result)
    return {"prediction": request, "batch": batch}
