"""Tables of cells: types, units, gaps, and what comes back from a file."""

import csv
import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from training.measurements.base import Column
from training.measurements.tables import (
    LABEL,
    from_parquet,
    join_tables,
    make_table,
    to_csv,
    to_parquet,
)

NAME = Column("class", "", "text", "Its class.")
AREA = Column("area_um2", "um2", "float", "Its area.")
WIDTH = Column("width_px", "px", "float", "Its width.")


@pytest.fixture
def table():
    return make_table(
        [LABEL, NAME, AREA],
        [np.array([1, 2]), np.array(["a, b", "=1+1"], dtype=object), np.array([0.1 + 0.2, np.nan])],
    )


def test_csv_is_read_back_by_any_reader_and_runs_nothing_in_a_spreadsheet(table):
    rows = list(csv.DictReader(io.StringIO(to_csv(table).decode())))
    assert rows == [
        {"label": "1", "class": "a, b", "area_um2": "0.3"},
        {"label": "2", "class": "'=1+1", "area_um2": ""},
    ]
    assert to_csv(table, header=False).startswith(b'1,"a, b",0.3\r\n')


def test_negative_numbers_are_no_formulas():
    one = make_table([LABEL, AREA], [np.array([1]), np.array([-2.5])])
    assert to_csv(one, header=False) == b"1,-2.5\r\n"


def test_parquet_holds_types_units_and_gaps(table):
    stored = pq.read_table(io.BytesIO(to_parquet(table)))
    assert stored.schema.field("label").type == pa.int64()
    assert stored.schema.field("class").type == pa.string()
    field = stored.schema.field("area_um2")
    assert field.type == pa.float64()
    assert field.metadata == {b"unit": b"um2", b"description": b"Its area."}
    assert stored.column("area_um2").to_pylist() == [0.1 + 0.2, None]


def test_parquet_comes_back_as_it_was(table):
    again = from_parquet(to_parquet(table))
    assert again.columns == table.columns
    assert again.rows() == table.rows()
    empty = from_parquet(to_parquet(make_table(table.columns, None)))
    assert (len(empty), empty.columns) == (0, table.columns)


def test_tables_of_calibrated_and_other_pictures_keep_units_apart(table):
    other = make_table([LABEL, NAME, WIDTH], [np.array([3]), np.array(["c"]), np.array([7.0])])
    joined = join_tables([table, other])
    assert [column.name for column in joined.columns] == ["label", "class", "area_um2", "width_px"]
    assert [row["area_um2"] for row in joined.rows()] == [0.3, None, None]
    assert [row["width_px"] for row in joined.rows()] == [None, None, 7]


def test_constants_come_first(table):
    image = Column("image", "", "text", "Name of the picture.")
    assert table.beginning([image], ["field 1"]).rows()[1]["image"] == "field 1"


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="one length"):
        make_table([LABEL, AREA], [np.array([1, 2]), np.array([1.0])])
