"""Crops of single cells, of which some classes are rare."""

from training.ml.presets.base import CROPS, Labelling, PictureFacts, Preset, between


def imbalance(labelling: Labelling) -> float:
    """From 0 (classes alike) to 1 (the largest class eight times the smallest, or more)."""
    counts = [count for count in labelling.class_counts if count > 0]
    if len(counts) < 2:
        return 0.0
    return between(max(counts) / min(counts), 2.0, 8.0)


def _suits(facts: PictureFacts, labelling: Labelling) -> float:
    if labelling.task_kind not in CROPS:
        return 0.0
    return imbalance(labelling)


IMBALANCED_CROPS = Preset(
    name="imbalanced_crops",
    task_kinds=CROPS,
    title="Crops of cells, rare classes",
    reason="Rare classes are shown nearly as often as common ones, and changed more, so that the "
    "few examples are not learnt by heart.",
    changes={
        "data": {"balance": 0.8},
        "network": {"channels": [24, 48, 96], "strides": [2, 2], "compress": False},
        "optim": {"rate": 0.002, "weight_decay": 0.02},
        "augment": {"contrast": 0.6, "brightness": 0.15, "blur": 0.3},
    },
    suits=_suits,
)
