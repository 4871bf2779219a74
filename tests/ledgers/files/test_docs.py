"""The worked example of docs/ledgers/files.md: what it says is read is read, what it says is written is written."""

from __future__ import annotations

import re
import shutil
import tomllib
from datetime import date
from pathlib import Path

from kravbro.core.claims import ClaimState, Outcome, Reason, Status
from kravbro.core.money import parse_kroner
from kravbro.core.vouchers import Fate, Voucher, VoucherLine
from kravbro.ledgers.files.setup import read_setup
from kravbro.ledgers.files.source import FilesSource
from kravbro.mirror.source import Delivery, Mark
from tests.docs_tables import table_with
from tests.ledgers.files.acting import ACT, BANK, COMPANY, RECEIVABLE, TODAY, entry, new_folders
from tests.tidy.sources import ROOT

PATH = "docs/ledgers/files.md"
PAGE = (ROOT / PATH).read_text(encoding="utf-8")
(SETTINGS,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
FILES = dict(re.findall(r"`((?:in|out)/[^`]+)`[^`\n]*(?:\[[^\n]*)?\n\n```(?:csv|text)\n(.*?)```", PAGE, re.DOTALL))
E501, E502 = entry("501"), entry("502")
VOUCHER = Voucher(
    1,
    "V-17",
    TODAY,
    "Oppgjør",
    (VoucherLine(1, BANK, 850_00), VoucherLine(2, RECEIVABLE, -850_00, 10_001, E501, text="Sak 1-000017")),
)


def source(root: Path, text: str) -> FilesSource:
    head, _, last = text.partition("[companies.1]")
    return FilesSource(new_folders(root, head + "settle_seconds = 0\n[companies.1]" + last), ACT)


def put(root: Path, name: str) -> None:
    (root / "F0001" / name).write_text(FILES[name], encoding="utf-8")


def written(root: Path, name: str) -> str:
    encoding = "iso-8859-1" if name.endswith(".txt") else "utf-8-sig"
    return (root / "F0001" / name).read_bytes().decode(encoding).replace("\r\n", "\n")


def test_the_worked_example(tmp_path: Path) -> None:
    ledger = source(tmp_path, SETTINGS)
    put(tmp_path, "in/poster_2026-11-20_1.csv")
    put(tmp_path, "in/godkjent_2026-11-20.csv")
    remains = {one.entry: one.remaining_ore for one in ledger.items(COMPANY, [E501, E502])}
    told = table_with(PATH, "Invoice", "Remains", "Why")
    assert remains == {entry(row["Invoice"]): parse_kroner(row["Remains"]) for row in told}
    first, second = ledger.proposals(COMPANY)
    assert (first.entry, first.fees_ore, first.letters[0].deadline, second.entry) == (
        E501,
        35_00,
        date(2026, 10, 16),
        E502,
    )
    refused = Mark(E502, 2, Outcome.REFUSED, TODAY, "", (Reason("gate.below_minimum", "500,00"),))
    ledger.mark(COMPANY, [Mark(E501, 1, Outcome.ACCEPTED, TODAY, "1-000017"), refused])
    ledger.show(COMPANY, [Status(0, E501, 1, ClaimState.REGISTERED, "1-000017", TODAY)])
    ledger.deliver(COMPANY, [VOUCHER])
    out = sorted(name for name in FILES if name.startswith("out/"))
    assert sorted(f"out/{file.name}" for file in (tmp_path / "F0001/out").iterdir()) == out
    assert {name: written(tmp_path, name) for name in out} == {name: FILES[name] for name in out}
    put(tmp_path, "in/kvittering.csv")
    (fate,) = ledger.fates(COMPANY, ["V-17"])
    assert fate == Delivery("V-17", Fate.REJECTED, date(2026, 11, 21), because="perioden er lukket")


def test_the_same_voucher_in_the_other_formats(tmp_path: Path) -> None:
    for vouchers, suffix in (("visma_import", "txt"), ("csv", "csv")):
        (block,) = re.findall(
            r"The same as (?:a table|\[Visma[^\n]*)\n\n```" + ("csv" if suffix == "csv" else "text") + r"\n(.*?)```",
            PAGE,
            re.DOTALL,
        )
        changed = SETTINGS.replace('"gbat10"', f'"{vouchers}"') + "[visma_import]\nvoucher_type = 77\n"
        root = tmp_path / vouchers
        ledger = source(root, changed)
        put(root, "in/poster_2026-11-20_1.csv")
        ledger.items(COMPANY, [])
        ledger.deliver(COMPANY, [VOUCHER])
        assert written(root, f"out/bilag_2026-11-20_000001_V-17.{suffix}") == block


def test_the_municipality_of_the_examples_is_read(tmp_path: Path) -> None:
    ledger = source(tmp_path, SETTINGS)
    name = "SAF-T Financial_310007013_20261031120000_1_1.xml"
    shutil.copy(ROOT / "examples/ledger/nordvik_kommune.xml", tmp_path / "F0001/in" / name)
    assert ledger.changes(COMPANY, "").entries is None
    assert [lack for lack in ledger.check() if "SAF-T" in lack.thing and "avvist" in lack.purpose] == []


def test_the_page_names_every_key_of_the_set_up() -> None:
    fields = read_setup(tomllib.loads(SETTINGS)).__struct_fields__
    keys = " ".join(row["Key"] for row in table_with(PATH, "Key", "What it says", "Without it"))
    assert [name for name in fields if name not in keys] == []
