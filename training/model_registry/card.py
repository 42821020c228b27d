"""The model card for people, gathered from what is stored of a model version."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from annotations.models import DataSet, Image, Split
from training.cards import CardDocument
from training.model_registry.evaluation import interval
from training.model_registry.models import ModelVersion
from training.model_registry.selectors import open_evaluations
from training.snapshots.manifest import SnapshotManifest
from training.snapshots.selectors import get_manifest

# Of the report and the model's own file, what the card says of how it was made.
MADE = ("steps", "seconds", "parameters")
MEASURED = ("value", "ap50", "ap75")


def make_card(version: ModelVersion) -> CardDocument:
    """Gather the card of a model version.

    Of the test split it says what somebody has looked at, and nothing more.

    Parameters
    ----------
    version : ModelVersion
        With its project and run.

    Returns
    -------
    CardDocument
        With what people wrote into it.
    """
    stored, about, run = version.card, version.about, version.run
    model = stored.get("model", {})
    report = stored.get("report", {})
    manifest = get_manifest(run.snapshot) if run is not None and run.snapshot.manifest else None
    images = _images(manifest)
    return CardDocument(
        name=about.get("name") or f"{version.project.name}, model {version.number}",
        task_kind=version.project.task_kind,
        classes=list(model.get("classes", ())),
        intended_use=about.get("intended_use", ""),
        licence=about.get("licence", ""),
        authors=list(about.get("authors", ())),
        origin={"kind": version.origin, **about.get("origin", {})},
        data=_data(manifest, images),
        metrics=_metrics(version),
        findings=list(run.findings) if run is not None else [],
        calibration=_calibration(report.get("calibration", {})),
        limits=_limits(model, images),
        training={
            **{name: report[name] for name in MADE if name in report},
            "minutes": run.config.get("minutes") if run else None,
            "seed": stored.get("seed"),
            "code_version": stored.get("code_version"),
            "environment": stored.get("environment", {}).get("packages", {}),
            "init": model.get("provenance", {}).get("init"),
        },
    )


def _images(manifest: SnapshotManifest | None) -> list[Image]:
    """Images of the training split; one query."""
    if manifest is None:
        return []
    wanted = {item.image for item in manifest.split(Split.TRAIN)}
    return list(Image.objects.filter(pk__in=wanted).select_related("dataset"))


def _data(manifest: SnapshotManifest | None, images: Iterable[Image]) -> dict[str, Any]:
    if manifest is None:
        return {}
    counts = {
        split.value: {
            "images": len({item.image for item in manifest.split(split)}),
            "groups": len({item.group for item in manifest.split(split)}),
            "objects": sum(item.n_objects for item in manifest.split(split)),
        }
        for split in Split
    }
    datasets = {image.dataset_id: image.dataset for image in images}
    return {
        "snapshot": manifest.content_hash,
        "counts": counts,
        "datasets": [_describe(one) for _, one in sorted(datasets.items())],
    }


def _describe(dataset: DataSet) -> dict[str, str]:
    return {
        "name": dataset.name,
        "licence": dataset.licence,
        "modality": dataset.modality,
        "organism": dataset.organism,
        "stain": dataset.stain,
    }


def _metrics(version: ModelVersion) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for evaluation in open_evaluations().filter(model_version=version).order_by("pk"):
        lines = evaluation.per_image
        rows: dict[str, dict[str, Any]] = {
            name: {"value": value}
            for name, value in evaluation.metrics.items()
            if isinstance(value, int | float) and name not in ("low", "high")
        }
        for name in MEASURED:
            if lines and all(name in line for line in lines):
                rows["mean per image" if name == "value" else f"{name} per image"] = _spread(
                    lines, name
                )
        found[evaluation.split] = rows
    return found


def _spread(lines: Sequence[dict[str, Any]], name: str) -> dict[str, Any]:
    """Mean over images, with intervals by resampling groups, and by resampling images."""
    by_group = [{"value": line[name], "group": line["group"]} for line in lines]
    by_image = [{"value": line[name], "group": at} for at, line in enumerate(lines)]
    low, high = interval(by_group)
    images_low, images_high = interval(by_image)
    return {
        "value": float(np.mean([line[name] for line in lines])),
        "low": low,
        "high": high,
        "images_low": images_low,
        "images_high": images_high,
        "n": len(lines),
        "groups": len(Counter(line["group"] for line in lines)),
    }


def _limits(model: dict[str, Any], images: Sequence[Image]) -> dict[str, Any]:
    """Sizes that training has seen; of a model from elsewhere only what its file tells."""
    limits: dict[str, Any] = {}
    if "config" in model:
        limits = {
            "dims": model["config"]["network"]["dims"] or 2,
            "channels": model.get("in_channels"),
        }
        seen = model.get("settings", {}).get("diameters")
        if seen:
            limits["diameters"] = [seen["low"], seen["high"]]
    if images:
        limits["height"] = _ends(image.size_y for image in images)
        limits["width"] = _ends(image.size_x for image in images)
        limits["depth"] = _ends(image.size_z for image in images)
        sizes = [image.pixel_size_x_um or image.dataset.pixel_size_um for image in images]
        known = [size for size in sizes if size]
        if known:
            limits["pixel_size_um"] = _ends(known)
    return limits


def _ends(values: Iterable[float]) -> list[float]:
    listed = list(values)
    return [min(listed), max(listed)]


def _calibration(parts: dict[str, Any]) -> dict[str, Any]:
    """Errors of what was calibrated, in the state in which predictions are given."""
    numbers: dict[str, Any] = {}
    for name, part in parts.items():
        if not isinstance(part, dict):
            continue
        state = "after" if part.get("used") else "before"
        error = part.get(state, {}).get("ece_width")
        if error is None:
            continue
        numbers[f"{name}: expected calibration error"] = round(error, 4)
        if part.get("used"):
            raw = part["before"]["ece_width"]
            numbers[f"{name}: expected calibration error as the network says"] = round(raw, 4)
        numbers[f"{name}: cases"] = part.get("n")
    return numbers
