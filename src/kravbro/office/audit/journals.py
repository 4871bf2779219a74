"""Journals that are not what was written: which row it was, and what stood there.

The fingerprint tells that something changed, and also whether a guess is right: a change of one row (amount, claim,
account) or of the head (case, creditor, kind) is found by taking it back until the fingerprint fits. What is left is
named by those who tell of it elsewhere. A journal whose fingerprint fits is right, and outvotes everything else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from kravbro.core.allocation import OVERPAID, OVERPAID_REASONS
from kravbro.core.allocation import REASONS as SHARE_REASONS
from kravbro.core.claims import TransactionKind
from kravbro.db.bulk import portions
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.adjustments.rows import REASONS as ADJUSTMENT_REASONS
from kravbro.office.adjustments.tables import adjustment
from kravbro.office.audit.findings import Fault, Findings, as_stored
from kravbro.office.audit.witnesses import numbered_source, witnesses
from kravbro.office.creditors import creditor_numbers
from kravbro.office.incoming import Because
from kravbro.office.journals import Account, Kind
from kravbro.office.manual.bounced import REVERSED_BY_HAND
from kravbro.office.manual.outside import TOLD_BY_LEDGER
from kravbro.office.manual.whereabouts import REFUNDED
from kravbro.office.placing import PLACED_BY_HAND

Row = tuple[Any, ...]
ROW_NO, ACCOUNT, CLAIM, AMOUNT, REASON, COUNTS_FROM = (
    contents.JOURNAL_ROW.index(name) for name in ("row_no", "account", "claim", "amount_ore", "reason", "counts_from")
)
REASONS = (
    "",
    OVERPAID,
    PLACED_BY_HAND,
    TOLD_BY_LEDGER,
    REVERSED_BY_HAND,
    REFUNDED,
    *ADJUSTMENT_REASONS,
    *SHARE_REASONS.values(),
    *OVERPAID_REASONS.values(),
    *(one.value for codes in (Because, TransactionKind) for one in codes),
)
CREDITOR, CASE, KIND, DATED, SOURCE = (
    contents.JOURNAL.index(name) for name in ("creditor", "case", "kind", "dated", "source")
)


class Altered(NamedTuple):
    """A journal whose fingerprint does not fit: head and rows as they stand now."""

    head: Row
    rows: tuple[Row, ...]
    fingerprint: str

    @property
    def number(self) -> int:
        """The journal's number."""
        return int(self.head[0])

    @property
    def sum_ore(self) -> int:
        """What the rows sum to: zero if the journal balances (or holds something that is no amount)."""
        amounts = [row[AMOUNT] for row in self.rows]
        return sum(amounts) if all(isinstance(amount, int) for amount in amounts) else 0

    def was(self, head: Row, rows: Sequence[Row]) -> bool:
        """Whether this is what was written."""
        return contents.of_journal(head, rows) == self.fingerprint


class Guess(NamedTuple):
    """What a journal may have been: the fault that this would be, and the row it is in (None: the head)."""

    fault: Fault
    at: int | None
    head: Row
    rows: tuple[Row, ...]


class Around(NamedTuple):
    """What stands around altered journals: each claim's case, the claims of each case, all creditors, and days.

    `days` are those that rows may count from: due dates, days of letters, payments and charges, and those that the
    ledger told.
    """

    case_of: dict[int, int]
    claims_of: dict[int, list[int]]
    creditors: list[int]
    days: list[object]


def check_journals(findings: Findings) -> None:
    """Every journal and its rows are what was written."""
    altered = [one for one in _altered(findings) if not findings.names("journal", one.number)]
    if not altered:
        return
    around = _around(findings, altered)
    testimony: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for witness in witnesses(findings, [one.number for one in altered]):
        testimony[witness.journal, witness.row_no].add(witness.amount_ore)
    for one in altered:
        guess = next((guess for guess in _guesses(one, around) if one.was(guess.head, guess.rows)), None)
        if guess is None:
            _name_by_witnesses(findings, one, testimony)
        else:
            _name_guessed(findings, one, guess)


def _altered(findings: Findings) -> list[Altered]:
    journal, found = t.journal.c, []
    for condition in (journal.creditor == findings.creditor, *_strays(findings)):
        rows = findings.connection.execute(
            sa.select(
                *as_stored(t.journal, *contents.JOURNAL),
                journal.fingerprint,
                *as_stored(t.journal_row, *contents.JOURNAL_ROW),
            )
            .join(t.journal_row, t.journal_row.c.journal == journal.number)
            .where(condition)
            .order_by(journal.number, t.journal_row.c.row_no),
            execution_options={"yield_per": 10_000},
        )
        found += [one for one in _grouped(rows) if not one.was(one.head, one.rows)]
    return found


