"""The demo: the whole main job, step by step, on an installation of its own.

Every step may be killed anywhere and done again: it asks for what it wants by ids of its own, and what is there
already is left alone. So a run after a kill simply goes on, and a second run on the same place creates nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import msgspec

from kravbro.books.queries.open_items import OpenItemShown
from kravbro.bootstrap.demo import bank_day, charging, handing_over, ledger_day, office_day, setting
from kravbro.bootstrap.demo.beside import beside, protected
from kravbro.bootstrap.demo.corrections import correct_in_ledger
from kravbro.bootstrap.demo.tally import Tally, tally
from kravbro.bootstrap.demo.world import CONVERTED, DEMO_DATE, MUNICIPALITY, PLUMBER, WHOLE, Size, handed_over, invoices
from kravbro.bootstrap.setup.applying import apply_plan, plan, refuse_changes
from kravbro.bootstrap.setup.description import Setup
from kravbro.bootstrap.site import DEFAULT_FOLDER, Site, make_site
from kravbro.bridge.cursor import Carried, OnPage, silently
from kravbro.bridge.joined import PAGE
from kravbro.bridge.reconcile import Reconciliation, reconcile
from kravbro.bridge.streams import DELIVER, FETCH, TRANSFER, run
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Retry
from kravbro.core.parties import Role
from kravbro.db.engines import Connection, reading, writing
from kravbro.db.folder_place import FolderPlace
from kravbro.db.place import Place, company_owner
from kravbro.engine.clock import Clock
from kravbro.formats import conversion_choices, earlier_claims
from kravbro.office.posting import approve_posting, generate_posting

OFFICES = (MUNICIPALITY, PLUMBER)
"""Where people do by hand what they do in every office; for the agency's clients the plumber stands."""
ATTEMPTS = 3
"""How often a set-up is decided anew when another run changed the same place meanwhile."""


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
    claims_converted: int
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
Work = Callable[[], dict[str, object]]


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
    """The folder for the bank's files. None: beside the databases, or for a server in the default folder."""
    on: date = DEMO_DATE

    @property
    def companies(self) -> tuple[int, ...]:
        """The companies' numbers."""
        return self.size.companies

    def folder(self, name: str) -> Path:
        """A folder for files beside the databases."""
        here = self.place.folder if isinstance(self.place, FolderPlace) else DEFAULT_FOLDER
        return here / name

    def act(self, actor: str) -> Act:
        """Somebody of the demo at work, on its business date."""
        return Act(actor, self.on, self.clock.now())

    def site(self) -> Site:
        """The installation, opened for the bridge. Which run carries a row is chance, so one job does all of them."""
        return Site(self.place, self.act("job bridge"), self.page)

    def step(self, code: str, work: Work) -> None:
        """Do one step, and show it."""
        start = self.clock.elapsed()
        facts = work()
        self.on_step(Step(code, facts, (self.clock.elapsed() - start).total_seconds()))

    def each_company(self, work: Callable[[int], int]) -> int:
        """Do something for each company; answers the sum."""
        return sum(work(company) for company in self.companies)

    def in_books(self, work: Callable[[int, Connection], int]) -> int:
        """Do something in each company's books, in one transaction each; answers the sum."""

        def of(company: int) -> int:
            with writing(self.place.open(company_owner(company))) as connection:
                return work(company, connection)

        return self.each_company(of)

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
    claims: dict[str, Carried] = {}
    found: list[Reconciliation] = []
    for code, work in _steps(demo, claims, found):
        demo.step(code, work)
    seconds = (clock.elapsed() - start).total_seconds()
    return result_of(claims["claims"], before, tally(demo.site()), found[0], seconds)


