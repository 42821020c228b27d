"""Edit operations: what they may hold, and what they do to labels and classes."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from annotations.labels import wire
from annotations.labels.bands import Shape
from annotations.labels.models import Annotation, EditOperation, OperationKind
from annotations.labels.planes import LabelStack
from core.errors import DomainError

REPLAYED_KINDS = (OperationKind.UNDO, OperationKind.REDO)
PATCHING_KINDS = (OperationKind.PATCH, *REPLAYED_KINDS)


@dataclass(frozen=True)
class OperationInput:
    """One operation as a client sends it.

    Attributes
    ----------
    op_id : UUID
        Made by the client.
    kind : str
        One of `OperationKind`. Undo and redo are patches, or set classes, like the others.
    t, z : int
        Plane that is patched.
    patch : bytes
        See `annotations.labels.wire`; empty where no pixel changes.
    payload : mapping
        {object, class_index} sets the class of an object (null takes it away), {class_index} alone
        the class of the whole sample.
    made_at : datetime, optional
        Clock of the client.
    step : UUID, optional
        What the person did, takes back or repeats; operations of one step are undone together.
    """

    op_id: uuid.UUID
    kind: str
    t: int = 0
    z: int = 0
    patch: bytes = b""
    payload: Mapping[str, object] = field(default_factory=dict)
    made_at: datetime | None = None
    step: uuid.UUID | None = None

    @property
    def is_replay(self) -> bool:
        """Whether it takes something back or repeats it, and so is no new work."""
        return self.kind in REPLAYED_KINDS

    @property
    def class_index(self) -> int | None:
        """The class that it sets, if it sets one."""
        index = self.payload.get("class_index")
        return index if isinstance(index, int) else None


def check_patch(operation: OperationInput, shape: Shape) -> None:
    """Refuse a patch that does not fit label planes of `shape` (T, Z, Y, X).

    Raises
    ------
    DomainError
        Code "bad_patch".
    """
    if not operation.patch:
        return
    if operation.t >= shape[0] or operation.z >= shape[1]:
        raise DomainError(
            "bad_patch",
            f"There is no plane t={operation.t}, z={operation.z} in this sample, which has "
            f"{shape[0]} frames and {shape[1]} slices.",
        )
    wire.decode_patch(operation.patch, (shape[2], shape[3]))


def check_class(index: int, known: frozenset[int]) -> None:
    """Refuse a class that the project does not have.

    Raises
    ------
    DomainError
        Code "unknown_class".
    """
    if index not in known:
        raise DomainError(
            "unknown_class",
            f"This project has no class {index}. Its classes are: "
            f"{', '.join(map(str, sorted(known))) or 'none yet'}.",
        )


def apply_payload(annotation: Annotation, payload: Mapping[str, object]) -> None:
    """Set or take away the class that an operation names."""
    if "class_index" not in payload:
        return
    index = payload["class_index"]
    if "object" not in payload:
        annotation.class_index = index if isinstance(index, int) else None
    elif index is None:
        annotation.object_classes.pop(str(payload["object"]), None)
    else:
        annotation.object_classes[str(payload["object"])] = index


def class_before(annotation: Annotation, payload: Mapping[str, object]) -> int | None:
    """Return the class that the object (or the sample) has, which an operation is about to set."""
    if "class_index" not in payload:
        return None
    if "object" not in payload:
        return annotation.class_index
    index = annotation.object_classes.get(str(payload["object"]))
    return index if isinstance(index, int) else None


def replay(stack: LabelStack, log: Iterable[EditOperation]) -> LabelStack:
    """Apply patches in their order; only planes that are touched are unpacked."""
    patches: dict[tuple[int, int], list[bytes]] = {}
    for operation in log:
        if operation.patch:
            patches.setdefault((operation.t, operation.z), []).append(bytes(operation.patch))
    return stack.edited(patches)
