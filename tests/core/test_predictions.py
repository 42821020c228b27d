"""The SDK's and the command line's way of using models, against an imagined server."""

import io
import json

import httpx
import pytest

from cytoloop.cli import main
from cytoloop.transport import ApiError
from tests.core.test_client import Server

WAITING = httpx.Response(202, json={"id": "p-1", "state": "queued"})
DONE = httpx.Response(200, json={"state": "done", "objects": [{"label": 1}]})


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "field.tif"
    path.write_bytes(b"pixels")
    return path


def test_a_file_is_sent_and_the_answer_waited_for(picture):
    server = Server(WAITING, WAITING, DONE)
    answer = server.client().predictions.predict(7, picture)
    assert answer["objects"] == [{"label": 1}]
    first, *others = server.requests
    assert first.url.path == "/api/v1/models/7/predict"
    assert b"pixels" in first.content
    assert [request.url.path for request in others] == ["/api/v1/predictions/p-1"] * 2
    assert server.pauses == pytest.approx([0.2, 0.3])


def test_an_image_of_the_lab_is_named_by_its_id():
    server = Server(DONE)
    server.client().predictions.predict(7, 12)
    assert json.loads(server.requests[0].content) == {"image": 12, "format": "json"}


def test_maps_of_uncertainty_are_asked_for_first(picture, tmp_path, monkeypatch, capsys):
    server = Server(*(httpx.Response(200, content=b"answer") for _ in range(2)))
    monkeypatch.setattr("cytoloop.cli.predict.connect", lambda options: server.client())
    arguments = ["predict", "--model", "7", str(picture), "--out", str(tmp_path / "out")]
    assert main([*arguments, "--format", "csv", "--format", "uncertainty"]) == 0
    assert [b"uncertainty" in request.content for request in server.requests] == [True, False]
    assert (tmp_path / "out" / "field.uncertainty.ome.tif").read_bytes() == b"answer"


def test_a_batch_that_failed_says_why():
    failed = {"state": "failed", "code": "worker_lost", "detail": "It died."}
    server = Server(
        httpx.Response(200, json={"state": "running"}), httpx.Response(200, json=failed)
    )
    seen = []
    with pytest.raises(ApiError, match="It died"):
        server.client().predictions.wait_for_batch(3, report=seen.append)
    assert [batch["state"] for batch in seen] == ["running", "failed"]


def test_a_zip_is_written_piece_by_piece_and_a_refusal_is_an_error():
    target = io.BytesIO()
    server = Server(httpx.Response(200, content=iter([b"one", b"two"])))
    server.client().predictions.download_batch(3, target, labels="png")
    assert target.getvalue() == b"onetwo"
    assert server.requests[0].url.query == b"labels=png"
    problem = {"code": "not_found", "detail": "There is no such batch."}
    server = Server(httpx.Response(404, json=problem))
    with pytest.raises(ApiError) as caught:
        server.client().predictions.download_batch(3, target)
    assert caught.value.code == "not_found"


def test_the_command_wants_files_or_a_data_set(capsys):
    assert main(["predict", "--model", "7", "--url", "http://lab", "--token", "t"]) == 1
    assert "--dataset" in capsys.readouterr().err
