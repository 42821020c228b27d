"""What every address of the API expects of whoever asks: one line per method and address."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests import factories as make
from tests.contracts import world as w

EVERYBODY = frozenset(w.ACTORS)
SIGNED_IN = EVERYBODY - {w.ANONYMOUS}
OF_PROJECT = SIGNED_IN - {w.OUTSIDER}
OF_LAB = frozenset({w.LAB_MEMBER, w.LAB_OWNER})


@dataclass(frozen=True)
class Rule:
    """Who may do it, and who is told that it exists.

    Of those who may not, whoever `sees` the object is answered 403 and others 404; anonymous
    always 401.
    """

    may: frozenset[str]
    sees: frozenset[str] = frozenset()


ANYBODY = Rule(EVERYBODY)
PERSON = Rule(SIGNED_IN)
VIEWER = Rule(OF_PROJECT)
ANNOTATOR = Rule(OF_PROJECT - {w.VIEWER, w.LAB_MEMBER}, OF_PROJECT)
REVIEWER = Rule(frozenset({w.REVIEWER, w.MANAGER, w.LAB_OWNER}), OF_PROJECT)
REVIEWER_SECRET = Rule(REVIEWER.may)
MANAGER = Rule(frozenset({w.MANAGER, w.LAB_OWNER}), OF_PROJECT)
MEMBER_OF_LAB = Rule(OF_LAB)
OWNER_OF_LAB = Rule(frozenset({w.LAB_OWNER}), OF_LAB)
INVITER = Rule(frozenset({w.MANAGER, w.LAB_OWNER}), OF_LAB)
INVITER_SECRET = Rule(INVITER.may)
# Members of a project see its data sets; members of the lab change them.
KEEPER_OF_DATA = Rule(OF_LAB, OF_PROJECT)
OWNER_OF_DATA = Rule(frozenset({w.LAB_OWNER}), OF_PROJECT)
# What belongs to the annotator of the world.
OWN = Rule(frozenset({w.ANNOTATOR}))
OWN_OR_REVIEWER = Rule(frozenset({w.ANNOTATOR}) | REVIEWER.may)
OWN_SEEN_BY_REVIEWERS = Rule(frozenset({w.ANNOTATOR}), REVIEWER.may)


@dataclass(frozen=True)
class Endpoint:
    """A rule, and what to send so that who may do it succeeds.

    `also` are further statuses that show that the request was let in (the world is in a state in
    which the thing itself cannot be done).
    """

    rule: Rule
    body: Callable[[w.World], dict[str, Any]] | None = None
    query: Callable[[w.World], dict[str, Any]] | None = None
    also: tuple[int, ...] = ()
    format: str = "json"


def _of_project(world: w.World) -> dict[str, Any]:
    return {"project": world.project.pk}


def _two_models(world: w.World) -> dict[str, Any]:
    return {"models": f"{world.more['model'].pk},{world.more['older_model'].pk}"}


def _group_to_train(world: w.World) -> dict[str, Any]:
    group = f"{world.dataset.pk}/{world.image.group}"
    return {"group": group, "split": "train", "confirmed": True}


def _lease_token(world: w.World) -> dict[str, Any]:
    return {"token": world.more["lease"].token}


def _upload(_world: w.World) -> dict[str, Any]:
    data = make.tiff_bytes(make.make_picture(seed=99)[0])
    return {"file": SimpleUploadedFile("field.tif", data)}


def _network(_world: w.World) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("network.onnx", b"\x08"), "form": "{}"}


def _person(name: str) -> dict[str, Any]:
    return {"username": name, "email": f"{name}@example.org", "password": make.PASSWORD}


ENDPOINTS: dict[str, Endpoint] = {
    # accounts
    "GET auth/session": Endpoint(ANYBODY),
    "POST auth/setup": Endpoint(
        ANYBODY, lambda _: {**_person("new"), "lab_name": "x"}, also=(409,)
    ),
    "POST auth/login": Endpoint(
        ANYBODY, lambda _: {"username": "manager", "password": make.PASSWORD}
    ),
    "POST auth/logout": Endpoint(PERSON),
    "POST auth/password": Endpoint(
        PERSON, lambda _: {"current": make.PASSWORD, "password": "amber-Vesicle-43"}
    ),
    "POST auth/signup": Endpoint(
        ANYBODY, lambda world: {**_person("new"), "token": world.more["invitation_token"]}
    ),
    "GET tokens": Endpoint(PERSON),
    "POST tokens": Endpoint(PERSON, lambda _: {"name": "script"}),
    "DELETE tokens/<int:pk>": Endpoint(OWN),
    "GET labs": Endpoint(PERSON),
    "POST labs": Endpoint(PERSON, lambda _: {"name": "Another lab"}),
    "GET labs/<int:pk>": Endpoint(MEMBER_OF_LAB),
    "PATCH labs/<int:pk>": Endpoint(OWNER_OF_LAB, lambda _: {"name": "New name"}),
    "GET labs/<int:pk>/members": Endpoint(MEMBER_OF_LAB),
    "PATCH labs/<int:pk>/members/<int:user_id>": Endpoint(
        OWNER_OF_LAB, lambda _: {"role": "owner"}
    ),
    "DELETE labs/<int:pk>/members/<int:user_id>": Endpoint(OWNER_OF_LAB),
    "GET labs/<int:pk>/invitations": Endpoint(INVITER),
    "POST labs/<int:pk>/invitations": Endpoint(
        INVITER, lambda world: {"project": world.project.pk, "project_role": "annotator"}
    ),
    "DELETE invitations/<int:pk>": Endpoint(INVITER_SECRET),
    "GET invitations/preview": Endpoint(
        ANYBODY, query=lambda world: {"token": world.more["invitation_token"]}
    ),
    "POST invitations/accept": Endpoint(
        PERSON, lambda world: {"token": world.more["invitation_token"]}
    ),
    # data sets and images
    "GET datasets": Endpoint(PERSON),
    "POST datasets": Endpoint(
        MEMBER_OF_LAB, lambda world: {"lab": world.lab.pk, "name": "Plate 2"}
    ),
    "GET datasets/<int:pk>": Endpoint(VIEWER),
    "PATCH datasets/<int:pk>": Endpoint(KEEPER_OF_DATA, lambda _: {"licence": "CC0"}),
    "DELETE datasets/<int:pk>": Endpoint(OWNER_OF_DATA),
    "GET datasets/<int:pk>/display": Endpoint(VIEWER),
    "PUT datasets/<int:pk>/display": Endpoint(
        VIEWER, lambda _: {"dtype": "uint16", "lower": 0.01, "upper": 0.99, "channels": []}
    ),
    "GET datasets/<int:pk>/uploads": Endpoint(KEEPER_OF_DATA),
    "POST datasets/<int:pk>/uploads": Endpoint(KEEPER_OF_DATA, _upload, format="multipart"),
    "POST datasets/<int:pk>/uploads/check": Endpoint(KEEPER_OF_DATA, lambda _: {"sha256": []}),
    "GET images": Endpoint(PERSON),
    "GET images/<int:pk>": Endpoint(VIEWER),
    "DELETE images/<int:pk>": Endpoint(KEEPER_OF_DATA),
    "GET images/<int:pk>/thumbnail": Endpoint(VIEWER),
    "GET images/<int:pk>/histogram": Endpoint(VIEWER),
    "GET images/<int:pk>/zarr/<path:path>": Endpoint(VIEWER),
    # projects and samples
    "GET projects": Endpoint(PERSON),
    "POST projects": Endpoint(
        MEMBER_OF_LAB,
        lambda world: {"lab": world.lab.pk, "name": "Nuclei", "task_kind": "instance"},
    ),
    "GET projects/<int:pk>": Endpoint(VIEWER),
    "PATCH projects/<int:pk>": Endpoint(MANAGER, lambda _: {"name": "New name"}),
    "DELETE projects/<int:pk>": Endpoint(MANAGER),
    "GET projects/<int:pk>/members": Endpoint(MANAGER),
    "POST projects/<int:pk>/members": Endpoint(
        MANAGER, lambda _: {"username": "outsider", "role": "viewer"}
    ),
    "PATCH projects/<int:pk>/members/<int:user_id>": Endpoint(
        MANAGER, lambda _: {"role": "reviewer"}
    ),
    "DELETE projects/<int:pk>/members/<int:user_id>": Endpoint(MANAGER),
    "POST projects/<int:pk>/move-group": Endpoint(MANAGER, _group_to_train),
    "GET projects/<int:pk>/overview": Endpoint(VIEWER),
    "GET samples": Endpoint(VIEWER, query=_of_project),
    "GET samples/<int:pk>": Endpoint(VIEWER),
    "GET samples/<int:pk>/proposal": Endpoint(VIEWER),
    "GET samples/<int:pk>/proposal/info": Endpoint(VIEWER),
    "GET samples/<int:pk>/uncertainty": Endpoint(VIEWER),
    "POST samples/<int:pk>/outline": Endpoint(
        ANNOTATOR, lambda _: {"clicks": [{"x": 24, "y": 16}]}
    ),
    # annotating; who may not annotate is told so in the answer
    "POST projects/<int:pk>/next": Endpoint(VIEWER),
    "GET projects/<int:pk>/upcoming": Endpoint(VIEWER),
    "POST projects/<int:pk>/next-batch": Endpoint(VIEWER, lambda _: {"count": 2}),
    "POST assignments/<uuid:pk>/heartbeat": Endpoint(OWN, _lease_token),
    "POST assignments/<uuid:pk>/release": Endpoint(OWN, _lease_token),
    "POST assignments/<uuid:pk>/skip": Endpoint(OWN, _lease_token),
    "GET annotations/<uuid:pk>": Endpoint(OWN_OR_REVIEWER),
    "GET annotations/<uuid:pk>/labels": Endpoint(OWN_OR_REVIEWER),
    "GET annotations/<uuid:pk>/labels/blocks": Endpoint(
        OWN_OR_REVIEWER, query=lambda _: {"blocks": "0-0-0"}
    ),
    "GET annotations/<uuid:pk>/labels/objects": Endpoint(OWN_OR_REVIEWER),
    "POST annotations/<uuid:pk>/ops": Endpoint(
        OWN_SEEN_BY_REVIEWERS, lambda _: {"base_version": 0, "ops": []}, also=(400,)
    ),
    "POST annotations/<uuid:pk>/marks": Endpoint(OWN_SEEN_BY_REVIEWERS, lambda _: {"seen": [1]}),
    "GET annotations/<uuid:pk>/ops": Endpoint(OWN_SEEN_BY_REVIEWERS),
    "GET annotations/<uuid:pk>/versions": Endpoint(OWN_OR_REVIEWER),
    "POST annotations/<uuid:pk>/restore": Endpoint(
        OWN_SEEN_BY_REVIEWERS,
        lambda world: {
            "version": world.more["version"].pk,
            "base_version": 0,
            "step": "6f1c1a52-0d8e-4f4b-9c11-5a3f0b1f2d3e",
        },
    ),
    "POST annotations/<uuid:pk>/verify": Endpoint(
        OWN_SEEN_BY_REVIEWERS, lambda _: {"version": 0, "squares": []}
    ),
    "POST annotations/<uuid:pk>/submit": Endpoint(
        OWN_SEEN_BY_REVIEWERS, lambda world: {**_lease_token(world), "seconds": 1.5}
    ),
    # consensus and review
    "GET projects/<int:pk>/review-queue": Endpoint(REVIEWER),
    "GET samples/<int:pk>/answers": Endpoint(REVIEWER),
    "GET samples/<int:pk>/answers/<uuid:annotation_id>/labels": Endpoint(REVIEWER),
    "GET samples/<int:pk>/consensus": Endpoint(REVIEWER),
    "GET samples/<int:pk>/consensus/labels": Endpoint(REVIEWER),
    "GET samples/<int:pk>/agreement": Endpoint(REVIEWER),
    "POST samples/<int:pk>/review": Endpoint(REVIEWER, lambda _: {"decision": "accept"}),
    "POST samples/<int:pk>/correct": Endpoint(REVIEWER, lambda _: {"start": "consensus"}),
    "GET annotations/<uuid:pk>/notes": Endpoint(OWN_OR_REVIEWER),
    "POST review-notes/<int:pk>/done": Endpoint(OWN_SEEN_BY_REVIEWERS, lambda _: {"done": True}),
    "GET samples/<int:pk>/ground-truth": Endpoint(REVIEWER_SECRET),
    "GET samples/<int:pk>/ground-truth/labels": Endpoint(REVIEWER_SECRET),
    # training
    "POST projects/<int:pk>/runs": Endpoint(MANAGER, also=(400, 409)),
    "GET projects/<int:pk>/start": Endpoint(VIEWER),
    "PUT projects/<int:pk>/start": Endpoint(MANAGER, lambda _: {"kind": "scratch"}),
    "POST projects/<int:pk>/pretrainings": Endpoint(MANAGER, lambda _: {"minutes": 1}, also=(409,)),
    "GET pretrainings": Endpoint(VIEWER, query=_of_project),
    "GET pretrainings/<int:pk>": Endpoint(VIEWER),
    "POST pretrainings/<int:pk>/cancel": Endpoint(MANAGER),
    "POST projects/<int:pk>/start-comparisons": Endpoint(
        MANAGER, lambda _: {"starts": [{"kind": "champion"}]}, also=(409,)
    ),
    "GET start-comparisons": Endpoint(VIEWER, query=_of_project),
    "GET start-comparisons/<int:pk>": Endpoint(VIEWER),
    "POST start-comparisons/<int:pk>/cancel": Endpoint(MANAGER),
    "GET runs": Endpoint(VIEWER, query=_of_project),
    "GET runs/<int:pk>": Endpoint(VIEWER),
    "GET runs/<int:pk>/curves": Endpoint(VIEWER),
    "GET runs/<int:pk>/pictures/<str:name>": Endpoint(VIEWER),
    "GET runs/<int:pk>/figures": Endpoint(VIEWER),
    "GET runs/<int:pk>/log": Endpoint(VIEWER),
    "POST runs/<int:pk>/cancel": Endpoint(MANAGER),
    "POST runs/<int:pk>/retry": Endpoint(MANAGER, also=(409,)),
    "GET jobs": Endpoint(VIEWER, query=_of_project),
    "GET models": Endpoint(VIEWER, query=_of_project),
    "GET models/<int:pk>": Endpoint(VIEWER),
    "POST models/<int:pk>/promote": Endpoint(MANAGER),
    "POST models/<int:pk>/test-look": Endpoint(MANAGER, also=(409,)),
    # using models
    "POST models/<int:pk>/predict": Endpoint(
        ANNOTATOR, lambda world: {"image": world.image.pk}, also=(202, 429)
    ),
    "GET predictions/<uuid:pk>": Endpoint(OWN),
    "GET predictions/<uuid:pk>/preview": Endpoint(OWN),
    "GET predictions/<uuid:pk>/labels": Endpoint(OWN),
    "POST models/<int:pk>/batches": Endpoint(MANAGER, lambda world: {"dataset": world.dataset.pk}),
    "GET prediction-batches": Endpoint(VIEWER, query=_of_project),
    "GET prediction-batches/<int:pk>": Endpoint(VIEWER),
    "POST prediction-batches/<int:pk>/cancel": Endpoint(MANAGER),
    "POST prediction-batches/<int:pk>/retry": Endpoint(MANAGER, also=(409,)),
    "GET prediction-batches/<int:pk>/download": Endpoint(VIEWER),
    "GET prediction-batches/<int:pk>/images": Endpoint(VIEWER),
    "GET prediction-batches/<int:pk>/images/<int:image_id>": Endpoint(VIEWER),
    "GET prediction-batches/<int:pk>/images/<int:image_id>/preview": Endpoint(VIEWER),
    "GET prediction-batches/<int:pk>/images/<int:image_id>/labels": Endpoint(VIEWER),
    "GET projects/<int:pk>/model-comparison": Endpoint(VIEWER, query=_two_models),
    "GET projects/<int:pk>/training-settings": Endpoint(VIEWER),
    "PUT projects/<int:pk>/training-settings": Endpoint(MANAGER, lambda _: {"config": {}}),
    "GET presets": Endpoint(PERSON, query=lambda _: {"task_kind": "instance"}),
    "GET projects/<int:pk>/presets": Endpoint(VIEWER),
    "GET projects/<int:pk>/search-space": Endpoint(VIEWER),
    "POST projects/<int:pk>/searches": Endpoint(MANAGER, lambda _: {"minutes": 30}, also=(409,)),
    "GET searches": Endpoint(VIEWER, query=_of_project),
    "GET searches/<int:pk>": Endpoint(VIEWER),
    "POST searches/<int:pk>/cancel": Endpoint(MANAGER),
    "POST searches/<int:pk>/apply": Endpoint(MANAGER),
    "GET models/<int:pk>/card": Endpoint(VIEWER),
    "PATCH models/<int:pk>/card": Endpoint(MANAGER, lambda _: {"licence": "CC0-1.0"}),
    "POST models/<int:pk>/measure": Endpoint(MANAGER),
    "GET models/<int:pk>/exports": Endpoint(VIEWER),
    "POST models/<int:pk>/exports": Endpoint(MANAGER, lambda _: {"format": "safetensors"}),
    "GET model-exports/<int:pk>/file": Endpoint(VIEWER, also=(409,)),
    "GET projects/<int:pk>/model-imports": Endpoint(VIEWER),
    "POST projects/<int:pk>/model-imports": Endpoint(MANAGER, _network, format="multipart"),
    "POST projects/<int:pk>/adopt-model": Endpoint(
        MANAGER, lambda world: {"model": world.more["model"].pk}, also=(409,)
    ),
    "GET rounds": Endpoint(VIEWER, query=_of_project),
    "GET rounds/<int:pk>": Endpoint(VIEWER),
    "POST projects/<int:pk>/rounds": Endpoint(MANAGER, also=(400, 409)),
    "POST rounds/<int:pk>/cancel": Endpoint(MANAGER),
    "POST rounds/<int:pk>/retry": Endpoint(MANAGER, also=(409,)),
    "GET projects/<int:pk>/learning-curve": Endpoint(VIEWER),
    "GET projects/<int:pk>/embeddings": Endpoint(
        VIEWER, query=lambda world: {"samples": str(world.sample.pk)}
    ),
}


def address(template: str, world: w.World, *, method: str) -> str:
    """Fill the names in an address with objects of the world."""
    more = world.more
    first = template.split("/", 1)[0]
    draft = more["draft"]
    named = {
        "tokens": more["token"].pk,
        "labs": world.lab.pk,
        "invitations": more["invitation"].pk,
        "datasets": world.dataset.pk,
        "images": world.image.pk,
        "projects": world.project.pk,
        "samples": world.sample.pk,
        "assignments": more["lease"].pk,
        "annotations": draft.pk,
        "review-notes": more["note"].pk,
        "runs": more["run"].pk,
        "models": more["model"].pk,
        "model-exports": more["export"].pk,
        "rounds": more["round"].pk,
        "predictions": more["prediction"].pk,
        "prediction-batches": more["batch"].pk,
        "searches": more["search"].pk,
        "pretrainings": more["pretraining"].pk,
        "start-comparisons": more["start_comparison"].pk,
    }
    values = {
        "<int:pk>": named.get(first),
        "<uuid:pk>": named.get(first),
        "<int:user_id>": more["bystander"].pk,
        "<int:image_id>": world.image.pk,
        "<uuid:annotation_id>": world.answer.pk,
        "<path:path>": ".zattrs",
        "<str:name>": next(iter(more["run"].pictures)),
    }
    for name, value in values.items():
        template = template.replace(name, str(value))
    assert "<" not in template, f"{method} {template} names an object that the world does not have"
    return f"/api/v1/{template}"
