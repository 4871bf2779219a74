"""Money that came in on one creditor's account for another: two journals, through what the creditors owe each other.

In the holder's books the money goes on to `intermediate` instead of to a case; in the other's it comes from there. Both
journals balance, and the two rows on `intermediate` cancel each other. See docs/algorithms/posting.md.
"""

from __future__ import annotations

from kravbro.office.journals import Account, Journal, Row, handover_source


def journals_for(journal: Journal, owner: int, payment: int) -> list[Journal]:
    """A journal of the holder of the money as it is written, where its case is of `owner`: itself, or two.

    Its first row is where the money comes from in the holder's books: the bank, or unplaced money. What is on no case
    stays with the holder, unplaced.
    """
    if owner == journal.creditor:
        return [journal]
    money, *rows = journal.rows
    staying = [row for row in rows if row.account == Account.UNPLACED]
    going = [row for row in rows if row.account != Account.UNPLACED]
    passed_ore = sum(row.amount_ore for row in going)
    given = (money, *staying, Row(Account.INTERMEDIATE.value, None, passed_ore))
    taken = (Row(Account.INTERMEDIATE.value, None, -passed_ore), *going)
    return [
        Journal(journal.creditor, None, journal.kind, journal.dated, journal.source, given),
        Journal(owner, journal.case, journal.kind, journal.dated, handover_source(payment), taken),
    ]
