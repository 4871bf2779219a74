"""Posting proposals: make a draft as often as needed, leave out what is not to be booked, approve it once.

Vouchers get their numbers and keys at approval, so a regenerated proposal has new ones, and a key is stored before its
voucher is first sent.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.claims import GONE
from kravbro.core.errors import DataFault, Skip
from kravbro.core.fingerprints import fingerprint
from kravbro.core.transitions import DELIVERED_VOUCHER, POSTING
from kravbro.db.bulk import insert_rows, portions
from kravbro.db.columns import written
from kravbro.db.counters import take
from kravbro.office import tables as t
from kravbro.office.adjustments.booking import accounts_of_acts, accounts_of_costs, cost_vouchers
from kravbro.office.creditors import Collects, Creditor, load_creditor, office_installation, scope, sub_ledgers_of
from kravbro.office.journals import HAND_KINDS, POSTED_KINDS, Account, Kind, payment_of, payment_source
from kravbro.office.ledgerless.known import accounts_of_ledgerless
from kravbro.office.manual.acts import LONGEST_REASON, accounts_by_hand, refuse_long
from kravbro.office.manual.choices import Choice, NotKept, apply, choices_open
from kravbro.office.manual.exclusions import leave_out, take_in, together
from kravbro.office.manual.vouchers import from_files, with_acts
from kravbro.office.returns import let_go_after_exclusion
from kravbro.office.streams import vouchers as vouchers_to_send
from kravbro.office.vouchers import BankSum, Coding, DraftVoucher, PostingRow, draft_vouchers

VOUCHER_COLUMNS = (
    "creditor", "posting", "ordinal", "number", "key", "state", "dated", "text", "lump", "line_count",
)  # fmt: skip
LINE_COLUMNS = (
    "creditor", "posting", "ordinal", "line_no", "account", "amount_ore", "customer_no", "claim", "invoice_no",
    "reference", "department", "project", "text", "journal", "row_no",
)  # fmt: skip
DRAFT, APPROVED = "draft", "approved"
VOUCHERS_AT_A_TIME = 200


class Approval(msgspec.Struct, frozen=True):
    """What an approval did: the proposal, how many vouchers it holds, and whether it was approved now."""

    creditor: int
    posting: int
    vouchers: int
    new: bool


class Regenerated(msgspec.Struct, frozen=True):
    """A draft made anew: its number (0: nothing is to be booked), and what was chosen by hand that shapes it or not."""

    creditor: int
    posting: int
    kept: tuple[Choice, ...]
    unfit: tuple[NotKept, ...]


def generate_posting(connection: sa.Connection, creditor: int, act: Act) -> int:
    """Make the creditor's draft anew; answers its number, 0 if there is nothing to book. See `regenerate_posting`."""
    return regenerate_posting(connection, creditor, act).posting


def regenerate_posting(connection: sa.Connection, creditor: int, act: Act) -> Regenerated:
    """Make the creditor's draft anew from all money not yet taken, as people have chosen it to be.

    There is one draft at a time; making it again replaces its vouchers. What was chosen by hand is kept where it still
    fits what it was made on, and named where it does not. Raises DataFault `office.house_posts_nothing`.
    """
    settings = load_creditor(connection, creditor)
    if not settings.keeps_ledger:
        raise DataFault("office.house_posts_nothing", creditor=creditor)
    draft = _draft(connection, creditor)
    if draft is not None:
        here = (t.voucher_line.c.creditor == creditor, t.voucher_line.c.posting == draft)
        connection.execute(sa.delete(t.voucher_line).where(*here))
        connection.execute(sa.delete(t.voucher).where(t.voucher.c.creditor == creditor, t.voucher.c.posting == draft))
    rows = posting_rows(connection, *unposted(creditor))
    applied = apply(made_vouchers(connection, settings, rows), choices_open(connection, creditor))
    if not rows:
        return Regenerated(creditor, 0, (), tuple(applied.unfit))
    number = _keep_draft(connection, creditor, draft, act)
    _write_vouchers(connection, creditor, number, applied.vouchers, act)
    return Regenerated(creditor, number, tuple(applied.kept), tuple(applied.unfit))


