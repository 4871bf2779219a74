"""Vouchers: approved ones are what was approved, drafts are what a draft of the same journals would be.

Where the fingerprint of an approved voucher does not fit, the journal rows behind its lines tell what each line should
be, and the fingerprint tells whether that is what it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from kravbro.core.errors import DataFault
from kravbro.core.fingerprints import fingerprint
from kravbro.core.vouchers import Voucher, VoucherLine
from kravbro.db.bulk import portions
from kravbro.office import tables as t
from kravbro.office.audit.findings import Fault, Findings, as_stored, of_ledger
from kravbro.office.audit.numbers import voucher_name
from kravbro.office.creditors import load_creditor
from kravbro.office.journals import Account
from kravbro.office.manual.acts import accounts_by_hand
from kravbro.office.manual.choices import apply, as_chosen, choices_of, choices_open
from kravbro.office.posting import coding_of, made_vouchers, posting_rows
from kravbro.office.streams import read_vouchers
from kravbro.office.vouchers import Coding, DraftLine, DraftVoucher, PostingRow

PAGE = 200
TOLD = ("account", "amount_ore", "customer_no", "claim", "invoice_no", "department", "project", "text")
"""What a draft's line tells, as it is stored; its matching reference is its invoice number."""

Lines = tuple[VoucherLine, ...]


class Head(NamedTuple):
    """Where an approved voucher stands, and its fingerprint."""

    posting: int
    ordinal: int
    fingerprint: str | None
    lump: str


def check_vouchers(findings: Findings) -> None:
    """Every approved voucher is what was approved."""
    voucher = t.voucher.c
    own = (voucher.creditor == findings.creditor, voucher.number.is_not(None))
    columns = (voucher.number, voucher.posting, voucher.ordinal, voucher.fingerprint, voucher.lump)
    heads = {row[0]: Head(*row[1:]) for row in findings.connection.execute(sa.select(*columns).where(*own))}
    (dated,) = as_stored(t.voucher, "dated")
    altered = []
    for numbers in portions(sorted(heads), PAGE):
        page = read_vouchers(findings.connection, findings.creditor, numbers[0] - 1, len(numbers), dated)
        for one in page:
            head = heads[one.number]
            known = findings.names("voucher", one.number) or findings.names("lines", (head.posting, head.ordinal))
            if not known and fingerprint(one) != head.fingerprint:
                altered.append((one, head))
    for one, head in altered:
        _name_altered(findings, one, head)


def _name_altered(findings: Findings, one: Voucher, head: Head) -> None:
    """Name the lines that were changed; the voucher if that cannot be told and no named claim explains it."""
    here = (
        t.voucher_line.c.creditor == findings.creditor,
        t.voucher_line.c.posting == head.posting,
        t.voucher_line.c.ordinal == head.ordinal,
    )
    columns = (t.voucher_line.c.line_no, t.voucher_line.c.journal, t.voucher_line.c.row_no, t.voucher_line.c.claim)
    stored = {row.line_no: row for row in findings.connection.execute(sa.select(*columns).where(*here))}
    expected = _expected_lines(findings, one, head.lump, list(stored.values()))
    claims = {row.claim for row in stored.values() if row.claim is not None}
    for lines in _guesses(one, expected):
        if fingerprint(msgspec.structs.replace(one, lines=lines)) == head.fingerprint:
            for line, was in zip(one.lines, lines, strict=True):
                if line != was:
                    _name_line(findings, head, one.number, line, was)
            return
    lost = claims - set(_entries(findings, claims))
    if not (lost or any(findings.names("claim", claim) for claim in claims)):
        name = voucher_name(findings.creditor, head.posting, head.ordinal, one.number)
        findings.add("voucher", one.number, name, Fault.CONTENT)
        findings.about["lines"].add((head.posting, head.ordinal))


def _name_line(findings: Findings, head: Head, number: int, now: VoucherLine, was: VoucherLine) -> None:
    key, name = (head.posting, head.ordinal), voucher_name(findings.creditor, head.posting, head.ordinal, number)
    amounts, fault = (0, 0), Fault.CONTENT
    if now.amount_ore != was.amount_ore:
        amounts, fault = (was.amount_ore, now.amount_ore), Fault.AMOUNT
    elif now.claim_entry != was.claim_entry:
        amounts, fault = (was.amount_ore, 0), Fault.CLAIM
    findings.about["lines"].add(key)
    findings.add_entry(
        "lines", key, f"{name} line {now.line_no}", fault, was.claim_entry, expected=amounts[0], found=amounts[1]
    )


