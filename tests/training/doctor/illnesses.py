"""For each check: runs that must trigger it, and runs that come close and must not."""

import dataclasses
import math

import numpy as np

from tests.training.doctor.healthy import (
    CROPS,
    HEALTHY,
    REGIONS,
    SEVERAL,
    answers,
    calibration,
    crop,
    item,
    look_alike,
    population,
    region,
    scores,
    several,
    with_items,
    with_part,
)
from training.doctor.evidence import ChannelFacts, Doubt, EdgeMatch


def many(kind, n, split="train", start=0, **more):
    return [item(f"{kind}-{at}", split, **more) for at in range(start, start + n)]


def thumb_of(name):
    return item(name).thumb


def noisy(thumb, amount=0.2):
    rng = np.random.default_rng(5)
    changed = thumb + rng.normal(0, amount, thumb.shape)
    return ((changed - changed.mean()) / changed.std()).astype(np.float32)


def doubts(n, kind="missing"):
    return tuple(Doubt(f"t-{at % 3}", kind, 10.0, 12.0, 0.97) for at in range(n))


def against_regression(network, *, regression=1.0, n=40, named="v"):
    """Answers of a network and of regression, of which such shares are right."""
    out = {}
    for name, part, share in (("v", "validation_classes", network), (named, "unseen", regression)):
        good = answers(name, n)
        wrong = np.arange(n) >= round(share * n)
        p = np.where(wrong[:, None], good.probabilities[:, ::-1], good.probabilities)
        out[part] = dataclasses.replace(good, probabilities=p)
    return out


def outlines(n, ratio):
    """Twenty pictures of which n are drawn so much wider than the model does."""
    rng = np.random.default_rng(3)
    return {f"t-{at}": float(rng.normal(ratio if at < n else 1, 0.01)) for at in range(20)}


def mislabelled(n):
    """Forty answers of which the first n of the even ones are confidently the other class."""
    good = answers("t", 40)
    p = good.probabilities.copy()
    p[: 2 * n : 2] = [0.04, 0.96]
    return dataclasses.replace(good, probabilities=p)


def one_weak_class():
    good = answers("v", 20)
    p = good.probabilities.copy()
    p[1::2] = [0.8, 0.2]
    return dataclasses.replace(good, probabilities=p)


def every(nth, times):
    """The healthy loss with each nth point so many times as high."""
    return tuple(v * (times if at % nth == nth - 1 else 1) for at, v in enumerate(LOSSES))


LOSSES = HEALTHY.curves.losses
MOVED = EdgeMatch(6.0, -4.0, here=0.11, best=0.42)
MIRRORED = EdgeMatch(1.0, 0.0, here=0.04, best=0.06, turned=0.41, how="mirrored top to bottom")
RISING = ((9, 0.4), (19, 0.5), (29, 0.6), (39, 0.7))
WAVES = tuple(1.0 + 0.02 * math.sin(at) for at in range(40))
DIM = ChannelFacts(0.0, 255.0, 0.05)
WHITE = ChannelFacts(0.0, 255.0, 0.4)

