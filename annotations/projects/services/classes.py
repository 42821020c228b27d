"""The label classes of a project. What labels hold is the index, which is never given twice."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Max

from annotations.projects.models import LabelClass, Project
from core.errors import Conflict, DomainError, NotFound

# Bluish green first: distinct for most eyes (Wong, Nature Methods 8, 441, 2011).
COLORS = ("#009e73", "#e69f00", "#56b4e9", "#cc79a7", "#d55e00", "#f0e442", "#0072b2", "#999999")

# Labels lie above projects, so the tables are asked by name.
USED = """
SELECT EXISTS (
    SELECT FROM annotations_annotation AS answer
    JOIN annotations_sample AS sample ON sample.id = answer.sample_id
    WHERE sample.project_id = %(project)s AND (
        answer.class_index = %(index)s
        OR jsonb_path_exists(answer.object_classes, '$.* ? (@ == $i)', %(vars)s::jsonb)
        OR (%(is_default)s AND (answer.key <> '' OR answer.version > 0))
    )
) OR EXISTS (
    SELECT FROM annotations_groundtruth AS truth
    JOIN annotations_sample AS sample ON sample.id = truth.sample_id
    WHERE sample.project_id = %(project)s AND (
        truth.class_index = %(index)s
        OR jsonb_path_exists(truth.object_classes, '$.* ? (@ == $i)', %(vars)s::jsonb)
        OR (%(is_default)s AND truth.key <> '')
    )
)
"""


@dataclass(frozen=True)
class ClassValues:
    """One class as somebody wants it.

    Attributes
    ----------
    name : str
        Unique in the project.
    color : str
        As `#rrggbb`; empty for one that is chosen.
    key : str
        The key on the keyboard; empty for none.
    id : int, optional
        The class that is changed; nothing for a new one.
    """

    name: str
    color: str = ""
    key: str = ""
    id: int | None = None


def set_classes(project: Project, wanted: Sequence[ClassValues]) -> None:
    """Make the project's classes those that are wanted; the caller holds a transaction.

    Classes are changed by id, those without one are new, and those that are missing are deleted.

    Raises
    ------
    DomainError
        Names or keys come twice, or nothing is left.
    Conflict
        A missing class has labels.
    NotFound
        An id is none of the project's.
    """
    _check(wanted)
    project = Project.objects.select_for_update().get(pk=project.pk)
    have = {row.pk: row for row in LabelClass.objects.filter(project=project)}
    keep = {values.id for values in wanted if values.id is not None}
    if keep - set(have):
        raise NotFound("class")
    for pk in sorted(set(have) - keep):
        _delete(project, have[pk])
    _change([(have[values.id], values) for values in wanted if values.id is not None])
    _add(project, [values for values in wanted if values.id is None])


def _check(wanted: Sequence[ClassValues]) -> None:
    if not wanted:
        raise DomainError("no_classes", "A project needs at least one class. Add one.")
    names = [values.name.casefold() for values in wanted]
    keys = [values.key.casefold() for values in wanted if values.key]
    if len(set(names)) < len(names):
        raise DomainError("class_name_twice", "Two classes have the same name. Rename one.")
    if len(set(keys)) < len(keys):
        raise DomainError("class_key_twice", "Two classes have the same key. Change one.")


def _delete(project: Project, label_class: LabelClass) -> None:
    first = LabelClass.objects.filter(project=project).order_by("index").first()
    wanted: dict[str, int | str | bool] = {
        "project": project.pk,
        "index": label_class.index,
        "vars": f'{{"i": {label_class.index}}}',
        # Objects that nobody gave a class are of the first.
        "is_default": first == label_class,
    }
    with connection.cursor() as cursor:
        cursor.execute(USED, wanted)
        (used,) = cursor.fetchone() or (False,)
    if used:
        raise Conflict(
            "class_in_use",
            f"The class {label_class.name} has labels, so it cannot be deleted. Rename it instead.",
        )
    _raise_last_index(project)
    label_class.delete()


def _change(pairs: Sequence[tuple[LabelClass, ClassValues]]) -> None:
    # Two classes may swap their names: get the old ones out of the way first.
    for row, values in pairs:
        if row.name != values.name:
            LabelClass.objects.filter(pk=row.pk).update(name=f"\x1f{row.pk}")
    for row, values in pairs:
        row.name, row.key = values.name, values.key
        row.color = values.color or row.color
        row.save(update_fields=["name", "key", "color"])


def _add(project: Project, wanted: Sequence[ClassValues]) -> None:
    start = _raise_last_index(project)
    for index, values in enumerate(wanted, start=start + 1):
        color = values.color or COLORS[(index - 1) % len(COLORS)]
        LabelClass.objects.create(
            project=project, index=index, name=values.name, color=color, key=values.key
        )
    _raise_last_index(project)


def _raise_last_index(project: Project) -> int:
    """Note the highest index ever given, so that a deleted class's is not given again."""
    highest = LabelClass.objects.filter(project=project).aggregate(Max("index"))["index__max"] or 0
    if highest > project.last_class_index:
        project.last_class_index = highest
        project.save(update_fields=["last_class_index"])
    return project.last_class_index
