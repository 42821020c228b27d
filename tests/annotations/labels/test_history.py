"""The history of an annotation: its log, versions, going back to one, sums, packed logs."""

import base64
import random
import uuid
import zlib
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from annotations import tasks
from annotations.labels import history, services, wire
from annotations.labels.services import compaction, log
from annotations.models import Annotation, EditOperation
from core.jobs.models import Job
from tests.factories import (
    HEIGHT,
    WIDTH,
    client_for,
    join_project,
    make_annotation,
    make_image,
    make_project,
    make_sample,
    make_user,
)

pytestmark = pytest.mark.django_db

SHAPE = (2, 3, HEIGHT, WIDTH)
NOW = timezone.now()


@pytest.fixture
def project():
    return make_project(classes=("a", "b"))


@pytest.fixture(params=["whole planes", "blocks"])
def draft(project, request, monkeypatch):
    if request.param == "blocks":
        monkeypatch.setattr("annotations.labels.bands.LARGEST_WHOLE_PIXELS", 1)
    return make_annotation(make_sample(project, make_image(size_t=2, size_z=3)))


@pytest.fixture
def client(draft):
    return client_for(draft.user)


def address(draft, part):
    return f"/api/v1/annotations/{draft.pk}/{part}"


def patch_op(t, z, rows, columns, label, **fields):
    after = np.zeros((HEIGHT, WIDTH), np.uint32)
    after[slice(*rows), slice(*columns)] = label
    before = np.where(after > 0, 0, after)
    if label == 0:
        before[slice(*rows), slice(*columns)] = 1
    patch = base64.b64encode(wire.encode_patch(before, after)).decode()
    return {"op_id": str(uuid.uuid4()), "kind": "patch", "t": t, "z": z, "patch": patch, **fields}


def class_op(number, index, **fields):
    payload = {"object": number, "class_index": index}
    return {"op_id": str(uuid.uuid4()), "kind": "class", "payload": payload, **fields}


def send(client, draft, *ops):
    base = Annotation.objects.get(pk=draft.pk).version
    answer = client.post(address(draft, "ops"), {"base_version": base, "ops": ops})
    assert answer.status_code == 200, answer.content
    return answer.json()["version"]


def labels_of(client, draft, version=None):
    planes = np.zeros(SHAPE, np.uint32)
    query = "" if version is None else f"&version={version}"
    for t in range(SHAPE[0]):
        for z in range(SHAPE[1]):
            answer = client.get(address(draft, f"labels?t={t}&z={z}{query}"))
            planes[t, z] = wire.unpack_plane(answer.content, (HEIGHT, WIDTH))
    return planes


def random_ops(rng, count):
    for _ in range(count):
        if rng.random() < 0.2:
            yield class_op(rng.randint(1, 5), rng.choice([1, 2]))
            continue
        y, x = rng.randrange(HEIGHT - 3), rng.randrange(WIDTH - 3)
        yield patch_op(
            rng.randrange(2),
            rng.randrange(3),
            (y, y + rng.randint(1, 3)),
            (x, rng.randint(x + 1, WIDTH)),
            rng.randint(0, 5),
        )


class TestLog:
    @pytest.mark.slow
    @pytest.mark.parametrize("seed", range(2))
    def test_each_operation_comes_with_what_takes_it_back(self, client, draft, seed, monkeypatch):
        monkeypatch.setattr(log, "CHECKPOINT_EVERY", 5)
        monkeypatch.setattr(history, "MOST_OPERATIONS", 4)
        rng = random.Random(seed)
        states, classes = [labels_of(client, draft)], [{}]
        for operation in random_ops(rng, 11):
            send(client, draft, operation)
            states.append(labels_of(client, draft))
            draft.refresh_from_db()
            classes.append(dict(draft.object_classes))

        ops, after = [], 0
        while after is not None:
            page = client.get(address(draft, "ops"), {"after": after}).json()
            assert len(page["ops"]) <= 4
            assert page["version"] == 11
            ops += page["ops"]
            after = page["next"]

        assert [operation["seq"] for operation in ops] == list(range(1, 12))
        planes, named = states[-1].copy(), classes[-1]
        for version in range(11, 0, -1):
            np.testing.assert_array_equal(labels_of(client, draft, version), states[version])
            operation = ops[version - 1]
            if operation["patch"]:
                undo = base64.b64decode(operation["undo_patch"])
                wire.apply_patch(planes[operation["t"], operation["z"]], undo)
            else:
                number = str(operation["payload"]["object"])
                before = {number: operation["undo_class"]} if operation["undo_class"] else {}
                named = {key: index for key, index in named.items() if key != number} | before
            np.testing.assert_array_equal(planes, states[version - 1])
            assert named == classes[version - 1]

    def test_a_part_of_it(self, client, draft):
        send(client, draft, *random_ops(random.Random(1), 6))
        page = client.get(address(draft, "ops"), {"after": 2, "until": 4}).json()
        assert ([op["seq"] for op in page["ops"]], page["next"]) == ([3, 4], None)
        assert client.get(address(draft, "ops"), {"after": 9}).json()["ops"] == []
        assert client.get(address(draft, "ops"), {"after": -1}).status_code == 400

    def test_a_page_is_bounded_in_bytes_too(self, client, draft, monkeypatch):
        monkeypatch.setattr(history, "MOST_BYTES", 1)
        send(client, draft, *random_ops(random.Random(2), 3))
        page = client.get(address(draft, "ops")).json()
        assert (len(page["ops"]), page["next"]) == (1, 1)

    def test_steps_are_kept(self, client, draft):
        step = str(uuid.uuid4())
        send(client, draft, patch_op(0, 0, (1, 2), (1, 4), 1, step=step))
        assert client.get(address(draft, "ops")).json()["ops"][0]["step"] == step
        bad = {"base_version": 1, "ops": [patch_op(0, 0, (1, 2), (1, 4), 1, step="x")]}
        assert client.post(address(draft, "ops"), bad).status_code == 400

    def test_no_version_that_is_not_there(self, client, draft):
        answer = client.get(address(draft, "labels?version=1"))
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_version")