def made_vouchers(connection: sa.Connection, creditor: Creditor, rows: Sequence[PostingRow]) -> list[DraftVoucher]:
    """The vouchers of rows, as they are coded: of bank files first, then of acts by hand, then of costs."""
    coding, of_costs = coding_of(connection, creditor, rows), [row for row in rows if row.kind == Kind.ACCRUAL]
    rows = [row for row in rows if row.kind != Kind.ACCRUAL]
    in_files = from_files(rows)
    vouchers = draft_vouchers(in_files, coding, bank_sums(connection, in_files))
    made = {row.source for row in rows if row.kind in HAND_KINDS}
    by_hand = with_acts(vouchers, rows, coding, accounts_by_hand(connection, made))
    return [*by_hand, *cost_vouchers(of_costs, coding)]


def remake_draft(connection: sa.Connection, creditor: int, act: Act) -> int | None:
    """Make the creditor's draft anew if there is one, because what it was made by has changed; answers its number."""
    return None if _draft(connection, creditor) is None else generate_posting(connection, creditor, act)


def approve_posting(connection: sa.Connection, creditor: int, posting: int, act: Act) -> Approval:
    """Approve a draft: its vouchers get numbers and keys, its journals are taken. Approving again changes nothing.

    Raises DataFault `office.no_such_posting`; Skip `office.posting_stale` if money came, was placed or was left out
    since the draft was made, and `office.posting_empty` if it holds nothing.
    """
    own = sa.and_(t.posting.c.creditor == creditor, t.posting.c.number == posting)
    state = connection.execute(sa.select(t.posting.c.state).where(own)).scalar()
    if state is None:
        raise DataFault("office.no_such_posting", creditor=creditor, posting=posting)
    its_vouchers = sa.and_(t.voucher.c.creditor == creditor, t.voucher.c.posting == posting)
    count = connection.execute(sa.select(sa.func.count()).select_from(t.voucher).where(its_vouchers)).scalar_one()
    if state == APPROVED:
        return Approval(creditor, posting, count, new=False)
    after = POSTING.after(state, "approve", f"posting {creditor}-{posting}")
    _refuse_stale(connection, creditor, posting)
    if count == 0:
        raise Skip("office.posting_empty", creditor=creditor, posting=posting)
    connection.execute(sa.update(t.posting).where(own).values(state=after, approved_on=act.on, **written(act)))
    _give_keys(connection, creditor, posting, count, act)
    return Approval(creditor, posting, count, new=True)


def approve_again(connection: sa.Connection, creditor: int, voucher: DraftVoucher, replaces: str, act: Act) -> str:
    """Approve a voucher that replaces another, in a proposal of its own that takes its journals; answers its key."""
    number = take(connection, t.counter, "posting", 1, scope(creditor))
    state = POSTING.after(POSTING.initial, "approve", f"posting {creditor}-{number}")
    head = {"creditor": creditor, "number": number, "state": state, "made_on": act.on, "approved_on": act.on}
    connection.execute(sa.insert(t.posting).values(**head, **written(act)))
    _write_vouchers(connection, creditor, number, [voucher], act)
    _give_keys(connection, creditor, number, 1, act)
    here = sa.and_(t.voucher.c.creditor == creditor, t.voucher.c.posting == number)
    connection.execute(sa.update(t.voucher).where(here).values(replaces=replaces))
    return str(connection.execute(sa.select(t.voucher.c.key).where(here)).scalar_one())


