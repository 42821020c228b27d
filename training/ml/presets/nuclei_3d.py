"""Nuclei in stacks of planes."""

from training.ml.presets.base import Labelling, PictureFacts, Preset


def _suits(facts: PictureFacts, labelling: Labelling) -> float:
    return float(labelling.task_kind == "instance" and facts.planes > 1)


NUCLEI_3D = Preset(
    name="nuclei_3d",
    task_kinds=("instance",),
    title="Nuclei in 3-D",
    reason="A volume costs a hundred times a plane: objects are shown smaller, the network is "
    "narrower, batches hold fewer patches, and prediction makes one pass without mirroring.",
    changes={
        "network": {"dims": 3, "channels": [16, 32, 64], "strides": [2, 2]},
        "data": {"diameter": 14.0, "patch": 64, "patch_z": 16},
        "optim": {"batch": 4},
        "infer": {"tile": 128, "tile_z": 32, "flips": False, "passes": 1},
    },
    suits=_suits,
)
