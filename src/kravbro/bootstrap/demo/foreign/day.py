"""The main job beside a foreign ledger, step by step: what `run.py` does with our own books, with a trial of another.

Every step may be killed anywhere and done again, and a second run on the same place creates nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import msgspec

from kravbro.bootstrap.demo import bank_day, setting
from kravbro.bootstrap.demo.bank_file import GIRO, Paid, PayableCase, ocr_giro_file
from kravbro.bootstrap.demo.foreign.trial import COUNT, Debt, Trial, changes, debts
from kravbro.bootstrap.demo.run import OnStep, Result, Step, Work, result_of, unseen
from kravbro.bootstrap.demo.tally import tally
from kravbro.bootstrap.demo.world import MUNICIPALITY
from kravbro.bootstrap.foreign import connect_ledger
from kravbro.bootstrap.setup.applying import apply_plan, plan, refuse_changes
from kravbro.bootstrap.setup.description import Setup
from kravbro.bootstrap.site import DEFAULT_FOLDER, Site
from kravbro.bridge.cursor import Carried, OnPage, silently
from kravbro.bridge.joined import PAGE
from kravbro.bridge.reconcile import Reconciliation, reconcile
from kravbro.bridge.streams import DELIVER, FETCH, TRANSFER, Stream, run
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.core.gate import Missing
from kravbro.core.identifiers import kid
from kravbro.db.engines import writing
from kravbro.db.folder_place import FolderPlace
from kravbro.db.place import Place
from kravbro.engine.clock import Clock
from kravbro.office.creditors import Agreement
from kravbro.office.posting import approve_posting, generate_posting
from kravbro.office.whole_setup import CreditorSetup, OfficeSetup, SubLedgerSetup

CREDITOR = MUNICIPALITY
FILE = "OCR.TRIAL"
OVERPAID_ORE, LOST_ORE = 250_00, 1_250_00


class ForeignDemo(msgspec.Struct, frozen=True):
    """One run beside one trial in one place."""

    place: Place
    clock: Clock
    trial: Trial
    count: int = COUNT
    page: int = PAGE
    on_step: OnStep = unseen
    on_page: OnPage = silently

    @property
    def on(self) -> date:
        """The business date: the day on which the trial was begun, so that a second run finds what the first made."""
        return self.trial.on

    @property
    def debts(self) -> tuple[Debt, ...]:
        """The invoices of the trial company."""
        return debts(self.on, self.count)

    def act(self, actor: str) -> Act:
        """Somebody of the demo at work."""
        return Act(actor, self.on, self.clock.now())

    def site(self) -> Site:
        """The installation, opened for the bridge."""
        return Site(self.place, self.act("job bridge"), self.page)

    def carry(self, streams: tuple[Stream, ...]) -> dict[str, Carried]:
        """Run streams for the company; answers what each did altogether."""
        total: dict[str, Carried] = {}
        site = self.site()
        for one in run(site.join(), streams, self.on_page):
            before = total.get(one.stream, Carried(one.stream, 0))
            counts = (getattr(before, name) + getattr(one, name) for name in ("read", "new", "known", "waiting"))
            total[one.stream] = Carried(one.stream, 0, *counts)
        site.ledger.close()
        return total


def run_foreign(demo: ForeignDemo) -> Result:
    """Run the main job beside the trial; a run that was killed goes on, a second one creates nothing."""
    start = demo.clock.elapsed()
    claims: dict[str, Carried] = {}
    found: list[Reconciliation] = []
    _step(demo, "trial_set_up", lambda: _set_up(demo))
    before = tally(demo.site())
    for code, work in _steps(demo, claims, found):
        _step(demo, code, work)
    seconds = (demo.clock.elapsed() - start).total_seconds()
    return result_of(claims["claims"], before, tally(demo.site()), found[0], seconds)


def _step(demo: ForeignDemo, code: str, work: Work) -> None:
    start = demo.clock.elapsed()
    facts = work()
    demo.on_step(Step(code, facts, (demo.clock.elapsed() - start).total_seconds()))


def _steps(
    demo: ForeignDemo, claims: dict[str, Carried], found: list[Reconciliation]
) -> Iterator[tuple[str, Callable[[], dict[str, object]]]]:
    yield "trial_invoices", lambda: _invoices(demo)
    yield "trial_proposals", lambda: {"count": demo.trial.propose(demo.debts)}
    yield "transfer", lambda: _transfer(demo, claims)
    yield "ledger_money", lambda: {"vouchers": demo.trial.book(changes(demo.debts, demo.on))}
    yield "fetch", lambda: {"count": demo.carry(FETCH)["transactions"].new}
    yield "bank_file", lambda: _bank_file(demo)
    yield "posting", lambda: _posting(demo)
    yield "trial_deliver", lambda: _deliver(demo)
    yield "statuses", lambda: _statuses(demo)
    yield "reconcile", lambda: _reconcile(demo, found)


def _set_up(demo: ForeignDemo) -> dict[str, object]:
    """Connect the installation with the trial, and set up its creditor.

    Raises DataFault `demo.ledger_lacks` for a trial that lacks something.
    """
    lacks = [one for one in connect_ledger(demo.place, demo.trial.connection(), demo.act("operator")) if one.needed]
    if lacks:
        raise DataFault("demo.ledger_lacks", thing=lacks[0].thing, cure=lacks[0].cure)
    decided = plan(demo.place, _setup(demo.trial), demo.act("operator"))
    refuse_changes(decided)
    apply_plan(demo.place, decided, "the demo", demo.act("operator"))
    return {"kind": demo.trial.connection().kind, "company": demo.trial.company}


def _setup(trial: Trial) -> Setup:
    accounts = trial.accounts
    creditor = msgspec.structs.replace(
        setting.creditor(CREDITOR),
        name=trial.name,
        ledger_installation="",
        company=trial.company,
        money_account=accounts.bank,
        interest_account=accounts.interest,
        fee_account=accounts.fees,
        cost_account=accounts.fees,
        interim_account=accounts.interim,
        refund_account=accounts.refunds,
        department="",
        identity_number_missing=Missing.WARN,
    )
    sub_ledgers = (SubLedgerSetup(trial.sub_ledger_type, accounts.receivable, "EGEN"),)
    account = setting.BANK_ACCOUNTS[CREDITOR]
    agreement = Agreement(account, CREDITOR, trial.name, setting.KID_STRUCTURES, (CREDITOR,))
    workflow = msgspec.structs.replace(setting.WORKFLOWS["EGEN"], starts_after_notice=False)
    own = OfficeSetup(
        {"EGEN": workflow}, {CREDITOR: CreditorSetup(creditor, sub_ledgers=sub_ledgers)}, {account: agreement}
    )
    return Setup("", setting.OFFICE_ID, {}, own)


def _invoices(demo: ForeignDemo) -> dict[str, object]:
    demo.trial.fill(demo.debts)
    return {"count": len(demo.debts)}


def _transfer(demo: ForeignDemo, claims: dict[str, Carried]) -> dict[str, object]:
    carried = demo.carry(TRANSFER)
    claims |= carried
    return {"ready": carried["claims"].read, "receipts": carried["receipts"].new, "waiting": carried["claims"].waiting}


def _bank_file(demo: ForeignDemo) -> dict[str, object]:
    content = ocr_giro_file({CREDITOR: _paid(bank_day.payable(demo.place, CREDITOR))}, demo.on)
    folder = demo.place.folder if isinstance(demo.place, FolderPlace) else DEFAULT_FOLDER
    file = bank_day.write_whole(folder / "inbox" / FILE, content)
    return bank_day.import_file(demo.place, file, content, demo.act("case handler"))


def _paid(cases: list[PayableCase]) -> list[Paid]:
    """Of each five cases one is paid exactly, one in half, one too much and one twice; and money that nobody knows."""
    paid = []
    for place, case in enumerate(cases):
        total_ore = case.total_ore
        amounts = {0: (total_ore,), 1: (total_ore // 2,), 2: (total_ore + OVERPAID_ORE,), 3: (total_ore, total_ore)}
        paid += [Paid(GIRO, case.kid, amount_ore) for amount_ore in amounts.get(place % 5, ())]
    return [*paid, Paid(GIRO, kid.make("9" * (setting.CASE_KID_LENGTH - 1), "mod10"), LOST_ORE)]


def _posting(demo: ForeignDemo) -> dict[str, object]:
    act = demo.act("supervisor")
    with writing(demo.place.open("office")) as connection:
        number = generate_posting(connection, CREDITOR, act)
    if not number:
        return {"vouchers": 0}
    with writing(demo.place.open("office")) as connection:
        return {"vouchers": approve_posting(connection, CREDITOR, number, act).vouchers}


def _deliver(demo: ForeignDemo) -> dict[str, object]:
    """Deliver, have the ledger's people post what waits for them, and fetch the fate of all."""
    delivered = demo.carry(DELIVER)["vouchers"].new
    posted = demo.trial.post_delivered()
    demo.carry(DELIVER)
    return {"delivered": delivered, "posted": posted}


def _statuses(demo: ForeignDemo) -> dict[str, object]:
    carried = demo.carry(FETCH)
    return {"transactions": carried["transactions"].new, "statuses": carried["statuses"].new}


def _reconcile(demo: ForeignDemo, found: list[Reconciliation]) -> dict[str, object]:
    site = demo.site()
    result = reconcile(site.join())
    site.ledger.close()
    found.append(result)
    return {"claims": result.claims, "differences": len(result.differences)}
