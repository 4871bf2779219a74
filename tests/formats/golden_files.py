"""The golden files of every format, kept in the folder `golden`: files, and what must be read from each.

Write them anew with `make golden`, and read the difference before you keep it: each file has a `.json` beside it with
every record that must be read from it.
"""

from __future__ import annotations

import sys
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from kravbro.formats import (
    camt054,
    conversion_choices,
    earlier_claims,
    exchange_csv,
    gbat10,
    ledger_csv,
    ocr_giro,
    pain001,
    saft,
    visma_import,
)
from tests.formats import (
    camt054_files,
    ledger_examples,
    ocr_giro_files,
    pain001_files,
    saft_files,
    wsinkasso_messages,
)

FOLDER = Path(__file__).parent / "golden"


class Format(NamedTuple):
    """A format: how its files end, its golden files by name, and what is read from the bytes of one."""

    suffix: str
    files: Callable[[], Mapping[str, bytes]]
    read: Callable[[bytes, str], Any]


def saft_golden() -> dict[str, bytes]:
    """The municipality's ten months in every version, once with a prefix."""
    ledger = ledger_examples.municipality()
    versions = {f"municipality_{one.replace('.', '_')}": replace(ledger, version=one) for one in saft.VERSIONS}
    prefixed = {"municipality_prefixed": replace(ledger, prefix="n1")}
    return {name: saft_files.render(one) for name, one in (versions | prefixed).items()}


def ledger_csv_golden() -> dict[str, bytes]:
    """A sub-ledger as we write it, and as people do."""
    people = (
        "Kundenr,Navn,Art,Bilagsnr,Fakturanr,Dato,Forfall,Beløp,KID\r\n"
        '10001,"Aasen, Ada",faktura,501,,2026-03-02,2026-03-23,"1 250,00",005017\r\n'
        "\r\n"
        "10001,,innbetaling,9001,501,2026-04-01,,-400.00,\r\n"
        "10001,,kreditnota,601,501,2026-04-02,,-50,\r\n"
        "10001,,tilbakeføring,9002,501,2026-04-03,,400.00,\r\n"
    )
    connected = (
        "firma;kundenr;navn;art;bilagsnr;fakturanr;dato;forfall;beløp;rest;valuta;unntak;betydning\n"
        "1;10001;Ada Aasen;faktura;501;501;2026-03-02;2026-03-23;1250;800,00;NOK;inkasso;\n"
        "1;10001;;kreditnota;601;501;2026-04-02;;-450;;;;tap\n"
    )
    rows = ledger_csv.parse(connected.encode(), "connected")
    return {
        "every_column": ledger_csv.render(ledger_examples.plumber()),
        "by_people": BOM_UTF8 + people.encode(),
        "connected": ledger_csv.render(rows),
    }


def exchange_csv_golden() -> dict[str, bytes]:
    """Each table as we write it, and those that people write as they do."""
    day = date(2026, 11, 20)
    approvals = (
        "Fakturanr,Godkjent,Trekkes fordi,Varsel sendt,Varsel frist,Gebyr,Renter\r\n"
        "501,2026-11-20 14:30,,2026-10-01,2026-10-16,35,12.50\r\n\r\n"
        '502,,"feil, avtalt",,,,\r\n'
    )
    receipts = (
        "fil;utfall;dato;bilagsnr;årsak\nbilag_1.txt;BOKFØRT;2026-11-20;1200001;\nbilag_2.txt;avvist;2026-11-20;;x\n"
    )
    rows = exchange_csv.read(exchange_csv.APPROVALS, approvals.encode(), "approvals")
    return {
        "approvals_by_people": approvals.encode(),
        "approvals": exchange_csv.render(exchange_csv.APPROVALS, rows),
        "receipts_by_people": BOM_UTF8 + receipts.encode(),
        "answers": exchange_csv.render(
            exchange_csv.ANSWERS,
            [
                exchange_csv.AnswerRow(0, 1, "501", "10001", "accepted", day, "1-000017"),
                exchange_csv.AnswerRow(0, 1, "502", "K-7", "refused", day, reasons="Navn mangler; beløp under grensen"),
            ],
        ),
        "statuses": exchange_csv.render(
            exchange_csv.STATUSES,
            [exchange_csv.StatusRow(0, 1, "501", "10001", "1-000017", "leaving", day, 3)],
        ),
        "vouchers": exchange_csv.render(
            exchange_csv.VOUCHERS,
            [
                exchange_csv.VoucherRow(0, 1, 900_001, day, "1920", 1_250_50, "KB900001-1", text="Oppgjør ÆØÅ"),
                exchange_csv.VoucherRow(0, 1, 900_001, day, "1500", -1_250_50, "KB900001-2", "10001", "501", "100"),
            ],
        ),
    }


def gbat10_golden() -> dict[str, bytes]:
    """A voucher of the collector: bank, a customer, and income with department and project; and one in UTF-8."""
    day = date(2026, 11, 20)
    bank = gbat10.Line("900001", day, "9", "1920", "0", 1_285_50, text="Oppgjør; «ÆØÅ» KB900001-1")
    paid = gbat10.Line("900001", day, "9", "1500", "0", -1_250_50, "10001", "501", "Sak 1-000017 KB900001-2")
    fee = gbat10.Line("900001", day, "9", "3090", "0", -35_00, text="KB900001-3", project="7", department="100")
    euro = msgspec.structs.replace(bank, amount_ore=5, text="Łódź € KB900002-1")
    other = msgspec.structs.replace(euro, account="2990", amount_ore=-5)
    return {
        "one_voucher": gbat10.render([bank, paid, fee]),
        "letters_that_latin_lacks": gbat10.render([euro, other]),
    }


