"""What a clicker must offer."""

from typing import Protocol

from training.assist.scene import Mask, Scene


class Clicker(Protocol):
    """Finds the cell that is clicked."""

    def segment(self, scene: Scene) -> Mask | None:
        """Return the cell's mask (Y, X) of the window; None where this clicker sees none."""
        ...
