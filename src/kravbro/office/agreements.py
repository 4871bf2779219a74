"""Payment agreements: what makes one valid, and add, change, close and reopen, each with its history.

What a change does to vouchers that are proposed and not approved is done at once: the draft is made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, KravbroError, Stop
from kravbro.core.identifiers import bank_account as account_numbers
from kravbro.db.columns import written
from kravbro.office import tables as t
from kravbro.office.creditors import Agreement, Collects, Creditor, agreements, creditor_numbers, load_creditor
from kravbro.office.kid_structures import refuse_structures, structures_text
from kravbro.office.posting import remake_draft
from kravbro.office.setup_history import agreement_subject, changed, reason_given, record

LONGEST = {"name": 120, "bank_account": 10, "inbox": 500, "done_folder": 500}
"""Letters that each text of an agreement has room for."""
_HEAD = ("holder", "name", "bank_account", "inbox", "done_folder", "closed_on")
"""What stands in an agreement's own row."""
Folders = tuple[str, str, str]
"""An agreement's account, inbox, and folder for imported files."""


class Changed(msgspec.Struct, frozen=True):
    """What a change did: the items that differ, and the drafts that were made anew, as creditor and proposal."""

    items: tuple[str, ...]
    drafts: tuple[tuple[int, int], ...] = ()


def agreement_values(agreement: Agreement) -> dict[str, str]:
    """What an agreement says, item by item, as its history keeps it."""
    return {
        "holder": str(agreement.holder),
        "name": agreement.name,
        "bank_account": agreement.bank_account,
        "creditors": " ".join(map(str, sorted(agreement.creditors))),
        "structures": structures_text(agreement.structures),
        "inbox": agreement.inbox,
        "done_folder": agreement.done_folder,
        "closed_on": "" if agreement.closed_on is None else agreement.closed_on.isoformat(),
    }


def load_agreement(connection: sa.Connection, account_number: str) -> Agreement:
    """One payment agreement. Raises DataFault `office.no_such_account`."""
    found = agreements(connection, t.payment_agreement.c.account_number == account_number)
    if account_number not in found:
        raise DataFault("office.no_such_account", account=account_number)
    return found[account_number]


def add(connection: sa.Connection, agreement: Agreement, act: Act, because: str = "") -> bool:
    """Add a payment agreement; answers whether it is new. Adding it again as it stands changes nothing.

    Raises DataFault `identifiers.bank_account...` for its number, `office.setup_differs` if it stands otherwise, and as
    `refuse_agreement` does.
    """
    agreement = msgspec.structs.replace(
        agreement,
        account_number=account_numbers.validate(agreement.account_number),
        name=agreement.name.strip(),
        bank_account=agreement.bank_account.strip(),
        creditors=tuple(sorted(set(agreement.creditors))),
    )
    refuse_agreement(connection, agreement)
    values = agreement_values(agreement)
    for one in agreements(connection, t.payment_agreement.c.account_number == agreement.account_number).values():
        for item, there in agreement_values(one).items():
            if item != "closed_on" and there != values[item]:
                thing = f"payment agreement {one.account_number}"
                raise DataFault("office.setup_differs", thing=thing, column=item, stored=there, given=values[item])
        return False
    write_new(connection, agreement, act, because.strip())
    return True


def write_new(connection: sa.Connection, agreement: Agreement, act: Act, because: str) -> None:
    """Write an agreement that is sound and not there."""
    head = {item: getattr(agreement, item) for item in ("account_number", *_HEAD)}
    connection.execute(sa.insert(t.payment_agreement).values(**head, **written(act)))
    _write_parts(connection, agreement, act)
    record(connection, agreement_subject(agreement.account_number), {}, agreement_values(agreement), act, because)


