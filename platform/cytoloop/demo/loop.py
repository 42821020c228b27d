"""Drive the whole loop from outside: people label, the server trains and chooses."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from threading import Event

import numpy as np

from cytoloop.client import Client
from cytoloop.demo.annotator import Annotator, Effort, make_skills
from cytoloop.demo.people import Crew, gather_annotator, gather_owner
from cytoloop.demo.pictures import LabelledPicture, find_pictures, generate_pictures
from cytoloop.demo.plan import DemoPlan, Memory, save_memory
from cytoloop.demo.report import build_report
from cytoloop.services.paths import Home
from cytoloop.transport import Json

GLANCE = 0.5
LONGEST_PREPARATION = 600.0
LONGEST_ROUND = 3600.0
LIVE = ("scoring", "labelling", "training", "evaluating")
Say = Callable[[str], None]


class DemoError(RuntimeError):
    """The loop did not come to its end; the text says where."""


@dataclass
class Stage:
    """What one demo works with.

    Attributes
    ----------
    home, plan, memory : Home, DemoPlan, Memory
        Where, what, and what earlier calls left.
    pictures : Mapping of str to LabelledPicture
        By file name.
    crew : Crew
        Owner and lab.
    say : callable
        Takes lines for the person at the terminal.
    seconds : dict
        Phase -> seconds, before the rounds.
    """

    home: Home
    plan: DemoPlan
    memory: Memory
    pictures: Mapping[str, LabelledPicture]
    crew: Crew
    say: Say
    seconds: dict[str, float] = field(default_factory=dict)

    def remember(self) -> None:
        """Write the memory to disk."""
        save_memory(self.home, self.memory)


@dataclass(frozen=True)
class RoundTrace:
    """What was seen of one round.

    Attributes
    ----------
    number : int
        Of the round.
    document : dict
        The round as the API tells it at its end.
    seconds : dict
        State -> seconds the round was in it.
    efforts : tuple of Effort
        What each answer cost; those of an earlier call are not known any more.
    """

    number: int
    document: Json
    seconds: Mapping[str, float]
    efforts: tuple[Effort, ...]


def run_demo(url: str, home: Home, plan: DemoPlan, memory: Memory, *, say: Say) -> Json:
    """Run the loop, or go on where an earlier call was broken off.

    Parameters
    ----------
    url : str
        Address of the running site.
    home : Home
        State folder; generated pictures and the demo's memory lie there.
    plan : DemoPlan
        What to do.
    memory : Memory
        Accounts and earlier reports; gets the new one.
    say : callable
        Takes lines for the person at the terminal.

    Returns
    -------
    dict
        The report, JSON values.

    Raises
    ------
    DemoError
        A picture was refused, or a round failed.
    """
    began = time.monotonic()
    crew = gather_owner(url, memory, remember=lambda: save_memory(home, memory))
    pictures = _find_pictures(home, plan)
    stage = Stage(home, plan, memory, pictures, crew, say)
    stage.seconds["pictures"] = time.monotonic() - began
    dataset = _timed(stage, "import", import_pictures)
    project = find_or_make_project(stage, dataset)
    people = _gather_people(stage, project)
    say(f"{len(pictures)} pictures, {plan.rounds} rounds of {plan.batch}, {len(people)} annotators")
    traces = []
    for number in range(1, plan.rounds + 1):
        trace = _run_round(stage, project, people, number)
        traces.append(trace)
        phases = ", ".join(f"{name} {value:.0f} s" for name, value in trace.seconds.items())
        say(f"round {number} of {plan.rounds}: {phases}")
    _timed(stage, "comparing the arms", partial(_wait_for_trials, project=project))
    report = build_report(crew.owner, project, plan, traces, stage.seconds)
    report["seconds"]["total"] = round(time.monotonic() - began, 1)
    memory.reports[plan.name] = report
    stage.remember()
    return report


def _find_pictures(home: Home, plan: DemoPlan) -> dict[str, LabelledPicture]:
    if plan.images is not None and plan.masks is not None:
        return find_pictures(plan.images, plan.masks)
    return generate_pictures(home.path / "demo-pictures", count=plan.generated, seed=plan.seed)


def _timed(stage: Stage, name: str, step: Callable[[Stage], int]) -> int:
    began = time.monotonic()
    result = step(stage)
    stage.seconds[name] = time.monotonic() - began
    return result


def import_pictures(stage: Stage) -> int:
    """Upload all pictures and masks, wait until they are ready; return the data set.

    Raises
    ------
    DemoError
        A picture was refused.
    """
    owner, name = stage.crew.owner, stage.plan.name
    known = {row["name"]: int(row["id"]) for row in owner.listing("datasets", lab=stage.crew.lab)}
    metadata = {"modality": "fluorescence", "description": "Pictures of the demo."}
    dataset = known.get(name) or owner.create_dataset(stage.crew.lab, name, **metadata)
    # Masks after all images: each finds the image it belongs to.
    for role in ("image", "mask"):
        files = [getattr(picture, role) for picture in stage.pictures.values()]
        # One after the other: the order of arrival decides the splits, and a seed means the same.
        answers = [owner.upload_file(dataset, file, role=role) for file in files]
        refused = [row for rows in answers for row in rows if row.status == "refused"]
        if refused:
            message = f"{refused[0].filename} was refused: {refused[0].detail}"
            raise DemoError(message)
    _wait_until_ready(stage, dataset)
    return dataset


def _wait_until_ready(stage: Stage, dataset: int) -> None:
    deadline = time.monotonic() + LONGEST_PREPARATION
    while time.monotonic() < deadline:
        images = list(stage.crew.owner.images(dataset))
        failed = [image for image in images if image["status"] == "failed"]
        if failed:
            message = f"{failed[0]['name']} could not be prepared: {failed[0]['detail']}"
            raise DemoError(message)
        masks = all(image["has_reference_mask"] for image in images)
        ready = all(image["status"] == "ready" for image in images)
        if masks and ready and len(images) >= len(stage.pictures):
            return
        time.sleep(GLANCE)
    message = f"The pictures were not ready after {LONGEST_PREPARATION:.0f} s. See the jobs' log."
    raise DemoError(message)


def find_or_make_project(stage: Stage, dataset: int) -> int:
    """Find the demo's project, or make it; return its id."""
    owner, plan = stage.crew.owner, stage.plan
    for row in owner.listing("projects", lab=stage.crew.lab):
        if row["name"] == plan.name:
            return int(row["id"])
    project = owner.create_project(
        lab=stage.crew.lab,
        name=plan.name,
        task_kind="instance",
        datasets=[dataset],
        instructions="Outline every nucleus, also the dim ones. Part those that touch.",
        classes=[{"name": "nucleus", "color": "#34d399", "key": "1"}],
        overlap=1,
        use_reference_masks="holdout",
    )
    loop = {
        "strategy": plan.strategy,
        "batch_size": plan.batch,
        "train_minutes": plan.minutes,
        # Halves, so that the two arms are compared at equal numbers of labels.
        "control_fraction": 0.5,
        "auto": False,
    }
    owner.patch(f"projects/{project['id']}", {"loop": loop})
    return int(project["id"])


