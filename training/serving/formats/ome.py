"""What OME-TIFF files say of themselves."""

from typing import Any


def ome_metadata(name: str, spacing: tuple[float, float, float] | None) -> dict[str, Any]:
    """Describe planes T Z Y X for `tifffile.imwrite`.

    Parameters
    ----------
    name : str
        Of the picture.
    spacing : tuple of float or None
        µm of a voxel (Z, Y, X), where it is known.
    """
    metadata: dict[str, Any] = {"axes": "TZYX", "Name": name}
    if spacing is not None:
        for axis, size in zip("ZYX", spacing, strict=True):
            metadata |= {f"PhysicalSize{axis}": size, f"PhysicalSize{axis}Unit": "µm"}
    return metadata
