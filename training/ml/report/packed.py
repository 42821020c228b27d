"""Label images kept compressed until it is known which are shown."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Packed:
    """A compressed label image of any shape, int32."""

    data: bytes
    shape: tuple[int, ...]

    @classmethod
    def of(cls, labels: NDArray[Any]) -> Packed:
        """Compress labels."""
        return cls(zlib.compress(labels.astype(np.int32).tobytes(), 1), labels.shape)

    def unpack(self) -> NDArray[np.int32]:
        """Return the labels."""
        return np.frombuffer(zlib.decompress(self.data), dtype=np.int32).reshape(self.shape)
