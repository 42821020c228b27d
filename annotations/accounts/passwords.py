"""Rules for passwords, in words that say what to do."""

from difflib import SequenceMatcher

from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError

from annotations.accounts.models import User
from core.errors import DomainError

SHORTEST = 10
MOST_ALIKE = 0.7


class LongEnough:
    """At least `SHORTEST` characters; length beats odd characters (NIST SP 800-63B)."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise `ValidationError` for a short password."""
        if len(password) < SHORTEST:
            raise ValidationError(self.get_help_text(), code="password_too_short")

    def get_help_text(self) -> str:
        """Say the rule."""
        return f"Use at least {SHORTEST} characters; a few unrelated words are easy to remember."


class NotCommon(CommonPasswordValidator):
    """Not among the passwords that everybody tries first."""

    def get_error_message(self) -> str:
        """Say what is wrong."""
        return "This password is on the lists that intruders try first. Choose another one."


class NotLikeUser:
    """Not the person's own name or address with a digit behind it."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise `ValidationError` for a password that can be guessed from the account."""
        if user is None:
            return
        known = (user.username, user.email, user.email.partition("@")[0], user.display_name)
        if any(_alike(password, value) for value in known):
            raise ValidationError(self.get_help_text(), code="password_too_similar")

    def get_help_text(self) -> str:
        """Say the rule."""
        return "Choose a password that is less like your user name or e-mail address."


def check_password_rules(password: str, user: User) -> None:
    """Check a new password against all rules.

    Raises
    ------
    DomainError
        With the sentences of all rules that it breaks.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise DomainError(
            "weak_password",
            " ".join(error.messages),
            extra={"errors": {"password": error.messages}},
        ) from error


def _alike(password: str, value: str) -> bool:
    password, value = password.lower(), value.lower()
    if len(value) < 3:
        return False
    mostly = value in password and 2 * len(value) >= len(password)
    return mostly or SequenceMatcher(a=password, b=value).quick_ratio() >= MOST_ALIKE
