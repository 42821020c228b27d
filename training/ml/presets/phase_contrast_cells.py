"""Unstained cells in relief on a grey ground."""

from training.ml.presets.base import Labelling, PictureFacts, Preset, between


def _suits(facts: PictureFacts, labelling: Labelling) -> float:
    if labelling.task_kind != "instance" or facts.planes > 1 or facts.colour > 0.05:
        return 0.0
    return 0.9 * between(facts.ground, 0.15, 0.28) * between(facts.ground, 0.8, 0.65)


PHASE_CONTRAST_CELLS = Preset(
    name="phase_contrast_cells",
    task_kinds=("instance",),
    title="Phase-contrast or DIC cells",
    reason="Cells are told from the ground by texture and rim: they are shown larger, and their "
    "contrast is changed less, because the relief itself is the signal.",
    changes={
        "network": {"compress": False},
        "data": {"diameter": 28.0, "patch": 160},
        "augment": {"gamma": 0.25, "contrast": 0.3, "noise": 0.05},
    },
    suits=_suits,
)