ILL = {
    "unreadable": [
        with_items(item("t-3", unreadable="t-3.tif cannot be read")),
        with_items(crop("t-3", unreadable="t-3.tif cannot be read"), run=CROPS),
        with_items(item("v-2", label_shape=(1, 1, 130, 96))),
    ],
    "mixed_channels": [
        with_items(item("t-3", shape=(1, 3, 1, 96, 130))),
        with_items(item("t-3", shape=(1, 1, 12, 96, 130), label_shape=(1, 12, 96, 130))),
    ],
    "mixed_depths": [with_items(item("t-3", dtype="uint8"))],
    "wrong_axis": [
        with_items(*many("t", 40, shape=(1, 1, 3, 96, 130), label_shape=(1, 3, 96, 130)),
                   *many("v", 20, "val", shape=(1, 1, 3, 96, 130), label_shape=(1, 3, 96, 130))),
        with_items(item("t-1", shape=(1, 1, 1, 96, 3), label_shape=(1, 1, 96, 3))),
    ],
    "flat_channels": [with_items(item("t-3", channels=(ChannelFacts(7.0, 7.0),)))],
    "saturated": [
        with_items(item("t-3", channels=(WHITE,))),
        with_items(crop("t-3", channels=(WHITE,)), run=CROPS),
    ],
    "empty_labels": [with_items(*many("t", 15, n_objects=0, n_cut=0, diameters=(), edges=None))],
    "shifted_labels": [
        with_items(*many("t", 30, edges=MOVED)),
        with_items(item("t-3", edges=MOVED)),
        with_items(*many("t", 40, edges=MIRRORED)),
    ],
    "cut_objects": [with_items(*many("t", 40, n_cut=15))],
    "size_range": [
        with_items(*many("t", 40, diameters=(*[3.0] * 30, *np.linspace(40, 60, 20)))),
        with_items(*many("t", 40, diameters=(*[50.0] * 10, *[1500.0] * 5))),
    ],
    "few_labels": [dataclasses.replace(HEALTHY, n_objects=12)],
    "class_imbalance": [
        with_items(*many("t", 37, class_counts={0: 1}),
                   *many("t", 3, start=37, class_counts={1: 1})),
        with_items(*many("t", 40, class_counts={0: 1})),
        with_items(*(several(f"t-{n}", class_counts={0: 1}) for n in range(38)), run=SEVERAL),
        with_items(*(region(f"t-{n}", class_counts={0: 1}) for n in range(38)), run=REGIONS),
    ],
    "split_group": [with_items(item("v-1", "val", group="group t-4"))],
    "same_source": [with_items(item("v-1", "val", source="sha of t-4"))],
    "near_duplicates": [
        with_items(item("v-1", "val", thumb=noisy(thumb_of("t-4")))),
        with_items(item("v-1", "val", thumb=noisy(np.rot90(thumb_of("t-4")[::-1])))),
        # A copy is more alike than all that look like it.
        with_items(crop("v-1", "val", thumb=noisy(look_alike("t-4"), 0.05)), run=CROPS),
    ],
    "distribution_shift": [
        dataclasses.replace(
            HEALTHY, populations=(population("train"), population("pool", 40, centre=2, seed=2))
        ),
    ],
    "cannot_fit_batch": [
        dataclasses.replace(HEALTHY, batch_losses=tuple([1.0] * 20 + [0.9] * 20)),
        dataclasses.replace(HEALTHY, batch_losses=tuple([1.0] * 20 + [math.nan] * 20)),
    ],
    "diverged": [
        with_part("curves", losses=(1.0, 0.5, math.nan, math.nan)),
        with_part("curves", losses=(1.0, 0.6, 0.5, 0.5, 4.0, 9.0, 12.0)),
    ],
    "unstable": [
        with_part("curves", losses=every(6, 4.0)),
    ],
    "plateau": [with_part("curves", losses=WAVES)],
    "overfitting": [
        with_part("curves", validation=((9, 0.5), (19, 0.7), (29, 0.62), (35, 0.6), (39, 0.58))),
    ],
    "too_short": [
        with_part("curves", steps=3, seconds=29.0),
        with_part("curves", validation=RISING),
    ],
    "underfitting": [
        with_part("results", train=scores("t", 12, 0.4), validation=scores("v", 20, 0.38)),
    ],
    "generalisation_gap": [with_part("results", train=scores("t", 12, 0.99, spread=0.01),
                                     validation=scores("v", 20, 0.7))],
    "weak_classes": [with_part("results", validation_classes=one_weak_class())],
    "small_validation": [
        dataclasses.replace(with_part("results", validation={"v-1": 0.8}), n_validation=1),
        with_part("results", validation=scores("v", 20, 0.8, spread=0.3)),
    ],
    "miscalibrated": [
        with_part("results", calibration=calibration(0.21)),
        with_part("results", calibration=calibration(0.0, used=False)),
    ],
    "label_errors": [with_part("results", unseen=mislabelled(4))],
    "doubtful_objects": [with_part("results", doubts=doubts(12))],
    "simpler_is_better": [with_part("results", **against_regression(0.75))],
    "uneven_outlines": [
        with_part("results", outlines=outlines(2, 1.2)),
        # Two people, two ways: the model draws in the middle.
        with_part("results", outlines=outlines(10, 1.25)),
        # A model that draws all too tight is no reason; some are drawn tighter still.
        with_part("results", outlines={k: 1.3 * v for k, v in outlines(4, 0.8).items()}),
    ],
}  # fmt: skip

