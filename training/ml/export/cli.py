"""``python -m training.ml.export --model DIR --format onnx --out FILE``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from training.ml.errors import TrainingError
from training.ml.export import EXPORTS, export_model

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the package.

    Parameters
    ----------
    arguments : sequence of str or None
        None takes those of the process.

    Returns
    -------
    int
        Exit code: 0 done, 2 not as asked.
    """
    parser = argparse.ArgumentParser(prog="python -m training.ml.export", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder of a model")
    parser.add_argument("--format", choices=sorted(EXPORTS), required=True)
    parser.add_argument("--out", type=Path, required=True, help="zip file")
    options = parser.parse_args(arguments)
    try:
        export_model(EXPORTS[options.format], options.model, options.out)
    except TrainingError as error:
        sys.stderr.write(f"{error.code}: {error.detail}\n")
        return 2
    return 0
