"""Files as transport, editors and disks damage them: refused by name, or read as they stand, and nothing in between."""

from __future__ import annotations

import shutil
import tomllib
from collections import Counter
from pathlib import Path

import msgspec

from kravbro.core.errors import DataFault
from kravbro.formats import exchange_csv
from kravbro.ledgers.files import incoming, tables
from kravbro.ledgers.files.derivation import Line, derive
from kravbro.ledgers.files.incoming import Kind, kind_of
from kravbro.ledgers.files.kept import Newest
from kravbro.ledgers.files.setup import read_setup
from kravbro.ledgers.files.snapshots import judge, read_snapshot
from tests.formats.damage import damaged
from tests.formats.test_damage import small_saft
from tests.ledgers.files.acting import ACT, COMPANY, HEAD, Trial, entry, invoice_row, paid, payment_row, settings
from tests.ledgers.files.killing import known

TABLE = "\n".join(
    [HEAD, invoice_row("501", "1000"), invoice_row("502", "5", "10002"), payment_row("9", "-400", "501"), ""]
)
APPROVALS = "fakturanr;godkjent;varsel_sendt;varsel_frist;gebyr\n501;2026-11-20;2026-10-01;2026-10-16;35\n"
RECEIPTS = "fil;utfall;dato;bilagsnr;årsak\nbilag_2026-11-20_000001_V-1.txt;avvist;2026-11-20;;periode\n"
SETUP = read_setup(tomllib.loads(settings()))
FILES = [TABLE.encode(), small_saft(), APPROVALS.encode(), RECEIPTS.encode()]


def read(data: bytes) -> str:
    """Read a file as the adapter does before it takes anything in: what it was, or why it is refused."""
    try:
        kind = kind_of(data, "x_2026-11-21")
        if kind is not Kind.SNAPSHOT:
            exchange_csv.parse(data, "x")
            return kind.value
        snapshot = read_snapshot(data, "x_2026-11-21")
        judge(snapshot, COMPANY, SETUP, Newest(), {"10001"})
    except DataFault as fault:
        if fault.code.startswith(("formats.", "files.", "books.import.")) and fault.facts["file"]:
            return "refused"
        raise
    by_customer: dict[str, list[Line]] = {}
    for place, said in enumerate(snapshot.said):
        by_customer.setdefault(said.line.customer, []).append(Line(said, said.line.dated, place))
    for lines in by_customer.values():
        derived = derive(lines, ())
        assert derived.balance_ore == sum(one.said.line.amount_ore for one in lines), "every øre is somewhere"
        for its in derived.items.values():
            moved_ore = sum(one.amount_ore for one in its.item.settlements)
            assert its.item.remaining_ore == its.item.amount_ore + moved_ore
    return kind.value


def test_a_thousand_mutants_are_refused_by_name_or_add_up() -> None:
    outcomes = Counter(read(damaged(FILES[seed % len(FILES)], seed)) for seed in range(1_000))
    assert outcomes["refused"] > 300
    assert min(outcomes[kind] for kind in ("snapshot", "approvals", "receipts")) > 10


def test_what_is_refused_leaves_nothing_behind(tmp_path: Path) -> None:
    trial = Trial(tmp_path / "files")
    trial.snapshot(invoice_row("501", "1000"), invoice_row("502", "5", "10002"))
    trial.source().items(COMPANY, [])
    trial.source().deliver(COMPANY, [paid("V-1", entry("501"), 5_00)])
    kept = tmp_path / "kept"
    shutil.copytree(trial.folders.state, kept)
    before = state(trial)
    for seed in range(60):
        file = trial.put("x_2026-11-21_1.csv", damaged(FILES[seed % len(FILES)], seed), changed=seed + 1)
        refused = incoming.look(trial.folders, COMPANY, trial.folders.listing(COMPANY), ACT)
        assert [one.name for one in refused] in ([], [file.name])
        assert refused == [] or state(trial) == before
        file.unlink()
        shutil.copytree(kept, trial.folders.state, dirs_exist_ok=True)


def state(trial: Trial) -> bytes:
    """What is known, without what is noted of each file."""
    place = [table is tables.file for table in tables.company.sorted_tables].index(True)
    found = known(trial)
    assert isinstance(found, list)
    return msgspec.json.encode([rows for number, rows in enumerate(found) if number != place])