def change_agreement(
    connection: sa.Connection, account_number: str, changes: dict[str, Any], because: str, act: Act
) -> Changed:
    """Change fields of an agreement (by the names of `Agreement`), for a reason.

    Raises DataFault `office.no_such_account`, `office.setup_reason_missing`, `office.agreement_holder_fixed` (money has
    come in on it, and is in the books of its holder) and as `refuse_agreement` does; Skip `office.setup_unchanged`.
    """
    before = load_agreement(connection, account_number)
    after = msgspec.structs.replace(before, **changes)
    subject = agreement_subject(account_number)
    because = reason_given(because, subject)
    if after.holder != before.holder:
        _refuse_new_holder(connection, before)
    refuse_agreement(connection, after)
    items = write_changed(connection, before, after, act, because)
    draft = remake_draft(connection, after.holder, act) if "bank_account" in items else None
    return Changed(tuple(items), () if draft is None else ((after.holder, draft),))


def write_changed(connection: sa.Connection, before: Agreement, after: Agreement, act: Act, because: str) -> list[str]:
    """Write an agreement that is sound over what it was; answers the items. Raises Skip `office.setup_unchanged`."""
    account = before.account_number
    values = (agreement_values(before), agreement_values(after))
    items = changed(connection, agreement_subject(account), *values, act, because)
    here = t.payment_agreement.c.account_number == account
    head = {item: getattr(after, item) for item in _HEAD}
    connection.execute(sa.update(t.payment_agreement).where(here).values(**head, **written(act)))
    _remove_parts(connection, account)
    _write_parts(connection, after, act)
    return items


def remove(connection: sa.Connection, agreement: Agreement, act: Act, because: str) -> None:
    """Remove an agreement on which no money came in. Its history stays."""
    values = agreement_values(agreement)
    account = agreement.account_number
    record(connection, agreement_subject(account), values, dict.fromkeys(values, ""), act, because)
    _remove_parts(connection, account)
    connection.execute(sa.delete(t.payment_agreement).where(t.payment_agreement.c.account_number == account))


def close_agreement(connection: sa.Connection, account_number: str, on: date, because: str, act: Act) -> Changed:
    """Close a payment agreement: money settled on that day or later is taken, but not placed by itself."""
    return change_agreement(connection, account_number, {"closed_on": on}, because, act)


def reopen_agreement(connection: sa.Connection, account_number: str, because: str, act: Act) -> Changed:
    """Open an agreement again that was closed. What came in meanwhile stays where it is."""
    return change_agreement(connection, account_number, {"closed_on": None}, because, act)


def refuse_agreement(connection: sa.Connection, agreement: Agreement) -> None:
    """Raise Stop `office.no_such_creditor`, or DataFault, unless money can go from the account to all that it serves.

    `office.agreement_text` (a text that is missing or too long), `office.agreement_serves_nobody`, what
    `refuse_structures` says, `office.inbox_folders`, and what `refuse_passage` says of the holder with each creditor.
    """
    named = creditor_numbers(connection)
    concerned = [number for number in (agreement.holder, *agreement.creditors) if number in named]
    creditors = {number: load_creditor(connection, number) for number in concerned}
    folders = _other_folders(connection, agreement)
    for fault in agreement_faults(agreement, creditors, folders):
        raise fault


def agreement_faults(
    agreement: Agreement, creditors: Mapping[int, Creditor], folders: Iterable[Folders]
) -> Iterator[KravbroError]:
    """Everything that `refuse_agreement` refuses in an agreement, given its creditors and the folders of all others."""
    account = agreement.account_number
    for item, longest in LONGEST.items():
        text = getattr(agreement, item)
        if len(text) > longest or (item == "name" and not text):
            yield DataFault("office.agreement_text", account=account, item=item, longest=longest)
    for number in sorted({agreement.holder, *agreement.creditors} - creditors.keys()):
        yield Stop("office.no_such_creditor", creditor=number)
    holder = creditors.get(agreement.holder)
    if agreement.bank_account and holder is not None and not holder.keeps_ledger:
        yield DataFault("office.house_without_books", account=account, creditor=holder.number)
    if not agreement.creditors:
        yield DataFault("office.agreement_serves_nobody", account=account)
    yield from _raised(refuse_structures, account, agreement.structures, agreement.creditors)
    yield from _raised(_refuse_folders, agreement, folders)
    for number in agreement.creditors:
        if holder is not None and number in creditors:
            yield from _raised(refuse_passage, holder, creditors[number], account)


