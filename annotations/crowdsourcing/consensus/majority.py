"""Everybody has one vote: on a class, and on the existence, outline and class of each object."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from annotations.crowdsourcing.consensus.base import (
    FusedClass,
    FusedInstances,
    FusedObject,
    FusedSet,
    InstanceAnswer,
)
from annotations.crowdsourcing.consensus.matching import (
    SAME_OBJECT_IOU,
    Floats,
    NumberedAnswer,
    Numbers,
    group_objects,
    number_objects,
    overlap_tables,
    pairwise_f1,
)
from annotations.crowdsourcing.consensus.pixels import FusedPixels, vote_on_pixels
from annotations.crowdsourcing.consensus.sets import vote_on_classes
from annotations.labels.bands import Band, LabelImage, Labels, Relabelled, Shape, bands_of
from annotations.labels.planes import LabelStack, pack_image


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
        numbered = [number_objects(answer.labels) for answer in answers]
        tables = overlap_tables(numbered)
        f1 = pairwise_f1(numbered, tables)
        groups = group_objects(numbered, tables)
        votes = np.bincount(np.concatenate([group[1:] for group in groups]), minlength=1)
        kept = votes * 2 >= len(answers)
        kept[0] = False
        renumbered = np.where(kept, np.cumsum(kept), 0)
        groups = [renumbered[group] for group in groups]
        votes = votes[kept]
        outlines = Outlines(numbered, groups, votes, speaker=_speakers(groups, votes, f1))
        labels = pack_image(outlines)
        likeness, there = _liken(labels, numbered, groups, count=votes.size)
        if not there.all():
            labels, groups = _without_gaps(labels, groups, there)
            likeness, votes = likeness[:, there], votes[there]
        objects = _describe(likeness, numbered, groups, votes, answers)
        agreement = _mean_of_pairs(f1)
        sure = [item.confidence for item in objects] or [1.0 if agreement is None else agreement]
        return FusedInstances(
            labels=labels,
            objects=objects,
            agreement=agreement,
            confidence=float(np.mean(sure)),
        )

    def fuse_pixels(self, answers: Sequence[LabelImage], *, unpainted_counts: bool) -> FusedPixels:
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


@dataclass(frozen=True)
class Outlines:
    """What people's votes on each pixel come to, as a label image whose ids are groups.

    Attributes
    ----------
    numbered : sequence of NumberedAnswer
        One per person.
    groups : sequence of ndarray of int64, (N + 1,)
        For each person the group of each object number; 0 = none.
    votes : ndarray of int64, (G,)
        How many people drew each group.
    speaker : ndarray of int64, (G + 1,)
        Whose vote breaks ties in each group.
    """

    numbered: Sequence[NumberedAnswer]
    groups: Sequence[Numbers]
    votes: Numbers
    speaker: Numbers

    @property
    def shape(self) -> Shape:
        """Size of the image."""
        return self.numbered[0].labels.shape

    def rows(self, band: Band) -> Labels:
        """Return the labels (rows, X) of a band."""
        size = (band.y1 - band.y0) * self.shape[3]
        width = self.votes.size + 1
        members = np.concatenate([[1], self.votes])
        keys, weights = [], []
        for person, (answer, group) in enumerate(zip(self.numbered, self.groups, strict=True)):
            drawn = group[answer.numbers(band)]
            where = np.flatnonzero(drawn)
            keys.append(where * width + drawn[where])
            # The speaker's vote breaks ties: worth a little more than one, never as much as two.
            weights.append(1.0 + 0.5 * (self.speaker[drawn[where]] == person))
        key, inverse = np.unique(np.concatenate(keys), return_inverse=True)
        score = np.bincount(inverse, weights=np.concatenate(weights), minlength=key.size)
        where, group_of = key // width, key % width
        # More than half of the members, or half of them and the speaker among these.
        wins = 2 * score > members[group_of]
        where, group_of, share = where[wins], group_of[wins], (score / members[group_of])[wins]
        out = np.zeros(size, np.uint32)
        order = np.argsort(share, kind="stable")
        out[where[order]] = group_of[order]
        return out.reshape(-1, self.shape[3])


def _speakers(groups: Sequence[Numbers], votes: Numbers, f1: Floats) -> Numbers:
    """For each group the person who drew it and agrees best with the others."""
    speaker = np.full(votes.size + 1, -1, np.int64)
    for person in _by_agreement(f1)[::-1]:
        speaker[groups[person][1:]] = person
    return speaker


def _liken(
    labels: LabelImage, numbered: Sequence[NumberedAnswer], groups: Sequence[Numbers], *, count: int
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """IoU of each person's outline with each fused object, (K, G), and which have pixels, (G,)."""
    areas = np.zeros(count + 1, np.int64)
    common = np.zeros((len(groups), count + 1), np.int64)
    for band in bands_of(labels.shape):
        flat = labels.rows(band).reshape(-1).astype(np.int64)
        areas += np.bincount(flat, minlength=count + 1)
        for person, (answer, group) in enumerate(zip(numbered, groups, strict=True)):
            drawn = group[answer.numbers(band)]
            common[person] += np.bincount(drawn[drawn == flat], minlength=count + 1)
    own = [
        np.bincount(group, weights=answer.areas, minlength=count + 1)
        for answer, group in zip(numbered, groups, strict=True)
    ]
    likeness = common / np.maximum(areas + np.array(own) - common, 1)
    return likeness[:, 1:], areas[1:] > 0


def _without_gaps(
    labels: LabelStack, groups: Sequence[Numbers], there: npt.NDArray[np.bool_]
) -> tuple[LabelStack, list[Numbers]]:
    """Renumber so that objects that lost all their pixels leave no gap."""
    number = np.concatenate([[0], np.where(there, np.cumsum(there), 0)])
    fused = pack_image(Relabelled(labels, dict(enumerate(number.tolist()))))
    return fused, [number[group] for group in groups]


def _describe(
    likeness: Floats,
    numbered: Sequence[NumberedAnswer],
    groups: Sequence[Numbers],
    votes: Numbers,
    answers: Sequence[InstanceAnswer],
) -> tuple[FusedObject, ...]:
    classes: list[list[int]] = [[] for _ in range(votes.size + 1)]
    for person, (answer, group) in enumerate(zip(numbered, groups, strict=True)):
        for number, identity in enumerate(answer.ids.tolist(), start=1):
            index = answers[person].classes.get(identity)
            if index is not None:
                classes[group[number]].append(index)
    return tuple(
        _object(n, int(votes[n - 1]), likeness[:, n - 1], classes[n])
        for n in range(1, votes.size + 1)
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
