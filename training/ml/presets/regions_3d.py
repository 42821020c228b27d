"""Regions in stacks of planes."""

from training.ml.presets.base import Labelling, PictureFacts, Preset


def _suits(facts: PictureFacts, labelling: Labelling) -> float:
    return float(labelling.task_kind == "semantic" and facts.planes > 1)


REGIONS_3D = Preset(
    name="regions_3d",
    task_kinds=("semantic",),
    title="Regions in 3-D",
    reason="A volume costs a hundred times a plane: the network is narrower, batches hold fewer "
    "and smaller patches, and prediction makes one pass without mirroring.",
    changes={
        "network": {"dims": 3, "channels": [16, 32, 64], "strides": [2, 2]},
        "data": {"patch": 64, "patch_z": 16},
        "optim": {"batch": 4},
        "infer": {"tile": 128, "tile_z": 32, "flips": False},
    },
    suits=_suits,
)