NOT_ILL = {
    "unreadable": [with_items(item("t-3", label_shape=None))],
    "mixed_channels": [with_items(*many("t", 40, shape=(1, 3, 1, 96, 130)),
                                  *many("v", 20, "val", shape=(1, 3, 1, 96, 130)))],
    "mixed_depths": [with_items(*many("t", 40, dtype="uint8"),
                                *many("v", 20, "val", dtype="uint8"))],
    "wrong_axis": [with_items(item("t-1", shape=(1, 3, 30, 96, 130),
                                   label_shape=(1, 30, 96, 130)))],
    "flat_channels": [with_items(item("t-3", channels=(ChannelFacts(7.0, 8.0),)))],
    "saturated": [with_items(*many("t", 40, channels=(DIM,)))],
    "empty_labels": [with_items(*many("t", 8, n_objects=0, n_cut=0, diameters=()))],
    "shifted_labels": [
        with_items(*many("t", 40, edges=EdgeMatch(1.0, 0.0, here=0.2, best=0.4))),
        with_items(*many("t", 40, edges=EdgeMatch(9.0, 8.0, here=0.02, best=0.06))),
        with_items(*many("t", 40, edges=EdgeMatch(4.0, 0.0, here=0.40, best=0.45))),
    ],
    "cut_objects": [with_items(*many("t", 40, n_cut=8))],
    "size_range": [with_items(*many("t", 40, diameters=tuple(np.linspace(100, 190, 20))))],
    "few_labels": [dataclasses.replace(HEALTHY, n_objects=50)],
    "class_imbalance": [with_items(*many("t", 28, class_counts={0: 1}),
                                   *many("t", 12, start=28, class_counts={1: 1})),
                        # A picture with a class holds many pixels of it.
                        with_items(*(region(f"t-{n}", class_counts={0: 1}) for n in range(32)),
                                   run=REGIONS)],
    "split_group": [with_items(item("t-1", group="group t-4"))],
    "same_source": [with_items(item("t-1", source="sha of t-4"))],
    "near_duplicates": [
        with_items(item("v-1", "val", thumb=noisy(thumb_of("t-4"), amount=2.0))),
        with_items(item("t-1", thumb=noisy(thumb_of("t-4")))),
        with_items(item("v-1", "val", thumb=None)),
        CROPS,
        SEVERAL,
    ],
    "distribution_shift": [
        # Six wells, each of pictures that are alike: any two halves of them differ.
        dataclasses.replace(
            HEALTHY,
            populations=(population("train", 10, per_group=5), population("pool", 10, centre=2)),
        ),
    ],
    "cannot_fit_batch": [dataclasses.replace(HEALTHY, batch_losses=(1.0,) * 10)],
    "diverged": [with_part("curves", losses=())],
    "unstable": [with_part("curves", losses=every(2, 1.3))],
    "plateau": [
        with_part("curves", losses=(1.0, 1.0)),
        with_part("curves", losses=WAVES, warm=True),
    ],
    "overfitting": [with_part("curves", validation=((9, 0.5), (19, 0.6), (29, 0.59), (39, 0.6)))],
    "too_short": [
        with_part("curves", steps=3, over=False),
        with_part("curves", steps=None),
        with_part("curves", validation=((9, 0.5), (19, 0.8), (29, 0.7), (39, 0.8))),
    ],
    "underfitting": [with_part("results", train=scores("t", 3, 0.2))],
    "generalisation_gap": [with_part("results", train=scores("t", 12, 0.95),
                                     validation=scores("v", 20, 0.9, spread=0.25))],
    "weak_classes": [with_part("results", validation_classes=answers("v", 4, right=0.4))],
    "small_validation": [dataclasses.replace(HEALTHY, n_validation=5, results=None)],
    "miscalibrated": [
        with_part("results", calibration=calibration(0.21, n=20)),
        with_part("results", calibration={}),
        with_part("results", calibration={"objects": {"n": 400, "before": {}}, "pixels": None}),
    ],
    "label_errors": [
        with_part("results", unseen=mislabelled(1)),
        with_part("results", unseen=answers("t", 40, right=0.5)),
    ],
    "doubtful_objects": [
        with_part("results", doubts=doubts(1)),
        with_part("results", doubts=doubts(12), train={}, validation=scores("v", 20, 0.4)),
    ],
    "simpler_is_better": [
        with_part("results", **against_regression(0.95)),
        with_part("results", **against_regression(0.75, regression=0.75)),
        with_part("results", **against_regression(0.5, n=10)),
        # Regression answers other items.
        with_part("results", **against_regression(0.75, named="t")),
    ],
    "uneven_outlines": [
        with_part("results", outlines=outlines(1, 1.3)),
        with_part("results", outlines=outlines(20, 1.06)),
        with_part("results", outlines={"t-0": 1.3, "t-1": 1.3, "t-2": 1.0}),
        with_part("results", outlines=dict.fromkeys(outlines(0, 1.0), 1.3)),
        with_part("results", outlines=outlines(2, 1.2), train={}, validation={"v-1": 0.5}),
    ],
}  # fmt: skip
