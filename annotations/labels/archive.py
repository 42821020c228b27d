"""Old logs of edit operations as one blob each: gzip'ed lines of JSON, in their order."""

import base64
import gzip
import json
import uuid
from collections.abc import Iterable
from datetime import datetime

from annotations.labels.models import EditOperation
from annotations.labels.wire import compress


def pack_log(log: Iterable[EditOperation]) -> bytes:
    """Return the bytes of a log; equal logs give equal bytes."""
    lines = (json.dumps(_line(row), separators=(",", ":"), sort_keys=True) for row in log)
    return compress("\n".join(lines).encode())


def unpack_log(data: bytes, annotation_id: uuid.UUID) -> list[EditOperation]:
    """Return what `pack_log` packed, as rows that are not saved."""
    lines = gzip.decompress(data).decode().splitlines()
    return [_row(json.loads(line), annotation_id) for line in lines]


def _line(row: EditOperation) -> dict[str, object]:
    return {
        "op_id": str(row.op_id),
        "seq": row.seq,
        "kind": row.kind,
        "step": str(row.step) if row.step else None,
        "t": row.t,
        "z": row.z,
        "patch": base64.b64encode(bytes(row.patch)).decode(),
        "payload": row.payload,
        "made_at": row.made_at.isoformat() if row.made_at else None,
        "stored_at": row.stored_at.isoformat(),
    }


def _row(line: dict[str, str], annotation_id: uuid.UUID) -> EditOperation:
    row = EditOperation(
        annotation_id=annotation_id,
        op_id=uuid.UUID(line["op_id"]),
        seq=line["seq"],
        kind=line["kind"],
        step=uuid.UUID(line["step"]) if line["step"] else None,
        t=line["t"],
        z=line["z"],
        patch=base64.b64decode(line["patch"]),
        payload=line["payload"],
        made_at=datetime.fromisoformat(line["made_at"]) if line["made_at"] else None,
    )
    row.stored_at = datetime.fromisoformat(line["stored_at"])
    return row
