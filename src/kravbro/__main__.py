"""`python -m kravbro`: the same as the command `kravbro`."""

import sys

from kravbro.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