def versions_of(client, draft):
    return client.get(address(draft, "versions")).json()["results"]


class TestVersions:
    def test_are_kept_after_many_edits_after_a_while_and_when_handed_in(
        self, client, draft, monkeypatch
    ):
        monkeypatch.setattr(log, "CHECKPOINT_EVERY", 3)
        send(client, draft, *random_ops(random.Random(3), 4))
        assert [(row["reason"], row["version"]) for row in versions_of(client, draft)] == [
            ("checkpoint", 4),
            ("started", 0),
        ]
        Annotation.objects.update(checkpoint_at=NOW - timedelta(minutes=11))
        send(client, draft, class_op(9, 1))
        assert versions_of(client, draft)[0]["version"] == 5
        draft.refresh_from_db()
        answer = services.SubmittedAnswer(seconds=1)
        services.finish_annotation(draft, answer, extra_vote=False, now=NOW)
        reviewer = join_project(draft.sample.project, role="reviewer")
        services.reopen_annotation(draft, note="two are missing", by=reviewer)
        back, submitted = versions_of(client, draft)[:2]
        assert (submitted["reason"], submitted["by"]) == ("submitted", draft.user.username)
        assert submitted["n_objects"] == draft.n_objects
        assert (back["reason"], back["by"]) == ("sent_back", reviewer.username)
        assert back["note"] == "two are missing"

    def test_going_back_is_one_step_that_can_be_undone(self, client, draft):
        send(client, draft, patch_op(0, 1, (2, 5), (3, 9), 4), class_op(4, 1))
        then = labels_of(client, draft)
        services.finish_annotation(
            Annotation.objects.get(pk=draft.pk),
            services.SubmittedAnswer(seconds=1),
            extra_vote=False,
            now=NOW,
        )
        services.reopen_annotation(Annotation.objects.get(pk=draft.pk), note="")
        send(client, draft, patch_op(0, 1, (1, 4), (1, 9), 0), patch_op(1, 2, (0, 2), (0, 2), 5))
        send(client, draft, class_op(4, 2), class_op(5, 1))
        now = labels_of(client, draft)
        wanted = next(row for row in versions_of(client, draft) if row["reason"] == "submitted")

        body = {"version": wanted["id"], "base_version": 6, "step": str(uuid.uuid4())}
        answer = client.post(address(draft, "restore"), body)

        assert (answer.status_code, answer.json()["version"]) == (200, 10)
        np.testing.assert_array_equal(labels_of(client, draft), then)
        draft.refresh_from_db()
        assert draft.object_classes == {"4": 1}
        page = client.get(address(draft, "ops"), {"after": 6}).json()
        assert {operation["step"] for operation in page["ops"]} == {body["step"]}
        for operation in page["ops"]:
            if operation["patch"]:
                undo = base64.b64decode(operation["undo_patch"])
                wire.apply_patch(then[operation["t"], operation["z"]], undo)
        np.testing.assert_array_equal(then, now)
        assert versions_of(client, draft)[0]["reason"] == "restored"
        assert client.post(address(draft, "restore"), body).json()["version"] == 10
        assert EditOperation.objects.filter(annotation=draft).count() == 10

    def test_back_to_the_start(self, client, draft):
        send(client, draft, patch_op(0, 1, (2, 5), (3, 9), 4), class_op(4, 1))
        (start,) = versions_of(client, draft)
        body = {"version": start["id"], "base_version": 2, "step": str(uuid.uuid4())}
        client.post(address(draft, "restore"), body)
        assert not labels_of(client, draft).any()

    def test_what_cannot_be_gone_back_to(self, client, draft, project):
        send(client, draft, class_op(4, 1))
        (start,) = versions_of(client, draft)
        other = make_annotation(make_sample(project))
        others = other.versions.create(version=0, reason="started", created_at=NOW)
        body = {"version": start["id"], "base_version": 1, "step": str(uuid.uuid4())}

        def refused(**fields):
            answer = client.post(address(draft, "restore"), {**body, **fields})
            return answer.status_code, answer.json()["code"]

        assert refused(version=others.pk) == (404, "not_found")
        assert refused(step="x")[0] == 400
        assert refused(base_version=0) == (409, "version_conflict")
        Annotation.objects.update(state="submitted")
        assert refused() == (409, "annotation_submitted")
        assert EditOperation.objects.filter(annotation=draft).count() == 1

    def test_for_the_own_draft_only(self, client, draft, project):
        def statuses(user):
            client = client_for(user)
            body = {"version": 0, "base_version": 0, "step": str(uuid.uuid4())}
            return [
                client.get(address(draft, "ops")).status_code,
                client.get(address(draft, "versions")).status_code,
                client.post(address(draft, "restore"), body).status_code,
                client.post(address(draft, "verify"), {"version": 0, "squares": []}).status_code,
            ]

        assert statuses(draft.user) == [200, 200, 404, 200]
        assert statuses(join_project(project, role="reviewer")) == [403, 200, 403, 403]
        assert statuses(join_project(project)) == [404, 404, 404, 404]
        assert statuses(make_user()) == [404, 404, 404, 404]
        assert statuses(None) == [401, 401, 401, 401]


