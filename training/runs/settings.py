"""Settings that the runs of a project start from."""

from collections.abc import Mapping
from typing import Any

from annotations.models import Project, TaskKind, User
from core.audit import record
from training.engine.advice import check_settings
from training.nested import merge_settings
from training.runs.models import TrainingSettings
from training.snapshots.models import Snapshot

# Of white cells a network of two minutes classes 0.84 rightly with 20 labels and 0.90 with 50,
# regression 0.75 and 0.80; of blood cells both find nearly all (docs/benchmarks.md).
FEW_LABELS = 20
# In less time a network learns little; regression is there at once.
FEW_MINUTES = 1.0


def settings_of(project: Project) -> TrainingSettings:
    """Return a project's settings; unsaved and empty where nobody has chosen any."""
    known = TrainingSettings.objects.filter(project=project).first()
    return known or TrainingSettings(project=project)


def use_settings(
    project: Project,
    config: Mapping[str, Any],
    *,
    source: str,
    origin: str = "",
    by: User | None,
) -> TrainingSettings:
    """Let the next runs of a project start from settings.

    Parameters
    ----------
    project : Project
        Whose runs.
    config : mapping
        Nested settings that differ from the trainer's defaults.
    source : {"hand", "preset", "search"}
        Where they come from.
    origin : str
        Name of the preset, id of the search.
    by : User or None
        Who decides.

    Returns
    -------
    TrainingSettings
        Stored.

    Raises
    ------
    DomainError
        Code "bad_config".
    """
    check_settings(config)
    chosen, _ = TrainingSettings.objects.update_or_create(
        project=project,
        defaults={
            "config": dict(config),
            "source": source,
            "origin": origin,
            "changed_by": by,
        },
    )
    record("training.settings", project, actor=by, data={"source": source, "origin": origin})
    return chosen


def config_for_run(
    project: Project,
    snapshot: Snapshot,
    asked: Mapping[str, Any] | None = None,
    *,
    minutes: float,
) -> dict[str, Any]:
    """Lay what is asked over the project's settings, and those over what suits the task.

    Parameters
    ----------
    project : Project
        Whose settings.
    snapshot : Snapshot
        What is trained on.
    asked : mapping, optional
        Nested settings of one run.
    minutes : float
        Budget of the run.

    Returns
    -------
    dict
        Nested settings that differ from the trainer's defaults.
    """
    chosen = merge_settings(_suited(project, snapshot, minutes), settings_of(project).config)
    return merge_settings(chosen, asked or {})


def _suited(project: Project, snapshot: Snapshot, minutes: float) -> dict[str, Any]:
    """Choose settings that suit the task, the number of labels and the time."""
    if project.task_kind == TaskKind.CLASSIFICATION and (
        snapshot.n_train < FEW_LABELS or minutes < FEW_MINUTES
    ):
        return {"model": "softmax"}
    return {}
