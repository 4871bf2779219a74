"""Run every benchmark, each in a fresh process: `python -m benchmarks [NAME...]`.

A benchmark is a module beside this one with `def main() -> None`, which measures and prints its own table: name,
value, floor, and their ratio. What the project promises are ratios within one run: each is printed with its bar
(`_bars`), and a broken one makes the whole end with 1, as a crash does. CI does not run benchmarks: its machines are
shared.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from benchmarks._bars import BROKEN

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """The benchmarks, in order of name."""
    return sorted(file.stem for file in FOLDER.glob("*.py") if not file.stem.startswith("_"))


def run(name: str) -> int:
    """Run one benchmark; answers its exit code."""
    print(f"\n== {name}", flush=True)
    program = f"import sys; from benchmarks import _bars, {name}; {name}.main(); sys.exit(_bars.exit_code())"
    started = time.monotonic()
    code = subprocess.run([sys.executable, "-c", program], cwd=FOLDER.parent, check=False).returncode
    print(f"({name} took {time.monotonic() - started:.0f} s)", flush=True)
    return code


def main(chosen: list[str]) -> int:
    """Run the chosen benchmarks, or all; answers 2 for a name that does not exist, 1 if one crashed or broke a bar."""
    known = names()
    if unknown := sorted(set(chosen) - set(known)):
        print(f"no benchmark is called {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    codes = {name: run(name) for name in chosen or known}
    broken = [name for name, code in codes.items() if code == BROKEN]
    crashed = [name for name, code in codes.items() if code not in {0, BROKEN}]
    for what, which in (("broke a bar", broken), ("crashed", crashed)):
        if which:
            print(f"\n{what}: {', '.join(which)}", file=sys.stderr)
    if not broken and not crashed:
        print("\nevery bar holds")
    return 1 if broken or crashed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
