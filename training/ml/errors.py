"""Errors of training and prediction that a user can mend.

They stand alone, so that the command line works where nothing but this package and torch is.
"""


class TrainingError(Exception):
    """A training or a prediction cannot be done as asked.

    Parameters
    ----------
    code : str
        Stable, machine-readable name in snake_case.
    detail : str
        What is wrong and what to do, in plain words.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class ConfigError(TrainingError):
    """A setting is unknown or out of its range."""

    def __init__(self, setting: str, detail: str) -> None:
        super().__init__("bad_config", f"Setting {setting!r}: {detail}")
        self.setting = setting


def channel_mismatch(name: str, found: int, wanted: int) -> TrainingError:
    """Say of an item that its channels are not as many as those of the first one."""
    return TrainingError(
        "channel_mismatch",
        f"Item {name} has {found} channels, the first has {wanted}. A model takes one number of "
        "channels.",
    )