class TestSums:
    def square(self, plane, **fields):
        padded = np.zeros((512, 512), "<u4")
        padded[:HEIGHT, :WIDTH] = plane
        crc = zlib.crc32(padded.tobytes())
        return {"t": 1, "z": 2, "column": 0, "row": 0, "crc": crc, **fields}

    def test_of_what_differs(self, client, draft):
        send(client, draft, patch_op(1, 2, (2, 5), (3, 9), 4))
        same = self.square(labels_of(client, draft)[1, 2])
        other = self.square(labels_of(client, draft)[0, 0])
        body = {"version": 1, "squares": [same, other]}
        assert client.post(address(draft, "verify"), body).json() == {"differ": [other]}

    def test_of_another_version_or_another_place(self, client, draft):
        square = self.square(np.zeros((HEIGHT, WIDTH)))
        answer = client.post(address(draft, "verify"), {"version": 1, "squares": [square]})
        assert (answer.status_code, answer.json()["code"]) == (409, "version_conflict")
        for wrong in ({"z": 3}, {"column": 1}, {"row": 7}):
            body = {"version": 0, "squares": [square | wrong]}
            assert client.post(address(draft, "verify"), body).status_code == 404


class TestPackedLogs:
    @pytest.fixture
    def old(self, client, draft):
        send(client, draft, *random_ops(random.Random(7), 12))
        draft.refresh_from_db()
        services.finish_annotation(
            draft,
            services.SubmittedAnswer(seconds=1),
            extra_vote=False,
            now=NOW - compaction.COMPACT_AFTER - timedelta(hours=1),
        )
        return draft

    def everything(self, client, draft):
        page = client.get(address(draft, "ops")).json()
        return page, [labels_of(client, draft, version) for version in range(13)]

    @pytest.mark.slow
    def test_look_the_same_as_before_and_are_packed_once(self, client, old):
        before, states = self.everything(client, old)
        tasks.find_old_logs()
        job = Job.objects.get(kind=services.COMPACT_JOB)
        assert job.project == old.sample.project_id
        tasks.compact_logs(str(job.pk))
        job.refresh_from_db()
        assert job.state == "done"
        assert not EditOperation.objects.filter(annotation=old).exists()
        after, states_after = self.everything(client, old)
        assert after == before
        np.testing.assert_array_equal(states_after, states)
        old.refresh_from_db()
        key = old.archive_key
        assert services.list_projects_to_compact(now=NOW) == []
        services.compact_logs(old.sample.project_id, now=NOW, report=lambda **_: None)
        old.refresh_from_db()
        assert (old.archive_key, old.archive_version) == (key, 12)

    def test_go_on_when_an_answer_is_sent_back(self, client, old):
        first = EditOperation.objects.filter(annotation=old).order_by("seq").values()
        rows = list(first.values("op_id", "seq", "kind", "payload", "made_at", "stored_at"))
        services.compact_logs(old.sample.project_id, now=NOW, report=lambda **_: None)
        services.reopen_annotation(Annotation.objects.get(pk=old.pk), note="")
        again = EditOperation.objects.filter(annotation=old).order_by("seq")
        assert list(again.values("op_id", "seq", "kind", "payload", "made_at", "stored_at")) == rows
        assert send(client, old, class_op(1, 1)) == 13

    def test_of_drafts_and_of_new_answers_wait(self, client, old):
        Annotation.objects.update(submitted_at=NOW)
        assert services.list_projects_to_compact(now=NOW) == []
        Annotation.objects.update(submitted_at=NOW - timedelta(days=90), state="draft")
        assert services.list_projects_to_compact(now=NOW) == []

    def test_that_do_not_add_up_stay_as_they_are(self, client, old):
        Annotation.objects.filter(pk=old.pk).update(
            key=old.start_key or services.put_labels(old.sample, np.ones(SHAPE, np.uint32))
        )
        services.compact_logs(old.sample.project_id, now=NOW, report=lambda **_: None)
        assert EditOperation.objects.filter(annotation=old).count() == 12
