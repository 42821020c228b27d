"""Regions of stained tissue under white light."""

from training.ml.presets.base import Labelling, PictureFacts, Preset, between


def _suits(facts: PictureFacts, labelling: Labelling) -> float:
    if labelling.task_kind != "semantic" or facts.planes > 1 or facts.channels != 3:
        return 0.0
    return max(between(facts.colour, 0.05, 0.2), between(facts.ground, 0.5, 0.7))


STAINED_TISSUE = Preset(
    name="stained_tissue",
    task_kinds=("semantic",),
    title="Stained tissue, brightfield",
    reason="Regions are told by colour and texture on a bright ground: a square-root copy shows "
    "nothing new, stain and lamp differ from slide to slide, so that contrast and brightness vary "
    "more.",
    changes={
        "network": {"compress": False},
        "data": {"low": 0.5, "high": 99.5},
        "augment": {"contrast": 0.6, "brightness": 0.15},
    },
    suits=_suits,
)
