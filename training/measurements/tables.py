"""Tables of cells with typed columns and units, as CSV and as Parquet."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from training.measurements.base import Column, Kind

LABEL = Column("label", "", "int", "Number of the object in the label image.")
DTYPES: dict[Kind, Any] = {"int": np.int64, "float": np.float64, "text": object}
ARROW: dict[Kind, pa.DataType] = {"int": pa.int64(), "float": pa.float64(), "text": pa.string()}
DIGITS = 9


@dataclass(frozen=True)
class Table:
    """Rows with typed columns.

    Attributes
    ----------
    columns : tuple of Column
        Names, units and kinds.
    values : tuple of ndarray
        One per column, all of one length.
    """

    columns: tuple[Column, ...]
    values: tuple[NDArray[Any], ...]

    def __len__(self) -> int:
        return len(self.values[0]) if self.values else 0

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.values[[column.name for column in self.columns].index(name)]

    def ordered(self, name: str) -> "Table":
        """Return the rows in ascending order of a column."""
        order = np.argsort(self[name], kind="stable")
        return Table(self.columns, tuple(values[order] for values in self.values))

    def beginning(self, columns: Sequence[Column], constants: Sequence[object]) -> "Table":
        """Return the table with columns of one value each before the others."""
        added = [
            np.full(len(self), value, dtype=DTYPES[column.kind])
            for column, value in zip(columns, constants, strict=True)
        ]
        return Table((*columns, *self.columns), (*added, *self.values))

    def rows(self) -> list[dict[str, Any]]:
        """Return plain values, ready for JSON; gaps are None."""
        cells = [_plain(c, v) for c, v in zip(self.columns, self.values, strict=True)]
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]


def make_table(columns: Sequence[Column], values: Sequence[NDArray[Any]] | None) -> Table:
    """Make a table; without values one that has no rows.

    Raises
    ------
    ValueError
        A column is missing or of another length.
    """
    given = [np.zeros(0)] * len(columns) if values is None else values
    if len({len(one) for one in given}) > 1 or len(given) != len(columns):
        raise ValueError("a table needs one array per column, all of one length")
    cast = (np.asarray(v, dtype=DTYPES[c.kind]) for c, v in zip(columns, given, strict=True))
    return Table(tuple(columns), tuple(cast))


def join_tables(tables: Sequence[Table]) -> Table:
    """Put tables below each other; a column that one does not have is a gap there.

    Parameters
    ----------
    tables : sequence of Table
        At least one. Columns come in the order in which they are first met; a whole number or a
        text that is missing is 0 or "", so only float columns should differ.

    Returns
    -------
    Table
        All rows.
    """
    columns = join_columns(table.columns for table in tables)
    parts = [fit_table(table, columns) for table in tables]
    joined = (np.concatenate([p.values[at] for p in parts]) for at in range(len(columns)))
    return Table(columns, tuple(joined))


def join_columns(layouts: Iterable[Sequence[Column]]) -> tuple[Column, ...]:
    """Return the columns of several tables, each once."""
    known: dict[str, Column] = {}
    for columns in layouts:
        for column in columns:
            known.setdefault(column.name, column)
    return tuple(known.values())


def fit_table(table: Table, columns: Sequence[Column]) -> Table:
    """Return the table with exactly these columns."""
    own = {c.name: v for c, v in zip(table.columns, table.values, strict=True)}
    gap: dict[Kind, object] = {"int": 0, "float": np.nan, "text": ""}
    values = (
        own.get(c.name, np.full(len(table), gap[c.kind], dtype=DTYPES[c.kind])) for c in columns
    )
    return Table(tuple(columns), tuple(values))


def to_csv(table: Table, *, header: bool = True) -> bytes:
    """Write a table as CSV (UTF-8, comma, dot, CR LF as RFC 4180 has it); gaps are empty."""
    target = io.StringIO()
    writer = csv.writer(target)
    if header:
        writer.writerow([column.name for column in table.columns])
    writer.writerows([_text(value) for value in row.values()] for row in table.rows())
    return target.getvalue().encode()


def to_parquet(table: Table) -> bytes:
    """Write a table as Parquet; units and what is measured are metadata of the columns."""
    target = io.BytesIO()
    with pq.ParquetWriter(target, arrow_schema(table.columns), compression="zstd") as writer:
        writer.write_table(to_arrow(table))
    return target.getvalue()


def to_arrow(table: Table) -> pa.Table:
    """Return a table as Arrow has it; NaN becomes null."""
    arrays = [
        pa.array(values, type=ARROW[column.kind], from_pandas=True)
        for column, values in zip(table.columns, table.values, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=arrow_schema(table.columns))


def arrow_schema(columns: Sequence[Column]) -> pa.Schema:
    """Return the schema of a table, with unit and description of each column."""
    return pa.schema(
        [
            pa.field(c.name, ARROW[c.kind], metadata={"unit": c.unit, "description": c.about})
            for c in columns
        ]
    )


def from_parquet(data: bytes) -> Table:
    """Read what `to_parquet` wrote."""
    stored = pq.read_table(io.BytesIO(data))
    kinds = {ARROW[kind]: kind for kind in ARROW}
    columns, values = [], []
    for field in stored.schema:
        said = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
        kind = kinds[field.type]
        columns.append(Column(field.name, said.get("unit", ""), kind, said.get("description", "")))
        values.append(stored.column(field.name).to_numpy(zero_copy_only=False))
    return make_table(columns, values)


def _plain(column: Column, values: NDArray[Any]) -> list[Any]:
    if column.kind != "float":
        return list(values.tolist())
    return [float(f"{v:.{DIGITS}g}") if np.isfinite(v) else None for v in values.tolist()]


def _text(value: object) -> str:
    """Write a value for CSV; a text that a spreadsheet would run as a formula is quoted."""
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in "=+-@\t\r" and text else text
