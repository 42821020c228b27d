"""Pictures as files, made in memory; real ones where they lie beside the repository."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def real_data():
    """Folder of real pictures, or None in a plain clone."""
    folder = Path(os.environ.get("CYTOLOOP_DATA", ROOT.parent / "shared" / "data"))
    return folder if (folder / "dirty").is_dir() else None
