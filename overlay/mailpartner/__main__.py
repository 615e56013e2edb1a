"""`python -m mailpartner` is `mailpartner`."""

import sys

from mailpartner.cli import main

if __name__ == "__main__":
    sys.exit(main())