def _steps(demo: Demo, claims: dict[str, Carried], found: list[Reconciliation]) -> Iterator[tuple[str, Work]]:
    """The steps of a day after the set-up; those by hand in a full office only."""
    full = demo.size.full_office
    yield "invoices", lambda: _invoices(demo)
    if full:
        yield "parties", lambda: _parties(demo)
        yield "handed_over", lambda: _handed_over(demo)
    yield "proposals", lambda: _proposals(demo)
    yield "transfers", lambda: _transfers(demo)
    yield "transfer", lambda: transfer_claims(demo, claims)
    yield "ledger_money", lambda: _ledger_money(demo)
    if full:
        yield "corrections", lambda: _corrections(demo)
    yield "fetch", lambda: fetch_transactions(demo)
    yield "bank_file", lambda: _ocr_giro(demo)
    if full:
        yield "camt", lambda: _camt054(demo)
        yield "repetition", lambda: _sent_again(demo)
        yield "placing", lambda: _placing(demo)
        yield "by_hand", lambda: _by_hand(demo)
        yield "charges", lambda: _charges(demo)
        yield "without_ledger", lambda: _without_ledger(demo)
        yield "refunds", lambda: _refunds(demo)
        yield "returns", lambda: _returns(demo)
        yield "conversion", lambda: _conversion(demo)
    yield "posting", lambda: approve_postings(demo)
    yield "deliver", lambda: deliver_vouchers(demo)
    if full:
        yield "redelivery", lambda: _redelivery(demo)
    yield "statuses", lambda: fetch_again(demo)
    yield "reconcile", lambda: reconcile_all(demo, found)


def set_up(demo: Demo) -> dict[str, object]:
    """Make the databases, and set up ledger and office.

    Raises DataFault `demo.other_site` where there is an installation without the demo's companies.
    """
    make_site(demo.place, demo.companies)
    there = set(demo.place.owners())
    if missing := [str(company) for company in demo.companies if company_owner(company) not in there]:
        raise DataFault("demo.other_site", place=demo.place.name, companies=", ".join(missing))
    add_setup(demo, setting.whole_setup(demo.size))
    return {"companies": len(demo.companies), "clients": len(demo.companies) - 1}


def add_setup(demo: Demo, setup: Setup) -> None:
    """Add a set-up to what stands. Raises as `refuse_changes` and `apply_plan` do: nothing that stands is changed.

    Where another run sets up the same place, what is lacking is decided anew.
    """
    act = demo.act("operator")
    for attempt in range(1, ATTEMPTS + 1):
        decided = plan(demo.place, setup, act)
        refuse_changes(decided)
        try:
            apply_plan(demo.place, decided, "the demo", act)
        except Retry:
            if attempt == ATTEMPTS:
                raise
        else:
            return


def _invoices(demo: Demo) -> dict[str, object]:
    act = demo.act("accountant")

    def of(company: int, connection: Connection) -> int:
        return ledger_day.invoice_and_remind(connection, invoices(company, demo.size), act)

    return {"count": demo.in_books(of)}


def _parties(demo: Demo) -> dict[str, object]:
    act = demo.act("accountant")

    def of(company: int, connection: Connection) -> int:
        return ledger_day.people_beside(connection, company, demo.size, act)

    demo.in_books(of)
    hidden = sum(len(protected(company, demo.size)) for company in demo.companies)
    roles = Counter(one.role for company in demo.companies for one in beside(company, demo.size))
    return {"protected": hidden, **{role.value: roles[role] for role in Role}}


def _handed_over(demo: Demo) -> dict[str, object]:
    with writing(demo.place.open(company_owner(CONVERTED))) as connection:
        older = handed_over(CONVERTED, demo.size)
        return {"count": handing_over.hand_over(connection, older, demo.act("accountant"))}


def _proposals(demo: Demo) -> dict[str, object]:
    act = Act("accountant", ledger_day.PROPOSED_ON, demo.clock.now())

    def of(company: int, connection: Connection) -> int:
        return ledger_day.propose_and_approve(connection, company, demo.size, act)

    return {"drafts": demo.in_books(of)}


def _transfers(demo: Demo) -> dict[str, object]:
    act = demo.act("accountant")

    def of(company: int, connection: Connection) -> int:
        posted = ledger_day.post_transfers(connection, company, demo.size, act)
        return posted + ledger_day.pay_after_approval(connection, invoices(company, demo.size), act)

    return {"vouchers": demo.in_books(of)}


