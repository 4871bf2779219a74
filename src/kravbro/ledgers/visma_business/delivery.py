"""The collector's vouchers on their way into the ERP: judged, numbered, kept by key, and delivered in one of two ways.

As rows of the batch tables they are committed together with our key row. As an import file the key row comes first: the
file is written under a name that nobody reads, the key row is committed, and then the file gets its own name, which it
can get only once. Each voucher is a batch of its own, so that a person updates or deletes it for itself.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Stop
from kravbro.core.fingerprints import fingerprint
from kravbro.core.movements import Because, Discrepancy
from kravbro.core.vouchers import Fate, Voucher, VoucherLine
from kravbro.db.columns import written
from kravbro.db.place import company_owner
from kravbro.formats import visma_import
from kravbro.formats.visma_import import EXTERNAL_APPLICATION
from kravbro.ledgers.visma_business import queries, tables
from kravbro.ledgers.visma_business.company import Company
from kravbro.ledgers.visma_business.customers import known_of
from kravbro.ledgers.visma_business.echoes import line_reference
from kravbro.ledgers.visma_business.entries import Entry
from kravbro.ledgers.visma_business.moments import day_number, day_of
from kravbro.ledgers.visma_business.setup import INT32_MAX, Way
from kravbro.mirror.source import Delivery

_PART = ".part"
_UNSAFE = re.compile("[^A-Za-z0-9_-]+")
_TEXT = 60


class Kept(msgspec.Struct, frozen=True, gc=False):
    """A voucher that was delivered, as our table has it."""

    key: str
    voucher_no: int
    fingerprint: str
    way: str
    folder: str
    after_journal: int
    delivered_on: date


class Lookups(msgspec.Struct, frozen=True):
    """What vouchers are judged by: customers, accounts (None: cannot be seen) and entries that are there."""

    customers: set[int]
    accounts: set[int] | None
    entries: Mapping[int, Entry]


def kept_vouchers(company: Company, keys: Collection[str]) -> dict[str, Kept]:
    """What we keep of these vouchers."""
    rows = company.over(queries.our_vouchers(), "keys", keys, company=company.number)
    return {row[0]: Kept(*row) for row in rows}


def take(company: Company, vouchers: Sequence[Voucher], act: Act) -> list[Delivery]:
    """Keep and deliver those vouchers that are new, in the open transaction; answers the fate of each that is not kept.

    A file is only prepared here: `publish` gives it its name when the transaction is committed. Raises DataFault
    `visma_business.changed_voucher` for a key that is known with other content, and Stop
    `visma_business.series_used_up`.
    """
    known = kept_vouchers(company, {voucher.key for voucher in vouchers})
    fresh: dict[str, Voucher] = {}
    for voucher in vouchers:
        print_ = known[voucher.key].fingerprint if voucher.key in known else fingerprint(voucher)
        if voucher.key in fresh:
            print_ = fingerprint(fresh[voucher.key])
        if print_ != fingerprint(voucher):
            raise DataFault("visma_business.changed_voucher", company=company.number, voucher=voucher.key)
        if voucher.key not in known:
            fresh[voucher.key] = voucher
    there = _lookups(company, fresh.values())
    judged = {key: _problem(company, voucher, there) for key, voucher in fresh.items()}
    good = [voucher for key, voucher in fresh.items() if not judged[key]]
    if good:
        _deliver(company, good, there, act)
    return [Delivery(key, Fate.REJECTED, act.on, because=problem) for key, problem in judged.items() if problem]


def _lookups(company: Company, vouchers: Collection[Voucher]) -> Lookups:
    lines = [line for voucher in vouchers for line in voucher.lines]
    customers = {line.customer_no for line in lines if line.customer_no is not None}
    accounts = {int(line.account) for line in lines if line.customer_no is None and _is_account(line.account)}
    entries = {line.claim_entry for line in lines if line.claim_entry is not None}
    sees_accounts = company.tables.has("accounts.number")
    return Lookups(
        company.known(queries.customer_numbers(company.tables), "customers", customers),
        company.known(queries.accounts(company.tables), "accounts", accounts) if sees_accounts else None,
        {entry.key: entry for entry in company.entries(entries)},
    )


def _is_account(account: str) -> bool:
    return account.isascii() and account.isdigit() and 0 < int(account) <= INT32_MAX


def _problem(company: Company, voucher: Voucher, there: Lookups) -> str:
    """Why the ledger cannot take a voucher: a code and facts as JSON, as the embedded ledger says it; empty: it can."""
    for line in voucher.lines:
        for code, facts in _problems(company, line, there):
            return msgspec.json.encode((code, {"company": company.number, "line": line.line_no, **facts})).decode()
    return ""


def _problems(company: Company, line: VoucherLine, there: Lookups) -> list[tuple[str, dict[str, object]]]:
    found: list[tuple[str, dict[str, object]]] = []
    if line.customer_no is not None:
        if line.customer_no not in there.customers:
            found.append(("visma_business.no_customer", {"customer": line.customer_no}))
        entry = there.entries.get(line.claim_entry or 0)
        if line.claim_entry is not None and (entry is None or entry.customer != line.customer_no):
            found.append(("visma_business.no_item", {"entry": line.claim_entry}))
    elif not _is_account(line.account) or (there.accounts is not None and int(line.account) not in there.accounts):
        found.append(("visma_business.no_account", {"account": line.account}))
    for unit, value in (("department", line.department), ("project", line.project)):
        if value and not (_is_account(value) and _unit_column(company, unit)):
            found.append(("visma_business.no_unit", {"unit": value}))
    return found


def _unit_column(company: Company, unit: str) -> str:
    """The column for departments or projects, where the set-up names one."""
    return company.setup.names.get(f"batch_lines.{unit}", "")


def _deliver(company: Company, vouchers: Sequence[Voucher], there: Lookups, act: Act) -> None:
    setup, number = company.setup, company.number
    first = company.next_voucher_no()
    if first + len(vouchers) - 1 > setup.last_voucher_no:
        raise Stop("visma_business.series_used_up", company=number, last=setup.last_voucher_no)
    journal = int(company.connection.execute(queries.last_journal(company.tables)).scalar() or 0)
    numbered = list(enumerate(vouchers, first))
    kept = [
        {
            "company": number,
            "voucher_key": voucher.key,
            "voucher_no": voucher_no,
            "fingerprint": fingerprint(voucher),
            "way": setup.delivery.value,
            "folder": setup.import_folder if setup.delivery is Way.FILE else "",
            "after_journal": journal,
            "delivered_on": act.on,
            **written(act),
        }
        for voucher_no, voucher in numbered
    ]
    company.connection.execute(queries.new_row(tables.voucher), kept)
    lines = [
        _kept_line(number, voucher_no, voucher.key, line) | written(act)
        for voucher_no, voucher in numbered
        for line in voucher.lines
    ]
    company.connection.execute(queries.new_row(tables.voucher_line), lines)
    batches = [(voucher, _batch(company, voucher_no, voucher, there)) for voucher_no, voucher in numbered]
    if setup.delivery is Way.TABLES:
        _write_batches(company, [batch for _, batch in batches])
    else:
        units = tuple(column for unit in ("department", "project") if (column := _unit_column(company, unit)))
        for (voucher_no, voucher), (_, batch) in zip(numbered, batches, strict=True):
            file = import_path(number, setup.import_folder, voucher_no, voucher.key)
            _prepare(file, visma_import.ImportFile(number, (batch,), units))
        _keep_names(Path(setup.import_folder))


def _kept_line(company: int, voucher_no: int, key: str, line: VoucherLine) -> dict[str, object]:
    return {
        "company": company,
        "voucher_no": voucher_no,
        "line_no": line.line_no,
        "voucher_key": key,
        "customer": line.customer_no or 0,
        "entry": line.claim_entry or 0,
        "amount_ore": line.amount_ore,
    }


def _batch(company: Company, voucher_no: int, voucher: Voucher, there: Lookups) -> visma_import.Batch:
    """The batch of a voucher; a line without an amount would move nothing, and is left out."""
    lines = tuple(_line(company, voucher_no, voucher, line, there) for line in voucher.lines if line.amount_ore)
    return visma_import.Batch(voucher.dated, f"Kravbro {voucher.key}"[:_TEXT], lines)


def _line(company: Company, voucher_no: int, voucher: Voucher, line: VoucherLine, there: Lookups) -> visma_import.Line:
    setup = company.setup
    account, kind = int(line.account or 0) if line.customer_no is None else line.customer_no, setup.ledger_class
    if line.customer_no is not None:
        kind = setup.customer_class
    entry = there.entries.get(line.claim_entry or 0)
    debit = line.amount_ore > 0
    units = {unit: getattr(line, unit) for unit in ("department", "project") if _unit_column(company, unit)}
    return visma_import.Line(
        voucher_no=voucher_no,
        dated=voucher.dated,
        voucher_type=setup.voucher_type,
        amount_ore=abs(line.amount_ore),
        debit_account=account if debit else 0,
        debit_class=kind if debit else 0,
        credit_account=0 if debit else account,
        credit_class=0 if debit else kind,
        cross_reference=(entry.invoice_no or entry.reference or str(entry.voucher_no)) if entry else "",
        reference=line_reference(voucher_no, line.line_no),
        text=(line.text or voucher.text)[:_TEXT],
        units=tuple(int(value or 0) for value in units.values()),
    )


def _write_batches(company: Company, batches: Sequence[visma_import.Batch]) -> None:
    """Rows of the batch tables. A batch's number is only for the ERP: it is used again when the batch is gone."""
    last = int(company.connection.execute(queries.last_batch(company.tables)).scalar() or 0)
    heads, lines = [], []
    units = [unit for unit in ("department", "project") if _unit_column(company, unit)]
    for number, batch in enumerate(batches, last + 1):
        day = day_number(batch.value_date)
        heads.append(
            {"new_number": number, "new_value_date": day, "new_origin": EXTERNAL_APPLICATION, "new_text": batch.text}
        )
        for place, line in enumerate(batch.lines, 1):
            lines.append(
                {
                    "new_batch": number,
                    "new_number": place,
                    "new_voucher_no": line.voucher_no,
                    "new_voucher_date": day_number(line.dated),
                    "new_value_date": day,
                    "new_voucher_type": line.voucher_type,
                    "new_debit_account": line.debit_account,
                    "new_debit_class": line.debit_class,
                    "new_credit_account": line.credit_account,
                    "new_credit_class": line.credit_class,
                    "new_amount": Decimal(line.amount_ore).scaleb(-2),
                    "new_cross_reference": line.cross_reference,
                    "new_reference": line.reference,
                    "new_invoice_no": "",
                    "new_text": line.text,
                    "new_department": 0,
                    "new_project": 0,
                    **{f"new_{unit}": value for unit, value in zip(units, line.units, strict=True)},
                }
            )
    _insert(company, queries.new_batch(company.tables), heads)
    _insert(company, queries.new_batch_line(company.tables), lines)


