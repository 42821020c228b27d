"""Write labels: proposals, drafts, edit operations, submitted answers."""

from annotations.labels.services.compaction import (
    COMPACT_JOB,
    compact_logs,
    list_projects_to_compact,
)
from annotations.labels.services.drafts import (
    SubmittedAnswer,
    finish_annotation,
    open_correction,
    open_draft,
    open_drafts,
    reopen_annotation,
)
from annotations.labels.services.log import Stored, store_operations
from annotations.labels.services.marks import mark_objects
from annotations.labels.services.proposals import put_labels, put_proposal, put_stack
from annotations.labels.services.restore import restore_version

__all__ = [
    "COMPACT_JOB",
    "Stored",
    "SubmittedAnswer",
    "compact_logs",
    "finish_annotation",
    "list_projects_to_compact",
    "mark_objects",
    "open_correction",
    "open_draft",
    "open_drafts",
    "put_labels",
    "put_proposal",
    "put_stack",
    "reopen_annotation",
    "restore_version",
    "store_operations",
]