def _give_keys(connection: sa.Connection, creditor: int, posting: int, count: int, act: Act) -> None:
    """Give a proposal's vouchers their numbers and keys, and take its journals."""
    its_vouchers = sa.and_(t.voucher.c.creditor == creditor, t.voucher.c.posting == posting)
    before_first = take(connection, t.counter, "voucher", count, scope(creditor)) - 1
    number = t.voucher.c.ordinal + before_first
    key = sa.literal(f"{office_installation(connection)}-{creditor}-") + sa.cast(number, sa.String(20))
    state = DELIVERED_VOUCHER.initial
    connection.execute(
        sa.update(t.voucher).where(its_vouchers).values(number=number, key=key, state=state, **written(act))
    )
    line = t.voucher_line.c
    taken = sa.select(line.journal).where(line.creditor == creditor, line.posting == posting, line.journal.is_not(None))
    connection.execute(sa.update(t.journal).where(t.journal.c.number.in_(taken)).values(posting=posting))
    _take_fingerprints(connection, creditor, before_first, count)


def _take_fingerprints(connection: sa.Connection, creditor: int, before_first: int, count: int) -> None:
    """Keep the fingerprint of each voucher as it will be sent."""
    number = t.voucher.c.number
    update = sa.update(t.voucher).where(t.voucher.c.creditor == creditor, number == sa.bindparam("of"))
    for after in range(before_first, before_first + count, VOUCHERS_AT_A_TIME):
        page = vouchers_to_send(connection, creditor, after, VOUCHERS_AT_A_TIME)
        marks = [{"of": voucher.number, "mark": fingerprint(voucher)} for voucher in page]
        if marks:
            connection.execute(update.values(fingerprint=sa.bindparam("mark")), marks)


def exclude_from_posting(connection: sa.Connection, journal: int, because: str, act: Act) -> None:
    """Leave a payment, reversal or placing out of posting proposals ("skal ikke bokføres"), with a reason.

    A payment that was placed later takes its placing with it, what goes from one creditor's books to another's is left
    out of both, and a claim that only waited for it is given back. Raises DataFault `office.reason_missing` or
    `office.not_postable`, Skip `office.already_posted` or `office.already_excluded`.
    """
    if not because.strip():
        raise DataFault("office.reason_missing", journal=journal)
    refuse_long("because", because, LONGEST_REASON)
    source = _postable(connection, journal)
    if _is_excluded(connection, journal):
        raise Skip("office.already_excluded", journal=journal)
    numbers = [number for number in together(connection, source) if not _is_excluded(connection, number)]
    for number in numbers:
        _postable(connection, number)
    leave_out(connection, numbers, because.strip(), act)
    let_go_after_exclusion(connection, numbers, act)


def include_again(connection: sa.Connection, journal: int, act: Act, because: str = "") -> None:
    """Take back an exclusion (and that of its placing).

    Raises Skip `office.not_excluded` if there is none, and `office.payment_excluded` for the placing of a payment that
    is itself left out: it would empty an interim account that was never filled; `office.claim_gone` for money on a
    claim that was given back, of which nothing may move any more.
    """
    source = _postable(connection, journal)
    if not _is_excluded(connection, journal):
        raise Skip("office.not_excluded", journal=journal)
    payment = payment_of(source)
    numbers = together(connection, source)
    if not source.startswith(Kind.ACCRUAL.value):
        _refuse_without_payment(connection, journal, payment, numbers)
    numbers = [number for number in numbers if _is_excluded(connection, number)]
    _refuse_gone(connection, numbers)
    for number in numbers:
        _postable(connection, number)
    take_in(connection, numbers, because.strip(), act)


def _refuse_without_payment(connection: sa.Connection, journal: int, payment: int, numbers: Sequence[int]) -> None:
    """Raise Skip `office.payment_excluded` if the payment itself stays left out."""
    of_payment = sa.select(t.journal.c.number).where(t.journal.c.source == payment_source(payment))
    came = connection.execute(of_payment).scalar_one()
    if came not in numbers and _is_excluded(connection, came):
        raise Skip("office.payment_excluded", journal=journal, payment=payment)