def _insert(company: Company, statement: Any, rows: Sequence[dict[str, Any]]) -> None:
    taken = statement.compile().params.keys()
    company.connection.execute(statement, [{name: row[name] for name in taken} for row in rows])


def import_path(company: int, folder: str, voucher_no: int, key: str) -> Path:
    """Where a voucher's file is read from: a name with its company, number and key."""
    return Path(folder) / f"{company_owner(company)}_{voucher_no}_{_UNSAFE.sub('_', key)[:80]}.txt"


def _prepare(file: Path, content: visma_import.ImportFile) -> None:
    """Write a file under a name that nobody reads. Raises Stop `visma_business.import_folder`."""
    try:
        with file.with_suffix(_PART).open("wb") as opened:
            opened.write(visma_import.render(content))
            opened.flush()
            os.fsync(opened.fileno())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Stop("visma_business.import_folder", folder=str(file.parent), reason=reason) from error


def publish(company: Company, kept: Collection[Kept]) -> None:
    """Give the files of these vouchers their own names, each once: from then on the other name is gone.

    Each lies where it was prepared, whatever folder the set-up names by now.
    """
    renamed: set[Path] = set()
    for one in kept:
        if one.way == Way.FILE:
            file = import_path(company.number, one.folder, one.voucher_no, one.key)
            try:
                file.with_suffix(_PART).rename(file)
            except FileNotFoundError:
                continue
            except OSError as error:
                reason = error.strerror or type(error).__name__
                raise Stop("visma_business.import_folder", folder=str(file.parent), reason=reason) from error
            renamed.add(file.parent)
    for folder in renamed:
        _keep_names(folder)