def _raised(refuse: Callable[..., None], *of: object) -> Iterator[KravbroError]:
    """What a rule raises, if it does."""
    try:
        refuse(*of)
    except KravbroError as error:
        yield error


def refuse_passage(holder: Creditor, creditor: Creditor, account_number: str) -> None:
    """Raise DataFault unless money on the holder's account can be booked for the creditor.

    `office.house_has_no_claims`; `office.intermediate_missing` names who lacks its account towards other creditors;
    `office.house_serves_agency` says that the creditor's books have a bank account of its own, and no agency to owe it.
    """
    if not creditor.keeps_ledger:
        raise DataFault("office.house_has_no_claims", account=account_number, creditor=creditor.number)
    if creditor.number == holder.number:
        return
    if not holder.keeps_ledger:
        if creditor.collects is not Collects.AGENCY:
            raise DataFault("office.house_serves_agency", account=account_number, creditor=creditor.number)
        return
    for one in (holder, creditor):
        if not one.intermediate_account:
            raise DataFault("office.intermediate_missing", creditor=one.number)


def _other_folders(connection: sa.Connection, agreement: Agreement) -> list[Folders]:
    own = t.payment_agreement.c
    columns = (own.account_number, own.inbox, own.done_folder)
    others = sa.select(*columns).where(own.account_number != agreement.account_number).order_by(own.account_number)
    rows = connection.execute(others).all() if agreement.inbox or agreement.done_folder else []
    return [(account, inbox, done_folder) for account, inbox, done_folder in rows]


def _refuse_folders(agreement: Agreement, others: Iterable[Folders]) -> None:
    """Imported files go out of all inboxes, and those of one inbox to one folder."""
    for account, inbox, done_folder in [(agreement.account_number, agreement.inbox, agreement.done_folder), *others]:
        into_inbox = bool(
            (agreement.done_folder and agreement.done_folder == inbox)
            or (done_folder and done_folder == agreement.inbox)
        )
        if into_inbox or (inbox and inbox == agreement.inbox and done_folder != agreement.done_folder):
            raise DataFault(
                "office.inbox_folders",
                account=agreement.account_number,
                inbox=agreement.inbox or "–",
                done=agreement.done_folder or "–",
                other=account,
            )


def _refuse_new_holder(connection: sa.Connection, agreement: Agreement) -> None:
    payment = t.payment.c
    came = sa.select(payment.number).where(payment.account_number == agreement.account_number).limit(1)
    if connection.execute(came).scalar() is not None:
        raise DataFault("office.agreement_holder_fixed", account=agreement.account_number, creditor=agreement.holder)


def _remove_parts(connection: sa.Connection, account: str) -> None:
    for table in (t.kid_structure, t.agreement_creditor):
        connection.execute(sa.delete(table).where(table.c.account_number == account))


def _write_parts(connection: sa.Connection, agreement: Agreement, act: Act) -> None:
    """Write the rows inside an agreement: whom it serves, and its KID structures."""
    account = agreement.account_number
    served = [{"account_number": account, "creditor": one, **written(act)} for one in agreement.creditors]
    connection.execute(sa.insert(t.agreement_creditor), served)
    structures = [
        {
            "account_number": account,
            "length": one.length,
            "prefix": one.prefix,
            "method": one.method,
            "names": one.names.value,
            "creditor": one.creditor,
            **written(act),
        }
        for one in agreement.structures
    ]
    if structures:
        connection.execute(sa.insert(t.kid_structure), structures)
