"""Errors that a user can mend: a stable code, a sentence, an HTTP status hint."""


class DomainError(Exception):
    """Something the caller can mend.

    Parameters
    ----------
    code : str
        Stable, machine-readable name in snake_case; part of the API.
    detail : str
        What is wrong and what to do, in plain words.
    status : int, optional
        HTTP status that an API answers with. Domain code never sends HTTP itself.
    extra : dict, optional
        Further members of the problem document (JSON types only).
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        status: int = 400,
        extra: dict[str, object] | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.status = status
        self.extra = extra or {}


class NotFound(DomainError):
    """The object does not exist, or the caller may not know that it does."""

    def __init__(self, what: str) -> None:
        super().__init__(
            "not_found",
            f"There is no such {what}, or you may not see it. Check the address, or ask its "
            "project manager for access.",
            status=404,
        )


class Forbidden(DomainError):
    """The caller may see the object, but not do this to it."""

    def __init__(self, detail: str) -> None:
        super().__init__("forbidden", detail, status=403)


class Conflict(DomainError):
    """The object is in a state in which this cannot be done."""

    def __init__(self, code: str, detail: str, *, extra: dict[str, object] | None = None) -> None:
        super().__init__(code, detail, status=409, extra=extra)
