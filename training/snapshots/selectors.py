"""Read snapshots."""

from core.storage import get_storage
from training.snapshots.manifest import SnapshotManifest, parse_manifest
from training.snapshots.models import Snapshot


def get_manifest(snapshot: Snapshot) -> SnapshotManifest:
    """Return what a snapshot holds."""
    return parse_manifest(get_storage().get(snapshot.manifest))
