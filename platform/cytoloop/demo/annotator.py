"""A simulated person: works through the public REST API only, with a token of their own."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from cytoloop.client import Client, EmptyQueue, Labels, Task, make_patch
from cytoloop.demo.human import Skill, correct
from cytoloop.demo.pictures import LabelledPicture
from cytoloop.transport import ApiError

OPERATIONS_AT_ONCE = 64
# Codes after which the person simply asks for the next sample.
LOST = ("annotation_submitted", "lease_lost", "not_assigned", "version_conflict")


@dataclass(frozen=True)
class Effort:
    """What one answer cost.

    Attributes
    ----------
    sample : int
        The answered sample.
    picture : str
        Name of its picture.
    person : str
        Who answered.
    source : str
        Where the start came from.
    operations : int
        Strokes that were needed.
    objects : int
        Objects in the answer.
    seconds : float
        What a person would have needed.
    """

    sample: int
    picture: str
    person: str
    source: str
    operations: int
    objects: int
    seconds: float


class Annotator:
    """One person with a skill of their own.

    Parameters
    ----------
    name : str
        Who.
    client : Client
        With the person's own token.
    skill : Skill
        What the person is like.
    pictures : Mapping of str to LabelledPicture
        What the person sees and knows, by file name.
    rng : Generator
        Source of the person's errors.
    """

    def __init__(
        self,
        name: str,
        client: Client,
        *,
        skill: Skill,
        pictures: Mapping[str, LabelledPicture],
        rng: np.random.Generator,
    ) -> None:
        self.name = name
        self.client = client
        self.skill = skill
        self.pictures = pictures
        self.rng = rng
        self.efforts: list[Effort] = []

    def work(self, project: int, *, until: Callable[[], bool], pause: float = 0.5) -> None:
        """Label what is asked for until told to stop; wait where the queue is empty.

        Parameters
        ----------
        project : int
            The project.
        until : callable
            True when there is nothing more to do.
        pause : float, optional
            Seconds between two looks at an empty queue.
        """
        while not until():
            if not self.label_one(project):
                time.sleep(pause)

    def label_one(self, project: int) -> bool:
        """Claim, correct and submit one sample.

        Returns
        -------
        bool
            False where the queue is empty.
        """
        task = self.client.next_task(project)
        if isinstance(task, EmptyQueue):
            return False
        try:
            self.efforts.append(self._answer(task))
        except ApiError as error:
            # The lease ran out meanwhile, or another tab of the person answered.
            if error.code not in LOST:
                raise
        return True

    def _answer(self, task: Task) -> Effort:
        picture = self.pictures[task.document["image"]["name"]]
        # After a crash the draft holds what was stored before it: the person goes on from there.
        start = self.client.read_labels(task)
        image, truth = _region(picture, task, start.shape)
        correction = correct(start, truth, image, self.skill, self.rng)
        before: Labels = start
        patches: list[bytes] = []
        for stroke in correction.strokes:
            patches.append(make_patch(before, stroke.labels))
            before = stroke.labels
        patches = [patch for patch in patches if patch]
        for first in range(0, len(patches), OPERATIONS_AT_ONCE):
            self.client.store_patches(task, patches[first : first + OPERATIONS_AT_ONCE])
        self.client.submit(task, seconds=round(correction.seconds, 1))
        return Effort(
            sample=task.sample,
            picture=picture.name,
            person=self.name,
            source=task.source,
            operations=len(patches),
            objects=int(np.unique(correction.labels[correction.labels > 0]).size),
            seconds=correction.seconds,
        )


def _region(
    picture: LabelledPicture, task: Task, shape: tuple[int, ...]
) -> tuple[np.ndarray, Labels]:
    image, truth = picture.read_image(), picture.read_truth()
    region = task.document["sample"].get("region")
    if region and image.shape != shape:
        rows = slice(region["y0"], region["y1"])
        columns = slice(region["x0"], region["x1"])
        return image[rows, columns], truth[rows, columns]
    return image, truth


def make_skills(count: int, rng: np.random.Generator) -> list[Skill]:
    """Draw people: careful ones, quick ones, and some between.

    Parameters
    ----------
    count : int
        How many.
    rng : Generator
        Source of randomness.

    Returns
    -------
    list of Skill
        One for each.
    """
    return [
        Skill(
            outline_error=float(rng.uniform(0.4, 1.0)),
            overlook=float(rng.uniform(0.02, 0.15)),
            keep_wrong=float(rng.uniform(0.01, 0.08)),
            content_iou=float(rng.uniform(0.7, 0.82)),
        )
        for _ in range(count)
    ]
