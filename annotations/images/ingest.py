"""From the bytes that somebody sends to images: one file after another, none stopping the rest."""

import hashlib
import tempfile
import threading
import unicodedata
from dataclasses import dataclass, field, replace
from typing import IO

from annotations.accounts.models import User
from annotations.datasets.models import DataSet
from annotations.images.archive import (
    Entry,
    ZipLimits,
    check_entry,
    list_entries,
    open_archive,
    open_entry,
)
from annotations.images.examine import examine
from annotations.images.groups import is_mask_path
from annotations.images.models import Upload
from annotations.images.readers import Limits, UnreadableError, open_picture
from annotations.images.readers.masks import open_mask, write_mask
from annotations.images.readers.signatures import HEAD_BYTES, is_system_file, is_zip
from annotations.images.records import (
    NOT_MEASURED,
    SYSTEM_FILE,
    Facts,
    Received,
    Verdict,
    add_image,
    add_mask,
    find_image_of_mask,
    find_same,
    record_upload,
    refused,
)
from core.storage import get_storage

COPY_BYTES = 1 << 20
SPOOL_BYTES = 32 << 20
ROLES = ("image", "mask")
MAX_NAME = 500
# The web process has many threads: what one decoded picture may take is what all may take.
DECODING = threading.Lock()


@dataclass(frozen=True)
class IngestLimits:
    """What uploads may cost."""

    picture: Limits = field(default_factory=Limits)
    archive: ZipLimits = field(default_factory=ZipLimits)


@dataclass(frozen=True)
class Incoming:
    """One file as it comes in.

    Attributes
    ----------
    stream : binary file
        Seekable.
    path : str
        Its name, with folders where they are known.
    role : {"", "image", "mask"}
        What it is; where it is empty, folders and names decide.
    group : str
        What it belongs to; where it is empty, folders and names decide.
    """

    stream: IO[bytes]
    path: str
    role: str = ""
    group: str = ""


def ingest(
    dataset: DataSet, user: User, incoming: Incoming, *, limits: IngestLimits | None = None
) -> list[Upload]:
    """Take in one file, or each file of a zip archive.

    The same bytes twice give one image. A file that cannot be taken in gives a row that says
    why, and never stops the others; after an interruption the whole can be sent again.

    Parameters
    ----------
    dataset : DataSet
        Where it goes.
    user : User
        Who sends it.
    incoming : Incoming
        The file.
    limits : IngestLimits, optional
        What it may cost.

    Returns
    -------
    list of Upload
        One row per file.
    """
    limits = limits or IngestLimits()
    incoming = replace(incoming, path=clean_path(incoming.path))
    stream = incoming.stream
    stream.seek(0)
    if is_zip(stream.read(HEAD_BYTES)):
        return _ingest_archive(dataset, user, incoming, limits)
    return [_ingest_file(dataset, user, incoming, limits)]


def clean_path(path: str) -> str:
    """Return a name that can be stored: forward slashes, composed characters, no controls."""
    text = unicodedata.normalize("NFC", path.replace("\\", "/"))
    text = "".join(c if unicodedata.category(c) not in ("Cc", "Cs") else "_" for c in text)
    return text.strip("/")[-MAX_NAME:] or "unnamed"


def _ingest_archive(
    dataset: DataSet, user: User, incoming: Incoming, limits: IngestLimits
) -> list[Upload]:
    try:
        archive = open_archive(incoming.stream, limits.archive)
    except UnreadableError as error:
        return [_record(dataset, user, incoming, refused(error))]
    with archive:
        entries = list_entries(archive)
        if not entries:
            empty = UnreadableError("zip_empty", "The zip archive has no files in it.")
            return [_record(dataset, user, incoming, refused(empty))]

        def one(entry: Entry) -> Upload:
            part = replace(incoming, path=clean_path(entry.path))
            if is_system_file(entry.path):
                return _record(dataset, user, part, SYSTEM_FILE)
            try:
                check_entry(entry)
                with open_entry(archive, entry) as stream:
                    return _ingest_file(dataset, user, replace(part, stream=stream), limits)
            except UnreadableError as error:
                return _record(dataset, user, part, refused(error))

        # A mask needs its image to be there.
        masks_last = sorted(entries, key=lambda entry: _role(incoming, entry.path) == "mask")
        return [one(entry) for entry in masks_last]


def _ingest_file(dataset: DataSet, user: User, incoming: Incoming, limits: IngestLimits) -> Upload:
    if is_system_file(incoming.path):
        return _record(dataset, user, incoming, SYSTEM_FILE)
    incoming = replace(incoming, role=_role(incoming, incoming.path))
    facts = measure(incoming.stream)
    take = _take_mask if incoming.role == "mask" else _take_image
    try:
        with DECODING:
            verdict = take(dataset, user, incoming, facts, limits.picture)
    except UnreadableError as error:
        verdict = refused(error)
    return _record(dataset, user, incoming, verdict, facts)


def _take_image(
    dataset: DataSet, user: User, incoming: Incoming, facts: Facts, limits: Limits
) -> Verdict:
    same = find_same(dataset, facts.sha256)
    if same is not None:
        return same
    picture = open_picture(incoming.stream, incoming.path, limits=limits)
    picture = replace(picture, notices=(*picture.notices, *examine(picture)))
    incoming.stream.seek(0)
    get_storage().put_stream(incoming.stream, sha256=facts.sha256)
    return add_image(dataset, user, picture, _received(incoming, facts))


def _take_mask(
    dataset: DataSet, user: User, incoming: Incoming, facts: Facts, limits: Limits
) -> Verdict:
    mask = open_mask(incoming.stream, incoming.path, limits=limits)
    image = find_image_of_mask(dataset, incoming.path)
    fitted = mask.fit(image.size_t, image.size_z, image.size_y, image.size_x)
    with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as target:
        write_mask(fitted, target)
        key = measure(target).sha256
        get_storage().put_stream(target, sha256=key)
    return add_mask(image, key, fitted)


def measure(stream: IO[bytes]) -> Facts:
    """Measure a stream; leaves it at its start."""
    stream.seek(0)
    digest = hashlib.sha256()
    size = 0
    while chunk := stream.read(COPY_BYTES):
        digest.update(chunk)
        size += len(chunk)
    stream.seek(0)
    return Facts(size, digest.hexdigest())


def _role(incoming: Incoming, path: str) -> str:
    if incoming.role in ROLES:
        return incoming.role
    return "mask" if is_mask_path(path) else "image"


def _record(
    dataset: DataSet,
    user: User,
    incoming: Incoming,
    verdict: Verdict,
    facts: Facts = NOT_MEASURED,
) -> Upload:
    return record_upload(dataset, user, verdict, _received(incoming, facts))


def _received(incoming: Incoming, facts: Facts) -> Received:
    return Received(incoming.path, incoming.role or "image", incoming.group, facts)
