"""A sub-ledger that came as a table, told in the words of our books."""

from __future__ import annotations

from collections.abc import Sequence

from kravbro.books.importing.parties import country_of, numbers_of_party, party_kind
from kravbro.books.importing.source import (
    Kind,
    Source,
    SourceCustomer,
    SourceLine,
    Unresolved,
    Why,
    cid_of,
    is_sound_kid,
    kid_of,
)
from kravbro.core.fingerprints import fingerprint
from kravbro.core.parties import Party
from kravbro.formats import ledger_csv
from kravbro.formats.ledger_csv import Row

FORMAT = "ledger_csv"
ACCOUNT, ACCOUNT_NAME = "1500", "Kundefordringer"
"""The table does not tell of accounts: its receivables stand on this one."""
_KINDS = {
    ledger_csv.Kind.INVOICE: Kind.INVOICE,
    ledger_csv.Kind.CREDIT_NOTE: Kind.CREDIT_NOTE,
    ledger_csv.Kind.PAYMENT: Kind.PAYMENT,
    ledger_csv.Kind.REVERSAL: Kind.REVERSAL,
}


def from_csv(rows: Sequence[Row], name: str) -> Source:
    """The table as the books take it in; there is at least one row."""
    customers, doubts = _customers(rows)
    lines = []
    for row in rows:
        line, found = _line(row)
        lines.append(line)
        doubts += found
    days = [row.dated for row in rows]
    return Source(
        format=FORMAT,
        name=name,
        company="",
        organisation_number="",
        start=min(days),
        end=max(days),
        accounts={ACCOUNT: ACCOUNT_NAME},
        customers=tuple(customers),
        lines=tuple(lines),
        unresolved=tuple(doubts),
        has_balances=False,
    )


def _customers(rows: Sequence[Row]) -> tuple[list[SourceCustomer], list[Unresolved]]:
    said: dict[str, dict[str, str]] = {}
    first: dict[str, int] = {}
    for row in rows:
        first.setdefault(row.customer, row.line)
        known = said.setdefault(row.customer, {})
        known.update({name: getattr(row, name) for name in ledger_csv.CUSTOMER_COLUMNS if getattr(row, name)})
    customers: list[SourceCustomer] = []
    doubts: list[Unresolved] = []
    for one, texts in said.items():
        person, business, is_doubtful = numbers_of_party(texts.pop("organisation_number", ""))
        given, _, is_no_person = numbers_of_party(texts.pop("identity_number", ""))
        person = person or given
        if is_doubtful or is_no_person:
            doubts.append(Unresolved(Why.REGISTRATION_NUMBER, first[one], customer=one, booked=True))
        party = Party(
            customer_no=0,
            kind=party_kind(person, business),
            name=texts.get("name", ""),
            identity_number=person,
            organisation_number=business,
            address=texts.get("address", ""),
            postcode=texts.get("postcode", ""),
            place=texts.get("place", ""),
            country=country_of(texts.get("country", "")),
        )
        customers.append(SourceCustomer(one, party))
    return customers, doubts


def _line(row: Row) -> tuple[SourceLine, list[Unresolved]]:
    kind = _KINDS[row.kind]
    is_invoice = kind is Kind.INVOICE
    invoice_no = row.invoice_no or row.number
    record = f"{row.kind} {row.number}"
    whys = []
    if is_invoice and row.due_date is None:
        whys.append((Why.NO_DUE_DATE, invoice_no))
    if is_invoice and row.kid and not is_sound_kid(row.kid):
        whys.append((Why.NO_KID, row.kid))
    line = SourceLine(
        key="/".join([FORMAT, fingerprint(row.kind, row.number, row.invoice_no, row.customer)]),
        content=fingerprint(row.dated, row.due_date, row.amount_ore, row.kid),
        line=row.line,
        record=record,
        customer=row.customer,
        account=ACCOUNT,
        kind=kind,
        dated=row.dated,
        amount_ore=row.amount_ore,
        due_date=row.due_date if is_invoice else None,
        invoice_no=invoice_no if is_invoice else "",
        kid=kid_of(row.kid, is_debt=is_invoice),
        cid=cid_of(row.kid),
        named=() if is_invoice or not row.invoice_no else (row.invoice_no,),
        names=(invoice_no,) if is_invoice else (),
        text=row.text,
        voucher_no=row.number,
    )
    return line, [Unresolved(why, row.line, record, row.customer, row.amount_ore, said, True) for why, said in whys]
