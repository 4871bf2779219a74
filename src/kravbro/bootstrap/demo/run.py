"""The demo: the whole main job, step by step, on an installation of its own.

Every step may be killed anywhere and done again: it asks for what it wants by ids of its own, and what is there
already is left alone. So a run after a kill simply goes on, and a second run on the same place creates nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import msgspec

from kravbro.books.commands.installation import add_company, open_installation
from kravbro.books.commands.setup import set_up_company
from kravbro.bootstrap.demo import ledger_day, setting
from kravbro.bootstrap.demo.bank_file import PayableCase, bank_file
from kravbro.bootstrap.demo.tally import Tally, tally
from kravbro.bootstrap.demo.world import DEMO_DATE, WHOLE, Size, invoices
from kravbro.bootstrap.site import DEFAULT_FOLDER, Site, make_site
from kravbro.bridge.cursor import Carried, OnPage, silently
from kravbro.bridge.joined import PAGE
from kravbro.bridge.reconcile import Reconciliation, reconcile
from kravbro.bridge.streams import DELIVER, FETCH, TRANSFER, run
from kravbro.core.acts import Act
from kravbro.core.errors import Skip
from kravbro.db.engines import reading, writing
from kravbro.db.folder_place import FolderPlace
from kravbro.db.place import Place, company_owner
from kravbro.engine.clock import Clock
from kravbro.formats import ocr_giro
from kravbro.office.incoming import from_ocr_giro
from kravbro.office.payment_import import import_payments
from kravbro.office.posting import approve_posting, generate_posting
from kravbro.office.queries.cases import AcceptedClaim, claims_as_accepted
from kravbro.office.setup import add_agreement, add_creditor, add_sub_ledger, add_workflow, open_office

COMPANIES = tuple(setting.NAMES)
BANK_FILE = "OCR.D261113.T0101"


class Step(msgspec.Struct, frozen=True):
    """One finished step: its code (`demo.<code>` in the catalogues), the facts of its sentence, and its time."""

    code: str
    facts: dict[str, object]
    seconds: float


class Result(msgspec.Struct, frozen=True):
    """What a run did, as `kravbro demo --json` prints it. All are counts of this run; amounts in øre."""

    claims_ready: int
    claims_refused: int
    claims_waiting: int
    cases_created: int
    case_numbers_recorded: int
    payments_read: int
    payments_placed: int
    payments_unplaced: int
    vouchers_delivered: int
    ledger_transactions_applied: int
    reconciled_claims: int
    in_transit_ore: int
    differences: int
    seconds: float


OnStep = Callable[[Step], None]


def unseen(_step: Step) -> None:
    """Show steps to nobody."""


class Demo(msgspec.Struct, frozen=True):
    """One run of the demo on one place: how large, by which clock, and who is shown what it does."""

    place: Place
    clock: Clock
    size: Size
    page: int
    on_step: OnStep = unseen
    on_page: OnPage = silently
    inbox: Path | None = None
    """The folder for the bank's file. None: beside the databases, or for a server in the default folder."""
    on: date = DEMO_DATE
    companies: tuple[int, ...] = COMPANIES

    def act(self, actor: str) -> Act:
        """Somebody of the demo at work, on its business date."""
        return Act(actor, self.on, self.clock.now())

    def site(self) -> Site:
        """The installation, opened for the bridge. Which run carries a row is chance, so one job does all of them."""
        return Site(self.place, self.act("job bridge"), self.page)

    def step(self, code: str, work: Callable[[], dict[str, object]]) -> None:
        """Do one step, and show it."""
        start = self.clock.elapsed()
        facts = work()
        self.on_step(Step(code, facts, (self.clock.elapsed() - start).total_seconds()))

    def each_company(self, work: Callable[[int], int]) -> int:
        """Do something for each company; answers the sum."""
        return sum(work(company) for company in self.companies)

    def carry(self, streams: tuple[Callable[..., Carried], ...]) -> dict[str, Carried]:
        """Run streams for every company; answers what each did altogether."""
        total: dict[str, Carried] = {}
        for one in run(self.site().join(), streams, self.on_page):
            before = total.get(one.stream, Carried(one.stream, 0))
            total[one.stream] = Carried(
                one.stream,
                0,
                before.read + one.read,
                before.new + one.new,
                before.known + one.known,
                before.waiting + one.waiting,
            )
        return total


