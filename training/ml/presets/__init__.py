"""Starting points by kind of picture, and which to suggest. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from training.ml.errors import ConfigError
from training.ml.presets.base import Labelling, PictureFacts, Preset
from training.ml.presets.cell_crops import CELL_CROPS
from training.ml.presets.facts import describe_pictures
from training.ml.presets.fluorescence_nuclei import FLUORESCENCE_NUCLEI
from training.ml.presets.imbalanced_crops import IMBALANCED_CROPS
from training.ml.presets.nuclei_3d import NUCLEI_3D
from training.ml.presets.phase_contrast_cells import PHASE_CONTRAST_CELLS
from training.ml.presets.regions_3d import REGIONS_3D
from training.ml.presets.stained_nuclei import STAINED_NUCLEI
from training.ml.presets.stained_tissue import STAINED_TISSUE
from training.nested import merge_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

PRESETS: dict[str, Preset] = {
    "fluorescence_nuclei": FLUORESCENCE_NUCLEI,
    "stained_nuclei": STAINED_NUCLEI,
    "phase_contrast_cells": PHASE_CONTRAST_CELLS,
    "nuclei_3d": NUCLEI_3D,
    "cell_crops": CELL_CROPS,
    "imbalanced_crops": IMBALANCED_CROPS,
    "stained_tissue": STAINED_TISSUE,
    "regions_3d": REGIONS_3D,
}

# Below this no preset is suggested: the defaults serve unknown pictures best.
FIT_ENOUGH = 0.5


@dataclass(frozen=True)
class Suggestion:
    """Which preset suits pictures.

    Attributes
    ----------
    preset : str or None
        Key of ``PRESETS``; None where none fits well enough.
    fit : mapping of str to float
        How well each fits, in [0, 1].
    """

    preset: str | None
    fit: Mapping[str, float]


def suggest(facts: PictureFacts, labelling: Labelling) -> Suggestion:
    """Choose the preset that suits pictures best.

    Parameters
    ----------
    facts : PictureFacts
        Of some pictures, see `describe_pictures`.
    labelling : Labelling
        What is asked of them.

    Returns
    -------
    Suggestion
        Choice, and the fit of every preset.
    """
    fit = {name: round(preset.suits(facts, labelling), 3) for name, preset in PRESETS.items()}
    best = max(fit, key=lambda name: fit[name])
    return Suggestion(best if fit[best] >= FIT_ENOUGH else None, fit)


def with_preset(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Lay given settings over those of a preset.

    Parameters
    ----------
    name : str
        Key of ``PRESETS``.
    values : mapping
        Nested settings that differ from the preset's.

    Returns
    -------
    dict
        Nested settings that differ from the defaults.

    Raises
    ------
    ConfigError
        For an unknown preset.
    """
    if name not in PRESETS:
        raise ConfigError("preset", f"must be one of {', '.join(PRESETS)}, not {name!r}.")
    return merge_settings(PRESETS[name].changes, values)


__all__ = [
    "FIT_ENOUGH",
    "PRESETS",
    "Labelling",
    "PictureFacts",
    "Preset",
    "Suggestion",
    "describe_pictures",
    "suggest",
    "with_preset",
]