def _refuse_gone(connection: sa.Connection, journals: Sequence[int]) -> None:
    """Raise Skip `office.claim_gone` if a journal has money on a claim that was given back."""
    row, claim = t.journal_row.c, t.claim.c
    gone = (
        sa.select(row.journal, claim.invoice_no)
        .join(t.claim, claim.id == row.claim)
        .where(row.journal.in_(journals), claim.state.in_([state.value for state in GONE]))
        .order_by(row.journal, row.row_no)
    )
    found = connection.execute(gone).first()
    if found is not None:
        raise Skip("office.claim_gone", journal=found.journal, invoice=found.invoice_no)


def unposted(creditor: int) -> tuple[sa.ColumnElement[bool], ...]:
    """The condition that a journal is to be booked and no approved proposal has taken it."""
    excluded = sa.exists().where(t.posting_exclusion.c.journal == t.journal.c.number)
    return (
        t.journal.c.creditor == creditor,
        t.journal.c.posting.is_(None),
        t.journal.c.kind.in_(POSTED_KINDS),
        ~excluded,
    )


def _draft(connection: sa.Connection, creditor: int) -> int | None:
    here = (t.posting.c.creditor == creditor, t.posting.c.state == DRAFT)
    return connection.execute(sa.select(t.posting.c.number).where(*here)).scalar()


def _keep_draft(connection: sa.Connection, creditor: int, draft: int | None, act: Act) -> int:
    if draft is None:
        number = take(connection, t.counter, "posting", 1, scope(creditor))
        values = {"creditor": creditor, "number": number, "state": POSTING.initial, "made_on": act.on}
        connection.execute(sa.insert(t.posting).values(**values, **written(act)))
        return number
    own = (t.posting.c.creditor == creditor, t.posting.c.number == draft)
    state = POSTING.after(DRAFT, "regenerate", f"posting {creditor}-{draft}")
    connection.execute(sa.update(t.posting).where(*own).values(state=state, made_on=act.on, **written(act)))
    return draft


def posting_rows(connection: sa.Connection, *where: sa.ColumnElement[bool]) -> list[PostingRow]:
    """The rows of the journals that a condition selects, with what their voucher lines tell the ledger, in order."""
    journal, row = t.journal.c, t.journal_row.c
    of_journal = (journal.number, journal.kind, journal.dated, journal.source, journal.case)
    of_row = (row.row_no, row.account, row.amount_ore, row.claim)
    told = (t.claim.c.invoice_no, t.claim.c.sub_ledger_type, t.debtor.c.customer_no, t.case.c.number)
    found = connection.execute(
        sa.select(*of_journal, *of_row, *told)
        .join(t.journal_row, row.journal == journal.number)
        .outerjoin(t.claim, t.claim.c.id == row.claim)
        .outerjoin(t.case, t.case.c.id == journal.case)
        .outerjoin(t.debtor, t.debtor.c.id == t.case.c.debtor)
        .where(*where)
        .order_by(journal.number, row.row_no)
    )
    return [PostingRow(*tuple(one)) for one in found]


def coding_of(connection: sa.Connection, creditor: Creditor, rows: Sequence[PostingRow]) -> Coding:
    """How a creditor's rows are coded."""
    receivable = {one.type: one.receivable_account for one in sub_ledgers_of(connection, creditor.number).values()}
    met = {row.source for row in rows if row.account == Account.MET}
    types, in_house = _types_of_cases(connection, rows), _in_house(connection, rows)
    costs = accounts_of_costs(connection, {row.claim for row in rows if row.account == Account.COSTS})
    accrued = accounts_of_acts(connection, [row for row in rows if row.kind == Kind.ACCRUAL])
    own = accounts_of_ledgerless(connection, {row.claim for row in rows if row.account == Account.PRINCIPAL})
    return Coding(creditor, receivable, types, in_house, accounts_by_hand(connection, met), costs, accrued, own)


def _in_house(connection: sa.Connection, rows: Collection[PostingRow]) -> set[int]:
    """The payments behind the rows that the house handed over."""
    found: set[int] = set()
    handed = {payment_of(row.source) for row in rows if row.account == Account.INTERMEDIATE}
    for portion in portions(sorted(handed)):
        chosen = (
            sa.select(t.payment.c.number)
            .join(t.creditor, t.creditor.c.number == t.payment.c.creditor)
            .where(t.payment.c.number.in_(portion), t.creditor.c.collects == Collects.HOUSE.value)
        )
        found |= set(connection.execute(chosen).scalars())
    return found