def run_demo(
    place: Place,
    clock: Clock,
    *,
    size: Size = WHOLE,
    page: int = PAGE,
    on_step: OnStep = unseen,
    on_page: OnPage = silently,
    inbox: Path | None = None,
) -> Result:
    """Run the whole main job in `place`, which is made if it is missing; a run that was killed goes on."""
    start = clock.elapsed()
    demo = Demo(place, clock, size, page, on_step, on_page, inbox)
    demo.step("set_up", lambda: set_up(demo))
    before = tally(demo.site())
    demo.step("invoices", lambda: _invoices(demo))
    demo.step("proposals", lambda: _proposals(demo))
    demo.step("transfers", lambda: _transfers(demo))
    claims: dict[str, Carried] = {}
    demo.step("transfer", lambda: transfer_claims(demo, claims))
    demo.step("ledger_money", lambda: _ledger_money(demo))
    demo.step("fetch", lambda: fetch_transactions(demo))
    demo.step("bank_file", lambda: _bank_file(demo))
    demo.step("posting", lambda: approve_postings(demo))
    demo.step("deliver", lambda: deliver_vouchers(demo))
    demo.step("statuses", lambda: fetch_again(demo))
    found: list[Reconciliation] = []
    demo.step("reconcile", lambda: reconcile_all(demo, found))
    seconds = (clock.elapsed() - start).total_seconds()
    return result_of(claims["claims"], before, tally(demo.site()), found[0], seconds)


def set_up(demo: Demo) -> dict[str, object]:
    """Make the databases, and set up ledger and office."""
    make_site(demo.place, COMPANIES)
    act = demo.act("operator")
    with writing(demo.place.open("system")) as connection:
        open_installation(connection, setting.LEDGER_ID, act)
        for company in COMPANIES:
            add_company(connection, company, setting.NAMES[company], setting.ORGANISATION_NUMBERS[company], act)
    for company in COMPANIES:
        with writing(demo.place.open(company_owner(company))) as connection:
            set_up_company(connection, setting.company_setup(company), act)
    _set_up_office(demo, act)
    return {"companies": len(COMPANIES)}


def _set_up_office(demo: Demo, act: Act) -> None:
    with writing(demo.place.open("office")) as connection:
        open_office(connection, setting.OFFICE_ID, act)
        for code, (name, starts_after_notice) in setting.WORKFLOWS.items():
            add_workflow(connection, code, name, starts_after_notice=starts_after_notice, act=act)
        for company in COMPANIES:
            add_creditor(connection, setting.creditor(company), act)
            for code in setting.SUB_LEDGERS[company]:
                add_sub_ledger(connection, company, code, setting.RECEIVABLES, setting.workflow_of(company), act)
            account = setting.BANK_ACCOUNTS[company]
            add_agreement(connection, account, company, setting.NAMES[company], setting.KID_STRUCTURES, act)


def _invoices(demo: Demo) -> dict[str, object]:
    def of(company: int) -> int:
        with writing(demo.place.open(company_owner(company))) as connection:
            return ledger_day.invoice_and_remind(connection, invoices(company, demo.size), demo.act("accountant"))

    return {"count": demo.each_company(of)}


def _proposals(demo: Demo) -> dict[str, object]:
    act = Act("accountant", ledger_day.PROPOSED_ON, demo.clock.now())

    def of(company: int) -> int:
        with writing(demo.place.open(company_owner(company))) as connection:
            return ledger_day.propose_and_approve(connection, company, act)

    return {"drafts": demo.each_company(of)}


def _transfers(demo: Demo) -> dict[str, object]:
    def of(company: int) -> int:
        act = demo.act("accountant")
        with writing(demo.place.open(company_owner(company))) as connection:
            posted = ledger_day.post_transfers(connection, company, act)
            return posted + ledger_day.pay_after_approval(connection, invoices(company, demo.size), act)

    return {"vouchers": demo.each_company(of)}


def transfer_claims(demo: Demo, claims: dict[str, Carried]) -> dict[str, object]:
    """Carry what is ready; `claims` gets what each stream did."""
    carried = demo.carry(TRANSFER)
    claims |= carried
    return {"ready": carried["claims"].read, "receipts": carried["receipts"].new, "waiting": carried["claims"].waiting}


