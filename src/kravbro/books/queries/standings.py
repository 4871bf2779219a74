"""How claims stand in the ledger at the moment of reading: what the gate judges, the debtor, and the letters sent.

Asked for a page of claims at once, a page being a SELECT of `entry`, `customer` and `offer`: each fact is one
statement that joins the page, whatever its size.
"""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.books.codes import unknown_code
from kravbro.books.meanings import VoucherState
from kravbro.books.queries.customer_cards import PARTY_COLUMNS, party_of
from kravbro.books.queries.relations import Relation, relations_of
from kravbro.books.sql import is_held, is_unanswered, total
from kravbro.books.tables import (
    booking,
    customer,
    entry,
    letter,
    offer,
    setup,
    voucher,
    voucher_line,
)
from kravbro.core.claims import LedgerFacts, Letter, LetterKind
from kravbro.core.errors import DataFault
from kravbro.core.parties import Party

NOT_OFFERED = 2**31 - 1
"""Stands for the offer of a claim that has none yet: it comes after every other."""


class Standing(msgspec.Struct, frozen=True, gc=False):
    """One claim now. `letters` are all letters sent about it, in order; `relations` all who stood by the debtor."""

    facts: LedgerFacts
    debtor: Party
    letters: tuple[Letter, ...]
    relations: tuple[Relation, ...] = ()


class _Customers(msgspec.Struct):
    """What the page's customers owe, have paid without saying for what, and have in drafts; by customer number."""

    parties: dict[int, tuple[Party, bool, bool]]
    balance_ore: dict[int, int]
    unmatched_ore: dict[int, int]
    drafts: dict[int, int]
    relations: dict[int, tuple[Relation, ...]]


def standings(connection: sa.Connection, page: sa.Select[Any]) -> dict[tuple[int, int], Standing]:
    """The standing of every claim of the page, by (entry, offer).

    Raises DataFault `books.unknown_customer` for a claim on a customer that is gone, and `books.unknown_code`.
    """
    claims = page.subquery("page")
    customers = _customers(connection, sa.select(claims.c.customer))
    letters = _letters(connection, sa.select(claims.c.entry))
    sent = _already_sent(connection, claims)
    found: dict[tuple[int, int], Standing] = {}
    for item, offered, debtor, meaning, no_dunning, no_collection, remaining_ore in connection.execute(
        _entries(claims)
    ).all():
        if debtor not in customers.parties:
            raise DataFault("books.unknown_customer", customer=debtor)
        party, exempt_from_dunning, exempt_from_collection = customers.parties[debtor]
        facts = LedgerFacts(
            remaining_ore=remaining_ore,
            customer_balance_ore=customers.balance_ore[debtor],
            unmatched_credits_ore=customers.unmatched_ore[debtor],
            draft_vouchers=customers.drafts.get(debtor, 0),
            voucher_meaning=meaning,
            already_sent=(item, offered) in sent,
            exempt_from_dunning=no_dunning or exempt_from_dunning,
            exempt_from_collection=no_collection or exempt_from_collection,
        )
        found[item, offered] = Standing(facts, party, letters.get(item, ()), customers.relations.get(debtor, ()))
    return found


def _entries(claims: sa.Subquery) -> sa.Select[Any]:
    paid = (
        sa.select(booking.c.open_item, total(booking.c.amount_ore).label("amount_ore"))
        .where(booking.c.open_item.in_(sa.select(claims.c.entry)))
        .group_by(booking.c.open_item)
        .subquery("paid")
    )
    return (
        sa.select(
            claims.c.entry,
            claims.c.offer,
            entry.c.customer,
            entry.c.meaning,
            entry.c.exempt_from_dunning,
            entry.c.exempt_from_collection,
            (entry.c.amount_ore + sa.func.coalesce(paid.c.amount_ore, 0)).label("remaining_ore"),
        )
        .select_from(claims)
        .join(entry, entry.c.number == claims.c.entry)
        .outerjoin(paid, paid.c.open_item == claims.c.entry)
    )


