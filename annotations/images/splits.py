"""Grouped splits: what a picture is for is fixed when its group comes in, and never changes."""

import hashlib
from collections.abc import Mapping, Sequence

SPLITS = ("train", "val", "test")
DEFAULT_FRACTIONS = (0.7, 0.15, 0.15)
# How far the number of groups in a split may stray from its share before the hash is overruled.
TOLERANCE = 1.5
# An empty split gets the next group as soon as its share rounds to one group.
FIRST_SHARE = 0.5


def choose_split(
    group: str,
    *,
    salt: str,
    counts: Mapping[str, int],
    fractions: Sequence[float] = DEFAULT_FRACTIONS,
) -> str:
    """Choose the split of a new group.

    The hash of salt and group decides, so that neither names nor the order of wells on a plate
    matter. It is overruled where it would leave a small data set without a validation or test
    image: the first group is for training, a split whose share has reached half a group gets
    the next one while it is empty, and no split strays from its share by more than 1.5 groups.
    With the usual fractions, 10 groups give at least one test group, and 150 give 21 to 24.

    Parameters
    ----------
    group : str
        A group that the data set does not have yet.
    salt : str
        Of the data set, so that equal names in two data sets are independent.
    counts : mapping of str to int
        Groups that each split has already.
    fractions : sequence of float
        Shares of train, val and test; they add up to 1.

    Returns
    -------
    str
        "train", "val" or "test".
    """
    have = {split: counts.get(split, 0) for split in SPLITS}
    total = sum(have.values()) + 1
    share = dict(zip(SPLITS, fractions, strict=True))
    if total == 1 and share["train"] > 0:
        return "train"
    missing = [
        split for split in SPLITS if have[split] == 0 and share[split] * total >= FIRST_SHARE
    ]
    lagging = [split for split in SPLITS if share[split] * total - have[split] >= TOLERANCE]
    if missing or lagging:
        return max(missing or lagging, key=lambda split: share[split] * total - have[split])
    allowed = [
        split
        for split in SPLITS
        if share[split] > 0 and have[split] + 1 - share[split] * total < TOLERANCE
    ]
    return _by_hash(group, salt, {split: share[split] for split in allowed or SPLITS})


def _by_hash(group: str, salt: str, share: Mapping[str, float]) -> str:
    digest = hashlib.sha256(f"{salt}\x00{group}".encode()).digest()
    point = int.from_bytes(digest[:8], "big") / 2**64 * sum(share.values())
    for split, fraction in share.items():
        point -= fraction
        if point < 0:
            return split
    return SPLITS[0]


def check_fractions(fractions: Sequence[float]) -> bool:
    """Whether three shares are none negative and add up to 1, with something to train on."""
    return (
        len(fractions) == len(SPLITS)
        and all(fraction >= 0 for fraction in fractions)
        and fractions[0] > 0
        and abs(sum(fractions) - 1) < 1e-6
    )
