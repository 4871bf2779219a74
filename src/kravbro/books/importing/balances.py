"""What a file says customers owe before and after its period, held against its own lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta

from kravbro.books.importing.source import Kind, Source, SourceBalance, SourceLine, Unresolved, Why
from kravbro.core.fingerprints import fingerprint
from kravbro.core.money import format_kroner

Holder = tuple[str, str]
"""A customer's id and a receivable account."""


def closing_differences(source: Source) -> list[Unresolved]:
    """Customers whose opening balance and lines do not add up to the closing balance that the file gives."""
    moved_ore: defaultdict[Holder, int] = defaultdict(int)
    for line in source.lines:
        moved_ore[line.customer, line.account] += line.amount_ore
    found = []
    for customer in source.customers:
        for balance in customer.balances:
            if balance.closing_ore is None:
                continue
            derived_ore = (balance.opening_ore or 0) + moved_ore[customer.id, balance.account]
            if derived_ore != balance.closing_ore:
                detail = f"{format_kroner(derived_ore)} / {format_kroner(balance.closing_ore)}"
                off_ore = balance.closing_ore - derived_ore
                found.append(Unresolved(Why.CLOSING_DIFFERS, 0, balance.account, customer.id, off_ore, detail))
    return found


def opening_lines(source: Source, before_ore: Mapping[Holder, int]) -> tuple[list[SourceLine], list[Unresolved]]:
    """The opening balances that the ledger does not have yet, as lines, and those that are not what it has.

    `before_ore` is what the ledger has imported of each customer and account from before the file's period. A customer
    that it has nothing of gets the opening balance as one line, which nobody can collect: it has no due date and no
    number.
    """
    lines: list[SourceLine] = []
    doubts: list[Unresolved] = []
    for customer in source.customers:
        for balance in customer.balances:
            opening_ore = balance.opening_ore or 0
            known_ore = before_ore.get((customer.id, balance.account))
            if known_ore is None and opening_ore:
                lines.append(_opening(source, customer.id, balance, opening_ore))
                doubts.append(
                    Unresolved(
                        Why.OPENING_BALANCE,
                        0,
                        balance.account,
                        customer.id,
                        opening_ore,
                        str(source.start),
                        booked=True,
                    )
                )
            elif known_ore is not None and known_ore != opening_ore:
                detail = f"{format_kroner(known_ore)} / {format_kroner(opening_ore)}"
                off_ore = opening_ore - known_ore
                doubts.append(Unresolved(Why.OPENING_DIFFERS, 0, balance.account, customer.id, off_ore, detail))
    return lines, doubts


def _opening(source: Source, customer: str, balance: SourceBalance, opening_ore: int) -> SourceLine:
    key = "/".join([source.format, "opening", fingerprint(customer, balance.account)])
    return SourceLine(
        key=key,
        content=fingerprint(opening_ore),
        line=0,
        record=f"{balance.account} {source.start}",
        customer=customer,
        account=balance.account,
        kind=Kind.OPENING,
        dated=source.start - timedelta(days=1),
        amount_ore=opening_ore,
    )


def by_kind(lines: list[SourceLine]) -> dict[Kind, int]:
    """How many lines there are of each kind."""
    counted = dict.fromkeys(Kind, 0)
    for line in lines:
        counted[line.kind] += 1
    return counted
