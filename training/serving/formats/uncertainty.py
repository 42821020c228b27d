"""How unsure a model is of each pixel, as a picture."""

from typing import IO

import tifffile

from core.errors import DomainError
from training.decoding.doubt import unpack_doubt
from training.serving.formats.base import Answer, Format
from training.serving.formats.ome import ome_metadata


def write_uncertainty(answer: Answer, target: IO[bytes]) -> None:
    """Write an OME-TIFF of 8 bit (T, Z, Y, X): 0 is sure, 255 as unsure as can be.

    Large planes are coarser than the picture, and their pixels larger by as much.

    Raises
    ------
    DomainError
        Code "no_uncertainty": nobody asked for it, or the model cannot tell.
    """
    if answer.labels is None or not answer.doubt:
        raise DomainError(
            "no_uncertainty",
            f"There is no map of uncertainty of {answer.name}: models that give classes, or label "
            "images without probabilities, tell none, and it is made only where it is asked for. "
            "Ask for the picture again with format=uncertainty.",
            status=406,
        )
    values = unpack_doubt(answer.doubt)
    spacing = answer.spacing
    if spacing is not None:
        (height, width), (rows, columns) = answer.labels.shape[2:], values.shape[2:]
        spacing = (spacing[0], spacing[1] * height / rows, spacing[2] * width / columns)
    tifffile.imwrite(
        target,
        values,
        ome=True,
        photometric="minisblack",
        compression="zlib",
        metadata=ome_metadata(answer.name, spacing),
    )


UNCERTAINTY = Format(
    "uncertainty", "image/tiff", ".uncertainty.ome.tif", write_uncertainty, needs_doubt=True
)
