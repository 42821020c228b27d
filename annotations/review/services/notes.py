"""Notes on the picture: a reviewer places them, the annotator reads and ticks them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from annotations.labels.models import Annotation
from annotations.labels.selectors import get_label_shape
from annotations.projects.models import Sample
from annotations.review.models import Review, ReviewNote
from core.errors import DomainError


@dataclass(frozen=True)
class PlacedNote:
    """A remark and its place.

    Attributes
    ----------
    text : str
        The remark.
    t, z : int
        Plane, counted from the sample's first.
    x, y : float
        Point of the plane in pixels; pixel centres are integers.
    object_id : int or None
        The cell of the answer that it is about.
    annotation_id : UUID or None
        The answer that it is placed on; None for all that are sent back.
    """

    text: str
    x: float
    y: float
    t: int = 0
    z: int = 0
    object_id: int | None = None
    annotation_id: uuid.UUID | None = None


def place_notes(
    review: Review, answers: Sequence[Annotation], notes: Sequence[PlacedNote]
) -> list[ReviewNote]:
    """Store the notes of a review with the answers that it sends back.

    Raises
    ------
    DomainError
        Code "bad_note": outside the picture, or on an answer that is not sent back.
    """
    rows = []
    for note in notes:
        _check_place(note, review.sample)
        rows += [
            ReviewNote(
                annotation=answer,
                review=review,
                text=note.text,
                t=note.t,
                z=note.z,
                x=note.x,
                y=note.y,
                object_id=note.object_id,
            )
            for answer in _readers(note, answers)
        ]
    return ReviewNote.objects.bulk_create(rows)


def tick_note(note: ReviewNote, *, done: bool, now: datetime) -> ReviewNote:
    """Say that a note was dealt with, or that it was not after all. Repeating it is harmless."""
    if done != (note.done_at is not None):
        note.done_at = now if done else None
        note.save(update_fields=["done_at"])
    return note


def _readers(note: PlacedNote, answers: Sequence[Annotation]) -> list[Annotation]:
    wanted = [answer for answer in answers if note.annotation_id in (None, answer.pk)]
    if not wanted:
        raise DomainError(
            "bad_note",
            "A note is placed on an answer that is not sent back, so nobody would read it. Send "
            "that answer back too, or take the note away.",
        )
    return wanted


def _check_place(note: PlacedNote, sample: Sample) -> None:
    frames, depth, height, width = get_label_shape(sample)
    inside = -0.5 <= note.x <= width - 0.5 and -0.5 <= note.y <= height - 0.5
    if not (inside and note.t < frames and note.z < depth):
        raise DomainError(
            "bad_note",
            f"A note lies outside the picture: x={note.x:g}, y={note.y:g}, t={note.t}, "
            f"z={note.z}; the sample has {width} x {height} pixels, {frames} frames and {depth} "
            "slices. Place it on the picture.",
        )
