"""Unpacked labels of any size: in memory, or in a temporary file that is mapped."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from annotations.labels.bands import bands_of, is_large
from annotations.labels.planes import LabelStack


@contextmanager
def map_labels(stack: LabelStack) -> Iterator[NDArray[np.uint32]]:
    """Unpack a label image (T, Z, Y, X); one of large planes to a file, band by band."""
    if not is_large(stack.shape[2], stack.shape[3]):
        yield stack.array()
        return
    with tempfile.TemporaryFile() as file:
        for band in bands_of(stack.shape):
            file.write(stack.rows(band).data)
        file.flush()
        yield np.memmap(file, np.uint32, "r", shape=stack.shape)
