"""Notes on the picture, agreement per cell, and what a correction starts from, through the API."""

import uuid

import numpy as np
import pytest
from django.utils import timezone

from annotations.labels.services import put_labels
from annotations.models import Annotation, Assignment, Consensus, ReviewNote
from annotations.review.services import settle_sample
from tests.factories import (
    HEIGHT,
    WIDTH,
    client_for,
    join_project,
    make_annotation,
    make_project,
    make_queued_sample,
)

pytestmark = pytest.mark.django_db

# Each is label, y0, y1, x0, x1.
LEFT, RIGHT = (1, 2, 8, 3, 10), (2, 10, 20, 20, 34)


def labels_of(*boxes):
    labels = np.zeros((1, 1, HEIGHT, WIDTH), np.uint32)
    for label, y0, y1, x0, x1 in boxes:
        labels[..., y0:y1, x0:x1] = label
    return labels


@pytest.fixture
def project():
    return make_project(overlap=2, accept_rule="reviewer")


@pytest.fixture
def reviewer(project):
    return join_project(project, role="reviewer")


@pytest.fixture
def people(project):
    return [join_project(project) for _ in range(2)]


@pytest.fixture
def sample(project, people):
    """Answered by two people: both drew the left cell, only the first drew the right one."""
    sample = make_queued_sample(project, state="answered", open_slots=0)
    for user, boxes in zip(people, [(LEFT, RIGHT), ((7, *LEFT[1:]),)], strict=True):
        answer = make_annotation(
            sample,
            user,
            state="submitted",
            key=put_labels(sample, labels_of(*boxes)),
            object_classes={str(label): 1 for label, *_ in boxes},
            n_objects=len(boxes),
            submitted_at=timezone.now(),
        )
        Assignment.objects.create(
            sample=sample,
            user=user,
            annotation=answer,
            state="submitted",
            token=1,
            leased_until=timezone.now(),
            heartbeat_at=timezone.now(),
        )
    settle_sample(sample.pk)
    return sample


@pytest.fixture
def answers(sample):
    return list(sample.annotations.order_by("submitted_at"))


def send_back(reviewer, sample, **body):
    url = f"/api/v1/samples/{sample.pk}/review"
    return client_for(reviewer).post(url, {"decision": "send_back", **body}, format="json")


def note(text="split this", **fields):
    return {"text": text, "x": 25.5, "y": 12, **fields}


class TestAgreement:
    def url(self, sample):
        return f"/api/v1/samples/{sample.pk}/agreement"

    def test_the_least_agreed_first(self, sample, reviewer, answers):
        found = client_for(reviewer).get(self.url(sample)).json()
        assert (found["version"], found["n_cells"], found["n_disputed"]) == (1, 2, 1)
        right, left = found["cells"]
        assert (right["x"], right["y"], right["agreement"], right["iou"]) == (26.5, 14.5, 0, None)
        assert right["answers"] == [
            {"annotation": str(answers[0].pk), "object": 2, "class_index": 1, "iou": None}
        ]
        assert (left["agreement"], left["is_disputed"]) == (1, False)
        assert [(item["annotation"], item["object"]) for item in left["answers"]] == [
            (str(answers[0].pk), 1),
            (str(answers[1].pk), 7),
        ]

    def test_a_consensus_that_was_made_before_cells_were_compared(self, sample, reviewer):
        before = client_for(reviewer).get(self.url(sample)).json()
        Consensus.objects.update(cell_agreement=None)
        assert client_for(reviewer).get(self.url(sample)).json() == before

    def test_one_person_alone_disagrees_with_nobody(self, sample, reviewer, answers):
        Consensus.objects.update(cell_agreement=None)
        answers[1].delete()
        found = client_for(reviewer).get(self.url(sample)).json()
        assert (found["n_cells"], found["cells"]) == (0, [])

    def test_no_consensus_yet(self, project, reviewer):
        empty = make_queued_sample(project)
        assert client_for(reviewer).get(self.url(empty)).status_code == 404