def _types_of_cases(connection: sa.Connection, rows: Collection[PostingRow]) -> dict[int, str]:
    """The sub-ledger type of the first claim of each case with money on account."""
    cases = {row.case for row in rows if row.account == Account.OVERPAID and row.case is not None}
    types: dict[int, str] = {}
    for portion in portions(cases):
        chosen = sa.select(t.claim.c.case, t.claim.c.sub_ledger_type).where(t.claim.c.case.in_(portion))
        for case, type_ in connection.execute(chosen.order_by(t.claim.c.id)):
            types.setdefault(case, type_)
    return types


def bank_sums(connection: sa.Connection, rows: Collection[PostingRow]) -> dict[int, BankSum]:
    """The sum on the bank statement that each payment behind the rows is part of, by payment number."""
    payments = {payment_of(row.source) for row in rows if row.kind != Kind.PLACING}
    payment, agreement = t.payment.c, t.payment_agreement.c
    bank_account = sa.func.coalesce(agreement.bank_account, "")
    columns = (payment.number, payment.settlement_date, payment.lump, payment.account_number, bank_account)
    sums: dict[int, BankSum] = {}
    for portion in portions(payments):
        chosen = sa.select(*columns).outerjoin(t.payment_agreement, agreement.account_number == payment.account_number)
        for number, *bank_sum in connection.execute(chosen.where(payment.number.in_(portion))):
            sums[number] = BankSum(*bank_sum)
    return sums


def _write_vouchers(
    connection: sa.Connection, creditor: int, posting: int, vouchers: list[DraftVoucher], act: Act
) -> None:
    heads: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    for ordinal, one in enumerate(vouchers, 1):
        heads.append((creditor, posting, ordinal, None, None, DRAFT, one.dated, one.text, one.lump, len(one.lines)))
        lines += [
            (
                creditor, posting, ordinal, line_no, line.account, line.amount_ore, line.customer_no, line.claim,
                line.invoice_no, line.invoice_no, line.department, line.project, line.text, line.journal, line.row_no,
            )
            for line_no, line in enumerate(one.lines, 1)
        ]  # fmt: skip
    insert_rows(connection, t.voucher, VOUCHER_COLUMNS, heads, act)
    insert_rows(connection, t.voucher_line, LINE_COLUMNS, lines, None)


def _refuse_stale(connection: sa.Connection, creditor: int, posting: int) -> None:
    """The journals of the draft must be exactly those that a draft made now would hold."""
    now = set(connection.execute(sa.select(t.journal.c.number).where(*unposted(creditor))).scalars())
    line = t.voucher_line.c
    here = (line.creditor == creditor, line.posting == posting, line.journal.is_not(None))
    then = set(connection.execute(sa.select(line.journal).where(*here).distinct()).scalars())
    if now != then:
        raise Skip("office.posting_stale", creditor=creditor, posting=posting, changed=len(now ^ then))


def _postable(connection: sa.Connection, journal: int) -> str:
    """The source of a journal that may still be left out of posting or taken in again."""
    row = connection.execute(
        sa.select(t.journal.c.kind, t.journal.c.posting, t.journal.c.source).where(t.journal.c.number == journal)
    ).one_or_none()
    if row is None or row.kind not in POSTED_KINDS:
        raise DataFault("office.not_postable", journal=journal)
    if row.posting is not None:
        raise Skip("office.already_posted", journal=journal, posting=row.posting)
    return str(row.source)


def _is_excluded(connection: sa.Connection, journal: int) -> bool:
    excluded = sa.select(t.posting_exclusion.c.journal).where(t.posting_exclusion.c.journal == journal)
    return connection.execute(excluded).scalar() is not None
