"""Pictures and lines of a run's report: of the validation split, and kept as blobs."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from annotations.models import Split
from core.storage import get_storage
from training.snapshots.manifest import SnapshotManifest
from training.snapshots.parts import place_of

# Where the report lists items, by key and list.
LISTS = (("examples", "items"), ("worst", "images"), ("worst", "objects"))


def of_validation(report: Mapping[str, Any], manifest: SnapshotManifest) -> dict[str, Any]:
    """Leave out what a report says of single items that are not of the validation split.

    The trainer sees no test item; this makes sure that none is ever shown, whoever wrote the
    report. What it says of parts of large planes becomes lines of their samples.

    Parameters
    ----------
    report : mapping
        As the trainer wrote it.
    manifest : SnapshotManifest
        Of the run's snapshot.

    Returns
    -------
    dict
        A copy.
    """
    allowed = {str(item.sample) for item in manifest.split(Split.VALIDATION)}
    out = dict(report)
    for key, name in LISTS:
        lines = out.get(key, {}).get(name)
        if lines is not None:
            told = map(_of_sample, lines)
            out[key] = {**out[key], name: [line for line in told if line["item"] in allowed]}
    return out


def _of_sample(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line of a part as one of its sample; its box lies in the sample's planes then."""
    sample, part = place_of(line["item"])
    if part is None:
        return dict(line)
    top, left, bottom, right = part
    y0, x0, y1, x1 = line.get("box", (0, 0, bottom - top, right - left))
    return {**line, "item": sample, "box": [y0 + top, x0 + left, y1 + top, x1 + left]}


def lines_of(report: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the lines of a report that speak of single items."""
    for key, name in LISTS:
        yield from report.get(key, {}).get(name, ())


def store_pictures(report: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Store the pictures that a report names.

    Parameters
    ----------
    report : mapping
        Its lines have ``layers``: name of a layer to name of a file.
    folder : Path
        Where the trainer put the files.

    Returns
    -------
    dict of str to str
        Name of each file to its blob.
    """
    names = {name for line in lines_of(report) for name in line.get("layers", {}).values()}
    # Only files of the folder itself: a name with a path in it is no picture of ours.
    return {
        path.name: get_storage().put(path.read_bytes())
        for path in sorted(folder.glob("*.png"))
        if path.name in names
    }
