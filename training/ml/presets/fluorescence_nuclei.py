"""Bright nuclei on a dark ground."""

from training.ml.presets.base import Labelling, PictureFacts, Preset, between


def _suits(facts: PictureFacts, labelling: Labelling) -> float:
    if labelling.task_kind != "instance" or facts.planes > 1:
        return 0.0
    return between(facts.ground, 0.3, 0.15) * between(facts.colour, 0.2, 0.05)


FLUORESCENCE_NUCLEI = Preset(
    name="fluorescence_nuclei",
    task_kinds=("instance",),
    title="Fluorescence nuclei",
    reason="Nuclei differ tenfold in brightness: the network sees a square-root copy too, and "
    "some objects are dimmed while training, so that dim ones are found.",
    changes={"network": {"compress": True}, "augment": {"dim": 0.1}},
    suits=_suits,
)
