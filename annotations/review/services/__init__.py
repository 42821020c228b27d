"""Turn answers into ground truth: by rule or by a reviewer's decision."""

from annotations.review.services.corrections import CorrectionStart, StartKind, correct
from annotations.review.services.decisions import accept, accept_answer, send_back
from annotations.review.services.notes import PlacedNote, tick_note
from annotations.review.services.settle import (
    CONSENSUS_JOB,
    settle_sample,
    settle_samples,
    submit_annotation,
)
from annotations.review.services.truth import get_ground_truth_labels, import_ground_truth

__all__ = [
    "CONSENSUS_JOB",
    "CorrectionStart",
    "PlacedNote",
    "StartKind",
    "accept",
    "accept_answer",
    "correct",
    "get_ground_truth_labels",
    "import_ground_truth",
    "send_back",
    "settle_sample",
    "settle_samples",
    "submit_annotation",
    "tick_note",
]
