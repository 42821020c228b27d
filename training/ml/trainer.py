"""The training loop: budget, schedule, averaged weights, curves, checkpoint, stop."""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from training.ml.batch_size import BatchChoice
from training.ml.checkpoint import TrainingState, has_state, load_state, save_state
from training.ml.errors import TrainingError
from training.ml.pace import Pace
from training.ml.seeding import undisturbed
from training.ml.team import Team
from training.ml.uncertainty.keeping import SnapshotKeeper, snapshot_points

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from training.ml.config import Config
    from training.ml.kinds.base import Task

# Share of a budget in minutes that is kept for the last validation.
FINISH_SHARE = 0.06
# Most of a budget that may go into looking at the validation split meanwhile.
VALIDATION_SHARE = 0.1
LOG_SECONDS = 1.0
CHECKPOINT_SECONDS = 30.0


class StoppedError(Exception):
    """Somebody asked the run to stop; its checkpoint is written."""


@dataclass(frozen=True)
class Fitted:
    """What the loop left.

    Attributes
    ----------
    weights : mapping of str to Tensor
        Averaged where the config says so.
    steps : int
        Steps made in all.
    seconds : float
        Spent in all, preparation included.
    batch : int
        Patches in a step.
    """

    weights: Mapping[str, torch.Tensor]
    steps: int
    seconds: float
    batch: int = 0


