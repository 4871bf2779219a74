"""Change the office's set-up as a whole: what may change while it is in use, and what was changed, with the reason.

What claims were judged and money was booked by stays as long as it matters: a workflow's start while it has cases, who
a creditor is once anything came from it, an account while money is on its way through it. The rest counts from then
on, and a proposal that is not approved is made anew.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, KravbroError, Retry, Stop
from kravbro.core.money import format_kroner
from kravbro.db import setup_changes
from kravbro.db.columns import Ore
from kravbro.db.setup_rows import differences, remove_rows, write_rows
from kravbro.office import agreements
from kravbro.office import tables as t
from kravbro.office.creditors import Agreement
from kravbro.office.journals import Account
from kravbro.office.posting import remake_draft, unposted
from kravbro.office.setup_history import agreement_subject, creditor_subject, workflow_subject
from kravbro.office.setup_values import INTERMEDIATE
from kravbro.office.whole_setup import TABLES, CreditorSetup, OfficeSetup, rows_of, standing_office, subjects

WHOSE = ("organisation_number", "ledger_installation", "company", "collects")
"""Who a creditor is: for good once anything came from it, but for an organisation number that was not known."""
MONEY_OPEN = {"interim_account": Account.UNPLACED, "refund_account": Account.OVERPAID, "overpayment": Account.OVERPAID}
"""Items that money on its way depends on: it must leave the account that it was booked on."""
_SETUP = {table.name for table in TABLES} | {"agreement_creditor", "kid_structure"}


def refusals(connection: sa.Connection, after: OfficeSetup) -> list[KravbroError]:
    """Everything that keeps the set-up from becoming this one.

    Stop `office.setup_in_use`, `office.setup_kept`, `office.setup_money_open`, DataFault
    `office.agreement_holder_fixed`.
    """
    before = standing_office(connection)
    return [
        *_of_workflows(connection, before, after),
        *_of_creditors(connection, before, after),
        *_of_agreements(connection, before, after),
    ]


def _of_workflows(connection: sa.Connection, before: OfficeSetup, after: OfficeSetup) -> Iterator[Stop]:
    was, now = subjects(before), subjects(after)
    for code in before.workflows:
        subject = workflow_subject(code)
        change = _changed(was, now, subject, ("starts_after_notice",))
        if code not in after.workflows or change:
            count = _count(connection, t.case.c.workflow == code)
            yield from _held(subject, change, count, "case", gone=code not in after.workflows)


def _of_creditors(connection: sa.Connection, before: OfficeSetup, after: OfficeSetup) -> Iterator[Stop]:
    was, now = subjects(before), subjects(after)
    for number, one in before.creditors.items():
        subject, gone = creditor_subject(number), number not in after.creditors
        fixed = [item for item in WHOSE if item != "organisation_number" or one.creditor.organisation_number]
        change = _changed(was, now, subject, tuple(fixed))
        if gone or change:
            yield from _held(subject, change, *_used_by(connection, number), gone=gone)
        for sub in one.sub_ledgers:
            item = f"receivable_account.{sub.type}"
            change = {} if gone else _changed(was, now, subject, (item,))
            used = (t.claim.c.creditor == number, t.claim.c.sub_ledger_type == sub.type)
            if change:
                yield from _held(subject, change, _count(connection, *used), "claim", gone=False)
        yield from _of_open_money(connection, number, {} if gone else _changed(was, now, subject, tuple(MONEY_OPEN)))
        emptied = not gone and one.creditor.intermediate_account and not now[subject][INTERMEDIATE]
        if emptied:
            change = _changed(was, now, subject, (INTERMEDIATE,))
            yield from _held(subject, change, _moved(connection, number), "journal_row", gone=False)


def _of_open_money(connection: sa.Connection, creditor: int, change: dict[str, tuple[str, str]]) -> Iterator[Stop]:
    """An account stays while money is on it, or is to be booked on it."""
    for item, (before, after) in change.items():
        on_account = (t.journal.c.creditor == creditor, t.journal_row.c.account == MONEY_OPEN[item].value)
        rows = sa.join(t.journal_row, t.journal, t.journal.c.number == t.journal_row.c.journal)
        total = sa.cast(sa.func.coalesce(sa.func.sum(t.journal_row.c.amount_ore), 0), Ore)
        open_ore = int(connection.execute(sa.select(total).select_from(rows).where(*on_account)).scalar_one())
        waiting = sa.select(sa.func.count()).select_from(rows).where(*on_account, *unposted(creditor))
        count = int(connection.execute(waiting).scalar_one())
        if open_ore or count:
            told = {"before": before, "after": after, "amount": format_kroner(abs(open_ore)), "count": count}
            yield Stop("office.setup_money_open", subject=creditor_subject(creditor), item=item, **told)


def _of_agreements(connection: sa.Connection, before: OfficeSetup, after: OfficeSetup) -> Iterator[KravbroError]:
    for account, one in before.agreements.items():
        wanted = after.agreements.get(account)
        if wanted is not None and wanted.holder == one.holder:
            continue
        count = _count(connection, t.payment.c.account_number == account)
        if count and wanted is None:
            yield Stop("office.setup_kept", subject=agreement_subject(account), count=count, used_by="payment")
        elif count:
            yield DataFault("office.agreement_holder_fixed", account=account, creditor=one.holder)


def _changed(
    was: dict[str, dict[str, str]], now: dict[str, dict[str, str]], subject: str, items: tuple[str, ...]
) -> dict[str, tuple[str, str]]:
    """Those of the items that change in a subject, from what to what. Nothing changes in one that goes."""
    if subject not in now:
        return {}
    pairs = {item: (was[subject].get(item, ""), now[subject].get(item, "")) for item in items}
    return {item: (before, after) for item, (before, after) in pairs.items() if before != after}


def _held(subject: str, change: dict[str, tuple[str, str]], count: int, used_by: str, *, gone: bool) -> Iterator[Stop]:
    """Why what is in use stays as it is."""
    if not count:
        return
    if gone:
        yield Stop("office.setup_kept", subject=subject, count=count, used_by=used_by)
    for item, (before, after) in change.items():
        told = {"before": before, "after": after, "count": count, "used_by": used_by}
        yield Stop("office.setup_in_use", subject=subject, item=item, **told)


def _count(connection: sa.Connection, *where: sa.ColumnElement[bool]) -> int:
    return int(connection.execute(sa.select(sa.func.count()).where(*where)).scalar_one())


def _used_by(connection: sa.Connection, creditor: int) -> tuple[int, str]:
    """How many rows a table has of a creditor beside its set-up, and the table: the first that has any."""
    for name, table in sorted(t.office.tables.items()):
        if "creditor" in table.c and name not in _SETUP:
            count = _count(connection, table.c.creditor == creditor)
            if count:
                return count, name
    return 0, ""


def _moved(connection: sa.Connection, creditor: int) -> int:
    own = (t.journal.c.number == t.journal_row.c.journal, t.journal.c.creditor == creditor)
    return _count(connection, *own, t.journal_row.c.account == Account.INTERMEDIATE.value)


class Applied(msgspec.Struct, frozen=True):
    """What a change of the set-up did beside it: drafts made anew, as creditor and proposal."""

    drafts: tuple[tuple[int, int], ...] = ()


def change_office(
    connection: sa.Connection, expected: OfficeSetup, after: OfficeSetup, because: str, act: Act
) -> Applied:
    """Make the set-up, which was looked at and is `expected`, this one, which is sound.

    Raises Retry `office.setup_moved` if it is another by now, and the first of `refusals`.
    """
    before = standing_office(connection)
    if before != expected:
        raise Retry("office.setup_moved")
    for refusal in refusals(connection, after):
        raise refusal
    rows = rows_of(after)
    for table in TABLES:
        write_rows(connection, table, rows[table.name], act)
    holders = _change_agreements(connection, before, after, because, act)
    for table in reversed(TABLES):
        remove_rows(connection, table, rows[table.name])
    was, now = subjects(_without_agreements(before)), subjects(_without_agreements(after))
    setup_changes.record(connection, t.counter, differences(was, now), act, because)
    touched = holders | {number for number, one in after.creditors.items() if _differs(before, number, one)}
    drafts = ((number, remake_draft(connection, number, act)) for number in sorted(touched))
    return Applied(tuple((number, draft) for number, draft in drafts if draft is not None))


def _change_agreements(
    connection: sa.Connection, before: OfficeSetup, after: OfficeSetup, because: str, act: Act
) -> set[int]:
    """Remove, change and add agreements; answers the holders of those that changed."""
    holders = set()
    for account, one in before.agreements.items():
        if account not in after.agreements:
            agreements.remove(connection, one, act, because)
    for account, wanted in after.agreements.items():
        stood: Agreement | None = before.agreements.get(account)
        if stood is None:
            agreements.write_new(connection, wanted, act, because)
        elif agreements.agreement_values(stood) != agreements.agreement_values(wanted):
            agreements.write_changed(connection, stood, wanted, act, because)
            holders |= {stood.holder, wanted.holder}
    return holders


def _without_agreements(setup: OfficeSetup) -> OfficeSetup:
    return msgspec.structs.replace(setup, agreements={})


def _differs(before: OfficeSetup, number: int, one: CreditorSetup) -> bool:
    return number in before.creditors and before.creditors[number] != one
