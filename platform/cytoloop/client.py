"""The Python SDK over the REST API.

>>> with Client("http://127.0.0.1:8000", token="cyt_...") as client:
...     task = client.next_task(project=1)
...     labels = client.read_labels(task)
"""

import base64
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from annotations.labels import wire
from cytoloop.predictions import Predictions
from cytoloop.transport import ApiError, Json, Transport, UnreachableError

__all__ = [
    "ApiError",
    "Client",
    "EmptyQueue",
    "Task",
    "Transport",
    "UnreachableError",
    "Upload",
    "new_operation_id",
]

Labels = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Upload:
    """What became of one uploaded file.

    Attributes
    ----------
    filename : str
        As sent; for a zip, the name inside it.
    status : str
        accepted, duplicate, refused or ignored.
    code, detail : str
        Why, where it was not simply accepted.
    image : int or None
        The image it became.
    """

    filename: str
    status: str
    code: str
    detail: str
    image: int | None


@dataclass(frozen=True)
class EmptyQueue:
    """There is nothing to label now.

    Attributes
    ----------
    code, detail : str
        Why, and what to do.
    """

    code: str
    detail: str


@dataclass
class Task:
    """One claimed sample with its draft.

    Attributes
    ----------
    assignment, token : str
        The lease and its fencing token.
    sample, image, annotation : int
        Sample, its image, the draft that answers it.
    version : int
        Number of the last stored operation.
    source, reason : str
        Where the proposal comes from, and why this sample was chosen.
    """

    assignment: str
    token: int
    sample: int
    image: int
    annotation: str
    version: int
    source: str
    reason: str
    document: Json = field(default_factory=dict, repr=False)


def new_operation_id() -> str:
    """Make the id of an edit operation."""
    return str(uuid.uuid4())


