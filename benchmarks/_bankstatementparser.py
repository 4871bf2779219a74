"""Read a camt.054 with bankstatementparser; started by `benchmarks/camt054.py` in an environment that has it."""

from __future__ import annotations

import json
import sys
import time

from bankstatementparser import Camt054Parser


def main(file: str) -> None:
    """Print the seconds it takes, and how many rows it makes."""
    start = time.perf_counter()
    rows = len(Camt054Parser(file).parse())
    print(json.dumps({"seconds": time.perf_counter() - start, "rows": rows}))


if __name__ == "__main__":
    main(sys.argv[1])
