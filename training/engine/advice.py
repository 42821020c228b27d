"""What helps to choose settings: presets, spaces, proposals, importances.

None but `locate` and `check_space` loads torch.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from core.errors import DomainError
from training.nested import merge_settings, nest


def list_presets() -> list[dict[str, Any]]:
    """Return the starting points: name, task_kinds, title, reason, changes."""
    from training.ml.presets import PRESETS

    fields = ("name", "task_kinds", "title", "reason", "changes")
    return [{field: getattr(row, field) for field in fields} for row in PRESETS.values()]


def suggest_preset(
    pictures: Sequence[NDArray[Any]], *, task_kind: str, class_counts: Sequence[int] = ()
) -> str | None:
    """Name the preset that suits pictures (C, Z, Y, X); nothing where none does."""
    from training.ml.presets import Labelling, describe_pictures, suggest

    labelling = Labelling(task_kind, tuple(class_counts))
    return suggest(describe_pictures(pictures), labelling).preset


def default_space(task_kind: str) -> list[dict[str, Any]]:
    """Return what a search may change where nothing is said."""
    from training.ml.search_space import default_space, space_rows

    return space_rows(default_space(task_kind))


def further_space(task_kind: str) -> list[dict[str, Any]]:
    """Return what a search may change, too, where a person asks for it."""
    from training.ml.search_space import further_space, space_rows

    return space_rows(further_space(task_kind))


def check_settings(config: Mapping[str, Any]) -> None:
    """Refuse settings that no training takes.

    Raises
    ------
    DomainError
        Code "bad_config": an unknown name, a wrong type or a value out of range.
    """
    from training.ml.config_io import config_from_dict
    from training.ml.errors import TrainingError

    try:
        config_from_dict(dict(config))
    except TrainingError as error:
        raise DomainError(error.code, error.detail) from error


def check_space(
    rows: Sequence[Mapping[str, Any]], *, base: Mapping[str, Any], task_kind: str
) -> list[dict[str, Any]]:
    """Return a space in full; its values are laid over the settings `base`.

    Raises
    ------
    DomainError
        Code "bad_config": a range is none, or a training of this kind takes no such setting or
        value.
    """
    from training.ml.config_io import config_from_dict
    from training.ml.errors import TrainingError
    from training.ml.networks import name_network
    from training.ml.search_space import read_space, space_rows

    try:
        space = read_space(rows)
        for dimension in space:
            for value in dimension.ends:
                config = config_from_dict(merge_settings(base, nest({dimension.key: value})))
                name_network(config.network, task_kind)
    except TrainingError as error:
        raise DomainError(error.code, error.detail) from error
    return space_rows(space)


def locate(
    settings: Mapping[str, Any], space: Sequence[Mapping[str, Any]], *, task_kind: str
) -> dict[str, Any]:
    """Return where settings lie in a space, defaults filled in; empty where outside of it.

    Raises
    ------
    DomainError
        Code "bad_config": a setting is unknown or out of its range.
    """
    from training.ml.config_io import config_from_dict, config_to_dict
    from training.ml.errors import TrainingError
    from training.ml.networks import name_network
    from training.ml.search_space import pick_values, read_space

    try:
        config = config_from_dict(dict(settings))
        named = dataclasses.replace(config, network=name_network(config.network, task_kind))
        return pick_values(config_to_dict(named), read_space(space)) or {}
    except TrainingError as error:
        raise DomainError(error.code, error.detail) from error


def propose_values(
    space: Sequence[Mapping[str, Any]], tried: Sequence[Mapping[str, Any]], *, seed: int
) -> dict[str, Any]:
    """Choose the next trial's values; `tried` are rows of `training.ml.search.Tried`."""
    from training.ml.search import Tried, propose
    from training.ml.search_space import read_space

    return propose(read_space(space), [Tried(**row) for row in tried], seed=seed)


def is_hopeless(
    space: Sequence[Mapping[str, Any]],
    tried: Sequence[Mapping[str, Any]],
    rungs: Sequence[float],
) -> bool:
    """Whether a trial is worse at its newest rung than half of the others were."""
    from training.ml.search import Tried, is_hopeless
    from training.ml.search_space import read_space

    return is_hopeless(read_space(space), [Tried(**row) for row in tried], rungs)


def weigh_settings(
    space: Sequence[Mapping[str, Any]], tried: Sequence[Mapping[str, Any]]
) -> dict[str, float]:
    """Return each setting's share in what told good trials from bad ones."""
    from training.ml.search import Tried, importances
    from training.ml.search_space import read_space

    return importances(read_space(space), [Tried(**row) for row in tried])
