"""Nested settings."""

from training.nested import differing_settings, flatten, merge_settings, nest


def test_settings_are_laid_over_others_section_by_section():
    under = {"optim": {"rate": 1, "batch": 2}, "head": "flow"}
    merged = merge_settings(under, {"optim": {"rate": 3}, "seed": 4})
    assert merged == {"optim": {"rate": 3, "batch": 2}, "head": "flow", "seed": 4}
    assert under == {"optim": {"rate": 1, "batch": 2}, "head": "flow"}


def test_dotted_names_there_and_back():
    values = {"optim.rate": 1, "head": "flow", "network.channels": [8, 16]}
    assert flatten(nest(values)) == values


def test_settings_that_differ_have_dotted_names():
    assert differing_settings(
        [{"a": {"b": (1, 2), "c": 2}}, {"a": {"b": [1, 2], "c": 3}, "d": 4}]
    ) == {
        "a.c": [2, 3],
        "d": [None, 4],
    }
