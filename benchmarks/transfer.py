"""Transfer 20,000 ready claims into cases, beside a raw `executemany` of the very same rows.

Run with `python -m benchmarks.transfer [claims]`. What is timed is the whole job as it runs every day: read the ready
claims from the ledger with all facts that the gate judges, judge them, make debtors, cases, claims, journals, receipts
and statuses in the office, and write case numbers and statuses back to the ledger.

The floor takes the rows that the job wrote, and inserts them with sqlite3 alone into empty databases of the same
schema (tables, indexes, WAL, synchronous=FULL), one transaction per table. Both take turns; the median counts.
"""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from kravbro.books.commands.customers import add_customers
from kravbro.books.commands.letters import LetterSent, send_letters
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.proposals import approve_proposal, generate_proposal
from kravbro.books.commands.vouchers import write_vouchers
from kravbro.books.drafts import Draft, DraftLine
from kravbro.books.queries.open_items import open_items
from kravbro.bootstrap.adoption import adopt, look
from kravbro.bootstrap.demo import setting
from kravbro.bootstrap.demo.people import person
from kravbro.bootstrap.demo.run import Demo, set_up
from kravbro.bootstrap.demo.world import FEES, INVOICE_KID_LENGTH, MUNICIPALITY, SMALL
from kravbro.bootstrap.process import prepare_process
from kravbro.bootstrap.site import Site
from kravbro.bridge.joined import PAGE
from kravbro.bridge.streams import TRANSFER, run
from kravbro.core.acts import Act
from kravbro.core.claims import Letter, LetterKind
from kravbro.core.identifiers import identity_number, kid
from kravbro.core.parties import Party
from kravbro.db.engines import writing
from kravbro.db.place import company_owner
from kravbro.db.places import place_at
from kravbro.engine.clock import SystemClock

CLAIMS = 20_000
ROUNDS = 5
BAR = 4.0
TODAY = date(2026, 11, 16)
ACT = Act("benchmark", TODAY, datetime(2026, 11, 16, 8, tzinfo=UTC))
WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
"""Of the second check digit of an identity number."""
WRITTEN = {
    "office": (
        "debtor", "party", "party_number", "party_member", "case", "case_event", "claim", "claim_letter", "receipt",
        "journal", "journal_row", "status_event",
    ),
    company_owner(MUNICIPALITY): ("offer_receipt", "claim_status"),
}  # fmt: skip


def ready_site(folder: Path, claims: int) -> Site:
    """An installation whose ledger has so many ready claims, each on a customer of its own, each with two letters."""
    set_up(Demo(place_at(folder), SystemClock(), SMALL, PAGE))
    due = TODAY - timedelta(days=90)
    letters = (
        Letter(LetterKind.REMINDER, due + timedelta(days=15), due + timedelta(days=29), 35_00),
        Letter(LetterKind.NOTICE, due + timedelta(days=31), due + timedelta(days=45), 35_00),
    )
    with writing(place_at(folder).open(company_owner(MUNICIPALITY))) as connection:
        numbers = range(100_000, 100_000 + claims)
        template = person(100_001)
        add_customers(connection, [_named(template, number) for number in numbers], ACT)
        post_vouchers(connection, write_vouchers(connection, [_invoice(n, due) for n in numbers], ACT), ACT)
        items = open_items(connection, limit=claims)
        send_letters(connection, [LetterSent(item.entry, letter) for item in items for letter in letters], ACT)
        proposal = generate_proposal(connection, FEES, setting.FIRST_CODE, ACT, "benchmark")
        approve_proposal(connection, proposal, setting.TRANSFER, True, ACT)
    return Site(place_at(folder), ACT)


def _named(template: Party, number: int) -> Party:
    """A customer of its own, with an identity number of its own: nobody is joined with anybody."""
    changes = {"customer_no": number, "name": f"Debtor {number}", "identity_number": _identity_number(number)}
    return msgspec.structs.replace(template, **changes)


