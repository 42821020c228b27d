"""From the lines of a run's curves to what the checks look at."""

from collections.abc import Sequence

from training.curves import CurveRow, finite
from training.doctor.evidence import CurveFacts


def curve_facts(
    rows: Sequence[CurveRow], *, rate: float, minutes: float, over: bool, warm: bool = False
) -> CurveFacts | None:
    """Gather the curves of a run.

    Parameters
    ----------
    rows : sequence of CurveRow
        In the order of steps.
    rate : float
        Largest learning rate; 0 = unknown.
    minutes : float
        Budget; 0 = none.
    over : bool
        Whether the run is over.
    warm : bool
        Whether it began with what an earlier model had learnt.

    Returns
    -------
    CurveFacts or None
        None before the first line, and where nothing is learned in steps.
    """
    if not rows:
        return None
    losses: list[float] = []
    validation: list[tuple[int, float]] = []
    for row in rows:
        if row.loss is not None:
            losses.append(row.loss)
        score = finite(row.val)
        if score is not None:
            validation.append((max(len(losses) - 1, 0), score))
    return CurveFacts(
        losses=tuple(losses),
        validation=tuple(validation),
        steps=rows[-1].step,
        seconds=rows[-1].seconds,
        rate=rate,
        minutes=minutes,
        over=over,
        warm=warm,
    )
