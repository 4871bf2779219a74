"""Transfer of 10,000 ready claims into cases, beside Tryton 8's dunning wizards on as many overdue lines.

Run with `python -m benchmarks tryton`, or `python -c "from benchmarks.tryton import main; main(1_000)"`. Tryton is
installed from `requirements/tryton.txt` into an environment of its own, `.venv-tryton`, and runs on a new SQLite
database with its assertions off (`python -O`): they alone take half of its time. Its two clicks find what is overdue
and note a level on each line; ours judge each claim, make cases, accounts and receipts, and write the answers back.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import _bars
from benchmarks._transfer import copy_of, ready_site, transfer
from kravbro.bootstrap.demo.foreign.living_tryton import install
from kravbro.bootstrap.process import prepare_process
from tests.places import new_places

CLAIMS = 10_000
ROUNDS = 3
"""Of ours, whose median counts, since one takes two seconds; Tryton's minute varies less."""
BAR = 20.0
ROOT = Path(__file__).parent.parent
PROGRAM = Path(__file__).with_name("_tryton_dunning.py")


def filled(python: Path, folder: Path, lines: int) -> Path:
    """A Tryton database with so many overdue lines; answers the configuration that finds it."""
    (folder / "db").mkdir(parents=True)
    (folder / "db" / "erp.sqlite").touch()
    password, configuration = folder / "password", folder / "trytond.conf"
    password.write_text("not-a-secret-1\n")
    configuration.write_text(f"[database]\nuri = sqlite://\npath = {folder / 'db'}\n")
    activate = ["trytond-admin", "-c", str(configuration), "-d", "erp", "--all", "--email", "nobody@example.org"]
    modules = ["-u", "account_dunning", "--activate-dependencies"]
    environment = os.environ | {"TRYTONPASSFILE": str(password)}
    subprocess.run([str(python.parent / activate[0]), *activate[1:], *modules], env=environment, check=True)
    words = [str(python), str(PROGRAM), str(configuration), "erp", str(lines)]
    subprocess.run(words, env=os.environ | {"TRYTOND_CONFIG": str(configuration)}, check=True)
    return configuration


def clicks(python: Path, configuration: Path, lines: int) -> float:
    """Seconds for the two wizards."""
    words = [str(python), "-O", str(PROGRAM), str(configuration), "erp"]
    environment = os.environ | {"TRYTOND_CONFIG": str(configuration)}
    answer = json.loads(subprocess.run(words, env=environment, check=True, stdout=subprocess.PIPE).stdout)
    if answer["lines"] != lines:
        sys.exit(f"Tryton dunned {answer['lines']} of {lines} lines")
    return float(answer["create_s"]) + float(answer["process_s"])


def main(claims: int = CLAIMS) -> None:
    """Measure both and print them with their ratio."""
    prepare_process()
    python = install()
    with tempfile.TemporaryDirectory() as scratch, new_places(Path(scratch), "sqlite") as new:
        ready = new()
        ready_site(ready, claims)
        theirs_ready = Path(scratch) / "tryton"
        configuration = filled(python, theirs_ready, claims)
        their_s = clicks(python, configuration, claims)
        our_s = statistics.median(transfer(copy_of(ready, new), claims) for _ in range(ROUNDS))
    print(f"{'claims taken up':32} {'seconds':>9} {'us/claim':>9} {'ratio':>6}")
    print(f"{f'kravbro, {claims} claims':32} {our_s:9.2f} {our_s / claims * 1e6:9.1f} {1:6.2f}")
    title = "Tryton's dunning wizards"
    print(f"{title:32} {their_s:9.2f} {their_s / claims * 1e6:9.1f} {their_s / our_s:6.2f}")
    _bars.at_least("transfer, beside Tryton's dunning wizards", their_s / our_s, BAR)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