def transfer_claims(demo: Demo, claims: dict[str, Carried]) -> dict[str, object]:
    """Carry what is ready; `claims` gets what each stream did."""
    carried = demo.carry(TRANSFER)
    claims |= carried
    return {"ready": carried["claims"].read, "receipts": carried["receipts"].new, "waiting": carried["claims"].waiting}


def _ledger_money(demo: Demo) -> dict[str, object]:
    act = demo.act("accountant")

    def of(company: int, connection: Connection) -> int:
        return ledger_day.book_on_claims(connection, _transferred(demo, company, connection), act)

    return {"vouchers": demo.in_books(of)}


def _corrections(demo: Demo) -> dict[str, object]:
    act = demo.act("accountant")

    def of(company: int, connection: Connection) -> int:
        if company not in OFFICES:
            return 0
        return correct_in_ledger(connection, _transferred(demo, company, connection), act)

    return {"count": demo.in_books(of)}


def _transferred(demo: Demo, company: int, connection: Connection) -> list[OpenItemShown]:
    """The items that a collector has or had, in the order in which they went over; not those of older cases."""
    receipts = demo.site().ledger.recorded_receipts(company, 0, 2**31 - 1)
    others = {one.invoice_no for one in handed_over(company, demo.size)}
    items = {
        item.entry: item for item in ledger_day.items_by_invoice(connection).values() if item.invoice_no not in others
    }
    return [items[one.entry] for one in receipts if one.case_number and one.entry in items]


def fetch_transactions(demo: Demo) -> dict[str, object]:
    """Fetch what the ledger booked on claims."""
    return {"count": demo.carry(FETCH)["transactions"].new}


def _bank_file(demo: Demo, name: str, content: bytes) -> dict[str, object]:
    """Put a file into the inbox, and import it."""
    file = bank_day.write_whole((demo.inbox or demo.folder("inbox")) / name, content)
    return bank_day.import_file(demo.place, file, content, demo.act("case handler"))


def _ocr_giro(demo: Demo) -> dict[str, object]:
    return _bank_file(demo, bank_day.OCR_GIRO_FILE, bank_day.in_ocr_giro(demo.place, demo.size))


def _camt054(demo: Demo) -> dict[str, object]:
    return _bank_file(demo, bank_day.CAMT054_FILE, bank_day.in_camt054(demo.place, demo.size))


def _sent_again(demo: Demo) -> dict[str, object]:
    """The same payments once more, in another message of an older version."""
    content = bank_day.in_camt054(demo.place, demo.size, again=True)
    return _bank_file(demo, bank_day.CAMT054_FILE_AGAIN, content)


def _placing(demo: Demo) -> dict[str, object]:
    act = demo.act("case handler")
    with writing(demo.place.open("office")) as connection:
        holders = (*OFFICES, setting.AGENCY)
        return {"count": sum(office_day.place_what_is_clear(connection, one, act) for one in holders)}


def _by_hand(demo: Demo) -> dict[str, object]:
    claims = bank_day.accepted(demo.place, MUNICIPALITY)
    with writing(demo.place.open("office")) as connection:
        return {"acts": office_day.work_by_hand(connection, MUNICIPALITY, claims, demo.act("case handler"))}


def _charges(demo: Demo) -> dict[str, object]:
    claims, statute = bank_day.accepted(demo.place, MUNICIPALITY), demo.site().statute
    with writing(demo.place.open("office")) as connection:
        return {"acts": charging.charge_and_waive(connection, claims, statute, demo.act("case handler"))}


def _without_ledger(demo: Demo) -> dict[str, object]:
    statute = demo.site().statute
    with writing(demo.place.open("office")) as connection:
        done = charging.register_judgment(connection, MUNICIPALITY, statute, demo.act("case handler"))
    return {"amount_ore": done.principal_ore, "case": done.case}


