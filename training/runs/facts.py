"""Facts that only the database knows: the test split, the pool, and where samples come from."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from annotations.models import Project, Sample, Split
from core.storage import get_storage
from training import engine
from training.doctor.evidence import DataFacts, ItemFacts, Population
from training.doctor.measure import thumb
from training.snapshots.manifest import SnapshotManifest

# Pictures of each population that are looked at, as thumbnails.
MOST_LOOKED = 150
POOL = "pool"
Row = TypeVar("Row")


@dataclass(frozen=True)
class Seen:
    """A sample's picture as its thumbnail shows it."""

    thumb: NDArray[np.float32] | None
    features: NDArray[np.float32]


def gather_facts(
    project: Project, manifest: SnapshotManifest
) -> tuple[DataFacts, tuple[Population, ...]]:
    """Gather the facts of all labelled samples and of a part of the pool.

    Parameters
    ----------
    project : Project
        Whose samples.
    manifest : SnapshotManifest
        What is labelled, the test split included.

    Returns
    -------
    tuple of DataFacts and tuple of Population
        Items without pixels of their own: only group, source and thumbnail; only test items and
        those they are compared with have a thumbnail, since the trainer sees the others.
    """
    labelled = {str(item.sample): item for item in manifest.items}
    samples = {
        str(sample.pk): sample
        for sample in Sample.objects.select_related("image").filter(
            pk__in=[item.sample for item in manifest.items]
        )
    }
    split_of = {name: item.split for name, item in labelled.items()}
    pool = _pool(project, labelled)
    by_split = {
        split.value: [s for name, s in samples.items() if split_of.get(name) == split.value]
        for split in (Split.TRAIN, Split.VALIDATION, Split.TEST)
    }
    seen = {name: see_samples(rows) for name, rows in (by_split | {POOL: pool}).items()}
    compared = seen[Split.TRAIN.value] | seen[Split.TEST.value]
    data = DataFacts(
        task_kind=manifest.task_kind,
        items=tuple(
            ItemFacts(
                id=name,
                split=item.split,
                group=item.group,
                source=item.image_sha256,
                thumb=compared[name].thumb if name in compared else None,
            )
            for name, item in labelled.items()
        ),
    )
    groups = {name: item.group for name, item in labelled.items()} | {
        str(sample.pk): f"{sample.image.dataset_id}/{sample.group}" for sample in pool
    }
    return data, _populations(seen, groups)


def see_samples(samples: Iterable[Sample]) -> dict[str, Seen]:
    """Read the thumbnails of samples, one per picture.

    Parameters
    ----------
    samples : iterable of Sample
        With their images.

    Returns
    -------
    dict of str to Seen
        By id of the picture's first sample; pictures without a thumbnail are left out.
    """
    first = {sample.image_id: sample for sample in reversed(list(samples))}
    chosen = _some([sample for sample in first.values() if sample.image.thumbnail])
    seen = ((str(sample.pk), _see(sample)) for sample in chosen)
    return {name: one for name, one in seen if one is not None}


def _pool(project: Project, labelled: Iterable[str]) -> list[Sample]:
    """Unlabelled samples, evenly over their ids."""
    rows = Sample.objects.filter(project=project, image__trashed_at=None)
    known = {int(name) for name in labelled}
    unknown = [pk for pk in rows.order_by("pk").values_list("pk", flat=True) if pk not in known]
    chosen = Sample.objects.select_related("image").filter(pk__in=_some(unknown))
    return list(chosen.order_by("pk"))


def _some(rows: Sequence[Row]) -> list[Row]:
    """Choose evenly."""
    n = min(MOST_LOOKED, len(rows))
    return [rows[at * len(rows) // n] for at in range(n)]


def _see(sample: Sample) -> Seen | None:
    try:
        data = get_storage().get(sample.image.thumbnail)
        with PIL.Image.open(io.BytesIO(data)) as opened:
            plane = np.asarray(opened.convert("L"))
    except OSError:
        # A lost thumbnail is no reason not to train.
        return None
    # A thumbnail is shown in its own window of contrast, so exposure is told by that window.
    windows = [(c.get("low", 0.0), c.get("high", 0.0)) for c in sample.image.channels] or [(0, 0)]
    exposure = np.log1p(np.abs(np.mean(windows, axis=0))).astype(np.float32)
    features = engine.describe_picture(plane[None])
    return Seen(thumb(plane), np.concatenate([features, exposure]))


def _populations(
    seen: dict[str, dict[str, Seen]], groups: dict[str, str]
) -> tuple[Population, ...]:
    """Take splits and pool as wholes; the first is what is trained on."""
    return tuple(
        Population(
            name,
            tuple(rows),
            tuple(groups.get(pk) or pk for pk in rows),
            np.stack([row.features for row in rows.values()]),
        )
        for name, rows in seen.items()
        if rows
    )
