"""From the axes that a TIFF names, or does not, to T C Z Y X."""

from dataclasses import dataclass

from annotations.images.readers.base import Notice, UnreadableError

# What tifffile calls axes that the file does not name: pages, and other unknown dimensions.
UNNAMED = "IQ"
ALIASES = {"W": "X", "H": "Y", "D": "Z", "F": "T", "A": "T", "L": "C", "E": "C", "P": "T", "R": "Z"}


@dataclass(frozen=True)
class AxesMap:
    """How planes T C Z lie in a file's own axes.

    Attributes
    ----------
    source_axes : str
        The file's axes with unnamed ones resolved, e.g. "ZCYX" or "YXS".
    source_shape : tuple of int
        Their sizes.
    shape : tuple of int
        T, C, Z, Y, X; samples (S) are channels.
    samples : int
        Channels stored side by side in each pixel that are kept.
    note : str
        How axes were guessed.
    """

    source_axes: str
    source_shape: tuple[int, ...]
    shape: tuple[int, int, int, int, int]
    samples: int
    note: str = ""
    notices: tuple[Notice, ...] = ()

    def locate(self, t: int, c: int, z: int) -> dict[str, int]:
        """Return the index of plane (t, c, z) on each of the file's axes but Y and X."""
        channel, sample = divmod(c, self.samples)
        found = {"T": t, "C": channel, "Z": z, "S": sample}
        return {axis: found[axis] for axis in self.source_axes if axis not in "YX"}


def map_axes(axes: str, shape: tuple[int, ...], *, alpha: bool = False) -> AxesMap:
    """Map a file's axes to T C Z Y X.

    Parameters
    ----------
    axes : str
        As tifffile names them, e.g. "QYX", "TZCYX", "YXS".
    shape : tuple of int
        Their sizes.
    alpha : bool
        The last sample is transparency, to be left out.

    Raises
    ------
    UnreadableError
        "axes_not_understood" for more than five dimensions or a repeated axis.
    """
    letters = [ALIASES.get(axis, axis) for axis in axes]
    taken = {axis for axis in letters if axis in "TCZYXS"}
    notes = []
    for position, axis in enumerate(letters):
        if axis in "TCZYXS":
            continue
        free = [wanted for wanted in "ZTC" if wanted not in taken]
        if not free:
            raise _not_understood(axes, shape)
        letters[position] = free[0]
        taken.add(free[0])
        if shape[position] > 1:
            what = "pages" if axis in UNNAMED else f"steps of the axis {axis}"
            notes.append(
                f"{shape[position]} {what} without axis metadata read as {free[0].lower()}"
            )
    if len(set(letters)) != len(letters) or not {"Y", "X"} <= taken:
        raise _not_understood(axes, shape)
    size = dict(zip(letters, shape, strict=True))
    stored = size.get("S", 1)
    samples = stored - 1 if alpha and stored in (2, 4) else stored
    return AxesMap(
        source_axes="".join(letters),
        source_shape=tuple(shape),
        shape=(
            size.get("T", 1),
            size.get("C", 1) * samples,
            size.get("Z", 1),
            size["Y"],
            size["X"],
        ),
        samples=samples,
        note="; ".join(notes),
        notices=_notices(notes, dropped=samples < stored),
    )


def _notices(notes: list[str], *, dropped: bool) -> tuple[Notice, ...]:
    found = []
    if notes:
        text = "; ".join(notes)
        found.append(
            Notice(
                "axes_guessed",
                f"{text[0].upper()}{text[1:]}. If that is wrong, save the file as OME-TIFF or "
                "from Fiji (Image > Properties) with its axes named.",
            )
        )
    if dropped:
        found.append(Notice("alpha_dropped", "The transparency of the picture was dropped."))
    return tuple(found)


def _not_understood(axes: str, shape: tuple[int, ...]) -> UnreadableError:
    sizes = ", ".join(f"{axis} {size}" for axis, size in zip(axes, shape, strict=True))
    return UnreadableError(
        "axes_not_understood",
        f"The file has dimensions ({sizes}) that do not fit time, channel, z, y and x. Save it "
        "as OME-TIFF with at most these five.",
    )
