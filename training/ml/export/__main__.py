"""``python -m training.ml.export``."""

import sys

from training.ml.export.cli import main

sys.exit(main())