def _keep_names(folder: Path) -> None:
    """Have the names in a folder survive a power cut. Windows does so by itself, and lets nobody ask for it.

    Raises Stop `visma_business.import_folder`.
    """
    if os.name == "nt":
        return
    try:
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Stop("visma_business.import_folder", folder=str(folder), reason=reason) from error


def fates(company: Company, kept: Collection[Kept], act: Act) -> list[Delivery]:
    """What has become of vouchers: posted where entries of theirs are there, delivered where they wait, else deleted.

    Of one that was delivered by a file nothing can be said before it was seen among the batches: until then it counts
    as delivered. So does one that would be seen in the general ledger alone, where that cannot be read.
    """
    numbers = [one.voucher_no for one in kept]
    posted = _posted(company, kept)
    waiting = company.waiting(numbers) if company.sees_batches else set()
    hidden = _hidden(company, numbers)
    keys = [one.key for one in kept]
    seen = {row[0] for row in company.over(queries.seen_vouchers(), "keys", keys, company=company.number)}
    gone = {
        one.voucher_no
        for one in kept
        if one.voucher_no not in {*posted, *waiting, *hidden} and (one.way != Way.FILE or one.key in seen)
    }
    compressed = _compressed(company, gone, act.on) if gone and not company.sees_accounts else set()
    found = []
    for one in sorted(kept, key=lambda voucher: voucher.voucher_no):
        number = one.voucher_no
        if number in posted or number in compressed:
            found.append(Delivery(one.key, Fate.POSTED, posted.get(number) or act.on, str(number)))
        elif number in gone:
            found.append(Delivery(one.key, Fate.DELETED, act.on))
        else:
            found.append(Delivery(one.key, Fate.DELIVERED, one.delivered_on, unseen=number not in waiting))
    return found