def _grouped(rows: sa.CursorResult[Any]) -> Iterator[Altered]:
    """Journals one by one; their rows come together."""
    width = len(contents.JOURNAL)
    head: Row = ()
    its_rows: list[Row] = []
    mark = ""
    for row in rows:
        values = tuple(row)
        if its_rows and values[0] != head[0]:
            yield Altered(head, tuple(its_rows), mark)
            its_rows = []
        head, mark = values[:width], values[width]
        its_rows.append(values[width + 1 :])
    if its_rows:
        yield Altered(head, tuple(its_rows), mark)


def _strays(findings: Findings) -> Iterator[sa.ColumnElement[bool]]:
    """Journals on the creditor's cases, or of its payments, that say that they are another creditor's."""
    journal, payment = t.journal.c, t.payment.c
    own_cases = sa.select(t.case.c.id).where(t.case.c.creditor == findings.creditor)
    on_cases = sa.select(journal.number).where(journal.creditor != findings.creditor, journal.case.in_(own_cases))
    of_payments = (
        sa.select(journal.number)
        .join(t.payment, journal.source == numbered_source("payment", payment.number))
        .where(payment.creditor == findings.creditor, journal.creditor != findings.creditor)
    )
    strays = set(findings.connection.execute(on_cases).scalars())
    strays |= set(findings.connection.execute(of_payments).scalars())
    for portion in portions(sorted(strays)):
        yield journal.number.in_(portion)


def _around(findings: Findings, altered: Sequence[Altered]) -> Around:
    claim = t.claim.c
    claims = {row[CLAIM] for one in altered for row in one.rows} | {_source_claim(one) for one in altered}
    booked = t.ledger_transaction.c
    cases = {one.head[CASE] for one in altered}
    for portion in portions([one.number for one in altered]):
        claims |= set(findings.connection.execute(sa.select(booked.claim).where(booked.journal.in_(portion))).scalars())
    case_of: dict[int, int] = {}
    for column, keys in ((claim.id, claims), (claim.case, cases)):
        for portion in portions([key for key in keys if key is not None]):
            chosen = sa.select(claim.id, claim.case).where(column.in_(portion))
            case_of |= {row[0]: row[1] for row in findings.connection.execute(chosen)}
    others = set(case_of.values()) - cases
    for portion in portions(sorted(others)):
        chosen = sa.select(claim.id, claim.case).where(claim.case.in_(portion))
        case_of |= {row[0]: row[1] for row in findings.connection.execute(chosen)}
    claims_of: defaultdict[int, list[int]] = defaultdict(list)
    for number, case in sorted(case_of.items()):
        claims_of[case].append(number)
    return Around(case_of, claims_of, creditor_numbers(findings.connection), _days(findings, altered, case_of))


def _days(findings: Findings, altered: Sequence[Altered], claims: Iterable[int]) -> list[object]:
    """Days that the rows of altered journals may have counted from, as they are stored."""
    days: set[object] = set()
    journals = [one.number for one in altered]
    sources = [f"payment {str(one.head[SOURCE]).rpartition(' ')[2]}" for one in altered]
    for portion in portions(sorted(claims)):
        due = sa.select(*as_stored(t.claim, "due_date")).where(t.claim.c.id.in_(portion))
        sent = sa.select(*as_stored(t.claim_letter, "sent_on")).where(t.claim_letter.c.claim.in_(portion))
        charged = sa.select(*as_stored(adjustment, "dated")).where(adjustment.c.claim.in_(portion))
        for chosen in (due, sent, charged):
            days |= set(findings.connection.execute(chosen).scalars())
    for portion in portions(journals):
        for told in as_stored(t.ledger_transaction, "posted_on", "value_on"):
            here = sa.select(told).where(t.ledger_transaction.c.journal.in_(portion))
            days |= set(findings.connection.execute(here).scalars())
    for names in portions(sources):
        paid = sa.select(*as_stored(t.payment, "bank_date"))
        is_source = numbered_source("payment", t.payment.c.number).in_(names)
        days |= set(findings.connection.execute(paid.where(is_source)).scalars())
    return sorted(days, key=str)


def _source_claim(one: Altered) -> int | None:
    """The claim that an opening journal's source names."""
    kind, _, number = str(one.head[SOURCE]).partition(" ")
    return int(number) if kind == Kind.CLAIM.value and number.isdecimal() else None