def _refunds(demo: Demo) -> dict[str, object]:
    cases = bank_day.payable(demo.place, MUNICIPALITY)
    with writing(demo.place.open("office")) as connection:
        files = office_day.refund_overpaid(connection, MUNICIPALITY, cases, demo.act("case handler"))
    outbox = demo.folder("outbox") if demo.inbox is None else demo.inbox
    written = [bank_day.write_whole(outbox / f"{one.message_id}.xml", one.content) for one in files]
    total_ore = sum(one.sum_ore for one in files)
    return {"count": sum(one.refunds for one in files), "total_ore": total_ore, "file": ", ".join(map(str, written))}


def _returns(demo: Demo) -> dict[str, object]:
    """What the office gives back, and then what the creditors ask back in their ledgers: the office hears it last."""
    wanted = office_day.returns_wished_for(
        bank_day.accepted(demo.place, MUNICIPALITY), bank_day.payable(demo.place, MUNICIPALITY)[2].claims[0]
    )
    with writing(demo.place.open("office")) as connection:
        given = office_day.give_claims_back(connection, wanted, demo.act("case handler"))

    def of(company: int, connection: Connection) -> int:
        if company not in OFFICES:
            return 0
        return ledger_day.ask_back(connection, _transferred(demo, company, connection), demo.act("accountant"))

    asked = demo.in_books(of)
    demo.carry(FETCH)
    return {"asked": asked, "given": given}


def _conversion(demo: Demo) -> dict[str, object]:
    """Join what was handed over before with the older cases, from two tables as people write them."""
    older = handed_over(CONVERTED, demo.size)
    inbox = demo.inbox or demo.folder("inbox")
    told = earlier_claims.render(handing_over.older_cases(older))
    chosen = conversion_choices.render(handing_over.choices(older))
    cases = bank_day.write_whole(inbox / handing_over.CASES_FILE, told)
    choices = bank_day.write_whole(inbox / handing_over.CHOICES_FILE, chosen)
    done = handing_over.join_older_cases(demo.site(), CONVERTED, cases, choices, demo.act("case handler"))
    rest = done.chosen.rest
    return {
        "joined": done.joined,
        "differing": sum(1 for pair, _ in done.chosen.pairs if pair.differs),
        "items_left": len(rest.missing_in_collector),
        "cases_left": len(rest.missing_in_ledger),
        "file": str(cases),
    }


def approve_postings(demo: Demo) -> dict[str, object]:
    """Propose and approve what is to be booked in the ledger."""

    def of(creditor: int) -> int:
        act = demo.act("supervisor")
        with writing(demo.place.open("office")) as connection:
            number = generate_posting(connection, creditor, act)
            if number and demo.size.full_office and creditor == setting.CODED_WRONGLY:
                office_day.slip_in_draft(connection, creditor, number, act)
        if not number:
            return 0
        with writing(demo.place.open("office")) as connection:
            return approve_posting(connection, creditor, number, act).vouchers

    return {"vouchers": demo.each_company(of)}


def deliver_vouchers(demo: Demo) -> dict[str, object]:
    """Deliver, have the clients' accountants post what came as drafts, and fetch the fate of all."""
    delivered = demo.carry(DELIVER)["vouchers"].new
    act = demo.act("accountant")

    def of(_company: int, connection: Connection) -> int:
        return ledger_day.post_what_the_collector_sent(connection, setting.REGISTRAR, act)

    posted = demo.in_books(of)
    demo.carry(DELIVER)
    with reading(demo.place.open("office")) as connection:
        rejected = demo.each_company(lambda creditor: len(office_day.not_taken(connection, creditor, act)))
    return {"delivered": delivered, "posted": posted, "rejected": rejected}


def _redelivery(demo: Demo) -> dict[str, object]:
    """Correct what the ledger has rejected, and deliver it again under a new key."""
    act = demo.act("supervisor")
    with writing(demo.place.open("office")) as connection:
        count = demo.each_company(lambda creditor: office_day.deliver_anew(connection, creditor, act))
    return {"count": count, **deliver_vouchers(demo)}


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
        claims_converted=after.claims_converted - before.claims_converted,
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
