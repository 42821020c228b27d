"""What every way to take a model away gets and gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import torch

    from training.cards import CardDocument
    from training.ml.card import ModelCard


@dataclass(frozen=True)
class Packed:
    """A model to be packed.

    Attributes
    ----------
    folder : Path
        Holds ``model.json`` and ``weights.safetensors``.
    card : ModelCard
        What the folder's ``model.json`` says.
    weights : mapping of str to Tensor
        Of its network, on the CPU.
    about : CardDocument
        The model card for people.
    """

    folder: Path
    card: ModelCard
    weights: Mapping[str, torch.Tensor]
    about: CardDocument


class Export(Protocol):
    """One way to take a model away: entry type of ``EXPORTS``."""

    name: str

    def write(self, packed: Packed, out: Path) -> None:
        """Write the package as one zip file.

        Raises
        ------
        TrainingError
            Codes ``no_network`` (the model cannot be had in this format) and
            ``export_differs`` (what was written does not predict what the model predicts).
        """
        ...