def _gather_people(stage: Stage, project: int) -> tuple[Annotator, ...]:
    rng = np.random.default_rng(stage.plan.seed)
    names = stage.plan.people
    skills = make_skills(len(names), rng)
    return tuple(
        Annotator(
            name,
            gather_annotator(stage.crew, name, project, stage.memory, remember=stage.remember),
            skill=skill,
            pictures=stage.pictures,
            rng=own,
        )
        for name, skill, own in zip(names, skills, rng.spawn(len(names)), strict=True)
    )


def _run_round(
    stage: Stage, project: int, people: tuple[Annotator, ...], number: int
) -> RoundTrace:
    owner = stage.crew.owner
    known = {int(row["number"]): row for row in owner.rounds(project)}
    # Read when the round ends.
    owner.patch(f"projects/{project}", {"loop": {"compare_arms": stage.plan.compares(number)}})
    document = known.get(number) or owner.start_round(project)
    if document["state"] == "failed":
        # From an earlier call: what was labelled stays, the rest is done again.
        document = owner.post(f"rounds/{document['id']}/retry", {})
    seconds: dict[str, float] = {}
    # Before a project's first round everything may be labelled in the order it came; people who
    # begin now would take the pool away from the round that is choosing.
    document = _watch_round(owner, document, seconds, while_in=("scoring",))
    closed = Event()
    before = {person.name: len(person.efforts) for person in people}
    with ThreadPoolExecutor(len(people)) as pool:
        futures = [pool.submit(person.work, project, until=closed.is_set) for person in people]
        try:
            check = partial(_raise_from, futures)
            document = _watch_round(owner, document, seconds, while_in=LIVE, check=check)
        finally:
            closed.set()
        for future in futures:
            future.result()
    if document["state"] != "done":
        why = document.get("detail") or "see the worker's log"
        message = f"Round {number} ended as {document['state']}: {why}"
        raise DemoError(message)
    efforts = [effort for person in people for effort in person.efforts[before[person.name] :]]
    return RoundTrace(number, document, seconds, tuple(efforts))


def _watch_round(
    owner: Client,
    document: Json,
    seconds: dict[str, float],
    *,
    while_in: Sequence[str],
    check: Callable[[], None] = lambda: None,
) -> Json:
    began = time.monotonic()
    while document["state"] in while_in:
        if time.monotonic() - began > LONGEST_ROUND:
            message = f"Round {document['number']} is still {document['state']}."
            raise DemoError(message)
        check()
        before = time.monotonic()
        time.sleep(GLANCE)
        state = document["state"]
        document = owner.get(f"rounds/{document['id']}")
        seconds[state] = seconds.get(state, 0.0) + time.monotonic() - before
    return document


def _wait_for_trials(stage: Stage, *, project: int) -> int:
    """Wait until each arm's own network is trained and measured; return how many there are.

    One that failed is told, and missing in the report: the rounds themselves are not lost by it.

    Raises
    ------
    DemoError
        They take too long.
    """
    deadline = time.monotonic() + LONGEST_ROUND
    while time.monotonic() < deadline:
        rounds = stage.crew.owner.rounds(project)
        trials = [trial for document in rounds for trial in document["trials"]]
        if not any(trial["state"] in ("queued", "running") for trial in trials):
            for trial in trials:
                if trial["state"] != "done":
                    stage.say(f"Training on the labels of the arm {trial['arm']!r} alone failed.")
            return sum(trial["state"] == "done" for trial in trials)
        time.sleep(GLANCE)
    message = "The arms' own trainings did not end in time. See the log of the training worker."
    raise DemoError(message)


def _raise_from(futures: list[Future[None]]) -> None:
    for future in futures:
        if future.done():
            future.result()