class Trainer:
    """Fits one task.

    Parameters
    ----------
    task : Task
        Data, network, loss.
    out : Path
        Folder for ``curves.jsonl`` and ``checkpoint/``.
    device : torch.device
        Where to compute.
    identity : str
        Hash of config and snapshot; a checkpoint of another run is refused.
    started : float
        ``time.monotonic()`` at which the budget began to run.
    stop : callable
        True when the run shall stop.
    """

    def __init__(
        self,
        task: Task,
        out: Path,
        *,
        device: torch.device,
        identity: str,
        started: float,
        stop: Callable[[], bool],
    ) -> None:
        self.task, self.out, self.device = task, out, device
        self.team = Team()
        self.identity, self.stop = identity, stop
        self.config: Config = task.config
        self.started = started
        self.step = 0
        # Share of the budget at which the validation split is looked at next.
        self.next_check = 1 / self.config.validations
        self.budget = self.config.minutes * 60
        self.network = task.network.to(device)
        if self.config.network.dims == 2:
            self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(),
            lr=self.config.optim.rate,
            weight_decay=self.config.optim.weight_decay,
        )
        self.scaler = torch.amp.GradScaler(
            device.type, enabled=self.config.optim.precision == "fp16"
        )
        # With a budget of steps results must repeat, and rounding depends on the threads.
        threads = torch.get_num_threads() if self.budget > 0 and device.type == "cpu" else 1
        self.pace = Pace(threads)
        self.average = {k: v.detach().clone() for k, v in self.network.state_dict().items()}
        self.keeper = SnapshotKeeper(out, snapshot_points(self.config.uncertainty))

    @property
    def seconds(self) -> float:
        """Seconds spent, those before an interruption included."""
        return time.monotonic() - self.started

    def fit(self, team: Team | None = None) -> Fitted:
        """Train until the budget is used.

        Parameters
        ----------
        team : Team or None
            Processes that train together; None = this one alone.

        Returns
        -------
        Fitted
            Weights and what they cost.

        Raises
        ------
        StoppedError
            After a checkpoint was written.
        TrainingError
            Code ``diverged``, when the loss is no longer a number.
        """
        self.team = team or self.team
        self.batch = BatchChoice(self.config.optim, processes=self.team.size)
        if self.budget <= 0:
            self.batch.settled = self.config.optim.batch
        self._resume()
        self.task.network = self.team.wrap(self.network)
        self.network.train()
        logged = saved = time.monotonic()
        losses: list[torch.Tensor] = []
        patches = 0
        share, stopping = self._agree()
        # A budget that was over before the first step still makes one: the doctor says the rest.
        while share < 1 or self.step == 0:
            size = self.batch.size
            with self.pace:
                losses.append(self._one_step(share, size))
            patches += size
            self._choose_batch()
            share, stopping = self._agree()
            if self.team.leads:
                self.keeper.see(share, self.weights)
            now = time.monotonic()
            check = share < 1 and share >= self.next_check
            if check or share >= 1 or now - logged > LOG_SECONDS:
                loss = self._mean(losses)
                rate = patches / max(now - logged, 1e-6)
                if self.team.leads:
                    self._log(loss, rate, self._validate() if check else None)
                logged, patches, losses = time.monotonic(), 0, []
                self.next_check += self._pause(time.monotonic() - now) if check else 0
            if stopping or now - saved > CHECKPOINT_SECONDS:
                self._save()
                saved = time.monotonic()
            if stopping:
                raise StoppedError
        self._save()
        self.task.network = self.network
        return Fitted(self.weights(), self.step, self.seconds, self.batch.size)

    def _agree(self) -> tuple[float, bool]:
        """Progress, and whether to stop, as the team's leader sees them."""
        share, stopping = self.team.agree([self.progress(), float(self.stop())])
        return share, stopping > 0

    def _pause(self, validation: float) -> float:
        """Share of the budget until the next validation: none may eat up a short budget."""
        pause = 1 / self.config.validations
        if self.budget > 0:
            pause = max(pause, validation / self.budget / VALIDATION_SHARE)
        return pause

    def progress(self) -> float:
        """Share of the budget that is used, from 0 to 1."""
        if self.budget > 0:
            return min(1.0, self.seconds / (self.budget * (1 - FINISH_SHARE)))
        return min(1.0, self.step / self.config.steps)

    def weights(self) -> dict[str, torch.Tensor]:
        """Weights to use: averaged, or the last."""
        if self.config.optim.ema > 0:
            return self.average
        return {k: v.detach().clone() for k, v in self.network.state_dict().items()}

    def _one_step(self, share: float, size: int) -> torch.Tensor:
        """One update by so many patches at a share of the budget; returns the loss."""
        optim = self.config.optim
        for group in self.optimizer.param_groups:
            group["lr"] = optim.rate * schedule(
                share, warmup=optim.warmup, cycles=self.config.uncertainty.cycles
            )
        loss = self.task.loss(self.team.part(self.task.batch(self.step, size)), self.device)
        self.optimizer.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        if optim.clip > 0:
            self.scaler.unscale_(self.optimizer)
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), optim.clip)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.step += 1
        self._average()
        return loss.detach()

    def _choose_batch(self) -> None:
        """Show the last step's time to the choice of a batch, until it has settled."""
        if self.batch.settled is None:
            left = self.budget * (1 - FINISH_SHARE) - self.seconds
            spent, left = self.team.agree([self.pace.last, left])
            self.batch.note(spent, left=left)

    @torch.no_grad()
    def _average(self) -> None:
        """Move the averaged weights; early on they follow closely."""
        decay = min(self.config.optim.ema, (1 + self.step) / (10 + self.step))
        state = self.network.state_dict()
        floats = [k for k, v in state.items() if v.is_floating_point()]
        torch._foreach_lerp_(
            [self.average[k] for k in floats], [state[k] for k in floats], 1 - decay
        )
        for name in state.keys() - set(floats):
            self.average[name].copy_(state[name])

    def _mean(self, losses: list[torch.Tensor]) -> float:
        """Mean loss since the last line; refuses what is not a number."""
        mean = float(torch.stack(losses).mean())
        if not math.isfinite(mean):
            self._log(mean, 0.0, None)
            raise TrainingError(
                "diverged",
                f"The loss became {mean} at step {self.step}. Lower optim.rate, or look for "
                "broken pictures.",
            )
        return mean

    def _validate(self) -> Mapping[str, float]:
        """Score the validation split; what is drawn meanwhile changes no later step."""
        with undisturbed(self.device):
            metrics = self.task.validate(self.weights())
        self.network.train()
        return metrics

    def _log(self, loss: float, rate: float, metrics: Mapping[str, float] | None) -> None:
        """Add a line to the curves."""
        share = self.progress()
        left = self.seconds / share - self.seconds if share > 0 else None
        if self.budget > 0:
            left = max(0.0, self.budget - self.seconds)
        line: dict[str, Any] = {
            "step": self.step,
            "seconds": round(self.seconds, 3),
            "loss": loss,
            "images_per_second": round(rate, 2),
            "learning_rate": self.optimizer.param_groups[0]["lr"],
            "seconds_left": None if left is None else round(left, 1),
            "steps": self.config.steps if self.budget == 0 else round(self.step / share),
        }
        if metrics:
            line |= {"val": metrics[self.task.primary], "metrics": dict(metrics)}
        with (self.out / "curves.jsonl").open("a", encoding="utf-8") as curves:
            curves.write(json.dumps(line) + "\n")

    def _save(self) -> None:
        if not self.team.leads:
            return
        save_state(
            self.out / "checkpoint",
            TrainingState(
                network=self.network.state_dict(),
                average=self.average,
                optimizer=self.optimizer.state_dict(),
                facts={
                    "step": self.step,
                    "batch": self.batch.settled,
                    "seconds": self.seconds,
                    "next_check": self.next_check,
                    "identity": self.identity,
                    "scaler": self.scaler.state_dict(),
                },
            ),
        )

    def _resume(self) -> None:
        """Take up a checkpoint of the same run, where there is one."""
        folder = self.out / "checkpoint"
        if not has_state(folder):
            return
        state = load_state(folder)
        if state.facts["identity"] != self.identity:
            raise TrainingError(
                "other_run",
                f"{folder} belongs to a run with other settings or other data. Choose another "
                "output folder, or remove it.",
            )
        self.network.load_state_dict(dict(state.network))
        self.optimizer.load_state_dict(dict(state.optimizer))
        self.scaler.load_state_dict(state.facts["scaler"])
        for name, value in state.average.items():
            self.average[name].copy_(value)
        self.step = int(state.facts["step"])
        # Checkpoints of earlier versions do not say it.
        self.batch.settled = state.facts.get("batch", self.config.optim.batch)
        self.started -= float(state.facts["seconds"])
        self.next_check = float(state.facts.get("next_check", self.progress() + self.next_check))
        self.keeper.passed = self.progress()


def schedule(progress: float, *, warmup: float, cycles: int = 1) -> float:
    """Learning rate as a share of its peak: a line up, then a cosine down, once or more often.

    Parameters
    ----------
    progress : float
        Share of the budget that is used.
    warmup : float
        Share in which the rate rises.
    cycles : int
        Times that it falls; from the second on it starts at its peak (Loshchilov and Hutter,
        ICLR 2017).

    Returns
    -------
    float
        In (0, 1].
    """
    if progress < warmup:
        return max(0.01, progress / warmup)
    fallen = (progress - warmup) / (1 - warmup)
    # The end of the last cycle is an end, not another beginning.
    within = fallen * cycles % 1 if fallen < 1 else 1.0
    return max(0.002, 0.5 * (1 + math.cos(math.pi * within)))
