"""The SDK against an imagined server: retries, problems, label planes."""

import base64
import json

import httpx
import numpy as np
import pytest

from annotations.labels import wire
from cytoloop.client import Client, EmptyQueue, make_patch
from cytoloop.transport import ApiError, UnreachableError

TASK = {
    "assignment": {"id": "a-1", "token": 7, "leased_until": "2026-01-01T00:00:00Z"},
    "sample": {"id": 3, "reason": "unsure about 12 of 40 outlines"},
    "image": {"id": 4},
    "annotation": {"id": 5, "version": 0, "state": "draft"},
    "proposal": {"source": "classical", "reason": "", "objects": []},
    "reason": None,
}


class Server:
    """Answers from a list, and remembers what it was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []
        self.pauses = []

    def __call__(self, request):
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self, token="cyt_secret"):
        below = httpx.MockTransport(self)
        return Client("http://lab", token=token, sleep=self.pauses.append, below=below, retries=3)


def test_what_may_be_repeated_is_sent_again_with_growing_pauses():
    server = Server(httpx.ReadError("cut"), httpx.Response(503), httpx.Response(200, json={"a": 1}))
    assert server.client().get("auth/session") == {"a": 1}
    assert len(server.requests) == 3
    assert server.pauses[0] < server.pauses[1] * 2


def test_what_may_not_be_repeated_is_sent_once():
    server = Server(httpx.ReadError("cut"))
    with pytest.raises(UnreachableError, match="does not answer"):
        server.client().post("projects", {"name": "x"})
    assert len(server.requests) == 1


def test_a_connection_that_never_was_is_tried_again_for_anything():
    server = Server(httpx.ConnectError("refused"), httpx.Response(201, json={"id": 1}))
    assert server.client().post("projects", {"name": "x"}) == {"id": 1}


def test_a_server_that_stays_away_is_told_as_such():
    server = Server(httpx.ConnectError("refused"))
    with pytest.raises(UnreachableError) as lost:
        server.client().get("labs")
    assert lost.value.code == "unreachable"
    assert len(server.requests) == 4


def test_a_problem_document_becomes_an_exception():
    problem = {"code": "version_conflict", "detail": "Load it again.", "status": 409, "version": 4}
    server = Server(httpx.Response(409, json=problem))
    with pytest.raises(ApiError, match="Load it again") as refused:
        server.client().get("labs")
    assert (refused.value.status, refused.value.code) == (409, "version_conflict")
    assert refused.value.document["version"] == 4
    assert len(server.requests) == 1


def test_an_answer_that_is_no_problem_document_is_one_all_the_same():
    server = Server(httpx.Response(500, text="<h1>Oops</h1>"))
    with pytest.raises(ApiError, match="answered 500"):
        server.client().get("labs")


def test_lists_are_walked_to_their_end():
    first = {"results": [{"id": 1}, {"id": 2}], "next": "http://lab/api/v1/labs?cursor=b"}
    server = Server(
        httpx.Response(200, json=first), httpx.Response(200, json={"results": [{"id": 3}]})
    )
    assert [row["id"] for row in server.client().listing("labs")] == [1, 2, 3]
    assert server.requests[1].url.query == b"cursor=b"


def test_a_session_sends_the_csrf_token_back():
    hello = httpx.Response(200, json={}, headers={"Set-Cookie": "csrftoken=abc; Path=/"})
    server = Server(hello, httpx.Response(200, json={"user": {}}))
    server.client(token=None).sign_in("ada", "pw")
    assert server.requests[1].headers["X-CSRFToken"] == "abc"
    assert "Authorization" not in server.requests[1].headers


def test_the_next_task_and_an_empty_queue():
    empty = {"assignment": None, "reason": {"code": "all_labelled", "detail": "Done."}}
    server = Server(httpx.Response(200, json=TASK), httpx.Response(200, json=empty))
    client = server.client()
    task = client.next_task(1)
    assert (task.assignment, task.sample, task.image, task.source) == ("a-1", 3, 4, "classical")
    assert task.reason.startswith("unsure")
    assert client.next_task(1) == EmptyQueue("all_labelled", "Done.")


def test_planes_are_read_and_patches_written():
    plane = np.zeros((20, 33), np.uint32)
    plane[3:9, 5:30] = 70000
    headers = {"X-Cytoloop-Shape": "20,33", "Content-Encoding": "gzip"}
    server = Server(
        httpx.Response(200, json=TASK),
        httpx.Response(200, content=wire.pack_plane(plane), headers=headers),
        httpx.Response(200, json={"version": 1, "applied": []}),
    )
    client = server.client()
    task = client.next_task(1)
    labels = client.read_labels(task)
    assert np.array_equal(labels, plane)
    after = plane.copy()
    after[0, 0] = 9
    client.store_patches(task, [make_patch(plane, after)])
    sent = json.loads(server.requests[2].content)
    assert task.version == 1
    wire.apply_patch(labels, base64.b64decode(sent["ops"][0]["patch"]))
    assert np.array_equal(labels, after)
    assert sent["base_version"] == 0
