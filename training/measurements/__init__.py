"""Measurements of cells: pure NumPy and scikit-image, one family a file or a part of one."""

from training.measurements.base import Family
from training.measurements.intensity import GROUND_FAMILY, INTENSITY
from training.measurements.outline import CONTACTS, OUTLINE
from training.measurements.shape import AXES, PLACE, SIZE
from training.measurements.verdict import VERDICT

# In the order of a table's columns.
FAMILIES: dict[str, Family] = {
    "verdict": VERDICT,
    "size": SIZE,
    "place": PLACE,
    "axes": AXES,
    "outline": OUTLINE,
    "contacts": CONTACTS,
    "intensity": INTENSITY,
    "background": GROUND_FAMILY,
}