def earlier_claims_golden() -> dict[str, bytes]:
    """Cases of an older system as we write them, and as people do."""
    people = (
        "saksnr;kundenr;fakturanr;fakturadato;forfall;hovedstol;betalt_hovedstol\n"
        "K-2071;10001; 501 ;2026-03-02;2026-03-23;1 250,00;400.00\n"
        "\nK-2071;10001;502;2026-04-02;2026-04-23;99;\n"
    )
    rows = earlier_claims.parse(people.encode(), "people")
    whole = [
        msgspec.structs.replace(
            one, interest_ore=12_50, fees_ore=35_00, paid_fees_ore=35_00, costs_ore=1, case_kid="018"
        )
        for one in rows
    ]
    return {"every_column": earlier_claims.render(whole), "by_people": people.encode()}


def conversion_choices_golden() -> dict[str, bytes]:
    """Choices as we write them, and as people do."""
    people = "Fordi,Saksnr,post,DIFFERANSE\n\navtalt med kunden,K-1, 502 ,-1 250.50\nuten feil,K-2,503,\n"
    rows = conversion_choices.parse(people.encode(), "people")
    return {"every_column": conversion_choices.render(rows), "by_people": people.encode()}


def visma_import_golden() -> dict[str, bytes]:
    """Vouchers of the collector for Visma Business: one of several lines, and a file of two batches with units."""
    day = date(2026, 11, 20)
    bank = visma_import.Line(900_001, day, 77, 1_250_50, 1920, 3, reference="900001/1", text="Oppgjør ÆØÅ")
    paid = [
        visma_import.Line(
            900_001,
            day,
            77,
            1_000_50,
            credit_account=10_001,
            credit_class=1,
            cross_reference="501",
            reference="900001/2",
        ),
        visma_import.Line(900_001, day, 77, 250_00, credit_account=3910, credit_class=3, reference="900001/3"),
    ]
    one = visma_import.Batch(day, "Kravbro V-17", (bank, *paid))
    moved = visma_import.Line(900_002, day, 77, 5, 1920, 3, 1930, 3, text='Fra "gammel" konto', units=(100, 0))
    other = visma_import.Batch(day, "Kravbro V-18", (moved,))
    with_units = msgspec.structs.replace(
        one, lines=tuple(msgspec.structs.replace(line, units=(0, 7)) for line in one.lines)
    )
    return {
        "one_voucher": visma_import.render(visma_import.ImportFile(1, (one,))),
        "two_batches": visma_import.render(visma_import.ImportFile(7777, (with_units, other), ("R1", "R2"))),
    }


def _ocr_giro(data: bytes, name: str) -> object:
    return ocr_giro_files.gathered(ocr_giro.parse(data, name))


FORMATS = {
    "camt054": Format("xml", camt054_files.golden_files, camt054.parse),
    "conversion_choices": Format("csv", conversion_choices_golden, conversion_choices.parse),
    "earlier_claims": Format("csv", earlier_claims_golden, earlier_claims.parse),
    "exchange_csv": Format("csv", exchange_csv_golden, exchange_csv.parse),
    "gbat10": Format("txt", gbat10_golden, gbat10.parse),
    "ledger_csv": Format("csv", ledger_csv_golden, ledger_csv.parse),
    "ocr_giro": Format("ocr", ocr_giro_files.golden_files, _ocr_giro),
    "pain001": Format("xml", pain001_files.golden_files, pain001.parse),
    "saft": Format("xml", saft_golden, saft.parse),
    "visma_import": Format("txt", visma_import_golden, visma_import.parse),
    "wsinkasso": Format("xml", wsinkasso_messages.golden_files, wsinkasso_messages.read),
}


def kept(of: str, name: str) -> bytes:
    """A golden file as it was kept."""
    return (FOLDER / of / f"{name}.{FORMATS[of].suffix}").read_bytes()


def shown(of: str, name: str, data: bytes) -> bytes:
    """Every record that is read from a file, for people to compare."""
    return (
        msgspec.json.format(msgspec.json.encode(FORMATS[of].read(data, name), order="deterministic"), indent=1) + b"\n"
    )


def expected() -> dict[str, bytes]:
    """Every golden file and what is read from it, by its path in the folder."""
    found = {}
    for of, one in FORMATS.items():
        for name, data in one.files().items():
            found[f"{of}/{name}.{one.suffix}"] = data
            found[f"{of}/{name}.json"] = shown(of, name, data)
    return found


def main() -> int:
    """Write the files that changed, and remove those that nothing makes any more."""
    wanted = expected()
    for file in filter(Path.is_file, FOLDER.rglob("*")):
        if file.relative_to(FOLDER).as_posix() not in wanted:
            file.unlink()
    for path, data in wanted.items():
        file = FOLDER / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_bytes() != data:
            file.write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
