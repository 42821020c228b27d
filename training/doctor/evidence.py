"""What checks look at: facts of the data, curves, results; as much as there is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ChannelFacts:
    """One channel of a picture.

    Attributes
    ----------
    low, high : float
        Smallest and largest finite intensity.
    saturated : float
        Share of the labelled objects' pixels at the largest value; of a crop, of its middle; where
        classes of pixels are labelled, of the class in which it is least.
    """

    low: float
    high: float
    saturated: float = 0.0


@dataclass(frozen=True)
class EdgeMatch:
    """How well outlines of labels lie on edges of the picture.

    Attributes
    ----------
    dy, dx : float
        Where labels would have to move to, in pixels, to fit best.
    here, best : float
        Correlation of outlines and gradient as they are, and after that move.
    turned : float
        Largest correlation after the labels were mirrored or turned.
    how : str
        Which turn that was.
    """

    dy: float
    dx: float
    here: float
    best: float
    turned: float = 0.0
    how: str = ""


@dataclass(frozen=True)
class ItemFacts:
    """One labelled item as the trainer reads it.

    Attributes
    ----------
    id, split, group, source : str
        Name, split, what must not be divided, and the picture it was cut from (a hash, or "").
    shape : tuple of int
        T C Z Y X.
    dtype : str
        As stored.
    label_shape : tuple of int or None
        T Z Y X; None without a label image.
    unreadable : str
        Why it cannot be read; "" where it can.
    class_counts : mapping of int to int
        Examples of each class, by its position: the item itself, or its objects.
    channels : tuple of ChannelFacts
        One per channel.
    n_objects : int
        Labelled objects.
    n_cut : int
        Objects that touch the rim of the picture.
    diameters : tuple of float
        Ascending, pixels; of very many objects an even choice.
    edges : EdgeMatch or None
        Of a label image with objects.
    thumb : ndarray of float32 or None, shape (32, 32)
        The picture without its slow changes, mean 0 and deviation 1; None for a blank one.
    features : ndarray of float32 or None, shape (D,)
        What the picture looks like.
    """

    id: str
    split: str
    group: str = ""
    source: str = ""
    shape: tuple[int, ...] = ()
    dtype: str = ""
    label_shape: tuple[int, ...] | None = None
    unreadable: str = ""
    class_counts: Mapping[int, int] = field(default_factory=dict)
    channels: tuple[ChannelFacts, ...] = ()
    n_objects: int = 0
    n_cut: int = 0
    diameters: tuple[float, ...] = ()
    edges: EdgeMatch | None = None
    thumb: NDArray[np.float32] | None = None
    features: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class DataFacts:
    """What was seen of the data before the first step.

    Attributes
    ----------
    task_kind : str
        What is learned.
    items : tuple of ItemFacts
        All; those that nobody had the time to look at have no shape.
    classes : tuple of str
        Names, in order.
    diameter, patch : float
        Size of objects and side of a patch at the network's scale; 0 = not rescaled, no patches.
    zooms : (float, float)
        Smallest and largest zoom that rescaling allows.
    """

    task_kind: str
    items: tuple[ItemFacts, ...]
    classes: tuple[str, ...] = ()
    diameter: float = 0.0
    patch: float = 0.0
    zooms: tuple[float, float] = (0.0, 1e9)

    def of(self, split: str) -> tuple[ItemFacts, ...]:
        """Readable items of a split."""
        return tuple(item for item in self.items if item.split == split and not item.unreadable)


@dataclass(frozen=True)
class CurveFacts:
    """A run's curves.

    Attributes
    ----------
    losses : tuple of float
        Training loss over time; may hold NaN.
    validation : tuple of (int, float)
        Position in `losses` and validation score (larger is better), where one was measured.
    steps : int or None
        Steps made; None where nothing is learned in steps.
    seconds : float
        Time it took.
    rate : float
        Largest learning rate; 0 = unknown.
    minutes : float
        Budget of minutes; 0 = none.
    over : bool
        Whether the run is over: some checks wait for that.
    warm : bool
        Whether it began with what an earlier model had learnt.
    """

    losses: tuple[float, ...] = ()
    validation: tuple[tuple[int, float], ...] = ()
    steps: int | None = None
    seconds: float = 0.0
    rate: float = 0.0
    minutes: float = 0.0
    over: bool = True
    warm: bool = False


@dataclass(frozen=True)
class Classified:
    """Items with a class and what was said of them.

    Attributes
    ----------
    ids : tuple of str
        Names of the N items.
    truth : ndarray of int, shape (N,)
        Class of each.
    probabilities : ndarray of float64, shape (N, C)
        Said by a model that had not learned from the item.
    """

    ids: tuple[str, ...]
    truth: NDArray[np.int64]
    probabilities: NDArray[np.float64]


@dataclass(frozen=True)
class Doubt:
    """An object whose label and confident prediction disagree.

    Attributes
    ----------
    sample : str
        Id of the item.
    kind : {"missing", "extra"}
        The model is sure of an object that nobody drew; somebody drew one where it is sure
        that there is none.
    y, x : float
        Middle, in pixels.
    confidence : float
        How sure the model is, 0 to 1.
    """

    sample: str
    kind: str
    y: float
    x: float
    confidence: float


@dataclass(frozen=True)
class ResultFacts:
    """What the finished model scores.

    Attributes
    ----------
    metric : str
        Name of the score; larger is better, 1 is perfect.
    train, validation : mapping of str to float
        Score of each item (of a choice of the training items).
    train_groups, validation_groups : mapping of str to str
        Group of each item; items of one group are alike and count together.
    validation_classes : Classified or None
        The model's answers on validation items, for a classification.
    unseen : Classified or None
        Answers to training and validation items by models that had not seen the item.
    classes : tuple of str
        Names, in order.
    doubts : tuple of Doubt
        Objects that are probably labelled wrongly, the surest first.
    n_objects : int
        Labelled objects among which `doubts` were looked for.
    doubts_sight : str
        Address of a picture of the surest doubts; "" without.
    outlines : mapping of str to float
        Median ratio of drawn to predicted diameter of each item of which it can be said.
    calibration : mapping
        What the report says of calibration; empty where it was not measured.
    """

    metric: str
    train: Mapping[str, float] = field(default_factory=dict)
    validation: Mapping[str, float] = field(default_factory=dict)
    train_groups: Mapping[str, str] = field(default_factory=dict)
    validation_groups: Mapping[str, str] = field(default_factory=dict)
    validation_classes: Classified | None = None
    unseen: Classified | None = None
    classes: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    n_objects: int = 0
    doubts_sight: str = ""
    outlines: Mapping[str, float] = field(default_factory=dict)
    calibration: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Population:
    """Items that are compared with others as a whole.

    Attributes
    ----------
    name : str
        ``train``, ``val``, ``test`` or ``pool``.
    ids, groups : tuple of str
        Of the N items; items of one group are alike.
    features : ndarray of float, shape (N, D)
        What each looks like.
    """

    name: str
    ids: tuple[str, ...]
    groups: tuple[str, ...]
    features: NDArray[np.floating]


@dataclass(frozen=True)
class RunEvidence:
    """A run as the doctor sees it; a part is None where nobody has looked yet.

    Attributes
    ----------
    n_train, n_validation : int or None
        Labelled items in each split.
    n_objects : int or None
        Labelled objects of the training split (items, for a classification).
    data : DataFacts or None
        Before the first step.
    batch_losses : tuple of float
        Loss of a copy of the network that was shown nothing but one batch.
    curves : CurveFacts or None
        While it trains.
    results : ResultFacts or None
        When it is over.
    populations : tuple of Population
        The first is what was trained on.
    """

    n_train: int | None = None
    n_validation: int | None = None
    n_objects: int | None = None
    data: DataFacts | None = None
    batch_losses: tuple[float, ...] = ()
    curves: CurveFacts | None = None
    results: ResultFacts | None = None
    populations: tuple[Population, ...] = ()
