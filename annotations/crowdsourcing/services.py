"""What other capabilities and apps may ask of the crowd."""

from annotations.crowdsourcing.answers import Submission, submit
from annotations.crowdsourcing.assignment import (
    Lease,
    beat,
    claim_samples,
    expire_leases,
    release,
    skip,
)
from annotations.crowdsourcing.fusion import fuse, list_votes, needs_job, store_consensus
from annotations.crowdsourcing.queue import (
    dequeue,
    enqueue,
    enqueue_new_samples,
    recount_slots,
    sync_queue,
)
from annotations.crowdsourcing.serving import Served, serve_next

__all__ = [
    "Lease",
    "Served",
    "Submission",
    "beat",
    "claim_samples",
    "dequeue",
    "enqueue",
    "enqueue_new_samples",
    "expire_leases",
    "fuse",
    "list_votes",
    "needs_job",
    "recount_slots",
    "release",
    "serve_next",
    "skip",
    "store_consensus",
    "submit",
    "sync_queue",
]
