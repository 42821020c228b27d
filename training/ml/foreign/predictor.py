"""Prediction by a network from elsewhere; it runs in the sandbox, the rest here."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from training.ml.classical import segment
from training.ml.errors import TrainingError
from training.ml.features import picture_features
from training.ml.foreign.decode import FOREIGN_DECODERS
from training.ml.foreign.prepare import apply_normalisation, from_network, to_network
from training.ml.foreign.spec import FOREIGN, spec_from_json
from training.ml.inferer import predict_tiled
from training.ml.pictures import read_picture
from training.ml.resizing import resize
from training.ml.sandbox.session import Sandbox, SandboxSettings
from training.ml.scaling import zoom_factors, zoomed_shape

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from training.ml.foreign.spec import ForeignSpec
    from training.ml.kinds.base import Prediction
    from training.ml.manifest import Item

NETWORK_FILE = "network"
OVERLAP = 0.25
# Label images cannot be put together from tiles: larger pictures are refused.
MOST_WHOLE = 4096 * 4096


class ForeignPredictor:
    """A network from elsewhere, ready to predict.

    Parameters
    ----------
    network : Path
        Its file.
    spec : ForeignSpec
        What is known of it.
    settings : SandboxSettings
        Time and memory.

    Raises
    ------
    TrainingError
        Codes of `training.ml.sandbox.session.Sandbox`.
    """

    # Its process answers one question at a time.
    concurrent = False

    def __init__(
        self, network: Path, spec: ForeignSpec, settings: SandboxSettings | None = None
    ) -> None:
        self.spec = spec
        settings = settings or SandboxSettings(threads=torch.get_num_threads())
        self.sandbox = Sandbox(network, spec.format, output=spec.output, settings=settings)

    def predict(self, item: Item) -> Prediction:
        """Predict every moment of a picture.

        Parameters
        ----------
        item : Item
            A picture.

        Returns
        -------
        Prediction
            As a model of the same kind that was trained here.

        Raises
        ------
        TrainingError
            Codes ``unreadable_picture``, ``channel_mismatch``, ``needs_3d``, ``picture_too_large``,
            ``network_output``, and those of the sandbox.
        """
        spec, stack = self.spec, read_picture(item.image)
        if stack.shape[1] != spec.channels:
            raise TrainingError(
                "channel_mismatch",
                f"{item.image.name} has {stack.shape[1]} channels; the network takes "
                f"{spec.channels}.",
            )
        is_crop = spec.task_kind == "classification"
        if spec.dims == 2 and stack.shape[2] != 1 and not is_crop:
            raise TrainingError(
                "needs_3d", f"{item.image.name} has {stack.shape[2]} planes; the network is 2-D."
            )
        moments = stack.max(axis=2) if spec.dims == 2 else stack
        features = picture_features(moments[0])
        seen = [self._score(moments[0])] if is_crop else [self.map_moment(m) for m in moments]
        return FOREIGN_DECODERS[spec.task_kind](seen, features, stack.shape, spec)

    def map_moment(self, picture: NDArray[Any]) -> NDArray[np.float32]:
        """Give maps (K, (Z,) Y, X) of a picture (C, (Z,) Y, X), at its own resolution."""
        spec = self.spec
        values = apply_normalisation(picture, spec.normalisation)
        shape = values.shape[1:]
        if spec.diameter > 0:
            guess = float(segment(values.mean(axis=0)).diameter)
            zooms = zoom_factors(guess, wanted=spec.diameter, dims=spec.dims, anisotropy=1.0)
            inside = zoomed_shape(shape, zooms)
            values = np.stack([resize(channel, inside) for channel in values])
        if "labels" in spec.outputs:
            return self._whole(values, shape)
        maps = predict_tiled(
            lambda part: torch.from_numpy(self._run(part.numpy()).astype(np.float32)),
            values,
            tile=spec.tile,
            overlap=0.0 if spec.fixed else OVERLAP,
            multiple=spec.tile if spec.fixed else (spec.multiple,) * spec.dims,
            device=torch.device("cpu"),
        )
        return np.stack([resize(one, shape) for one in maps])

    def _whole(self, values: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
        """Label image of a picture that is given to the network at once."""
        inside = values.shape[1:]
        if int(np.prod(inside)) > MOST_WHOLE or (self.spec.fixed and inside != self.spec.tile):
            raise TrainingError(
                "picture_too_large",
                f"A picture of {inside} pixels cannot be given at once to a network that makes a "
                "label image. Cut it into regions.",
            )
        step = 1 if self.spec.fixed else self.spec.multiple
        rims = [(0, 0), *((0, -side % step) for side in inside)]
        found = self._run(np.pad(values, rims, mode="symmetric")[None])[0]
        labels = found[(slice(None), *(slice(side) for side in inside))]
        for axis, new in enumerate(shape, start=1):
            at = np.floor((np.arange(new) + 0.5) * labels.shape[axis] / new).astype(np.intp)
            labels = np.take(labels, at, axis=axis)
        return np.asarray(labels)

    def _score(self, picture: NDArray[Any]) -> NDArray[np.float32]:
        """Scores (K,) of a crop, brought to the network's size."""
        values = apply_normalisation(picture, self.spec.normalisation)
        fitted = np.stack([resize(channel, self.spec.tile) for channel in values])
        return np.asarray(self._run(fitted[None])[0], dtype=np.float32)

    def _run(self, pictures: NDArray[np.float32]) -> NDArray[Any]:
        """Run (N, C, ...) through the network, to (N, K, ...) of the same size."""
        found = from_network(self.sandbox.run(to_network(pictures, self.spec)), self.spec)
        wanted = () if self.spec.task_kind == "classification" else pictures.shape[2:]
        if found.shape[2:] != wanted or len(found) != len(pictures):
            raise TrainingError(
                "network_output",
                f"The network turns pictures of {pictures.shape[2:]} into maps of "
                f"{found.shape[2:]}; they have to be of one size.",
            )
        return found


def is_foreign(folder: Path) -> bool:
    """Whether a model folder holds a network from elsewhere."""
    try:
        return FOREIGN in json.loads((folder / "model.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False


def load_foreign(folder: Path) -> ForeignPredictor:
    """Make the network of a model folder ready to predict.

    Raises
    ------
    TrainingError
        Codes ``bad_network_form``, ``bad_hash`` and those of the sandbox.
    """
    values = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    spec = spec_from_json(values[FOREIGN])
    network = folder / NETWORK_FILE
    check_hash(network, spec.sha256)
    return ForeignPredictor(network, spec)


def check_hash(path: Path, wanted: str) -> None:
    """Refuse a file that is not the one that was described.

    Raises
    ------
    TrainingError
        Code ``bad_hash``.
    """
    found = hash_file(path)
    if found != wanted.lower():
        raise TrainingError(
            "bad_hash",
            f"{path.name} is not the file that was described: its SHA-256 is {found[:12]}..., "
            f"{wanted[:12]}... was stated. Get the package again.",
        )


def hash_file(path: Path) -> str:
    """Give the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