class TestNotes:
    def test_the_annotator_reads_what_was_placed(self, sample, reviewer, people, answers):
        first, second = answers
        placed = [
            note(object=2, annotation=str(first.pk)),
            note("a cell is missing here", x=0, y=-0.5, annotation=str(first.pk)),
        ]
        response = send_back(reviewer, sample, annotations=[str(first.pk)], notes=placed)
        assert response.json()["state"] == "queued"
        rows = client_for(people[0]).get(f"/api/v1/annotations/{first.pk}/notes").json()
        assert [(row["text"], row["x"], row["y"], row["object"], row["done"]) for row in rows] == [
            ("split this", 25.5, 12, 2, False),
            ("a cell is missing here", 0, -0.5, None, False),
        ]
        assert rows[0]["reviewer"]["id"] == reviewer.pk
        # The other answer was not sent back: it keeps its vote, and nobody reads the notes there.
        second.refresh_from_db()
        assert second.state == "submitted"
        assert (
            client_for(people[0]).get(f"/api/v1/annotations/{second.pk}/notes").status_code == 404
        )
        assert client_for(people[1]).get(f"/api/v1/annotations/{second.pk}/notes").json() == []

    def test_a_note_without_an_answer_is_for_all(self, sample, reviewer, answers):
        assert send_back(reviewer, sample, notes=[note()]).status_code == 200
        written = ReviewNote.objects.values_list("annotation", "text").order_by("pk")
        assert list(written) == [(answer.pk, "split this") for answer in answers]

    @pytest.mark.parametrize(
        "place", [{"x": WIDTH}, {"y": -1}, {"t": 1}, {"z": 3}], ids=lambda place: next(iter(place))
    )
    def test_outside_the_picture(self, sample, reviewer, place):
        response = send_back(reviewer, sample, notes=[note(**place)])
        assert (response.status_code, response.json()["code"]) == (400, "bad_note")
        assert f"{WIDTH} x {HEIGHT}" in response.json()["detail"]
        assert Annotation.objects.filter(state="submitted").count() == 2

    def test_on_an_answer_that_is_not_sent_back(self, sample, reviewer, answers):
        response = send_back(
            reviewer,
            sample,
            annotations=[str(answers[0].pk)],
            notes=[note(annotation=str(answers[1].pk))],
        )
        assert (response.status_code, response.json()["code"]) == (400, "bad_note")
        assert not ReviewNote.objects.exists()

    @pytest.mark.parametrize(
        "bad",
        [
            {"notes": [{"text": "where?"}]},
            {"notes": [note("")]},
            {"notes": [note(object=0)]},
            {"decision": "accept", "notes": [note()]},
            {"annotations": ["nobody"]},
        ],
    )
    def test_what_makes_no_sense(self, sample, reviewer, bad):
        assert send_back(reviewer, sample, **bad).status_code == 400

    def test_answers_that_were_sent_back_already(self, sample, reviewer, answers):
        body = {"annotations": [str(answers[0].pk)], "notes": [note()]}
        assert send_back(reviewer, sample, **body).status_code == 200
        assert send_back(reviewer, sample, **body).status_code == 404
        assert ReviewNote.objects.count() == 1

    def test_ticking(self, sample, reviewer, people):
        send_back(reviewer, sample, notes=[note()])
        mine = ReviewNote.objects.get(annotation__user=people[0])
        url = f"/api/v1/review-notes/{mine.pk}/done"
        client = client_for(people[0])
        for done in (True, True, False, False, True):
            assert client.post(url, {"done": done}).json()["done"] is done
        first = ReviewNote.objects.get(pk=mine.pk).done_at
        client.post(url, {"done": True})
        assert ReviewNote.objects.get(pk=mine.pk).done_at == first
        assert client.post(url, {}).status_code == 400
        assert client_for(people[1]).post(url, {"done": True}).status_code == 404
        assert client_for(reviewer).post(url, {"done": True}).status_code == 403
        assert client.post("/api/v1/review-notes/999999/done", {"done": True}).status_code == 404

    def test_notes_of_many_rounds_cost_the_same(
        self, sample, reviewer, people, django_assert_num_queries
    ):
        send_back(reviewer, sample, notes=[note(str(n)) for n in range(5)])
        client = client_for(people[0])
        mine = Annotation.objects.get(user=people[0])
        with django_assert_num_queries(4):
            rows = client.get(f"/api/v1/annotations/{mine.pk}/notes").json()
        assert [row["text"] for row in rows] == ["0", "1", "2", "3", "4"]


class TestCorrectionStart:
    def correct(self, reviewer, sample, **body):
        url = f"/api/v1/samples/{sample.pk}/correct"
        return client_for(reviewer).post(url, body, format="json")

    def start_of(self, response):
        assert response.status_code == 200, response.json()
        return Annotation.objects.get(pk=response.json()["annotation"]["id"]).start_key

    def edit(self, response):
        Annotation.objects.filter(pk=response.json()["annotation"]["id"]).update(version=3)

    def test_each_kind(self, sample, reviewer, answers):
        consensus = Consensus.objects.get()
        assert self.start_of(self.correct(reviewer, sample, start="consensus")) == consensus.key
        for answer in answers:
            chosen = {"start": "answer", "annotation": str(answer.pk)}
            response = self.correct(reviewer, sample, **chosen)
            assert self.start_of(response) == answer.key
            assert response.json()["annotation"]["object_classes"] == answer.object_classes
            # The page that opens afterwards asks without a start, and goes on.
            assert self.correct(reviewer, sample).json() == response.json()

    def test_a_correction_that_was_begun_is_not_thrown_away(self, sample, reviewer, answers):
        # The consensus of the two is what the first drew, so the second is the other start.
        begun = self.correct(reviewer, sample, start="consensus")
        self.edit(begun)
        chosen = {"start": "answer", "annotation": str(answers[1].pk)}
        refused = self.correct(reviewer, sample, **chosen)
        assert (refused.status_code, refused.json()["code"]) == (409, "correction_begun")
        assert refused.json()["operations"] == 3
        again = self.correct(reviewer, sample, start="consensus")
        assert again.json()["annotation"]["id"] == begun.json()["annotation"]["id"]
        anew = self.correct(reviewer, sample, **chosen, anew=True)
        assert self.start_of(anew) == answers[1].key
        assert self.correct(reviewer, sample).json() == anew.json()
        assert Annotation.objects.filter(is_correction=True).count() == 2

    def test_what_was_left_does_not_come_back_after_submitting(self, sample, reviewer, answers):
        self.edit(self.correct(reviewer, sample, start="consensus"))
        chosen = {"start": "answer", "annotation": str(answers[1].pk), "anew": True}
        draft = self.correct(reviewer, sample, **chosen).json()["annotation"]["id"]
        client_for(reviewer).post(f"/api/v1/annotations/{draft}/submit", {"seconds": 1})
        assert self.start_of(self.correct(reviewer, sample)) == answers[1].key
        assert self.start_of(self.correct(reviewer, sample, start="ground_truth")) == answers[1].key

    def test_what_is_not_there(self, sample, reviewer):
        assert self.correct(reviewer, sample, start="ground_truth").status_code == 404
        unknown = {"start": "answer", "annotation": str(uuid.uuid4())}
        assert self.correct(reviewer, sample, **unknown).status_code == 404
        for bad in ({"start": "answer"}, {"start": "nothing"}):
            assert self.correct(reviewer, sample, **bad).status_code == 400
