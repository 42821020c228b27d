"""Forms in which an answer can be had, beside JSON."""

from training.serving.formats.base import Answer, Format
from training.serving.formats.label_images import OME_TIFF, PNG, ZARR
from training.serving.formats.tables import CSV, PARQUET
from training.serving.formats.uncertainty import UNCERTAINTY

FORMATS: dict[str, Format] = {
    "png": PNG,
    "ome-tiff": OME_TIFF,
    "zarr": ZARR,
    "csv": CSV,
    "parquet": PARQUET,
    "uncertainty": UNCERTAINTY,
}

__all__ = ["FORMATS", "Answer", "Format"]
