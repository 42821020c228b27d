"""Slow down password guessing without locking anybody else out."""

import hashlib
from datetime import datetime, timedelta

from annotations.accounts.models import LoginFailure
from core.errors import DomainError

WINDOW = timedelta(minutes=10)
MOST_FAILURES = 10


def check_login_allowed(*, username: str, address: str, now: datetime) -> None:
    """Refuse a further try after too many failed ones from this address at this account.

    Account and address count together: guessing from elsewhere never locks out the person.

    Raises
    ------
    DomainError
        With status 429; it says how long to wait.
    """
    failures = LoginFailure.objects.filter(key=_key(username, address), at__gt=now - WINDOW)
    times = list(failures.order_by("-at").values_list("at", flat=True)[:MOST_FAILURES])
    if len(times) < MOST_FAILURES:
        return
    minutes = int((times[-1] + WINDOW - now) / timedelta(minutes=1)) + 1
    raise DomainError(
        "too_many_attempts",
        f"Too many failed attempts. Wait {minutes} minutes, then try again.",
        status=429,
    )


def note_failure(*, username: str, address: str, now: datetime) -> None:
    """Remember a failed try, and forget those that no longer count."""
    LoginFailure.objects.filter(at__lt=now - WINDOW).delete()
    LoginFailure.objects.create(key=_key(username, address), at=now)


def forget_failures(*, username: str, address: str) -> None:
    """Forget the failed tries of somebody who then knew the password."""
    LoginFailure.objects.filter(key=_key(username, address)).delete()


def _key(username: str, address: str) -> str:
    # A digest: people type passwords into the field for the name.
    return hashlib.sha256(f"{username.lower()}\n{address}".encode()).hexdigest()
