"""A benchmark that is run by hand: `python -m tests.benchmarks.click`."""

import sys
from pathlib import Path

# As in manage.py: `platform` is a source root, also where Cytoloop is not installed.
sys.path[:0] = [str(Path(__file__).resolve().parents[3] / "platform")]
