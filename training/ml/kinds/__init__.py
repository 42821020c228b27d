"""Kinds of work that can be trained."""

from training.ml.kinds.base import Finished, Prediction, Predictor, Task, TaskKind
from training.ml.kinds.classification import ClassificationKind
from training.ml.kinds.instance import InstanceKind
from training.ml.kinds.multilabel import MultiLabelKind
from training.ml.kinds.semantic import SemanticKind

TASK_KINDS: dict[str, TaskKind] = {
    "instance": InstanceKind(),
    "classification": ClassificationKind(),
    "multilabel": MultiLabelKind(),
    "semantic": SemanticKind(),
}

__all__ = ["TASK_KINDS", "Finished", "Prediction", "Predictor", "Task", "TaskKind"]
