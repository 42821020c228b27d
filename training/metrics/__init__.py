"""Scores of predictions against the truth: pure NumPy and SciPy, one file per family."""

from training.metrics.base import MetricFamily
from training.metrics.classification import CLASSIFICATION
from training.metrics.instance import INSTANCE
from training.metrics.multilabel import MULTILABEL
from training.metrics.semantic import SEMANTIC

METRICS: dict[str, MetricFamily] = {
    "classification": CLASSIFICATION,
    "instance": INSTANCE,
    "multilabel": MULTILABEL,
    "semantic": SEMANTIC,
}