def _guesses(one: Voucher, expected: dict[int, VoucherLine]) -> Iterator[Lines]:
    """What the lines may have been: one changed amount, one line that should be another, all of them."""
    lines = one.lines
    amounts = [line.amount_ore for line in lines]
    sum_ore = sum(amounts) if all(isinstance(amount, int) for amount in amounts) else 0
    if sum_ore:
        for at, line in enumerate(lines):
            yield _with(lines, at, msgspec.structs.replace(line, amount_ore=line.amount_ore - sum_ore))
    for at, line in enumerate(lines):
        if expected.get(line.line_no, line) != line:
            yield _with(lines, at, expected[line.line_no])
    yield tuple(expected.get(line.line_no, line) for line in lines)


def _with(lines: Lines, at: int, line: VoucherLine) -> Lines:
    return (*lines[:at], line, *lines[at + 1 :])


def _expected_lines(findings: Findings, one: Voucher, lump: str, stored: Sequence[Any]) -> dict[int, VoucherLine]:
    """What the rows behind the lines say that these should be, where the rows themselves are sound."""
    rows = _sound_rows(findings, {row.journal for row in stored if isinstance(row.journal, int)})
    coding = _coding(findings, rows.values())
    if coding is None:
        return {}
    entries = _entries(findings, {row.claim for row in rows.values() if row.claim is not None})
    now = {line.line_no: line for line in one.lines}
    on_bank = accounts_by_hand(findings.connection, {row.source for row in rows.values()})
    money_account = next(iter(on_bank.values()), coding.creditor.money_account)
    chosen = choices_of(findings.connection, {row.journal for row in rows.values()})
    expected: dict[int, VoucherLine] = {}
    for pointer in stored:
        number, row = pointer.line_no, rows.get((pointer.journal, pointer.row_no))
        if number not in now:
            continue
        if pointer.journal is None:
            expected[number] = VoucherLine(number, money_account, now[number].amount_ore, text=lump)
        elif row is not None:
            with suppress(DataFault):
                expected[number] = _to_send(number, as_chosen(coding.line(row), chosen), entries)
    return expected


def _to_send(number: int, line: DraftLine, entries: dict[int, int]) -> VoucherLine:
    return VoucherLine(
        line_no=number,
        account=line.account,
        amount_ore=line.amount_ore,
        customer_no=line.customer_no,
        claim_entry=None if line.claim is None else of_ledger(entries.get(line.claim)),
        invoice_no=line.invoice_no,
        reference=line.invoice_no,
        department=line.department,
        project=line.project,
        text=line.text,
    )


def _sound_rows(findings: Findings, journals: set[int]) -> dict[tuple[int, int], PostingRow]:
    """The rows of journals of which nothing has been named: neither they, nor their claims, cases and debtors."""
    sound = sorted(number for number in journals if not findings.names("journal", number))
    case_named = findings.some("case", "debtor")
    rows: dict[tuple[int, int], PostingRow] = {}
    for portion in portions(sound):
        for row in posting_rows(findings.connection, t.journal.c.number.in_(portion)):
            if not (findings.names("claim", row.claim) or (case_named and row.case is not None)):
                rows[row.journal, row.row_no] = row
    return rows


def _coding(findings: Findings, rows: Any) -> Coding | None:
    """How the creditor's rows are coded; None if its own set-up has been named."""
    if findings.some("creditor"):
        return None
    return coding_of(findings.connection, load_creditor(findings.connection, findings.creditor), list(rows))


def _entries(findings: Findings, claims: set[int]) -> dict[int, int]:
    entries: dict[int, int] = {}
    for portion in portions(sorted(claims)):
        chosen = sa.select(t.claim.c.id, t.claim.c.entry).where(t.claim.c.id.in_(portion))
        entries |= {row[0]: row[1] for row in findings.connection.execute(chosen)}
    return entries


def check_lines(findings: Findings) -> None:
    """Every voucher line has the amount and the claim of its journal row; the bank's line is the sum of the others."""
    voucher, line, row = t.voucher.c, t.voucher_line.c, t.journal_row.c
    same = sa.and_(line.creditor == voucher.creditor, line.posting == voucher.posting, line.ordinal == voucher.ordinal)
    of_line = (voucher.posting, voucher.ordinal, voucher.number)
    settles = sa.case((row.account == Account.PRINCIPAL.value, row.claim), else_=None)
    wrong = findings.connection.execute(
        sa.select(*of_line, line.line_no, line.journal, line.amount_ore, row.amount_ore.label("row_ore"), row.claim)
        .join(t.voucher_line, same)
        .outerjoin(t.journal_row, sa.and_(row.journal == line.journal, row.row_no == line.row_no))
        .where(
            voucher.creditor == findings.creditor,
            line.journal.is_not(None),
            sa.or_(
                row.amount_ore.is_(None),
                row.amount_ore != line.amount_ore,
                sa.func.coalesce(settles, 0) != sa.func.coalesce(line.claim, 0),
            ),
        )
        .order_by(voucher.posting, voucher.ordinal, line.line_no)
    ).all()
    for one in wrong:
        key = (one.posting, one.ordinal)
        if findings.names("journal", one.journal) or findings.names("lines", key):
            continue
        name = voucher_name(findings.creditor, one.posting, one.ordinal, one.number)
        thing, expected_ore = f"{name} line {one.line_no}", one.row_ore or 0
        fault, found_ore = (Fault.AMOUNT, one.amount_ore) if one.amount_ore != one.row_ore else (Fault.CLAIM, 0)
        findings.add("lines", key, thing, fault, expected=expected_ore, found=found_ore, claim=one.claim)
    sum_ore = sa.func.sum(line.amount_ore)
    unbalanced = findings.connection.execute(
        sa.select(*of_line, sum_ore, sa.func.min(line.line_no))
        .join(t.voucher_line, same)
        .where(voucher.creditor == findings.creditor)
        .group_by(*of_line)
        .having(sum_ore != 0)
    ).all()
    for posting, ordinal, number, total_ore, first_line in unbalanced:
        if not findings.names("lines", (posting, ordinal)):
            name = voucher_name(findings.creditor, posting, ordinal, number)
            findings.add("lines", (posting, ordinal), f"{name} line {first_line}", Fault.AMOUNT, found=int(total_ore))


