"""Make and change projects, classes, members, invitations and samples."""

from annotations.projects.services.classes import ClassValues, set_classes
from annotations.projects.services.groups import MovedGroup, move_group
from annotations.projects.services.members import add_member, change_member, remove_member
from annotations.projects.services.projects import (
    SYNC_JOB,
    NewProject,
    ProjectChanges,
    archive_project,
    create_project,
    update_project,
)
from annotations.projects.services.samples import CellRegion, ready_images, sync_cells, sync_samples

__all__ = [
    "SYNC_JOB",
    "CellRegion",
    "ClassValues",
    "MovedGroup",
    "NewProject",
    "ProjectChanges",
    "add_member",
    "archive_project",
    "change_member",
    "create_project",
    "move_group",
    "ready_images",
    "remove_member",
    "set_classes",
    "sync_cells",
    "sync_samples",
    "update_project",
]
