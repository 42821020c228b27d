"""Write labels: proposals, drafts, edit operations, submitted answers."""

from annotations.labels.services.drafts import (
    SubmittedAnswer,
    finish_annotation,
    open_correction,
    open_draft,
    open_drafts,
    reopen_annotation,
)
from annotations.labels.services.log import Stored, store_operations
from annotations.labels.services.proposals import put_labels, put_proposal

__all__ = [
    "Stored",
    "SubmittedAnswer",
    "finish_annotation",
    "open_correction",
    "open_draft",
    "open_drafts",
    "put_labels",
    "put_proposal",
    "reopen_annotation",
    "store_operations",
]
