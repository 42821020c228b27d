"""Everybody has one vote: on a class, and on the existence, outline and class of each object."""

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from annotations.crowdsourcing.consensus.base import (
    FusedClass,
    FusedInstances,
    FusedObject,
    FusedSet,
    InstanceAnswer,
    Labels,
)
from annotations.crowdsourcing.consensus.matching import (
    SAME_OBJECT_IOU,
    Floats,
    NumberedAnswer,
    Numbers,
    group_objects,
    number_objects,
    pairwise_f1,
)
from annotations.crowdsourcing.consensus.pixels import FusedPixels, vote_on_pixels
from annotations.crowdsourcing.consensus.sets import vote_on_classes


class Majority:
    """The majority decides.

    Ties: a class goes to whoever answered first among the equal, and is marked as undecided. An
    object that exactly half of the people drew stays, because people overlook objects more often
    than they invent them, and is marked as disputed. A pixel on which those who drew an object are
    split evenly follows the one of them who agrees best with everybody (the earliest among
    equals); so two people's outlines are never merged to something larger or smaller than both.
    """

    def fuse_classes(self, votes: Sequence[int]) -> FusedClass:
        """Take the class that most people chose."""
        index, count, is_tied = _most_common(votes)
        share = count / len(votes)
        return FusedClass(
            class_index=index,
            confidence=share,
            agreement=share if len(votes) > 1 else None,
            is_undecided=is_tied,
        )

    def fuse_sets(self, votes: Sequence[Collection[int]]) -> FusedSet:
        """Take each class that at least half of the people named."""
        return vote_on_classes(votes)

    def fuse_instances(self, answers: Sequence[InstanceAnswer]) -> FusedInstances:
        """Keep objects that half of the people drew, with the pixels that most of those chose."""
        shape = answers[0].labels.shape
        numbered = [number_objects(answer.labels) for answer in answers]
        f1 = pairwise_f1(numbered)
        groups = group_objects(numbered)
        votes = np.bincount(np.concatenate([group[1:] for group in groups]), minlength=1)
        kept = votes * 2 >= len(answers)
        kept[0] = False
        renumbered = np.where(kept, np.cumsum(kept), 0)
        groups = [renumbered[group] for group in groups]
        votes = votes[kept]
        flat = _outlines(numbered, groups, votes, rank=_by_agreement(f1))
        flat, groups, votes = _drop_empty(flat, groups, votes)
        objects = _describe(flat, numbered, groups, votes, answers)
        agreement = _mean_of_pairs(f1)
        sure = [item.confidence for item in objects] or [1.0 if agreement is None else agreement]
        return FusedInstances(
            labels=flat.astype(np.uint32).reshape(shape),
            objects=objects,
            agreement=agreement,
            confidence=float(np.mean(sure)),
        )

    def fuse_pixels(self, answers: Sequence[Labels], *, unpainted_counts: bool) -> FusedPixels:
        """Give each pixel the class that most people gave it."""
        return vote_on_pixels(answers, unpainted_counts=unpainted_counts)


def _most_common(votes: Sequence[int]) -> tuple[int, int, bool]:
    """Return the most common vote (the earliest of equals), its count, and whether it is tied."""
    counts = Counter(votes).most_common()
    best = counts[0][1]
    return counts[0][0], best, len(counts) > 1 and counts[1][1] == best


def _by_agreement(f1: Floats) -> Numbers:
    """People in the order of how well they agree with the others, best first."""
    return np.argsort(-f1.sum(axis=0).round(9), kind="stable")


def _mean_of_pairs(f1: Floats) -> float | None:
    if len(f1) < 2:
        return None
    return float(f1[np.triu_indices(len(f1), k=1)].mean())


def _outlines(
    numbered: Sequence[NumberedAnswer], groups: Sequence[Numbers], votes: Numbers, *, rank: Numbers
) -> Numbers:
    """Let people vote on each pixel; return the winning group per pixel, (P,)."""
    pixels = numbered[0].numbers.size
    width = votes.size + 1
    members = np.concatenate([[1], votes])
    keys, weights = [], []
    speaker = _speakers(groups, width, rank)
    for person, (answer, group) in enumerate(zip(numbered, groups, strict=True)):
        drawn = group[answer.numbers]
        where = np.flatnonzero(drawn)
        keys.append(where * width + drawn[where])
        # The speaker's vote breaks ties: worth a little more than one, never as much as two.
        weights.append(1.0 + 0.5 * (speaker[drawn[where]] == person))
    key, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    score = np.bincount(inverse, weights=np.concatenate(weights), minlength=key.size)
    where, group_of = key // width, key % width
    # More than half of the members, or half of them and the speaker among these.
    wins = 2 * score > members[group_of]
    where, group_of, share = where[wins], group_of[wins], (score / members[group_of])[wins]
    out = np.zeros(pixels, np.int64)
    order = np.argsort(share, kind="stable")
    out[where[order]] = group_of[order]
    return out


def _speakers(groups: Sequence[Numbers], width: int, rank: Numbers) -> Numbers:
    """For each group the best-agreeing person who drew it."""
    speaker = np.full(width, -1, np.int64)
    for person in rank[::-1]:
        speaker[groups[person][1:]] = person
    return speaker


def _drop_empty(
    flat: Numbers, groups: Sequence[Numbers], votes: Numbers
) -> tuple[Numbers, list[Numbers], Numbers]:
    """Renumber so that objects that lost all their pixels leave no gap."""
    there = np.bincount(flat, minlength=votes.size + 1) > 0
    there[0] = False
    renumbered = np.where(there, np.cumsum(there), 0)
    return renumbered[flat], [renumbered[group] for group in groups], votes[there[1:]]


def _describe(
    flat: Numbers,
    numbered: Sequence[NumberedAnswer],
    groups: Sequence[Numbers],
    votes: Numbers,
    answers: Sequence[InstanceAnswer],
) -> tuple[FusedObject, ...]:
    likeness = np.zeros((len(answers), votes.size + 1))
    classes: list[list[int]] = [[] for _ in range(votes.size + 1)]
    areas = np.bincount(flat, minlength=votes.size + 1)
    for person, (answer, group) in enumerate(zip(numbered, groups, strict=True)):
        drawn = group[answer.numbers]
        common = np.bincount(drawn[drawn == flat], minlength=votes.size + 1)
        own = np.bincount(drawn, minlength=votes.size + 1)
        likeness[person] = common / np.maximum(areas + own - common, 1)
        for number, identity in enumerate(answer.ids.tolist(), start=1):
            index = answers[person].classes.get(identity)
            if index is not None:
                classes[group[number]].append(index)
    return tuple(
        _object(n, int(votes[n - 1]), likeness[:, n], classes[n]) for n in range(1, votes.size + 1)
    )


def _object(number: int, votes: int, likeness: Floats, classes: list[int]) -> FusedObject:
    index, _, is_tied = _most_common(classes) if classes else (None, 0, False)
    alike = likeness[likeness > 0]
    return FusedObject(
        id=number,
        class_index=index,
        votes=votes,
        confidence=round(float(likeness.sum() / likeness.size), 4),
        is_disputed=votes < likeness.size
        or len(set(classes)) > 1
        or is_tied
        or bool((alike <= SAME_OBJECT_IOU).any()),
    )
