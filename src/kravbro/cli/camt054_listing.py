"""`kravbro payments inspect` of a camt.054: every check, every entry, every transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from kravbro.cli import output
from kravbro.cli.inspection import Compared, kid_methods, print_compared, print_left_out
from kravbro.core.identifiers import bank_account
from kravbro.core.money import format_kroner
from kravbro.formats.camt054 import Camt054File, Entry, Kind, Notification, Part, Transaction
from kravbro.office.bank_files import BankFile
from kravbro.office.incoming_camt054 import LeftOut


class InspectedTransaction(msgspec.Struct, frozen=True):
    """One transaction as `payments inspect --json` prints it (øre, signed); `parts`: it pays under several KIDs."""

    kind: Kind
    kid: str | None
    parts: tuple[Part, ...]
    amount_ore: int
    bank_date: date | None
    settlement_date: date | None
    type: str
    reference: str
    payer_name: str
    payer_account: str
    text: str


class InspectedEntry(msgspec.Struct, frozen=True):
    """One entry: the sum on the bank statement, and the transactions that it is the sum of."""

    reference: str
    amount_ore: int
    booked_on: date | None
    value_on: date | None
    transactions: list[InspectedTransaction]


class InspectedNotification(msgspec.Struct, frozen=True):
    """One notification; `has_summary`: the bank stated numbers and sums of the entries, and they agree."""

    id: str
    account: str
    copy: str
    page: str
    has_summary: bool
    entries: list[InspectedEntry]


class InspectedFile(msgspec.Struct, frozen=True):
    """What `payments inspect --json` prints of camt.054: `net_ore` is what an import would take in."""

    format: str
    version: str
    message_id: str
    count: int
    net_ore: int
    notifications: list[InspectedNotification]
    left_out: Sequence[LeftOut]
    compared: Compared | None


def show(content: Camt054File, found: BankFile, compared: Compared | None, *, as_json: bool) -> None:
    """Print what a camt.054 holds; what an import would leave out is listed apart."""
    net_ore = sum(payment.amount_ore for payment in found.payments)
    if as_json:
        output.print_json(
            InspectedFile(
                found.format,
                content.version,
                content.message_id,
                content.count,
                net_ore,
                [_notification(one) for one in content.notifications],
                found.left_out,
                compared,
            )
        )
        return
    version = f"camt.054.{content.version}"
    output.print_line(output.words("payments.camt_checks", file=content.name, version=version, id=content.message_id))
    for one in content.notifications:
        _print_notification(one)
    _print_transactions(content)
    print_left_out(found.left_out)
    count = sum(one.transactions for one in found.left_out)
    output.print_line(
        output.words("payments.camt_sums", count=content.count, net=format_kroner(net_ore), left_out=count)
    )
    print_compared(compared)


def _notification(one: Notification) -> InspectedNotification:
    entries = [
        InspectedEntry(
            entry.bank_reference,
            entry.amount_ore,
            entry.booked_on,
            entry.value_on,
            [_transaction(entry, transaction) for transaction in entry.transactions],
        )
        for entry in one.entries
    ]
    return InspectedNotification(one.id, one.account, one.copy, one.page, one.has_summary, entries)


def _transaction(entry: Entry, one: Transaction) -> InspectedTransaction:
    return InspectedTransaction(
        kind=entry.kind(one),
        kid=one.kid,
        parts=one.parts,
        amount_ore=one.amount_ore,
        bank_date=one.accepted_on,
        settlement_date=entry.booked_on,
        type=one.code,
        reference=one.bank_reference,
        payer_name=one.debtor_name,
        payer_account=one.debtor_account,
        text=one.text,
    )


def _print_notification(one: Notification) -> None:
    """The checks of a notification, and its entries: what was counted is what they state."""
    title = output.words("payments.notification", id=one.id, account=bank_account.format(one.account))
    stated = "camt_summary_agrees" if one.has_summary else "camt_no_summary"
    notes = [output.words(f"payments.{'camt_page' if one.page else stated}", page=one.page)]
    if one.copy:
        notes.append(output.words("payments.camt_copy", copy=one.copy))
    output.print_table(
        f"{title}. {' '.join(notes)}",
        [
            output.words(f"payments.{name}")
            for name in ("entry", "amount", "settlement_date", "value_date", "transactions_in", "agrees")
        ],
        [
            (
                entry.bank_reference or entry.reference,
                format_kroner(entry.amount_ore),
                str(entry.booked_on or ""),
                str(entry.value_on or ""),
                str(len(entry.transactions)),
                format_kroner(sum(transaction.amount_ore for transaction in entry.transactions)),
            )
            for entry in one.entries
        ],
        right=(1, 4, 5),
    )


def _print_transactions(content: Camt054File) -> None:
    found = [(entry, one) for _, entry, one in content.transactions()]
    methods = kid_methods([one.kid or "" for _, one in found])
    headings = (
        "why", "kid", "kid_check", "amount", "bank_date", "settlement_date", "type", "reference", "debit_account",
        "payer", "text",
    )  # fmt: skip
    output.print_table(
        output.words("payments.transactions"),
        [output.words(f"payments.{name}") for name in headings],
        [
            (
                output.words(f"payments.kind_{entry.kind(one).value}"),
                one.kid or ", ".join(part.kid for part in one.parts),
                methods[place],
                format_kroner(one.amount_ore),
                str(one.accepted_on or ""),
                str(entry.booked_on or ""),
                one.code,
                one.bank_reference,
                one.debtor_account,
                one.debtor_name,
                one.text,
            )
            for place, (entry, one) in enumerate(found)
        ],
        right=(1, 3),
    )