def _ledger_money(demo: Demo) -> dict[str, object]:
    ledger = demo.site().ledger

    def of(company: int) -> int:
        accepted = [receipt.entry for receipt in ledger.recorded_receipts(company, 0, 2**31) if receipt.case_number]
        with writing(demo.place.open(company_owner(company))) as connection:
            items = {item.entry: item for item in ledger_day.items_by_invoice(connection).values()}
            transferred = [items[entry] for entry in accepted]
            return ledger_day.book_on_claims(connection, transferred, demo.act("accountant"))

    return {"vouchers": demo.each_company(of)}


def fetch_transactions(demo: Demo) -> dict[str, object]:
    """Fetch what the ledger booked on claims."""
    return {"count": demo.carry(FETCH)["transactions"].new}


def _bank_file(demo: Demo) -> dict[str, object]:
    content = bank_file({company: _payable(demo, company) for company in COMPANIES})
    file = _in_inbox(demo, content)
    parsed = ocr_giro.parse(content, str(file))
    with writing(demo.place.open("office")) as connection:
        try:
            done = import_payments(
                connection,
                file.name,
                sha256(content).hexdigest(),
                "ocr_giro",
                list(from_ocr_giro(parsed)),
                demo.act("case handler"),
            )
        except Skip as known:
            return {"count": 0, "unplaced": 0, "file": str(file), "known": known.code}
    return {"count": done.new, "unplaced": done.unplaced, "file": str(file), "known": ""}


def _payable(demo: Demo, creditor: int) -> list[PayableCase]:
    with reading(demo.place.open("office")) as connection:
        claims = claims_as_accepted(connection, creditor)
    by_case: dict[str, list[AcceptedClaim]] = {}
    for claim in claims:
        by_case.setdefault(claim.case_kid, []).append(claim)
    return [PayableCase(kid, tuple(claims)) for kid, claims in by_case.items()]


def _in_inbox(demo: Demo, content: bytes) -> Path:
    """The bank's file in the inbox, whole or not at all."""
    place = demo.place
    inbox = demo.inbox or (place.folder if isinstance(place, FolderPlace) else DEFAULT_FOLDER) / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    file = inbox / BANK_FILE
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(file)
    return file


def approve_postings(demo: Demo) -> dict[str, object]:
    """Propose and approve what is to be booked in the ledger."""

    def of(creditor: int) -> int:
        act = demo.act("supervisor")
        with writing(demo.place.open("office")) as connection:
            number = generate_posting(connection, creditor, act)
        if not number:
            return 0
        with writing(demo.place.open("office")) as connection:
            return approve_posting(connection, creditor, number, act).vouchers

    return {"vouchers": demo.each_company(of)}


def deliver_vouchers(demo: Demo) -> dict[str, object]:
    """Deliver, have the plumber's accountant post what came as drafts, and fetch the fate of all."""
    delivered = demo.carry(DELIVER)["vouchers"].new
    act = demo.act("accountant")

    def of(company: int) -> int:
        with writing(demo.place.open(company_owner(company))) as connection:
            return ledger_day.post_what_the_collector_sent(connection, setting.REGISTRAR, act)

    posted = demo.each_company(of)
    demo.carry(DELIVER)
    return {"delivered": delivered, "posted": posted}


def fetch_again(demo: Demo) -> dict[str, object]:
    """Fetch once more: our own vouchers must not come back as somebody's payments."""
    carried = demo.carry(FETCH)
    return {"transactions": carried["transactions"].new, "statuses": carried["statuses"].new}


def reconcile_all(demo: Demo, found: list[Reconciliation]) -> dict[str, object]:
    """Compare both sides; `found` gets the outcome."""
    result = reconcile(demo.site().join())
    found.append(result)
    return {"claims": result.claims, "differences": len(result.differences)}


def result_of(claims: Carried, before: Tally, after: Tally, found: Reconciliation, seconds: float) -> Result:
    """What a run did, from what there was before and after it."""
    return Result(
        claims_ready=claims.read,
        claims_refused=after.claims_refused - before.claims_refused,
        claims_waiting=claims.waiting,
        cases_created=after.cases - before.cases,
        case_numbers_recorded=after.case_numbers - before.case_numbers,
        payments_read=after.payments - before.payments,
        payments_placed=after.payments_placed - before.payments_placed,
        payments_unplaced=after.payments_unplaced - before.payments_unplaced,
        vouchers_delivered=after.vouchers_delivered - before.vouchers_delivered,
        ledger_transactions_applied=after.transactions - before.transactions,
        reconciled_claims=found.agreed,
        in_transit_ore=found.in_transit_ore,
        differences=len(found.differences),
        seconds=round(seconds, 3),
    )
