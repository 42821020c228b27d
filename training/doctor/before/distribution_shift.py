"""Labelled pictures that look unlike those the model will be used or scored on."""

import numpy as np

from training.doctor.base import Action, Figure, Finding, Series
from training.doctor.evidence import Population, RunEvidence
from training.doctor.statistics import shift_test

ALPHA = 0.01
# Energy coefficient below which a difference, however certain, does not matter.
MATTERS = 0.05
FEWEST_GROUPS = 5
MOST = 200
POOL_MEANING = (
    "The model meets pictures unlike those it learned from, and its scores do not tell how it "
    "does there."
)
HELD_OUT_MEANING = (
    "The model is scored on pictures unlike those it learned from; a low score may be due to that "
    "and not to the model."
)
WORDS = {"val": "validation", "test": "test", "pool": "unlabelled", "train": "training"}


def check_distribution_shift(evidence: RunEvidence) -> Finding | None:
    """Find held-out or unlabelled pictures that differ from the labelled ones as a whole.

    A two-sample test on features with permutation of groups; the level is shared among the
    comparisons (Bonferroni).
    """
    if len(evidence.populations) < 2:
        return None
    labelled, *others = (_thin(p) for p in evidence.populations)
    compared = [other for other in others if _enough(labelled) and _enough(other)]
    tests = [
        (other, *shift_test(labelled.features, other.features, (labelled.groups, other.groups)))
        for other in compared
    ]
    shifted = [t for t in tests if t[2] <= ALPHA / len(tests) and t[1] >= MATTERS]
    if not shifted:
        return None
    other, size, p = max(shifted, key=lambda t: t[1])
    said = "; ".join(
        f"{WORDS[t[0].name]} pictures (distance {t[1]:.2f}, p = {t[2]:.3f})" for t in shifted
    )
    far = _farthest(labelled, other)
    return Finding(
        code="distribution_shift",
        stage="before",
        severity="warning",
        evidence=f"By brightness, texture and layout the training pictures differ from the {said}.",
        meaning=POOL_MEANING if other.name == "pool" else HELD_OUT_MEANING,
        remedy="Label some of the pictures that differ most, or check whether they come from "
        "another microscope, stain or exposure that belongs into a project of its own.",
        numbers={"distance": size, "p": p, "populations": len(shifted)},
        actions=(Action("label_more", split="train", samples=far),),
        samples=far,
        figures=(_figure([labelled, *compared]),),
    )


def _enough(population: Population) -> bool:
    return len(set(population.groups)) >= FEWEST_GROUPS


def _thin(population: Population) -> Population:
    """Choose evenly: the test needs the distances of all pairs."""
    at = np.unique(np.linspace(0, len(population.ids) - 1, MOST).round().astype(int))
    if len(population.ids) <= MOST:
        return population
    return Population(
        population.name,
        tuple(population.ids[i] for i in at),
        tuple(population.groups[i] for i in at),
        population.features[at],
    )


def _farthest(labelled: Population, other: Population, *, most: int = 20) -> tuple[str, ...]:
    """Items of the other population that lie farthest from the labelled ones."""
    mean, spread = labelled.features.mean(axis=0), labelled.features.std(axis=0)
    scaled = np.abs(other.features - mean) / np.where(spread > 1e-6, spread, 1.0)
    order = np.argsort(-np.minimum(scaled, 10).mean(axis=1))[:most]
    return tuple(other.ids[i] for i in order)


def _figure(populations: list[Population]) -> Figure:
    """Draw all items along the two directions in which they differ most."""
    values = np.concatenate([p.features for p in populations]).astype(np.float64)
    spread = values.std(axis=0)
    scaled = (values - values.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0)
    _, _, axes = np.linalg.svd(scaled, full_matrices=False)
    flat = scaled @ axes[:2].T
    ends = np.cumsum([len(p.ids) for p in populations])[:-1]
    return Figure(
        kind="points",
        title="Pictures by what they look like (two main directions)",
        x_label="first direction",
        y_label="second direction",
        series=tuple(
            Series(WORDS[p.name], tuple(part[:, 1].tolist()), tuple(part[:, 0].tolist()))
            for p, part in zip(populations, np.split(flat, ends), strict=True)
        ),
    )
