"""Settings of the training without labels."""

from __future__ import annotations

from dataclasses import dataclass

from training.ml.pretraining import PRETEXTS


@dataclass(frozen=True)
class PretrainConfig:
    """What a training without labels takes away from pictures.

    Attributes
    ----------
    pretext : str
        Key of ``PRETEXTS``.
    share : float
        ``masked``: share of the blocks that are hidden.
    block : int
        ``masked``: side of a block in pixels at the network's scale; about the size of an object.
    spots : float
        ``blind_spots``: share of the pixels that are exchanged for a neighbour.
    noise : float
        ``denoising``: largest standard deviation of the noise, in units of the normalised range.
    """

    pretext: str = "masked"
    share: float = 0.5
    block: int = 16
    spots: float = 0.05
    noise: float = 0.4


def pretrain_rules(pretrain: PretrainConfig) -> list[tuple[str, bool, str]]:
    """Each setting's rule and whether it holds."""
    return [
        ("pretrain.pretext", pretrain.pretext in PRETEXTS, f"one of {', '.join(PRETEXTS)}"),
        ("pretrain.share", 0 < pretrain.share < 1, "above 0 and below 1"),
        ("pretrain.block", 2 <= pretrain.block <= 128, "in 2..128"),
        ("pretrain.spots", 0 < pretrain.spots <= 0.5, "above 0 and at most 0.5"),
        ("pretrain.noise", 0 < pretrain.noise <= 2, "above 0 and at most 2"),
    ]
