"""Cells, or the class of the picture, as a table."""

from typing import IO

from training.measurements.tables import to_csv, to_parquet
from training.serving.formats.base import Answer, Format


def write_csv(answer: Answer, target: IO[bytes]) -> None:
    """Write CSV with a header."""
    target.write(to_csv(answer.table))


def write_parquet(answer: Answer, target: IO[bytes]) -> None:
    """Write Parquet with units."""
    target.write(to_parquet(answer.table))


CSV = Format("csv", "text/csv", ".csv", write_csv)
PARQUET = Format("parquet", "application/vnd.apache.parquet", ".parquet", write_parquet)
