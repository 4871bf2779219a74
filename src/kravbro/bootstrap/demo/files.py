"""The whole main job on files of one's own: another ledger's file, and the bank's payments.

The company becomes number 1, its office a creditor that collects for itself and sends the statutory notice itself, and
each account of the payment file gets an agreement with KIDs as the ledger's. The business date is the last day that the
files tell of: the ledger's period ends before a bank can have sent payments of claims that are overdue then.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from hashlib import sha256

import msgspec

from kravbro.books.commands.ledger_import import Imported
from kravbro.books.commands.proposals import approve_proposal, delete_proposal, generate_proposal
from kravbro.books.importing.source import Source
from kravbro.books.queries.companies import company_shown, sub_ledger_accounts
from kravbro.books.queries.open_items import invoice_kids
from kravbro.books.queries.proposals import proposals
from kravbro.books.standard_setup import (
    BANK,
    COST_INCOME,
    FEE_INCOME,
    INTEREST_INCOME,
    INTERIM,
    REFUNDS,
    TO_COLLECTOR,
    TRANSFER,
)
from kravbro.bootstrap.demo.run import (
    Demo,
    OnStep,
    Result,
    add_setup,
    approve_postings,
    deliver_vouchers,
    fetch_again,
    fetch_transactions,
    reconcile_all,
    result_of,
    transfer_claims,
    unseen,
)
from kravbro.bootstrap.demo.setting import BANK_ACCOUNTS
from kravbro.bootstrap.demo.tally import tally
from kravbro.bootstrap.demo.world import MUNICIPALITY, Size
from kravbro.bootstrap.ledger_file import import_ledger_file
from kravbro.bootstrap.setup.description import Setup
from kravbro.bridge.cursor import Carried, OnPage, silently
from kravbro.bridge.joined import PAGE
from kravbro.bridge.reconcile import Reconciliation
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Skip
from kravbro.core.identifiers import kid
from kravbro.db.engines import reading, writing
from kravbro.db.place import Place, company_owner
from kravbro.engine.clock import Clock
from kravbro.office.bank_files import BankFile
from kravbro.office.creditors import Agreement, Creditor, KidStructure, Names, agreements
from kravbro.office.kid_structures import SHORTEST_CASE_KID
from kravbro.office.payment_import import import_payments
from kravbro.office.whole_setup import CreditorSetup, OfficeSetup, SubLedgerSetup, Workflow

COMPANY = 1
WORKFLOW, WORKFLOW_NAME = "FIL", "Egeninkasso på importert reskontro"
CASE_KID_LENGTHS = (*range(11, kid.LONGEST + 1), *range(10, SHORTEST_CASE_KID - 1, -1))
"""Lengths that a case KID may have; the first that no invoice KID has is taken."""
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
"""The business dates that the law here can be asked for."""


class LedgerFile(msgspec.Struct, frozen=True):
    """Another ledger's file: its bytes, and what they were read as."""

    data: bytes
    source: Source


class PaymentFile(msgspec.Struct, frozen=True):
    """The bank's file under its name."""

    name: str
    content: BankFile


class FilesResult(Result, frozen=True):
    """What a run did: as any demo, with the business date and what came of the ledger's file."""

    on: date
    imported: Imported


class _Run(msgspec.Struct, frozen=True):
    demo: Demo
    ledger: LedgerFile
    payments: PaymentFile | None


def business_date(source: Source, payments: PaymentFile | None, today: date) -> date:
    """The last day that the files tell of; today if that is a day for which there can be no law."""
    days = [source.end, *(one.settlement_date for one in (payments.content.payments if payments else ()))]
    return max(days) if FIRST_DAY <= max(days) <= LAST_DAY else today


def run_on_files(
    place: Place,
    clock: Clock,
    ledger: LedgerFile,
    payments: PaymentFile | None = None,
    *,
    on: date | None = None,
    page: int = PAGE,
    on_step: OnStep = unseen,
    on_page: OnPage = silently,
) -> FilesResult:
    """Run the whole main job on files; a run that was killed goes on, and a second run creates nothing.

    Raises as `import_ledger_file`, `add_agreement` and `import_payments` do.
    """
    start = clock.elapsed()
    day = on or business_date(ledger.source, payments, clock.today())
    demo = Demo(place, clock, Size({COMPANY: 0}), page, on_step, on_page, on=day)
    run = _Run(demo, ledger, payments)
    done: list[Imported] = []
    demo.step("file_import", lambda: _import(run, done))
    demo.step("file_set_up", lambda: _set_up(run))
    before = tally(demo.site())
    demo.step("file_proposals", lambda: _propose(run))
    claims: dict[str, Carried] = {}
    demo.step("transfer", lambda: transfer_claims(demo, claims))
    demo.step("fetch", lambda: fetch_transactions(demo))
    if payments is not None:
        demo.step("file_payments", lambda: _pay(run, payments))
    demo.step("posting", lambda: approve_postings(demo))
    demo.step("deliver", lambda: deliver_vouchers(demo))
    demo.step("statuses", lambda: fetch_again(demo))
    found: list[Reconciliation] = []
    demo.step("reconcile", lambda: reconcile_all(demo, found))
    seconds = (clock.elapsed() - start).total_seconds()
    result = result_of(claims["claims"], before, tally(demo.site()), found[0], seconds)
    return FilesResult(**msgspec.structs.asdict(result), on=day, imported=done[0])


