"""The wire formats in Python give the bytes that the browser's give; both read the same vectors."""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotations.labels import wire

VECTORS: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[2] / "frontend/test/fixtures/wire.json").read_text()
)


def labels_of(vector: dict[str, Any], name: str) -> wire.Plane:
    return np.array(vector[name], np.uint32).reshape(vector["shape"])


@pytest.mark.parametrize("vector", VECTORS["planes"], ids=lambda vector: vector["name"])
def test_plane_bytes(vector: dict[str, Any]) -> None:
    labels = labels_of(vector, "labels")
    data = base64.b64decode(vector["bytes"])
    assert wire.encode_plane(labels) == data
    assert np.array_equal(wire.decode_plane(data, labels.shape), labels)
    assert gzip.decompress(base64.b64decode(vector["gzip"])) == data


@pytest.mark.parametrize("vector", VECTORS["patches"], ids=lambda vector: vector["name"])
def test_patch_bytes(vector: dict[str, Any]) -> None:
    before, after = labels_of(vector, "before"), labels_of(vector, "after")
    for data, start, end in (("bytes", before, after), ("undo", after, before)):
        patch = base64.b64decode(vector[data])
        assert wire.encode_patch(start, end) == patch
        patched = start.copy()
        wire.apply_patch(patched, patch)
        assert np.array_equal(patched, end)