def check_drafts(findings: Findings) -> None:
    """Every voucher that is not approved yet is what a draft of the same journals made now would be.

    What it is made from must be sound: a draft of something that has been named is wrong in consequence.
    """
    if findings.some("journal", "payment", "claim", "case", "debtor", "creditor", "agreement", "settings"):
        return
    voucher, line = t.voucher.c, t.voucher_line.c
    own = (voucher.creditor == findings.creditor, voucher.number.is_(None))
    heads = findings.connection.execute(
        sa.select(*as_stored(t.voucher, "posting", "ordinal", "dated", "text", "lump")).where(*own)
    ).all()
    if not heads:
        return
    of_drafts = sa.and_(
        line.creditor == voucher.creditor, line.posting == voucher.posting, line.ordinal == voucher.ordinal
    )
    columns = [line[name] for name in TOLD]
    lines: dict[tuple[int, int], list[Any]] = {}
    for row in findings.connection.execute(
        sa.select(line.posting, line.ordinal, line.line_no, line.reference, line.journal, line.row_no, *columns)
        .join(t.voucher, of_drafts)
        .where(*own)
        .order_by(line.posting, line.ordinal, line.line_no)
    ):
        lines.setdefault((row.posting, row.ordinal), []).append(row)
    expected = _drafts_made_now(findings, {row.journal for its_lines in lines.values() for row in its_lines})
    for head in heads:
        if expected is not None and not findings.names("lines", (head.posting, head.ordinal)):
            its_lines = lines.get((head.posting, head.ordinal), [])
            made = _made_of(its_lines, expected.get((str(head.dated), head.lump), []))
            _compare_draft(findings, head, its_lines, made)


def _made_of(lines: list[Any], candidates: list[DraftVoucher]) -> DraftVoucher | None:
    """Of the vouchers of one day and name, the one that holds the same journals: banks may name two sums alike."""
    journals = {line.journal for line in lines}
    alike = [one for one in candidates if journals & {line.journal for line in one.lines} - {None}]
    return next(iter([*alike, *candidates]), None)


def _drafts_made_now(findings: Findings, journals: set[int | None]) -> dict[tuple[str, str], list[DraftVoucher]] | None:
    """The vouchers that a draft of these journals would hold, by day and lump; None if it cannot be made."""
    connection = findings.connection
    rows: list[PostingRow] = []
    try:
        for portion in portions(sorted(number for number in journals if isinstance(number, int))):
            rows += posting_rows(connection, t.journal.c.number.in_(portion))
        made = made_vouchers(connection, load_creditor(connection, findings.creditor), rows)
    except DataFault:
        return None
    by_sum: dict[tuple[str, str], list[DraftVoucher]] = {}
    for one in apply(made, choices_open(connection, findings.creditor)).vouchers:
        by_sum.setdefault((str(one.dated), one.lump), []).append(one)
    return by_sum


def _compare_draft(findings: Findings, head: Any, lines: list[Any], made: DraftVoucher | None) -> None:
    key, name = (head.posting, head.ordinal), voucher_name(findings.creditor, head.posting, head.ordinal, None)
    if made is None or made.text != head.text or len(made.lines) != len(lines):
        findings.add("lines", key, name, Fault.CONTENT)
        return
    both = zip(lines, made.lines, strict=True)
    wrong = [(line, was) for line, was in both if _as_draft(line) != was or line.reference != was.invoice_no]
    if len(wrong) == 1:
        ((line, was),) = wrong
        findings.add("lines", key, f"{name} line {line.line_no}", Fault.CONTENT, claim=was.claim)
    elif wrong:
        findings.add("lines", key, name, Fault.CONTENT)


def _as_draft(row: Any) -> DraftLine:
    told = {name: getattr(row, name) for name in (*TOLD, "journal", "row_no")}
    return DraftLine(**told)
