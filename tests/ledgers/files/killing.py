"""Kill work on a folder of files at each of its steps, and see that the next run ends where an undisturbed one does.

A step is opening a file or a database, a commit, and giving a file its name. A process of its own forks for each
attempt, so that the kill is real and nothing has to be started anew. Prints how many steps each kind of work has.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

import sqlalchemy as sa

from kravbro.core.claims import ClaimState, Outcome, Reason, Status
from kravbro.core.vouchers import Fate
from kravbro.ledgers.files import tables
from kravbro.ledgers.files.names import PART
from kravbro.mirror.source import Mark
from tests.ledgers.files.acting import COMPANY, TODAY, Trial, entry, invoice_row, paid, payment_row

E501 = entry("501")
EVENTS = frozenset({"open", "os.rename", "sqlite3.connect"})
Work = Callable[[Trial], object]
"""What is begun, killed, and done again; answers what must be the same at its end as if nobody had killed it."""


def begun(root: Path) -> Trial:
    """A folder in which there is something to do of each kind."""
    trial = Trial(root)
    trial.snapshot(invoice_row("501", "1000"))
    trial.source().items(COMPANY, [])
    trial.snapshot(invoice_row("501", "1000"), payment_row("9", "-400", "501"))
    trial.approve("501")
    return trial


def deliver(trial: Trial) -> object:
    """Vouchers, of which the ledger takes the files away as soon as it sees them."""
    vouchers = [paid("V-1", E501, 300_00), paid("V-2", E501, 200_00)]
    told = trial.source().deliver(COMPANY, vouchers)
    assert [one.fate for one in told] == [Fate.DELIVERED] * 2
    return [(one.key, one.fate) for one in told]


def answer(trial: Trial) -> object:
    """An answer and a status."""
    trial.source().mark(COMPANY, [Mark(E501, 1, Outcome.REFUSED, TODAY, "", (Reason("gate.name_missing"),))])
    trial.source().show(COMPANY, [Status(0, E501, 1, ClaimState.REGISTERED, "K-1", TODAY)])
    return trial.source().proposals(COMPANY)


def read(trial: Trial) -> object:
    """A snapshot and an approval."""
    return [trial.source().items(COMPANY, [E501]), trial.source().proposals(COMPANY)]


WORKS: Mapping[str, Work] = {"deliver": deliver, "answer": answer, "read": read}


def known(trial: Trial) -> object:
    """What the state holds, but for when files were written to."""
    with trial.folders.engine(COMPANY).connect() as connection:
        return [
            [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))]
            for table in tables.company.sorted_tables
        ]


def took(trial: Trial) -> dict[str, bytes]:
    """What the ledger finds, and takes away."""
    found = {file.name: file.read_bytes() for file in trial.outgoing() if file.suffix != PART}
    for name in found:
        (trial.folders.outgoing(COMPANY) / name).unlink()
    return found


def run_killed(trial: Trial, work: Work, step: int) -> bool:
    """Do it in a process that dies before its step; answers whether it did."""
    child = os.fork()
    if not child:
        _die_before(step, str(trial.folders.root))
        work(trial)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def _die_before(step: int, root: str) -> None:
    steps = count(1)

    def taken() -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def audited(event: str, arguments: tuple[object, ...]) -> None:
        if event in EVENTS and str(arguments[0]).startswith(root):
            taken()

    sys.addaudithook(audited)
    sa.event.listen(sa.Engine, "commit", lambda _: taken())


def main(folder: Path) -> None:
    """Every work, killed before every step."""
    counted = {}
    for name, work in WORKS.items():
        undisturbed = begun(folder / name)
        expected = work(undisturbed), known(undisturbed), took(undisturbed)
        for step in count(1):
            root = folder / f"{name} {step}"
            trial = begun(root)
            killed = run_killed(trial, work, step)
            first = took(trial)
            again = work(trial)
            second = took(trial)
            assert not first.keys() & second.keys(), (name, step, "a file was written twice")
            assert (again, known(trial), first | second) == expected, (name, step)
            assert trial.outgoing() == [], (name, step, "something unfinished is left")
            shutil.rmtree(root)
            if not killed:
                break
            counted[name] = step
    print(json.dumps(counted))  # noqa: T201 - the test that started it reads it


if __name__ == "__main__":
    main(Path(sys.argv[1]))
