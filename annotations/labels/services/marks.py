"""Which proposed objects an annotator has looked at, and which were found right."""

import uuid
from collections.abc import Collection

from django.db import transaction

from annotations.labels.services.log import lock_draft


@transaction.atomic
def mark_objects(
    annotation_id: uuid.UUID, *, seen: Collection[int], confirmed: Collection[int]
) -> dict[str, list[int]]:
    """Add marks to those that are there; none is ever taken away, so their order does not matter.

    Two devices, or a repeat, therefore add up to the same. Ids that were not proposed are left
    out. What was confirmed counts as seen.

    Returns
    -------
    dict
        All marks now: "seen" and "confirmed", each sorted.
    """
    annotation = lock_draft(annotation_id)
    shown = annotation.shown_proposal
    proposed = {item["id"] for item in shown.objects_found} if shown else set()
    added = {"seen": {*seen, *confirmed}, "confirmed": {*confirmed}}
    marks: dict[str, list[int]] = {
        name: sorted((ids & proposed) | set(annotation.marks.get(name, ())))
        for name, ids in added.items()
    }
    annotation.marks = marks
    annotation.save(update_fields=["marks"])
    return marks
