"""``python -m cytoloop``: the command line."""

import sys

from cytoloop.cli import main

if __name__ == "__main__":
    sys.exit(main())