def _customers(connection: sa.Connection, numbers: sa.Select[Any]) -> _Customers:
    named = sa.select(*PARTY_COLUMNS, customer.c.exempt_from_dunning, customer.c.exempt_from_collection)
    parties = {}
    for *values, no_dunning, no_collection in connection.execute(named.where(customer.c.number.in_(numbers))).all():
        parties[values[0]] = (party_of(values), no_dunning, no_collection)
    theirs = entry.c.customer.in_(numbers)
    credit = sa.case((entry.c.amount_ore < 0, entry.c.amount_ore), else_=0)
    owed = sa.select(entry.c.customer, total(entry.c.amount_ore), total(credit))
    given = (
        sa.select(entry.c.customer, total(booking.c.amount_ore))
        .join(booking, booking.c.entry == entry.c.number)
        .where(theirs, entry.c.amount_ore < 0)
        .group_by(entry.c.customer)
    )
    given_ore = {row[0]: row[1] for row in connection.execute(given).all()}
    balance_ore, unmatched_ore = {}, {}
    for number, sum_ore, credits_ore in connection.execute(owed.where(theirs).group_by(entry.c.customer)).all():
        balance_ore[number] = sum_ore
        unmatched_ore[number] = credits_ore - given_ore.get(number, 0)
    relations = relations_of(connection, numbers)
    return _Customers(parties, balance_ore, unmatched_ore, _drafts(connection, numbers), relations)


def _drafts(connection: sa.Connection, numbers: sa.Select[Any]) -> dict[int, int]:
    """How many drafts touch each customer, without those that the collector delivered itself."""
    own_type = sa.select(setup.c.collector_voucher_type).scalar_subquery()
    rows = connection.execute(
        sa.select(voucher_line.c.customer, sa.func.count(voucher.c.id.distinct()).label("vouchers"))
        .join(voucher, voucher.c.id == voucher_line.c.voucher)
        .where(
            voucher.c.state == VoucherState.DRAFT.value,
            voucher.c.type != sa.func.coalesce(own_type, ""),
            voucher_line.c.customer.in_(numbers),
        )
        .group_by(voucher_line.c.customer)
    )
    return {row.customer: row.vouchers for row in rows}


def _already_sent(connection: sa.Connection, claims: sa.Subquery) -> set[tuple[int, int]]:
    """Claims of which the collector holds another offer, or has an earlier one to answer for."""
    rows = connection.execute(
        sa.select(claims.c.entry, claims.c.offer)
        .join(offer, sa.and_(offer.c.entry == claims.c.entry, offer.c.number != claims.c.offer))
        .where(
            sa.or_(
                is_held(offer.c.number),
                sa.and_(is_unanswered(offer.c.number), offer.c.number < claims.c.offer),
            )
        )
    )
    return {(row.entry, row.offer) for row in rows}


def _letters(connection: sa.Connection, entries: sa.Select[Any]) -> dict[int, tuple[Letter, ...]]:
    found: dict[int, list[Letter]] = {}
    sent = sa.select(letter.c.entry, *LETTER_COLUMNS).where(letter.c.entry.in_(entries))
    for number, kind, *rest in connection.execute(sent.order_by(letter.c.entry, letter.c.letter_no)).all():
        letters = found.setdefault(number, [])
        if kind not in _LETTER_KINDS:
            raise unknown_code("letter", f"{number}/{len(letters) + 1}", kind)
        letters.append(Letter(_LETTER_KINDS[kind], *rest))
    return {number: tuple(theirs) for number, theirs in found.items()}


LETTER_COLUMNS = (letter.c.kind, letter.c.sent_on, letter.c.deadline, letter.c.fee_ore, letter.c.interest_ore)
_LETTER_KINDS = {kind.value: kind for kind in LetterKind}
