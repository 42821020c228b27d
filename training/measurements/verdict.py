"""What the model said of each object: its class and how sure it is."""

from collections.abc import Sequence

import numpy as np

from training.measurements.base import Column, Family, Layout, Region, Values

# Index of no class at all.
NO_CLASS = -1


def _columns(_layout: Layout) -> Sequence[Column]:
    return [
        Column("class", "", "text", "Name of the object's class; empty where there is none."),
        Column("confidence", "", "float", "How sure the model is of the object, 0 to 1."),
    ]


def _measure(region: Region) -> Sequence[Values]:
    classes = region.layout.classes
    said = [region.about.get(int(key), {}) for key in region.ids]
    only = next(iter(classes.values())) if len(classes) == 1 else ""
    names = [classes.get(row.get("class_index", NO_CLASS), only) for row in said]
    sure = [row.get("confidence", np.nan) for row in said]
    return [np.array(names, dtype=object), np.array(sure, dtype=np.float64)]


VERDICT = Family("verdict", _columns, _measure)
