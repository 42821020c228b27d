"""Facade: Django and other apps find the models of all capabilities here."""

from training.active_learning.loop import RoundState
from training.active_learning.models import ArmTrial, PoolScore, Round, RoundSample, ScoreChunk
from training.model_registry.models import (
    Evaluation,
    ModelExport,
    ModelImport,
    ModelOrigin,
    ModelState,
    ModelVersion,
    Prediction,
)
from training.runs.models import CurvePoint, StartKind, TrainingRun, TrainingSettings
from training.search.models import Search, SearchState, Trial, TrialRole, TrialState
from training.serving.models import (
    BatchChunk,
    BatchItem,
    PictureResult,
    PredictionBatch,
    PredictionRequest,
)
from training.snapshots.models import Snapshot
from training.starts.models import Pretraining, StartComparison

__all__ = [
    "ArmTrial",
    "BatchChunk",
    "BatchItem",
    "CurvePoint",
    "Evaluation",
    "ModelExport",
    "ModelImport",
    "ModelOrigin",
    "ModelState",
    "ModelVersion",
    "PictureResult",
    "PoolScore",
    "Prediction",
    "PredictionBatch",
    "PredictionRequest",
    "Pretraining",
    "Round",
    "RoundSample",
    "RoundState",
    "ScoreChunk",
    "Search",
    "SearchState",
    "Snapshot",
    "StartComparison",
    "StartKind",
    "TrainingRun",
    "TrainingSettings",
    "Trial",
    "TrialRole",
    "TrialState",
]