def _import(run: _Run, done: list[Imported]) -> dict[str, object]:
    act = run.demo.act("accountant")
    imported = import_ledger_file(run.demo.place, COMPANY, run.ledger.source, run.ledger.data, act)
    done.append(imported)
    return {
        "customers": imported.customers,
        "invoices": imported.invoices,
        "credit_notes": imported.credit_notes,
        "payments": imported.payments,
        "known": imported.known,
        "unresolved": len(imported.unresolved),
    }


def _set_up(run: _Run) -> dict[str, object]:
    """The office: a creditor for the company, and an agreement for each account that money comes on."""
    demo = run.demo
    with reading(demo.place.open(company_owner(COMPANY))) as connection:
        types, kids = sub_ledger_accounts(connection), invoice_kids(connection)
    accounts = sorted({one.account_number for one in run.payments.content.payments}) if run.payments else []
    structures = kid_structures(kids)
    creditor = _creditor(demo)
    with reading(demo.place.open("office")) as connection:
        known = agreements(connection)
    wanted = accounts or ([] if known else [BANK_ACCOUNTS[MUNICIPALITY]])
    sub_ledgers = tuple(SubLedgerSetup(code, account, WORKFLOW) for code, account in types.items())
    office = OfficeSetup(
        {WORKFLOW: Workflow(WORKFLOW, WORKFLOW_NAME, starts_after_notice=False)},
        {COMPANY: CreditorSetup(creditor, {}, sub_ledgers)},
        {
            account: Agreement(account, COMPANY, creditor.name, structures, (COMPANY,))
            for account in wanted
            if account not in known
        },
    )
    add_setup(demo, Setup(own=office))
    return {"creditor": creditor.name, "accounts": len(accounts), "on": demo.on}


def _creditor(demo: Demo) -> Creditor:
    with reading(demo.place.open("system")) as connection:
        company = company_shown(connection, COMPANY)
    assert company is not None  # noqa: S101 - the import listed it
    return Creditor(
        number=COMPANY,
        name=company.name,
        organisation_number=company.organisation_number,
        ledger_installation=demo.site().ledger.identify().installation,
        company=COMPANY,
        money_account=BANK,
        interest_account=INTEREST_INCOME,
        fee_account=FEE_INCOME,
        cost_account=COST_INCOME,
        interim_account=INTERIM,
        refund_account=REFUNDS,
    )


def kid_structures(kids: Iterable[str]) -> tuple[KidStructure, ...]:
    """KID structures that these invoice KIDs have, and one for cases that none of them has.

    The bank tells KIDs apart by length; of one length that method is taken which most of them fit. Raises DataFault
    `demo.kid_lengths_taken` if the invoices have KIDs of every length.
    """
    by_length: defaultdict[int, list[str]] = defaultdict(list)
    for one in kids:
        by_length[len(one)].append(one)
    invoices = []
    for length, theirs in sorted(by_length.items()):
        fitting = Counter({method: len(theirs) - len(kid.wrong(theirs, method)) for method in kid.METHODS})
        invoices.append(KidStructure(length, max(kid.METHODS, key=lambda method: fitting[method]), Names.INVOICE))
    of_case = next((length for length in CASE_KID_LENGTHS if length not in by_length), None)
    if of_case is None:
        raise DataFault("demo.kid_lengths_taken", shortest=min(CASE_KID_LENGTHS), longest=max(CASE_KID_LENGTHS))
    return (KidStructure(of_case, "mod10", Names.CASE), *invoices)


def _propose(run: _Run) -> dict[str, object]:
    """Propose and approve everything overdue, of each sub-ledger type. A proposal of nothing is deleted again."""
    act = Act("accountant", run.demo.on, run.demo.clock.now())
    asked = f"{run.demo.on} {sha256(run.ledger.data).hexdigest()[:20]}"
    lines = 0
    with writing(run.demo.place.open(company_owner(COMPANY))) as connection:
        for code in sub_ledger_accounts(connection):
            number = generate_proposal(connection, code, TO_COLLECTOR[0], act, f"demo {asked} {code}")
            (made,) = proposals(connection, after=number - 1, limit=1)
            if made.state == "draft" and not made.lines:
                delete_proposal(connection, number, act)
            elif made.state == "draft":
                approve_proposal(connection, number, TRANSFER, True, act)
                lines += made.lines
    return {"lines": lines}


def _pay(run: _Run, payments: PaymentFile) -> dict[str, object]:
    content, name = payments.content, payments.name
    left_out = sum(one.transactions for one in content.left_out)
    act = run.demo.act("case handler")
    with writing(run.demo.place.open("office")) as connection:
        try:
            done = import_payments(connection, name, content.sha256, content.format, list(content.payments), act)
        except Skip as known:
            return {"count": 0, "unplaced": 0, "file": name, "left_out": left_out, "known": known.code}
    return {"count": done.new, "unplaced": done.unplaced, "file": name, "left_out": left_out, "known": ""}
