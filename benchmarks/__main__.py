"""Run every benchmark, each in a fresh process: `python -m benchmarks [NAME...]`.

A benchmark is a module beside this one with `def main() -> None`, which measures and prints its own table: name,
value, floor, and their ratio. Speed never fails a build (machines differ); a benchmark that crashes does.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """The benchmarks, in order of name."""
    return sorted(file.stem for file in FOLDER.glob("*.py") if not file.stem.startswith("_"))


def run(name: str) -> bool:
    """Run one benchmark; answers whether it came to its end."""
    print(f"\n== {name}", flush=True)
    program = f"from benchmarks.{name} import main; main()"
    return subprocess.run([sys.executable, "-c", program], cwd=FOLDER.parent, check=False).returncode == 0


def main(chosen: list[str]) -> int:
    """Run the chosen benchmarks, or all; answers 2 for a name that does not exist, 1 if one crashed."""
    known = names()
    if unknown := sorted(set(chosen) - set(known)):
        print(f"no benchmark is called {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    crashed = [name for name in chosen or known if not run(name)]
    if crashed:
        print(f"\ncrashed: {', '.join(crashed)}", file=sys.stderr)
    return 1 if crashed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