def _hidden(company: Company, voucher_nos: Collection[int]) -> set[int]:
    """Those that only the general ledger would show when they are updated, where that cannot be read."""
    if company.sees_accounts:
        return set()
    shown = company.over(queries.vouchers_on_customers(), "vouchers", voucher_nos, company=company.number)
    return set(voucher_nos) - {row[0] for row in shown}


def _compressed(company: Company, voucher_nos: Collection[int], on: date) -> set[int]:
    """Those that were updated, and whose entries are gone since: their invoices show it."""
    of_vouchers = company.over(queries.customers_of_vouchers(), "vouchers", voucher_nos, company=company.number)
    customers = {row[0] for row in of_vouchers}
    of_customers = known_of(company, company.entries_that_matter(customers), on)
    return {line.voucher_no for _, known in of_customers for line in known.echoes.own.values()} & set(voucher_nos)


def lost(company: Company, told: Collection[Delivery], kept: Collection[Kept], on: date) -> list[Discrepancy]:
    """Those of the vouchers, by what is told of them, whose end nobody can see: a person must say what it was."""
    unseen_keys = {one.key for one in told if one.fate is Fate.DELIVERED and one.unseen}
    hidden = _hidden(company, [one.voucher_no for one in kept])
    found = []
    for one in kept:
        if one.key in unseen_keys and one.voucher_no in hidden and one.delivered_on < on:
            facts: dict[str, str | int] = {"company": company.number, "voucher": one.key, "number": one.voucher_no}
            because = Because("visma_business.end_unseen", facts)
            found.append(Discrepancy(f"voucher {one.key}", "end_unseen", 0, 0, None, because))
    return found


def unseen(company: Company, kept: Collection[Kept]) -> list[str]:
    """Vouchers of files that wait among the batches, and were not noted as seen there."""
    of_files = {one.voucher_no: one.key for one in kept if one.way == Way.FILE}
    if not of_files or not company.sees_batches:
        return []
    keys = {of_files[number] for number in company.waiting(of_files)}
    return sorted(
        keys - {row[0] for row in company.over(queries.seen_vouchers(), "keys", keys, company=company.number)}
    )


def note_seen(company: Company, keys: Sequence[str], act: Act) -> None:
    """Note vouchers as seen among the batches."""
    known = {row[0] for row in company.over(queries.seen_vouchers(), "keys", keys, company=company.number)}
    rows = [{"company": company.number, "voucher_key": key, **written(act)} for key in keys if key not in known]
    if rows:
        company.connection.execute(queries.new_row(tables.voucher_seen), rows)


def _posted(company: Company, kept: Collection[Kept]) -> dict[int, date | None]:
    """The numbers of vouchers that were updated, with the day where their entries tell it."""
    if not kept:
        return {}
    after = min(one.after_journal for one in kept)
    numbers = [one.voucher_no for one in kept]
    found: dict[int, date | None] = {}
    for entry in company.entries_of_vouchers(numbers, after):
        found[entry.voucher_no] = day_of(entry.changed_on)
    if company.sees_accounts:
        for number in company.posted_on_accounts(numbers, after):
            found.setdefault(number, None)
    return found
