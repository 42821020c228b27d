"""Settings of a training: frozen and validated."""

from __future__ import annotations

from dataclasses import dataclass, field

from training.ml.config_rules import rules
from training.ml.errors import ConfigError
from training.ml.pretraining.settings import PretrainConfig


@dataclass(frozen=True)
class DataConfig:
    """How pictures become training patches.

    Attributes
    ----------
    low, high : float
        Percentiles, per channel, that become 0 and 1.
    diameter : float
        Pictures are rescaled so that the median object is this many pixels wide; 0 = leave
        the scale alone.
    patch : int
        Side of a training patch in rescaled pixels (Y and X).
    patch_z : int
        Planes of a training patch in 3-D.
    foreground : float
        Share of patches that are centred near an object; the rest lie anywhere.
    crop : int
        Side of a classification crop in pixels.
    memory : float
        Megabytes of pictures that training holds at a time; where they are more, it reads them
        from disk as it goes.
    balance : float
        Classification: 0 shows the classes as often as they were labelled, 1 all alike.
    """

    low: float = 1.0
    high: float = 99.8
    diameter: float = 20.0
    patch: int = 128
    patch_z: int = 16
    foreground: float = 0.7
    crop: int = 64
    memory: float = 2000.0
    balance: float = 0.5


@dataclass(frozen=True)
class AugmentConfig:
    """Random changes of a training patch; 0 switches one off.

    Attributes
    ----------
    flip, rotate : bool
        Mirror either axis; turn by any angle in the plane.
    scale : float
        Zoom by up to 2 ** +-scale.
    gamma, contrast : float
        Exponent and gain vary by up to 2 ** +-value.
    brightness : float
        Largest offset, in units of the normalised range.
    noise, blur : float
        Largest standard deviation of added noise; chance of a light blur.
    dim : float
        Share of objects that are darkened, so that dim ones are learnt.
    """

    flip: bool = True
    rotate: bool = True
    scale: float = 0.4
    gamma: float = 0.5
    contrast: float = 0.5
    brightness: float = 0.1
    noise: float = 0.08
    blur: float = 0.2
    dim: float = 0.0


@dataclass(frozen=True)
class NetworkConfig:
    """Which network, and how wide.

    Attributes
    ----------
    name : str
        Key of ``NETWORKS``; ``auto`` = the first that fits the kind of the task.
    dims : int
        2, 3, or 0 = 3 where the pictures have depth.
    channels : tuple of int
        Width of each level, from fine to coarse.
    strides : tuple of int
        Step of each level.
    trunk : int
        Width of the trunk's output, on which the heads (and the embedding) stand.
    residual_units : int
        Convolutions in each residual unit.
    norm : str
        ``batch``, ``instance`` or ``group``.
    compress : bool
        Show the network a square-root copy of each channel, in which dim objects stand out.
    dropout : float
        Chance that a unit is left out while training; 0 = none.
    """

    name: str = "auto"
    dims: int = 0
    channels: tuple[int, ...] = (32, 64, 128, 192)
    strides: tuple[int, ...] = (2, 2, 2)
    trunk: int = 16
    residual_units: int = 2
    norm: str = "batch"
    compress: bool = True
    dropout: float = 0.0


@dataclass(frozen=True)
class OptimConfig:
    """How the weights are fitted.

    Attributes
    ----------
    batch : int
        Most patches in a step.
    smallest_batch, wanted_steps : int
        Where a budget of minutes holds fewer steps than wanted, as on a processor without
        bfloat16, batches are halved until it does, but have no fewer patches than the smallest.
    rate : float
        Largest learning rate (AdamW).
    weight_decay : float
        Decoupled L2.
    warmup : float
        Share of the budget in which the rate rises; then it falls along a cosine.
    ema : float
        Decay of the averaged weights that are validated and kept; 0 = none.
    clip : float
        Largest gradient norm; 0 = no clipping.
    precision : str
        ``auto``, ``fp32``, ``bf16`` or ``fp16`` (CUDA only).
    """

    batch: int = 16
    smallest_batch: int = 4
    wanted_steps: int = 400
    rate: float = 3e-3
    weight_decay: float = 1e-3
    warmup: float = 0.05
    ema: float = 0.99
    clip: float = 5.0
    precision: str = "auto"


