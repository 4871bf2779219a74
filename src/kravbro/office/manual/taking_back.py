"""The journals that take reversed money off wherever it stands. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from kravbro.office.incoming import Because
from kravbro.office.journals import Account, Journal, Kind, Row, payment_source, reversal_part_source
from kravbro.office.manual.whereabouts import Whereabouts
from kravbro.office.payments import apart, mirrored, unplaced_rows


class Taking(NamedTuple):
    """The payment that takes another back: amount negative (øre), and how its first journal is made."""

    creditor: int
    payment: int
    amount_ore: int
    kind: str
    account: str
    dated: date


def reversal_journals(  # noqa: PLR0917 - the payment, where its money is, and from when it counts
    taking: Taking,
    stands: Whereabouts,
    as_if_never: bool,
    counts_from: date,
    creditors: Mapping[int, int],
    given_back: Collection[int] = (),
) -> list[Journal]:
    """The journals that take money off wherever it stands: one, unless it stands in several places.

    Where it does, the first holds the bank's row and what stood in the first place, and the others take off what stood
    on one more case each. What goes between them stands on `moved`, and between creditors on `intermediate`; together
    they bring both to zero. What stood on claims that were given back since is unplaced: they move here no more.
    """
    money = Row(taking.account, None, taking.amount_ore)
    places: list[tuple[int | None, list[Row]]] = []
    unplaced_ore, because = stands.unplaced_ore, Because.ORIGINAL_UNPLACED
    for number, covering in sorted(stands.cases.items()):
        staying, gone_ore = apart(_mirrored(covering, as_if_never, counts_from), given_back)
        if staying:
            places.append((number, staying))
        if gone_ore:
            unplaced_ore, because = unplaced_ore + gone_ore, Because.CLAIM_GIVEN_BACK
    if unplaced_ore:
        places.insert(0, (None, unplaced_rows(-unplaced_ore, because)))
    (home, rows), *others = places
    owner = creditors.get(home or 0, taking.creditor)
    between, journals = [], []
    for place, (case, more) in enumerate(others, 1):
        creditor, part_ore = creditors.get(case or 0, taking.creditor), sum(row.amount_ore for row in more)
        account = Account.MOVED if creditor == owner else Account.INTERMEDIATE
        between.append(Row(account.value, None, part_ore))
        part, all_rows = reversal_part_source(place, taking.payment), [*more, Row(account.value, None, -part_ore)]
        journals.append(Journal(creditor, case, Kind.MOVE.value, taking.dated, part, all_rows))
    source = payment_source(taking.payment)
    return [
        Journal(taking.creditor, home, taking.kind, taking.dated, source, [money, *between, *rows]),
        *journals,
    ]


def unplaced_in(journal: Journal) -> tuple[Because, int] | None:
    """Why, and how much (øre, negative), a journal that takes money back leaves unplaced; None if nothing."""
    for row in journal.rows:
        if row.account == Account.UNPLACED:
            return Because(row.reason), -row.amount_ore
    return None


def _mirrored(rows: Sequence[Row], as_if_never: bool, counts_from: date) -> list[Row]:
    if as_if_never:
        return [Row(row.account, row.claim, -row.amount_ore, row.reason, row.counts_from) for row in rows]
    return mirrored(rows, counts_from)
