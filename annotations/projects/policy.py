"""How a project asks its annotators, and how it learns: two frozen policies, checked when made."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from annotations.projects.models import AcceptRule
from core.errors import DomainError

DEFAULT_AGREEMENT = 0.8
IMAGE_LEASE_SECONDS = 900
CELL_LEASE_SECONDS = 300


@dataclass(frozen=True)
class CrowdPolicy:
    """How answers are gathered, and when they become ground truth.

    Attributes
    ----------
    overlap : int
        How many people answer each sample, 1 to 50.
    lease_seconds : int
        How long a sample is held for somebody without a sign of life, 30 s to a day.
    accept_rule : {"single", "agreement", "reviewer"}
        One answer is enough; enough agreement is; or a reviewer decides.
    accept_threshold : float
        The agreement, 0 to 1, from which a consensus is accepted.
    consensus_method : str
        A key of `CONSENSUS_METHODS`.
    """

    overlap: int = 1
    lease_seconds: int = IMAGE_LEASE_SECONDS
    accept_rule: str = AcceptRule.SINGLE
    accept_threshold: float = DEFAULT_AGREEMENT
    consensus_method: str = "majority"

    def __post_init__(self) -> None:
        """Check the values.

        Raises
        ------
        DomainError
            Code "invalid_policy"; the sentence names the value and what is allowed.
        """
        _check_range("overlap", self.overlap, 1, 50)
        _check_range("lease_seconds", self.lease_seconds, 30, 86_400)
        _check_range("accept_threshold", self.accept_threshold, 0, 1)
        _check_choice("accept_rule", self.accept_rule, AcceptRule.values)
        _check_choice("consensus_method", self.consensus_method, _keys("consensus_method"))
        if self.accept_rule == AcceptRule.AGREEMENT and self.overlap < 2:
            raise _invalid("accepting by agreement needs an overlap of at least 2.")


@dataclass(frozen=True)
class LoopPolicy:
    """How rounds of active learning go.

    Attributes
    ----------
    strategy : str
        A key of `ACQUISITIONS`.
    batch_size : int
        Samples per round, 1 to 10,000.
    control_fraction : float
        Part of each batch that is chosen at random, above 0 and up to 1.
    max_rounds : int
        After so many rounds the loop rests, 1 to 1,000.
    train_minutes : float
        Time of one training, above 0 and up to a week.
    auto : bool
        Whether the next round starts by itself.
    compare_arms : bool
        Whether after each round a network is also trained on each arm's labels alone, to show
        what the strategy brings against chance; costs one training per arm.
    """

    strategy: str = "entropy"
    batch_size: int = 20
    control_fraction: float = 0.2
    max_rounds: int = 20
    train_minutes: float = 5.0
    auto: bool = True
    compare_arms: bool = False

    def __post_init__(self) -> None:
        """Check the values.

        Raises
        ------
        DomainError
            Code "invalid_policy"; the sentence names the value and what is allowed.
        """
        _check_choice("strategy", self.strategy, _keys("strategy"))
        _check_range("batch_size", self.batch_size, 1, 10_000)
        _check_range("control_fraction", self.control_fraction, 0.01, 1)
        _check_range("max_rounds", self.max_rounds, 1, 1_000)
        _check_range("train_minutes", self.train_minutes, 0.05, 1_440)


def default_crowd_policy(*, overlap: int, sample_unit: str) -> CrowdPolicy:
    """Return what suits most projects: one answer counts, several have to agree."""
    return CrowdPolicy(
        overlap=overlap,
        lease_seconds=CELL_LEASE_SECONDS if sample_unit == "cell" else IMAGE_LEASE_SECONDS,
        accept_rule=AcceptRule.SINGLE if overlap == 1 else AcceptRule.AGREEMENT,
    )


def changed_crowd_policy(policy: CrowdPolicy, changes: Mapping[str, object]) -> CrowdPolicy:
    """Return the policy with some values changed, checked as a whole.

    A new overlap brings the accept rule along where it would not fit any more.
    """
    changes = dict(changes)
    overlap = changes.get("overlap", policy.overlap)
    if "accept_rule" not in changes and policy.accept_rule != AcceptRule.REVIEWER:
        changes["accept_rule"] = AcceptRule.SINGLE if overlap == 1 else policy.accept_rule
        if policy.overlap == 1 and overlap != 1:
            changes["accept_rule"] = AcceptRule.AGREEMENT
    return dataclasses.replace(policy, **changes)  # type: ignore[arg-type]


def changed_loop_policy(policy: LoopPolicy, changes: Mapping[str, object]) -> LoopPolicy:
    """Return the policy with some values changed, checked as a whole."""
    return dataclasses.replace(policy, **changes)  # type: ignore[arg-type]


def _keys(choice: str) -> list[str]:
    # The registries lie above this capability, so the settings say where they are.
    return sorted(import_string(settings.POLICY_CHOICES[choice]))


def _check_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise _invalid(f"{name} is {value}; it goes from {low} to {high}.")


def _check_choice(name: str, value: str, allowed: list[str]) -> None:
    if value not in allowed:
        raise _invalid(f"{name} is {value!r}; it is one of {', '.join(allowed)}.")


def _invalid(why: str) -> DomainError:
    return DomainError("invalid_policy", f"This policy does not work: {why}")
