"""The report of a run: what the validation split shows of the network, in numbers and pictures."""

from training.ml.report.base import Asked, Reporter, Told
from training.ml.report.classification import ClassificationReporter
from training.ml.report.explain import REPORTERS, explain, seconds_for
from training.ml.report.instance import InstanceReporter
from training.ml.report.multilabel import MultiLabelReporter
from training.ml.report.semantic import SemanticReporter

__all__ = [
    "REPORTERS",
    "Asked",
    "ClassificationReporter",
    "InstanceReporter",
    "MultiLabelReporter",
    "Reporter",
    "SemanticReporter",
    "Told",
    "explain",
    "seconds_for",
]
