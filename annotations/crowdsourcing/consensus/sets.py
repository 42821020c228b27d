"""Several classes for one sample: people vote on each class. Pure Python."""

from collections.abc import Collection, Sequence
from itertools import combinations

from annotations.crowdsourcing.consensus.base import FusedMember, FusedSet


def vote_on_classes(votes: Sequence[Collection[int]]) -> FusedSet:
    """Take each class that at least half of the people named.

    A class that exactly half of them named is taken, because people overlook more than they
    invent, and is marked as tied.

    Parameters
    ----------
    votes : sequence of collections of int
        Class indexes, one collection per person, at least one person; a collection may be empty.

    Returns
    -------
    FusedSet
        The majority on each class.
    """
    people = len(votes)
    sets = [set(vote) for vote in votes]
    members = []
    for index in sorted(set().union(*sets)):
        count = sum(index in vote for vote in sets)
        members.append(FusedMember(index, count, 2 * count >= people, 2 * count == people))
    pairs = [_jaccard(one, other) for one, other in combinations(sets, 2)]
    shares = [max(member.votes, people - member.votes) / people for member in members]
    return FusedSet(
        members=tuple(members),
        agreement=sum(pairs) / len(pairs) if pairs else None,
        confidence=sum(shares) / len(shares) if shares else 1.0,
    )


def _jaccard(one: set[int], other: set[int]) -> float:
    either = one | other
    return len(one & other) / len(either) if either else 1.0
