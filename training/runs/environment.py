"""What a run has to be remade with: versions of the code and of what it stands on."""

import os
import platform
from importlib import metadata

PACKAGES = ("torch", "monai", "numpy", "scipy", "scikit-image", "safetensors")


def code_version() -> str:
    """Return the version of Cytoloop; of an uninstalled checkout, "checkout"."""
    try:
        return metadata.version("cytoloop")
    except metadata.PackageNotFoundError:
        return "checkout"


def describe_environment() -> dict[str, object]:
    """Return versions and machine, without importing any of the packages."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "absent"
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "system": platform.system(),
        "cores": os.cpu_count(),
        "packages": versions,
    }