def _guesses(one: Altered, around: Around) -> Iterator[Guess]:
    """What the journal may have been, the likeliest first."""
    yield from _guesses_of_rows(one, around)
    head, rows = one.head, one.rows
    for claim in _claims_near(one, around):
        moved = tuple(_changed(row, CLAIM, claim) if row[CLAIM] is not None else row for row in rows)
        yield Guess(Fault.CLAIM, None, head, moved)
    for case in {None, *(around.case_of.get(row[CLAIM]) for row in rows)}:
        yield Guess(Fault.CASE, None, _changed(head, CASE, case), rows)
    for creditor in around.creditors:
        yield Guess(Fault.CREDITOR, None, _changed(head, CREDITOR, creditor), rows)
    for kind in Kind:
        yield Guess(Fault.KIND, None, _changed(head, KIND, kind.value), rows)


def _guesses_of_rows(one: Altered, around: Around) -> Iterator[Guess]:
    """One row that was changed: its amount, claim, account or reason."""
    head, rows = one.head, one.rows
    claims = [None, *_claims_near(one, around)]
    days = [head[DATED], *around.days]
    for at, row in enumerate(rows):
        if one.sum_ore:
            yield Guess(Fault.AMOUNT, at, head, _with(rows, at, AMOUNT, row[AMOUNT] - one.sum_ore))
        for claim in claims:
            yield Guess(Fault.CLAIM, at, head, _with(rows, at, CLAIM, claim))
        for account in Account:
            yield Guess(Fault.CONTENT, at, head, _with(rows, at, ACCOUNT, account.value))
        for reason in REASONS:
            yield Guess(Fault.CONTENT, at, head, _with(rows, at, REASON, reason))
        for day in days:
            yield Guess(Fault.CONTENT, at, head, _with(rows, at, COUNTS_FROM, day))


def _claims_near(one: Altered, around: Around) -> list[int]:
    """The claims that a row of the journal may have been on: its source's, and those of the cases that it touches."""
    cases = {one.head[CASE]} | {around.case_of.get(row[CLAIM]) for row in one.rows}
    claims = {_source_claim(one)} | {claim for case in cases for claim in around.claims_of.get(case or 0, ())}
    claims |= {row[CLAIM] for row in one.rows}
    return sorted(claim for claim in claims if isinstance(claim, int))


def _changed(values: Row, place: int, value: object) -> Row:
    return (*values[:place], value, *values[place + 1 :])


def _with(rows: tuple[Row, ...], at: int, place: int, value: object) -> tuple[Row, ...]:
    return (*rows[:at], _changed(rows[at], place, value), *rows[at + 1 :])


def _name_guessed(findings: Findings, one: Altered, guess: Guess) -> None:
    """Name what changed, and the claim that it was on."""
    if guess.at is None:
        written = {row[CLAIM] for row in guess.rows if row[CLAIM] is not None}
        claim = next(iter(written)) if len(written) == 1 else None
        findings.add("journal", one.number, f"office journal {one.number}", guess.fault, claim=claim)
        return
    now, was = one.rows[guess.at], guess.rows[guess.at]
    claim = was[CLAIM] or findings.claims_in({one.number})[one.number]
    found_ore = now[AMOUNT] if guess.fault is Fault.AMOUNT else 0
    thing = f"office journal {one.number} row {now[ROW_NO]}"
    findings.add("journal", one.number, thing, guess.fault, expected=was[AMOUNT], found=found_ore, claim=claim)


def _name_by_witnesses(findings: Findings, one: Altered, testimony: defaultdict[tuple[int, int], set[int]]) -> None:
    """Name the rows that others contradict if that explains everything; else what is likeliest, or the journal."""
    rows, contradicted, unknown = one.rows, [], []
    for at, row in enumerate(one.rows):
        said = testimony.get((one.number, row[ROW_NO]))
        if said is None:
            unknown.append(at)
        elif row[AMOUNT] not in said:
            contradicted.append(at)
            rows = _with(rows, at, AMOUNT, min(said))
    claim = findings.claims_in({one.number})[one.number]
    suspects = contradicted or unknown
    if contradicted and one.was(one.head, rows):
        for at in contradicted:
            _name_guessed(findings, one, Guess(Fault.AMOUNT, at, one.head, rows))
    elif one.sum_ore and len(suspects) == 1:
        at = suspects[0]
        was = _with(one.rows, at, AMOUNT, one.rows[at][AMOUNT] - one.sum_ore)
        _name_guessed(findings, one, Guess(Fault.AMOUNT, at, one.head, was))
    else:
        fault = Fault.UNBALANCED if one.sum_ore else Fault.CONTENT
        findings.add("journal", one.number, f"office journal {one.number}", fault, found=one.sum_ore, claim=claim)
