"""The content of a snapshot: one line per ground truth, hashed in canonical form."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

MANIFEST_VERSION = 1


@dataclass(frozen=True)
class SnapshotItem:
    """One ground truth in a snapshot.

    Attributes
    ----------
    sample, ground_truth, image : int
        Rows it was made from.
    image_sha256 : str
        Digest of the picture's bytes.
    labels : str
        Blob of the label image, empty for a classification.
    class_index : int or None
        Class of the sample, for a classification.
    object_classes : tuple of (int, int)
        Object id and class index; of a sample that may have several classes, each that it has.
    split, group : str
        What it is for, and what it must not be separated from.
    region : tuple of int or None
        (t, z, y0, x0, y1, x1) of the sample in its image; None entries where not cut.
    n_objects : int
        Labelled objects.
    """

    sample: int
    ground_truth: int
    image: int
    image_sha256: str
    labels: str
    class_index: int | None
    object_classes: tuple[tuple[int, int], ...]
    split: str
    group: str
    region: tuple[int | None, ...]
    n_objects: int


@dataclass(frozen=True)
class SnapshotManifest:
    """A frozen training set.

    Attributes
    ----------
    task_kind : str
        Kind of work that networks do for the project.
    classes : tuple of (int, str)
        Index and name of each label class.
    items : tuple of SnapshotItem
        In ascending order of samples.
    ignore_value : int or None
        Label of pixels that nobody has labelled, in class images (semantic segmentation).
    """

    task_kind: str
    classes: tuple[tuple[int, str], ...]
    items: tuple[SnapshotItem, ...]
    ignore_value: int | None = None

    def to_bytes(self) -> bytes:
        """Serialise canonically: equal content gives equal bytes."""
        body = {"version": MANIFEST_VERSION, **asdict(self)}
        if self.ignore_value is None:
            # As before there was one: what was frozen once keeps its hash.
            del body["ignore_value"]
        return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()

    @property
    def content_hash(self) -> str:
        """SHA-256 of the canonical form."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def split(self, *names: str) -> tuple[SnapshotItem, ...]:
        """Items of the named splits."""
        return tuple(item for item in self.items if item.split in names)


def parse_manifest(data: bytes) -> SnapshotManifest:
    """Read what `SnapshotManifest.to_bytes` wrote."""
    body = json.loads(data)
    return SnapshotManifest(
        task_kind=body["task_kind"],
        classes=tuple((int(index), str(name)) for index, name in body["classes"]),
        ignore_value=body.get("ignore_value"),
        items=tuple(
            SnapshotItem(
                **{
                    **item,
                    "object_classes": tuple((int(a), int(b)) for a, b in item["object_classes"]),
                    "region": tuple(item["region"]),
                }
            )
            for item in body["items"]
        ),
    )


def leaking_groups(items: Iterable[SnapshotItem]) -> tuple[str, ...]:
    """Return the groups whose items lie in more than one split; there should be none."""
    splits: dict[str, set[str]] = {}
    for item in items:
        splits.setdefault(item.group, set()).add(item.split)
    return tuple(sorted(group for group, found in splits.items() if len(found) > 1))