def _identity_number(seed: int) -> str:
    """A synthetic number for each seed below a million: day, month and year run with it, then the individual digits."""
    for attempt in range(10):
        serial = seed % 100 * 10 + attempt
        payload = f"{seed // 100 % 28 + 1:02d}{seed // 2800 % 12 + 81:02d}{seed // 33_600 % 100:02d}{serial:03d}"
        for check in range(10):
            digits = f"{payload}{check}"
            rest = sum(int(one) * weight for one, weight in zip(digits, WEIGHTS, strict=True)) % 11
            if rest != 1 and identity_number.is_valid(f"{digits}{(11 - rest) % 11}"):
                return f"{digits}{(11 - rest) % 11}"
    raise AssertionError(seed)


def _invoice(number: int, due: date) -> Draft:
    invoice_no = str(number)
    line = DraftLine(
        1,
        setting.RECEIVABLES,
        450_00 + number % 9000,
        customer=number,
        sub_ledger_type=FEES,
        invoice_no=invoice_no,
        kid=kid.make(invoice_no.zfill(INVOICE_KID_LENGTH - 1), "mod10"),
        due_date=due,
    )
    return Draft(setting.INVOICE, due, f"Invoice {number}", (line, DraftLine(2, setting.INCOME, -line.amount_ore)))


def copy_of(ready: Path, job: Path) -> None:
    """A copy of an installation, taken as one of its own."""
    place, clock = place_at(shutil.copytree(ready, job)), SystemClock()
    act = Act("benchmark", clock.today(), clock.now())
    adopt(place, look(place, act), "a copy to measure on", act)


def transfer(folder: Path, claims: int) -> float:
    """Seconds for the job on a copy of a ready installation."""
    site = Site(place_at(folder), ACT)
    start = time.perf_counter()
    runs = run(site.join(), TRANSFER)
    seconds = time.perf_counter() - start
    created = next(one.new for one in runs if one.stream == "receipts" and one.company == MUNICIPALITY)
    if created != claims:
        sys.exit(f"{created} of {claims} claims were answered")
    return seconds


def raw_insert(filled: Path, empty: Path) -> float:
    """Seconds for inserting what the job wrote into databases that have the same schema and none of these rows."""
    seconds = 0.0
    for owner, tables in WRITTEN.items():
        source = sqlite3.connect(filled / f"{owner}.db")
        target = sqlite3.connect(empty / f"{owner}.db", isolation_level=None)
        target.execute("PRAGMA journal_mode=WAL")
        target.execute("PRAGMA synchronous=FULL")
        for table in tables:
            rows = source.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608 - our own table names
            marks = ",".join("?" * len(rows[0]))
            start = time.perf_counter()
            target.execute("BEGIN IMMEDIATE")
            target.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)  # noqa: S608 - our own table names
            target.execute("COMMIT")
            seconds += time.perf_counter() - start
        source.close()
        target.close()
    return seconds


def main(claims: int = CLAIMS) -> None:
    """Measure in turns and print the medians with their ratio."""
    prepare_process()
    with tempfile.TemporaryDirectory() as scratch:
        ready = Path(scratch) / "ready"
        ready_site(ready, claims)
        ours, floor = [], []
        for number in range(ROUNDS):
            job, raw = Path(scratch) / f"job-{number}", Path(scratch) / f"raw-{number}"
            copy_of(ready, job)
            shutil.copytree(ready, raw)
            ours.append(transfer(job, claims))
            floor.append(raw_insert(job, raw))
            shutil.rmtree(job)
            shutil.rmtree(raw)
    job_s, raw_s = statistics.median(ours), statistics.median(floor)
    print(f"{'transfer of ready claims':32} {'seconds':>9} {'us/claim':>9} {'ratio':>6}  bar")
    print(
        f"{f'kravbro, {claims} claims':32} {job_s:9.2f} {job_s / claims * 1e6:9.1f} {job_s / raw_s:6.2f}  at most {BAR}"
    )
    print(f"{'raw executemany, same rows':32} {raw_s:9.2f} {raw_s / claims * 1e6:9.1f} {1:6.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
