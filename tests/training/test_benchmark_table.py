"""The table of the training benchmark."""

from pathlib import Path

import pytest

from tests.benchmarks.training.rows import Setting, merge, read_rows, summarise, write_rows
from tests.benchmarks.training.table import shown_scores, write_table

DOCS = Path(__file__).resolve().parents[2] / "docs"


def run(fold: int, ap50: float, **changes: object) -> dict[str, object]:
    """Build what ``run`` writes of one training."""
    scores = {"ap50": ap50, "pooled_ap50": 0.5, "ap75": 0.25}
    return {
        "case": "nuclei", "fold": fold, "labelled": None, "groups": False, "preset": None,
        "model": "network", "start": "nothing", "minutes": 0.0, "steps": 300, "precision": "bf16",
        "load_average": 2.0,
        "items": {"train": 100, "val": 12, "test": 38}, "trained": scores, "classical": scores,
        "megapixels_per_second": 3.0, **changes,
    }  # fmt: skip


def test_docs_show_the_rows_that_are_kept() -> None:
    text = write_table(read_rows(DOCS / "benchmarks.jsonl"))
    assert text == (DOCS / "benchmarks.md").read_text(encoding="utf-8")


def test_runs_of_one_setting_are_a_row_with_an_interval() -> None:
    runs = [run(0, 0.7), run(1, 0.8), run(2, 0.9), run(0, 0.6, labelled=5)]
    all_labels, few = summarise(runs, shown_scores())
    assert all_labels.setting == Setting(
        "nuclei", None, False, "defaults", "nothing", 0.0, 300, "bf16"
    )
    assert (all_labels.known, all_labels.runs) == (112, 3)
    # Student's t of 2 degrees of freedom at 95 % is 2.920; the standard error is 0.1 / sqrt(3).
    assert all_labels.scores["ap50"] == pytest.approx((0.8, 2.920 * 0.1 / 3**0.5), abs=1e-3)
    assert few.scores["ap50"] == (0.6, None)


def test_newer_rows_replace_those_of_the_same_setting(tmp_path: Path) -> None:
    older = summarise([run(0, 0.7), run(0, 0.6, labelled=5)], shown_scores())
    newer = summarise(
        [run(0, 0.8), run(0, 0.9, minutes=8.0), run(0, 0.5, precision="fp32")], shown_scores()
    )
    write_rows(tmp_path / "rows.jsonl", merge(older, newer))
    rows = read_rows(tmp_path / "rows.jsonl")
    kept = [(row.setting.precision, row.setting.minutes, row.scores["ap50"][0]) for row in rows]
    assert kept == [("bf16", 0.0, 0.8), ("fp32", 0.0, 0.5), ("bf16", 8.0, 0.9), ("bf16", 0.0, 0.6)]
