"""What was handed to another system before Kravbro was there, and what becomes of it: docs/conversion.md.

The client's accountant marks the open items before the first dunning proposal. The older system's cases come as a
table; what matches at the cut-off is joined, and one that differs is joined by a choice. What has no counterpart is
left as it is, on both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import msgspec

from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.transferred_items import mark_transferred
from kravbro.books.commands.vouchers import write_vouchers
from kravbro.books.queries.open_items import named_item
from kravbro.bootstrap.demo import setting
from kravbro.bootstrap.demo.ledger_day import items_by_invoice, money
from kravbro.bootstrap.demo.office_day import unless_done
from kravbro.bootstrap.demo.people import person
from kravbro.bootstrap.demo.world import Invoice
from kravbro.bootstrap.site import Site
from kravbro.bridge.convert import Asked, Converted, convert
from kravbro.core.acts import Act
from kravbro.core.adoption import Choice
from kravbro.core.identifiers import kid
from kravbro.db.engines import Connection, reading, writing
from kravbro.formats import conversion_choices, earlier_claims
from kravbro.office.earlier.claims import import_earlier_claims

CUT_OFF = date(2026, 11, 1)
"""The day up to which the older cases' amounts are right."""
CASES_FILE, CHOICES_FILE = "saker_fra_forrige_byraa.csv", "valg.csv"
BECAUSE = "liste fra forrige byrå"
PAID_BEFORE, PAID_BEFORE_ORE = date(2026, 9, 22), 150_00
PAID_AFTER, PAID_AFTER_ORE = date(2026, 11, 8), 100_00
"""What came in on the first of them in the ledger: before the cut-off, which its case knows of, and after it."""
DIFFERS, LACKING_ORE = -2, 50_00
"""The place of the one that differs, and what was paid on it to the older agency and is not in the ledger."""
FIRST_CASE = 2071
INTEREST_ORE, FEES_ORE, COSTS_ORE = 21_00, 35_00, 700_00
"""What each older claim came to beside its principal; costs are the case's, and stand on its first claim."""
UNKNOWN_INVOICE, UNKNOWN_ORE, UNKNOWN_CUSTOMER = "3009999", 1_290_00, 39_999
"""What one of the older cases is about, and the ledger has never heard of."""


def hand_over(connection: Connection, invoices: Sequence[Invoice], act: Act) -> int:
    """Book what came in on them, and mark them as handed over, one with the number of its case; answers how many."""
    items, first = items_by_invoice(connection), invoices[0]
    paid = [
        money(setting.PAYMENT, name, -amount_ore, items[first.invoice_no], dated)
        for name, amount_ore, dated in (
            ("payment before the cut-off", PAID_BEFORE_ORE, PAID_BEFORE),
            ("payment after the cut-off", PAID_AFTER_ORE, PAID_AFTER),
        )
    ]
    post_vouchers(connection, write_vouchers(connection, paid, act), act)
    known = {first.invoice_no: case_numbers(invoices)[first.debtor.customer_no]}
    named = {items[one.invoice_no].entry: known.get(one.invoice_no, "") for one in invoices}
    unless_done("port.item_at_collector", lambda: mark_transferred(connection, named, BECAUSE, act))
    return len(named)


def case_numbers(invoices: Sequence[Invoice]) -> dict[int, str]:
    """The older case of each customer of these."""
    customers = dict.fromkeys(one.debtor.customer_no for one in _told(invoices))
    return {customer: f"K-{number}" for number, customer in enumerate(customers, FIRST_CASE)}


def _told(invoices: Sequence[Invoice]) -> list[Invoice]:
    """What the older system knows of: all of these but the last, and one that is in no ledger."""
    *known, last = invoices
    stranger = person(UNKNOWN_CUSTOMER)
    unknown = msgspec.structs.replace(last, invoice_no=UNKNOWN_INVOICE, amount_ore=UNKNOWN_ORE, debtor=stranger)
    return [*known, unknown]


def older_cases(invoices: Sequence[Invoice]) -> list[earlier_claims.Row]:
    """The table of the older system's cases."""
    paid_ore = {invoices[0].invoice_no: PAID_BEFORE_ORE, invoices[DIFFERS].invoice_no: LACKING_ORE}
    numbers, rows = case_numbers(invoices), dict[str, list[earlier_claims.Row]]()
    for line, one in enumerate(_told(invoices), start=2):
        number = numbers[one.debtor.customer_no]
        of_case = rows.setdefault(number, [])
        row = earlier_claims.Row(
            line=line,
            case_number=number,
            customer=one.debtor.customer_no,
            invoice_no=one.invoice_no,
            invoice_date=one.dated,
            due_date=one.due,
            principal_ore=one.amount_ore,
            interest_ore=INTEREST_ORE,
            fees_ore=FEES_ORE,
            costs_ore=0 if of_case else COSTS_ORE,
            paid_principal_ore=paid_ore.get(one.invoice_no, 0),
            case_kid=kid.make(f"9{number.removeprefix('K-')}".ljust(setting.CASE_KID_LENGTH - 1, "0"), "mod10"),
        )
        of_case.append(row)
    return [row for of_case in rows.values() for row in of_case]


def choices(invoices: Sequence[Invoice]) -> list[conversion_choices.Row]:
    """What a person chose: the one that differs is the same all the same."""
    differing = invoices[DIFFERS]
    number = case_numbers(invoices)[differing.debtor.customer_no]
    because = "betalt til forrige byrå"
    return [conversion_choices.Row(2, differing.invoice_no, number, differing.invoice_no, LACKING_ORE, because)]


def join_older_cases(site: Site, creditor: int, cases: Path, chosen: Path, act: Act) -> Converted:
    """Take in the table of older cases, and convert what matches or was chosen. The bridge's job joins them."""
    rows = earlier_claims.parse(cases.read_bytes(), str(cases))
    with writing(site.office) as connection:
        import_earlier_claims(connection, creditor, rows, cases.name, act)
    with reading(site.books(creditor)) as connection:
        meant = tuple(
            Choice(row.line, named_item(connection, row.item), row.case_number, row.case_invoice, row.difference_ore,
                   row.because)
            for row in conversion_choices.parse(chosen.read_bytes(), str(chosen))
        )  # fmt: skip
    return convert(site.join(), site.own_ledger, site.collector, creditor, Asked(CUT_OFF, BECAUSE, meant))
