"""Crops of single cells, all classes with enough examples."""

from training.ml.presets.base import CROPS, Labelling, PictureFacts, Preset
from training.ml.presets.imbalanced_crops import imbalance


def _suits(facts: PictureFacts, labelling: Labelling) -> float:
    if labelling.task_kind not in CROPS:
        return 0.0
    return 0.9 * (1 - imbalance(labelling))


CELL_CROPS = Preset(
    name="cell_crops",
    task_kinds=CROPS,
    title="Crops of cells",
    reason="A crop is a small picture: a narrow network with a lower rate and more weight decay "
    "learns it by heart later.",
    changes={
        "network": {"channels": [24, 48, 96], "strides": [2, 2], "compress": False},
        "optim": {"rate": 0.002, "weight_decay": 0.01},
        "augment": {"gamma": 0.3, "contrast": 0.3},
    },
    suits=_suits,
)
