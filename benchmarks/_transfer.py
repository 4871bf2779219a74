"""Transfer of ready claims into cases on either database, beside a raw insert of the very same rows.

What is timed is the whole job as it runs every day: read the ready claims from the ledger with all facts that the gate
judges, judge them, make debtors, cases, claims, journals, receipts and statuses in the office, and write case numbers
and statuses back to the ledger. The floor (`_floors`) commits as often for each database as the job does for each page.
"""

from __future__ import annotations

import statistics
import time
from datetime import UTC, date, datetime, timedelta

import msgspec

from benchmarks import _bars, _floors
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
from kravbro.bootstrap.site import Site
from kravbro.bridge.joined import PAGE
from kravbro.bridge.streams import TRANSFER, run
from kravbro.core.acts import Act
from kravbro.core.claims import Letter, LetterKind
from kravbro.core.identifiers import identity_number, kid
from kravbro.core.parties import Party
from kravbro.db.engines import writing
from kravbro.db.place import Place, company_owner
from kravbro.db.places import place_at
from kravbro.engine.clock import SystemClock
from tests.places import NewPlace, copy_place

ROUNDS = {"sqlite": 3, "postgresql": 1}
"""Where the ratio is far from its bar, one round tells it."""
BARS = {"sqlite": 4.0, "postgresql": 8.0}
TODAY = date(2026, 11, 16)
ACT = Act("benchmark", TODAY, datetime(2026, 11, 16, 8, tzinfo=UTC))
WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
"""Of the second check digit of an identity number."""


def ready_site(place: Place, claims: int) -> None:
    """Make an installation whose ledger has so many ready claims, each on a customer of its own, with two letters."""
    set_up(Demo(place, SystemClock(), SMALL, PAGE))
    due = TODAY - timedelta(days=90)
    letters = (
        Letter(LetterKind.REMINDER, due + timedelta(days=15), due + timedelta(days=29), 35_00),
        Letter(LetterKind.NOTICE, due + timedelta(days=31), due + timedelta(days=45), 35_00),
    )
    with writing(place.open(company_owner(MUNICIPALITY))) as connection:
        numbers = range(100_000, 100_000 + claims)
        template = person(100_001)
        add_customers(connection, [_named(template, number) for number in numbers], ACT)
        post_vouchers(connection, write_vouchers(connection, [_invoice(n, due) for n in numbers], ACT), ACT)
        items = open_items(connection, limit=claims)
        send_letters(connection, [LetterSent(item.entry, letter) for item in items for letter in letters], ACT)
        proposal = generate_proposal(connection, FEES, setting.FIRST_CODE, ACT, "benchmark")
        approve_proposal(connection, proposal, setting.TRANSFER, True, ACT)


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


def bare_copy(place: Place, new: NewPlace) -> Place:
    """A copy of an installation as a file manager or a server makes one."""
    place.close()
    return place_at(copy_place(place.name, new.where()))


def copy_of(ready: Place, new: NewPlace) -> Place:
    """A copy of an installation, taken as one of its own."""
    place, clock = bare_copy(ready, new), SystemClock()
    act = Act("benchmark", clock.today(), clock.now())
    adopt(place, look(place, act), "a copy to measure on", act)
    return place


def transfer(place: Place, claims: int) -> float:
    """Seconds for the job."""
    site = Site(place, ACT)
    start = time.perf_counter()
    runs = run(site.join(), TRANSFER)
    seconds = time.perf_counter() - start
    created = next(one.new for one in runs if one.stream == "receipts" and one.company == MUNICIPALITY)
    assert created == claims, f"{created} of {claims} claims were answered"
    return seconds


def measure(new: NewPlace, claims: int) -> Place:
    """Job and floor in turns on one database; prints the medians with their ratio. Answers a place with the cases."""
    name, ready = new.kind, new()
    ready_site(ready, claims)
    ours, floors, done = [], [], []
    for _ in range(ROUNDS[name]):
        job, bare = copy_of(ready, new), bare_copy(ready, new)
        before = _floors.contents(job)
        ours.append(transfer(job, claims))
        floors.append(_floors.floor(before, job, bare, -(-claims // PAGE)))
        new.remove(bare)
        done.append(job)
        if len(done) > 1:
            new.remove(done.pop(0))
    job_s, raw_s = statistics.median(ours), statistics.median(one.seconds for one in floors)
    print(f"{name:10} {claims:,} claims, {floors[0].rows:,} rows in {floors[0].tables} tables")
    print(f"{name:10} transfer   {job_s:8.2f} s {job_s / claims * 1e6:8.1f} us/claim")
    print(f"{name:10} raw insert {raw_s:8.2f} s {raw_s / claims * 1e6:8.1f} us/claim")
    _bars.at_most(f"transfer, {name}, beside raw insert", job_s / raw_s, BARS[name])
    return done[0]
