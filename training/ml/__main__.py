"""``python -m training.ml``."""

import sys

from training.ml.cli import main

sys.exit(main())
