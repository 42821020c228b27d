"""Rows for tests, each made with as little as possible; pictures are never square."""

import functools
import io
import itertools
from typing import Any

import numpy as np
import tifffile
from django.utils import timezone
from rest_framework.test import APIClient, ForceAuthClientHandler

from annotations.models import (
    Annotation,
    DataSet,
    Image,
    ImageStatus,
    Lab,
    LabelClass,
    LabMembership,
    LabRole,
    Project,
    ProjectMembership,
    ProjectRole,
    Proposal,
    Sample,
    Split,
    User,
)
from core.storage import get_storage

PASSWORD = "amber-Vesicle-42"
HEIGHT, WIDTH = 24, 40

_number = itertools.count(1)


def make_user(username: str = "", **fields: Any) -> User:
    """A user whose password is `PASSWORD`."""
    username = username or f"person{next(_number)}"
    fields.setdefault("email", f"{username}@example.org")
    return User.objects.create_user(username=username, password=PASSWORD, **fields)


def make_lab(owner: User | None = None, name: str = "", **fields: Any) -> Lab:
    """A lab with an owner (a new user where none is given)."""
    number = next(_number)
    lab = Lab.objects.create(name=name or f"Lab {number}", slug=f"lab-{number}", **fields)
    join_lab(lab, owner or make_user(), LabRole.OWNER)
    return lab


def join_lab(lab: Lab, user: User, role: str = LabRole.MEMBER) -> User:
    """Give `user` a role in `lab`; return the user."""
    LabMembership.objects.create(lab=lab, user=user, role=role)
    return user


def make_dataset(lab: Lab | None = None, **fields: Any) -> DataSet:
    """A data set of a lab."""
    fields.setdefault("name", f"Data set {next(_number)}")
    return DataSet.objects.create(lab=lab or make_lab(), **fields)


def make_picture(
    height: int = HEIGHT, width: int = WIDTH, *, channels: int = 1, seed: int = 0
) -> np.ndarray:
    """Noise of shape (C, Y, X), uint16, with two bright squares (see `make_mask`)."""
    rng = np.random.default_rng(seed)
    picture = rng.integers(100, 300, (channels, height, width)).astype(np.uint16)
    picture[:, make_mask(height, width) > 0] += 3000
    return picture


def make_mask(height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    """A label image (Y, X), uint16, with the objects 1 and 2."""
    mask = np.zeros((height, width), np.uint16)
    mask[2 : height // 3, 3 : width // 4] = 1
    mask[height // 2 : height - 3, width // 2 : width - 6] = 2
    return mask


def tiff_bytes(array: np.ndarray, **options: Any) -> bytes:
    """The array as a zlib-compressed TIFF."""
    options.setdefault("photometric", "minisblack")
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, array, compression="zlib", **options)
    return buffer.getvalue()


def make_image(
    dataset: DataSet | None = None,
    *,
    picture: np.ndarray | None = None,
    mask: np.ndarray | None = None,
    **fields: Any,
) -> Image:
    """A ready image with its original bytes in storage, without a pyramid.

    `picture` is (C, Y, X); `mask` a label image (Y, X) that came with it.
    """
    number = next(_number)
    picture = make_picture(seed=number) if picture is None else picture
    data = tiff_bytes(picture, metadata={"axes": "CYX"})
    key = get_storage().put(data)
    channels, height, width = picture.shape
    values: dict[str, Any] = {
        "name": f"field_{number:03d}.tif",
        "sha256": key,
        "key": key,
        "format": "tiff",
        "size_bytes": len(data),
        "size_t": 1,
        "size_c": channels,
        "size_z": 1,
        "size_y": height,
        "size_x": width,
        "dtype": str(picture.dtype),
        "channels": [
            {"name": f"channel {i}", "color": "#ffffff", "low": 100, "high": 3300}
            for i in range(channels)
        ],
        "levels": [{"y": height, "x": width}],
        "group": f"group {number}",
        "split": Split.TRAIN,
        "status": ImageStatus.READY,
        "reference_mask": "" if mask is None else get_storage().put(tiff_bytes(mask)),
        **fields,
    }
    return Image.objects.create(dataset=dataset or make_dataset(), **values)


def make_project(
    lab: Lab | None = None,
    *,
    datasets: list[DataSet] | None = None,
    classes: tuple[str, ...] = ("nucleus",),
    manager: User | None = None,
    **fields: Any,
) -> Project:
    """A project with label classes 1, 2, ...; instance segmentation unless told otherwise."""
    fields.setdefault("name", f"Project {next(_number)}")
    fields.setdefault("task_kind", "instance")
    project = Project.objects.create(lab=lab or make_lab(), **fields)
    project.datasets.set(datasets or [])
    for index, name in enumerate(classes, start=1):
        LabelClass.objects.create(
            project=project, index=index, name=name, color=f"#00{index:02x}ff", key=str(index % 10)
        )
    if manager is not None:
        join_project(project, manager, ProjectRole.MANAGER)
    return project


def join_project(
    project: Project, user: User | None = None, role: str = ProjectRole.ANNOTATOR
) -> User:
    """Give `user` (a new one where none is given) a role in `project`; return the user."""
    user = user or make_user()
    ProjectMembership.objects.create(project=project, user=user, role=role)
    return user


def make_sample(
    project: Project | None = None, image: Image | None = None, **fields: Any
) -> Sample:
    """A sample of a project, in the pool unless told otherwise."""
    project = project or make_project()
    image = image or make_image(make_dataset(project.lab))
    fields.setdefault("split", image.split)
    fields.setdefault("group", image.group)
    return Sample.objects.create(project=project, image=image, **fields)


def make_queued_sample(
    project: Project | None = None, image: Image | None = None, **fields: Any
) -> Sample:
    """A sample that waits for annotators, with as many open slots as the project's overlap."""
    project = project or make_project()
    fields.setdefault("open_slots", project.overlap)
    return make_sample(project, image, **{"state": "queued", "queued_at": timezone.now(), **fields})


def make_proposal(sample: Sample, **fields: Any) -> Proposal:
    """A proposal for a sample, without a label image unless `key` is given."""
    return Proposal.objects.create(sample=sample, **{"source": "classical", **fields})


def make_annotation(sample: Sample, user: User | None = None, **fields: Any) -> Annotation:
    """A draft of `user` (a new annotator where none is given)."""
    user = user or join_project(sample.project)
    return Annotation.objects.create(sample=sample, user=user, **fields)


@functools.cache
def _handler(check_csrf: bool) -> ForceAuthClientHandler:
    # Loading the middleware takes longer than most requests: once is enough.
    return ForceAuthClientHandler(enforce_csrf_checks=check_csrf)


def client_for(user: User | None = None, *, check_csrf: bool = False) -> APIClient:
    """An API client that is signed in as `user` (or anonymous)."""
    client = APIClient(enforce_csrf_checks=check_csrf)
    client.handler = _handler(check_csrf)
    if user is not None:
        client.force_login(user)
    return client
