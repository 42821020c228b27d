"""A run in which nothing is wrong, with everything in it that a check looks at."""

import dataclasses

import numpy as np

from training.doctor.evidence import (
    ChannelFacts,
    Classified,
    CurveFacts,
    DataFacts,
    EdgeMatch,
    ItemFacts,
    Population,
    ResultFacts,
    RunEvidence,
)

N_TRAIN, N_VALIDATION = 40, 20


def item(name, split="train", **more):
    """An item as they should be; each has pixels of its own."""
    rng = np.random.default_rng(list(name.encode()))
    thumb = rng.normal(size=(32, 32)).astype(np.float32)
    facts = {
        "group": f"group {name}",
        "source": f"sha of {name}",
        "shape": (1, 1, 1, 96, 130),
        "dtype": "uint16",
        "label_shape": (1, 1, 96, 130),
        "class_counts": {int(name.split("-")[1]) % 2: 1},
        "channels": (ChannelFacts(90.0, 4021.0, 0.0),),
        "n_objects": 20,
        "n_cut": 4,
        "diameters": tuple(np.linspace(14, 26, 20)),
        "edges": EdgeMatch(0.0, 1.0, here=0.48, best=0.49, turned=0.05, how="turned"),
        "thumb": (thumb - thumb.mean()) / thumb.std(),
    }
    return ItemFacts(name, split, **(facts | more))


def items():
    return tuple(item(f"t-{n}") for n in range(N_TRAIN)) + tuple(
        item(f"v-{n}", "val") for n in range(N_VALIDATION)
    )


def population(name, n=30, *, centre=0.0, seed=0, per_group=1):
    rng = np.random.default_rng(seed)
    return Population(
        name,
        tuple(f"{name}-{at}" for at in range(n)),
        tuple(f"{name} group {at // per_group}" for at in range(n)),
        rng.normal(centre, 1, size=(n, 6)),
    )


def scores(kind, n, middle, *, spread=0.04, seed=0):
    rng = np.random.default_rng(seed)
    return {f"{kind}-{at}": float(v) for at, v in enumerate(rng.normal(middle, spread, n))}


def answers(kind, n, *, right=0.9, seed=0):
    """Two classes in turn, each answered rightly with probability `right`."""
    truth = np.arange(n) % 2
    said = np.where(truth == 1, right, 1 - right)
    return Classified(
        tuple(f"{kind}-{at}" for at in range(n)), truth, np.stack([1 - said, said], axis=1)
    )


def calibration(ece, *, n=400, used=True, before=0.2):
    """The part of a report about cells' confidences; they say 0.9 where 0.7 come true."""
    curve = [{"low": 0.8, "high": 1.0, "n": n, "confidence": 0.9, "accuracy": 0.7}]
    return {
        "objects": {
            "n": n,
            "used": used,
            "before": {"ece_mass": before},
            "after": {"ece_mass": ece} if used else {},
            "curves": {"before": curve, "after": curve if used else []},
        }
    }


HEALTHY = RunEvidence(
    n_train=N_TRAIN,
    n_validation=N_VALIDATION,
    n_objects=800,
    data=DataFacts(
        task_kind="instance",
        items=items(),
        classes=("round", "long"),
        diameter=20.0,
        patch=128.0,
        zooms=(0.15, 3.0),
    ),
    batch_losses=tuple(1 / (1 + 0.1 * step) for step in range(40)),
    curves=CurveFacts(
        losses=tuple(1 / (1 + at) + 0.1 for at in range(40)),
        validation=((9, 0.4), (19, 0.7), (29, 0.80), (34, 0.81), (39, 0.81)),
        steps=1800,
        seconds=300.0,
        rate=3e-3,
        minutes=5.0,
    ),
    results=ResultFacts(
        metric="AP50",
        train=scores("t", 12, 0.88),
        validation=scores("v", N_VALIDATION, 0.84, seed=1),
        validation_classes=answers("v", N_VALIDATION),
        unseen=answers("t", N_TRAIN),
        classes=("round", "long"),
        n_objects=600,
        outlines={f"t-{at}": 0.94 + 0.008 * at for at in range(16)},
        calibration=calibration(0.03),
    ),
    populations=(
        population("train"),
        population("val", 20, seed=1),
        population("pool", 40, seed=2),
    ),
)


def look_alike(name, *, noise=0.25):
    """The 32 x 32 pixels of a cell in the middle of its crop, as all cells of the kind look."""
    y, x = np.mgrid[-1:1:32j, -1:1:32j]
    ring = np.exp(-((np.hypot(y, x) - 0.5) ** 2) / 0.02)
    rng = np.random.default_rng(list(name.encode()))
    thumb = (ring - ring.mean()) / ring.std() + rng.normal(0, noise, ring.shape)
    return ((thumb - thumb.mean()) / thumb.std()).astype(np.float32)


def crop(name, split="train", **more):
    """A crop of a cell: no label image, and alike to all others."""
    facts = {
        "shape": (1, 1, 1, 40, 44),
        "label_shape": None,
        "n_objects": 0,
        "n_cut": 0,
        "diameters": (),
        "edges": None,
        "thumb": look_alike(name),
    }
    return item(name, split, **(facts | more))


def region(name, split="train", **more):
    """A picture whose pixels have classes: both in each."""
    facts = {"n_objects": 2, "n_cut": 0, "diameters": (), "class_counts": {0: 1, 1: 1}}
    return item(name, split, **(facts | more))


def of_kind(kind, make, **changes):
    """The healthy run, as it is where something else is learnt."""
    made = [make(f"t-{n}") for n in range(N_TRAIN)]
    made += [make(f"v-{n}", "val") for n in range(N_VALIDATION)]
    data = dataclasses.replace(
        HEALTHY.data, task_kind=kind, items=tuple(made), diameter=0.0, patch=0.0
    )
    calibrated = {"classes": calibration(0.03)["objects"]}
    results = dataclasses.replace(HEALTHY.results, calibration=calibrated, n_objects=0, **changes)
    n_objects = None if kind == "semantic" else 60
    return dataclasses.replace(HEALTHY, data=data, results=results, n_objects=n_objects)


def several(name, split="train", **more):
    """A crop that may have several classes; every third has none."""
    n = int(name.split("-")[1])
    held = [{0: 1}, {0: 1, 1: 1}, {}][n % 3]
    return crop(name, split, **({"class_counts": held} | more))


NOTHING_CLASSED = {"validation_classes": None, "unseen": None}
CROPS = of_kind("classification", crop, metric="accuracy")
SEVERAL = of_kind("multilabel", several, metric="sample f1", **NOTHING_CLASSED)
REGIONS = of_kind("semantic", region, metric="mean IoU", **NOTHING_CLASSED)
HEALTHY_OF = {
    "instance": HEALTHY,
    "classification": CROPS,
    "multilabel": SEVERAL,
    "semantic": REGIONS,
}


def with_items(*changed, run=HEALTHY):
    """A healthy run, some of whose items are others (the same ids are replaced)."""
    by_id = {one.id: one for one in run.data.items} | {one.id: one for one in changed}
    data = dataclasses.replace(run.data, items=tuple(by_id.values()))
    return dataclasses.replace(run, data=data)


def with_part(part, **changes):
    """The healthy run with changes in one of its parts."""
    changed = dataclasses.replace(getattr(HEALTHY, part), **changes)
    return dataclasses.replace(HEALTHY, **{part: changed})
