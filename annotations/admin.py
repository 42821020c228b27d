"""What the site's administrators may look at; people are managed here, labels are not edited."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import Model
from django.http import HttpRequest

from annotations.models import DataSet, Image, Invitation, Lab, Project, User
from core.models import AuditEvent, Job

# Passwords, names and switching accounts off.
admin.site.register(User, UserAdmin)


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Everything can be seen and nothing changed: changes go through the services."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds rows here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes rows here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody deletes rows here."""
        return False


@admin.register(Lab)
class LabAdmin(ReadOnly):
    """Labs."""

    list_display = ["name", "slug", "created_at"]
    search_fields = ["name"]


@admin.register(Project)
class ProjectAdmin(ReadOnly):
    """Projects."""

    list_display = ["name", "lab", "task_kind", "created_at", "archived_at"]
    list_select_related = ["lab"]
    search_fields = ["name"]


@admin.register(DataSet)
class DataSetAdmin(ReadOnly):
    """Data sets."""

    list_display = ["name", "lab", "licence", "created_at", "trashed_at"]
    list_select_related = ["lab"]
    search_fields = ["name"]


@admin.register(Image)
class ImageAdmin(ReadOnly):
    """Pictures."""

    list_display = ["name", "dataset", "status", "code", "split", "created_at"]
    list_filter = ["status", "split"]
    list_select_related = ["dataset"]
    search_fields = ["name"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    """Invitations, without their links."""

    list_display = ["pk", "lab", "project", "created_by", "uses", "max_uses", "expires_at"]
    list_select_related = ["lab", "project", "created_by"]


@admin.register(Job)
class JobAdmin(ReadOnly):
    """Background work."""

    list_display = ["kind", "subject", "state", "code", "attempts", "created_at", "finished_at"]
    list_filter = ["state", "kind"]


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly):
    """Who did what."""

    list_display = ["at", "actor", "verb", "subject_kind", "subject_id"]
    list_filter = ["verb"]
    list_select_related = ["actor"]
