"""What the runs of a project start from."""

from dataclasses import dataclass
from typing import Any

from annotations.models import Project, TaskKind
from training.model_registry.models import ModelOrigin, ModelVersion
from training.model_registry.services import get_champion
from training.runs.models import StartKind
from training.runs.settings import settings_of
from training.starts.models import Pretraining, StartComparison

SCRATCH = "scratch"
# A pre-training that rebuilds less of what it did not see has learnt nothing to start from.
LEAST_EXPLAINED = 0.1


@dataclass(frozen=True)
class Start:
    """A start as it is asked for; `id` of the model version or of the pre-training."""

    kind: str = StartKind.AUTO
    id: int | None = None

    @property
    def name(self) -> str:
        """Name of its folder and in results."""
        return self.kind if self.id is None else f"{self.kind}-{self.id}"


@dataclass(frozen=True)
class Resolved:
    """A start as it is.

    Attributes
    ----------
    kind : str
        Of `StartKind`, never ``auto``.
    base : ModelVersion or Pretraining or None
        Whose weights; nothing for ``scratch``.
    why : str
        ``chosen`` by somebody; ``compared``: a comparison says so; ``base``: the newest that was
        brought or pre-trained for the project; ``nothing`` of that kind is there.
    """

    kind: str
    base: ModelVersion | Pretraining | None
    why: str


def can_begin(version: ModelVersion) -> bool:
    """Whether a training can start from a model: a network of ours, and no regression."""
    config = version.card.get("model", {}).get("config", {})
    return version.trainable and config.get("model") != "softmax"


def setting_of(project: Project) -> Start:
    """Return what the project's settings say; `auto` where what they name is gone."""
    chosen = settings_of(project)
    ids = {
        StartKind.MODEL: chosen.start_model_id,
        StartKind.PRETRAINING: chosen.start_pretraining_id,
    }
    kind = StartKind(chosen.start)
    if kind in ids and ids[kind] is None:
        return Start()
    return Start(kind, ids.get(kind))


def resolve(project: Project, start: Start) -> Resolved:
    """Find what to start from.

    Retraining never goes on from the last retrained model by itself: errors of one training would
    be handed down from round to round. It begins with the base again, unless a comparison or a
    person says otherwise.

    Parameters
    ----------
    project : Project
        Whose run.
    start : Start
        Asked for, and allowed to whoever asks.

    Returns
    -------
    Resolved
        ``scratch`` where the champion is asked for and there is none that can be trained on.
    """
    if start.kind == StartKind.AUTO:
        return _suited(project)
    base: ModelVersion | Pretraining | None = None
    if start.kind == StartKind.CHAMPION:
        champion = get_champion(project)
        base = champion if champion is not None and can_begin(champion) else None
    elif start.kind == StartKind.MODEL and start.id is not None:
        base = ModelVersion.objects.filter(pk=start.id).first()
    elif start.kind == StartKind.PRETRAINING and start.id is not None:
        base = Pretraining.objects.filter(pk=start.id).exclude(weights="").first()
    return Resolved(start.kind if base is not None else StartKind.SCRATCH, base, "chosen")


def base_settings(project: Project, base: ModelVersion | Pretraining | None) -> dict[str, Any]:
    """Return the settings that a base brings: its weights fit no other network."""
    if base is None:
        return {}
    config = base.card.get("model", {}).get("config", {})
    names = ("network",) if isinstance(base, Pretraining) else ("network", "head")
    brought = {name: config[name] for name in names if name in config}
    if project.task_kind == TaskKind.CLASSIFICATION:
        # Regression on fixed features begins with nothing.
        brought["model"] = "network"
    return brought


def _suited(project: Project) -> Resolved:
    """Choose by the newest comparison that tells, else by what there is."""
    told = (
        StartComparison.objects.filter(project=project, result__best__isnull=False)
        .exclude(result__best=None)
        .order_by("-pk")
        .first()
    )
    if told is not None:
        best = told.result["best"]
        if best == SCRATCH:
            return Resolved(StartKind.SCRATCH, None, "compared")
        named = {row["name"]: Start(row["kind"], row["id"]) for row in told.starts}
        found = resolve(project, named[best])
        if found.base is not None:
            return Resolved(found.kind, found.base, "compared")
    pretraining = _newest_helpful(project)
    brought = _newest_brought(project)
    if pretraining is None and brought is None:
        return Resolved(StartKind.SCRATCH, None, "nothing")
    if brought is None or (pretraining is not None and pretraining.created_at > brought.created_at):
        return Resolved(StartKind.PRETRAINING, pretraining, "base")
    return Resolved(StartKind.MODEL, brought, "base")


def _newest_helpful(project: Project) -> Pretraining | None:
    """Return the newest pre-training that learnt something about the pictures."""
    rows = Pretraining.objects.filter(project=project).exclude(weights="").order_by("-pk")
    return next((row for row in rows if _explained(row) >= LEAST_EXPLAINED), None)


def _explained(row: Pretraining) -> float:
    """Share of what was hidden that it rebuilds, on pictures it has not seen."""
    return float(row.card.get("report", {}).get("metrics", {}).get("explained", 0.0))


def _newest_brought(project: Project) -> ModelVersion | None:
    """Return the newest model from elsewhere that can be trained on."""
    rows = ModelVersion.objects.filter(project=project).exclude(origin=ModelOrigin.TRAINED)
    return next((row for row in rows.order_by("-number") if can_begin(row)), None)
