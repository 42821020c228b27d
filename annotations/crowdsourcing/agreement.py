"""How far people agree beyond chance. Pure NumPy."""

from collections.abc import Sequence

import numpy as np


def krippendorff_alpha(units: Sequence[Sequence[int]]) -> float | None:
    """Return Krippendorff's alpha for nominal data.

    Parameters
    ----------
    units : sequence of sequences of int
        For each sample the classes that people gave it; any number of people may be missing.

    Returns
    -------
    float or None
        1 is full agreement, 0 what chance would give; None where no sample has two answers, or
        where only one class was ever given, so that chance cannot be told.

    Notes
    -----
    K. Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011, section C.
    """
    pairable = [unit for unit in units if len(unit) > 1]
    classes = sorted({value for unit in pairable for value in unit})
    if len(classes) < 2:
        return None
    place = {value: n for n, value in enumerate(classes)}
    coincidences = np.zeros((len(classes), len(classes)))
    for unit in pairable:
        counts = np.bincount([place[value] for value in unit], minlength=len(classes))
        pairs = np.outer(counts, counts) - np.diag(counts)
        coincidences += pairs / (len(unit) - 1)
    totals = coincidences.sum(axis=0)
    n = totals.sum()
    observed = n - np.trace(coincidences)
    expected = (n**2 - (totals**2).sum()) / (n - 1)
    return float(1 - observed / expected)