@dataclass(frozen=True)
class InferConfig:
    """How a picture is predicted.

    Attributes
    ----------
    tile, tile_z : int
        Side of a tile (Y and X, Z); smaller pictures are predicted whole. In a volume a tile is
        half as wide.
    whole : float
        Megapixels (of a plane or volume) up to which instances are found in the whole picture
        at once; larger ones go block by block.
    block : int
        Side of a block (Y and X) in the picture's pixels.
    overlap : float
        Share of a tile that it has in common with the next.
    flips : bool
        Average the predictions of mirrored copies.
    passes : int
        Most looks at a picture: after each the objects are measured, and where they are not of
        the size that was expected, the picture is predicted again at a better scale. 1 = the
        first guess is final.
    """

    tile: int = 1024
    tile_z: int = 32
    whole: float = 16.0
    block: int = 2048
    overlap: float = 0.25
    flips: bool = False
    passes: int = 6


@dataclass(frozen=True)
class DecodeConfig:
    """From maps to objects; ``tune`` chooses the first three on the validation split.

    Attributes
    ----------
    foreground : float
        Smallest foreground probability of an object's pixel.
    seed : float
        Prominence of a centre (watershed) or smallest share of converging flow.
    score : float
        Smallest confidence of an object.
    min_area : float
        Smallest object, as a share of the median object's area.
    tune : bool
        Choose on the validation split.
    """

    foreground: float = 0.5
    seed: float = 0.1
    score: float = 0.75
    min_area: float = 0.02
    tune: bool = True


@dataclass(frozen=True)
class DoctorConfig:
    """How closely the run doctor looks.

    Attributes
    ----------
    look : bool
        Look at data, curves and results at all.
    share : float
        Largest share of a budget of minutes that goes into looking before the first step.
    batch_fit : str
        See whether a copy of the network can learn one batch: ``always`` before the first step,
        ``auto`` = then only in a long budget, else when the training set was not fitted, ``never``.
    """

    look: bool = True
    share: float = 0.01
    batch_fit: str = "auto"


@dataclass(frozen=True)
class UncertaintyConfig:
    """How a model tells how far to trust it.

    Attributes
    ----------
    calibrate : bool
        Fit confidences and probabilities to what came true in the validation split.
    method : str
        Key of ``UNCERTAINTY``: where several answers to one picture come from.
    members : int
        Answers of ``tta`` (the first 4 are the copies of ``infer.flips``; up to 10) and of
        ``dropout``.
    rate : float
        Least chance that ``dropout`` leaves a unit out; ``network.dropout`` where that is more.
    snapshots : int
        Weights kept along the training for ``snapshots``; 0 = none.
    cycles : int
        Times that the learning rate falls to nothing; above 1 it starts anew after each, and
        snapshots are taken at the ends.
    """

    calibrate: bool = True
    method: str = "tta"
    members: int = 4
    rate: float = 0.1
    snapshots: int = 0
    cycles: int = 1


@dataclass(frozen=True)
class Config:
    """Settings of one training.

    Attributes
    ----------
    head : str
        Key of ``HEADS``: how instances are represented.
    model : str
        Classification only: ``network`` or ``softmax`` (the instant model).
    minutes : float
        Budget of wall-clock minutes, preparation and validation included; 0 = none.
    steps : int
        Budget of steps, used when there is no budget of minutes.
    validations : int
        Times the validation split is scored during the run.
    """

    seed: int = 0
    head: str = "flow"
    model: str = "network"
    minutes: float = 0.0
    steps: int = 1500
    validations: int = 6
    data: DataConfig = field(default_factory=DataConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    optim: OptimConfig = field(default_factory=OptimConfig)
    infer: InferConfig = field(default_factory=InferConfig)
    decode: DecodeConfig = field(default_factory=DecodeConfig)
    doctor: DoctorConfig = field(default_factory=DoctorConfig)
    uncertainty: UncertaintyConfig = field(default_factory=UncertaintyConfig)
    pretrain: PretrainConfig = field(default_factory=PretrainConfig)

    def __post_init__(self) -> None:
        """Refuse values that no run can use."""
        for setting, holds, rule in rules(self):
            if not holds:
                raise ConfigError(setting, f"must be {rule}.")