class Client(Transport):
    """One person's view of a site. See `Transport` for the parameters."""

    @property
    def predictions(self) -> Predictions:
        """Questions to models."""
        return Predictions(self, sleep=self._sleep)

    # -- accounts ------------------------------------------------------------------------------

    def session(self) -> Json:
        """Say who one is, and whether the site still needs its first account."""
        return self.get("auth/session")

    def set_up_site(self, *, username: str, email: str, password: str, lab: str) -> Json:
        """Make the first account and its lab; signed in after that."""
        self.session()
        body = {"username": username, "email": email, "password": password, "lab_name": lab}
        return self.post("auth/setup", body)

    def sign_in(self, username: str, password: str) -> Json:
        """Sign in by session."""
        self.session()
        return self.post("auth/login", {"username": username, "password": password})

    def accept_invitation(self, token: str, *, username: str, email: str, password: str) -> Json:
        """Make an account through an invitation; signed in after that."""
        self.session()
        body = {"token": token, "username": username, "email": email, "password": password}
        return self.post("auth/signup", body)

    def create_token(self, name: str) -> str:
        """Make a personal token for scripts; shown this once."""
        return str(self.post("tokens", {"name": name})["token"])

    def invite(self, lab: int, **options: object) -> str:
        """Make an invitation and return its token."""
        return str(self.post(f"labs/{lab}/invitations", options)["token"])

    # -- data ----------------------------------------------------------------------------------

    def create_dataset(self, lab: int, name: str, **metadata: object) -> int:
        """Make a data set."""
        return int(self.post("datasets", {"lab": lab, "name": name, **metadata})["id"])

    def known_uploads(self, dataset: int, hashes: Sequence[str]) -> dict[str, int]:
        """Say which of the files (sha256) the data set has already.

        Returns
        -------
        dict
            sha256 -> image id.
        """
        body = {"sha256": list(hashes)}
        answer = self.post(f"datasets/{dataset}/uploads/check", body, repeatable=True)
        return {name: int(image) for name, image in answer["known"].items()}

    def upload(
        self, dataset: int, path: str, content: IO[bytes], *, role: str = "image", group: str = ""
    ) -> list[Upload]:
        """Upload one image, mask or zip. The same bytes twice give one image.

        Parameters
        ----------
        dataset : int
            Where to.
        path : str
            File name, with the folders that say what it belongs to.
        content : file
            Opened for reading; read from its start at each try.
        role : {'image', 'mask'}, optional
            What it is.
        group : str, optional
            What must not be split between training and test.

        Returns
        -------
        list of Upload
            One for each file; several for a zip.
        """
        data = {"role": role, "path": path, **({"group": group} if group else {})}
        content.seek(0)
        files = {"file": (path.rsplit("/", 1)[-1], content, "application/octet-stream")}
        answer = self.send(
            "POST", f"datasets/{dataset}/uploads", repeatable=True, data=data, files=files
        )
        return [_upload(row) for row in answer.json()["results"]]

    def upload_file(self, dataset: int, path: Path, *, role: str = "image") -> list[Upload]:
        """Upload a file of the disk."""
        with path.open("rb") as content:
            return self.upload(dataset, path.name, content, role=role)

    def images(self, dataset: int, *, status: str | None = None) -> Iterator[Json]:
        """Walk through the images of a data set."""
        return self.listing("images", dataset=dataset, status=status)

    # -- projects ------------------------------------------------------------------------------

    def create_project(self, **fields: object) -> Json:
        """Make a project; the fields are those of the API."""
        return self.post("projects", fields)

    def overview(self, project: int) -> Json:
        """Read counts, queue and the next step."""
        return self.get(f"projects/{project}/overview")

    def samples(self, project: int, *, split: str | None = None) -> Iterator[Json]:
        """Walk through a project's samples."""
        return self.listing("samples", project=project, split=split)

    # -- annotating ----------------------------------------------------------------------------

    def next_task(self, project: int) -> Task | EmptyQueue:
        """Claim the next sample; one's own open one comes first, so a repeat is harmless."""
        answer = self.post(f"projects/{project}/next", {}, repeatable=True)
        assignment = answer.get("assignment")
        if assignment is None:
            reason = answer.get("reason") or {}
            return EmptyQueue(reason.get("code", "unknown"), reason.get("detail", ""))
        proposal = answer.get("proposal") or {}
        annotation = answer["annotation"]
        return Task(
            assignment=assignment["id"],
            token=assignment["token"],
            sample=answer["sample"]["id"],
            image=answer["image"]["id"],
            annotation=annotation["id"],
            version=annotation["version"],
            source=proposal.get("source", ""),
            reason=answer["sample"].get("reason") or proposal.get("reason", ""),
            document=answer,
        )

    def read_labels(self, task: Task, *, t: int = 0, z: int = 0) -> Labels:
        """Read one plane of the draft: the proposal, and what was drawn since.

        Returns
        -------
        array (Y, X) of uint32
            0 is background.
        """
        response = self.get_bytes(f"annotations/{task.annotation}/labels", t=t, z=z)
        return read_plane(response.content, response.headers["X-Cytoloop-Shape"])

    def store_patches(
        self, task: Task, patches: Iterable[bytes], *, t: int = 0, z: int = 0
    ) -> None:
        """Store edits; each gets an id of its own, and a repeat stores nothing twice.

        Parameters
        ----------
        task : Task
            The claimed sample; its version moves on.
        patches : iterable of bytes
            As `make_patch` makes them.
        t, z : int, optional
            Which plane.
        """
        operations = [
            {
                "op_id": new_operation_id(),
                "kind": "patch",
                "t": t,
                "z": z,
                "patch": base64.b64encode(patch).decode(),
            }
            for patch in patches
        ]
        self.store_operations(task, operations)

    def store_operations(self, task: Task, operations: Sequence[Json]) -> None:
        """Store operations that have their ids, in order."""
        body = {"base_version": task.version, "ops": list(operations)}
        answer = self.post(f"annotations/{task.annotation}/ops", body, repeatable=True)
        task.version = int(answer["version"])

    def submit(self, task: Task, *, seconds: float, class_index: int | None = None) -> Json:
        """Hand the answer in; idempotent."""
        body: Json = {"token": task.token, "seconds": seconds}
        if class_index is not None:
            body["class_index"] = class_index
        return self.post(f"annotations/{task.annotation}/submit", body, repeatable=True)

    # -- training ------------------------------------------------------------------------------

    def start_round(self, project: int, **options: object) -> Json:
        """Start a round of active learning."""
        return self.post(f"projects/{project}/rounds", options)

    def start_run(self, project: int, **options: object) -> Json:
        """Start a training."""
        return self.post(f"projects/{project}/runs", options)

    def models(self, project: int) -> list[Json]:
        """List the project's model versions."""
        return list(self.listing("models", project=project))

    def rounds(self, project: int) -> list[Json]:
        """List the project's rounds."""
        return list(self.listing("rounds", project=project))

    def runs(self, project: int) -> list[Json]:
        """List the project's trainings."""
        return list(self.listing("runs", project=project))


def make_patch(before: Labels, after: Labels) -> bytes:
    """Describe how one plane (Y, X) becomes another of the same shape."""
    return wire.encode_patch(before, after)


def read_plane(content: bytes, shape: str) -> Labels:
    """Decode a plane from an answer's body and its ``X-Cytoloop-Shape`` header ("h,w")."""
    height, width = (int(part) for part in shape.split(","))
    # The HTTP client has unpacked the gzip of the content encoding.
    return wire.decode_plane(content, (height, width))


def _upload(row: Json) -> Upload:
    return Upload(
        filename=row["filename"],
        status=row["status"],
        code=row.get("code") or "",
        detail=row.get("detail") or "",
        image=row.get("image"),
    )
