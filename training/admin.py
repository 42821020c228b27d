"""What the people who run the site see of training; nothing here can be edited by hand."""

from django.contrib import admin
from django.http import HttpRequest

from training.models import Evaluation, ModelVersion, Round, Search, Snapshot, TrainingRun


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows to look at: they are written by services only."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds rows by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody changes rows by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nothing is deleted by hand."""
        return False


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    """Frozen training sets."""

    list_display = ["id", "project", "content_hash", "n_train", "n_val", "n_test", "created_at"]


@admin.register(TrainingRun)
class TrainingRunAdmin(ReadOnlyAdmin):
    """Training runs."""

    list_display = ["id", "project", "snapshot", "seed", "code_version", "created_at"]
    list_select_related = ["project", "snapshot"]


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    """Model versions."""

    list_display = ["id", "project", "number", "state", "promoted_at", "created_at"]
    list_filter = ["state"]


@admin.register(Evaluation)
class EvaluationAdmin(ReadOnlyAdmin):
    """Evaluations, without their scores: the test split stays sealed here too."""

    list_display = ["id", "project", "model_version", "split", "looks", "created_at"]
    fields = ["project", "model_version", "round", "arm", "n_labels", "split", "looks"]


@admin.register(Round)
class RoundAdmin(ReadOnlyAdmin):
    """Rounds of active learning."""

    list_display = ["id", "project", "number", "state", "strategy", "code", "created_at"]
    list_filter = ["state", "strategy"]


@admin.register(Search)
class SearchAdmin(ReadOnlyAdmin):
    """Searches for settings."""

    list_display = ["id", "project", "state", "minutes", "folds", "created_at", "finished_at"]
    list_select_related = ["project"]
