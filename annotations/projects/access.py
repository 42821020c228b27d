"""Who may do what in a project: the one place that knows the order of roles."""

from annotations.projects.models import ProjectRole

RANK: dict[str, int] = {
    ProjectRole.VIEWER: 0,
    ProjectRole.ANNOTATOR: 1,
    ProjectRole.REVIEWER: 2,
    ProjectRole.MANAGER: 3,
}


def allows(role: str, at_least: str) -> bool:
    """Whether `role` may do what `at_least` may."""
    return RANK[role] >= RANK[at_least]


def highest(roles: list[str]) -> str | None:
    """Return the role that may do most; None where there is none."""
    return max(roles, key=RANK.__getitem__, default=None)
