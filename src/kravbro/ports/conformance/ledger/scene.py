"""One check's ledger: what it makes happen, and what has come of it since the check began."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import count
from typing import Any

import msgspec

from kravbro.core.claims import (
    ClaimState,
    Offer,
    Outcome,
    Reason,
    Receipt,
    Status,
    Transaction,
    TransactionKind,
    Withdrawal,
)
from kravbro.core.errors import DataFault
from kravbro.core.movements import ClaimMovements
from kravbro.core.vouchers import Fate, Voucher, VoucherReceipt
from kravbro.ports.conformance import expect
from kravbro.ports.conformance.checks import Ability, Check, rule_of
from kravbro.ports.conformance.ledger.world import Invoice, LedgerWorld, Part
from kravbro.ports.conformance.streams import LARGE, Stream, Streams
from kravbro.ports.ledger import Ledger

CLAIM_ORE = 1_000_00
PAID = TransactionKind.PAYMENT


class LedgerScene:
    """A world with its ledger opened, and where each stream stood then."""

    def __init__(self, world: LedgerWorld) -> None:
        self.world = world
        self.company = world.company
        self._opened: list[Ledger] = []
        self.ledger = self.open()
        identity = self.ledger.identify()
        self.start = {
            name: identity.head(self.company, name)
            for name in ("claims", "transactions", "withdrawals", "voucher_receipts")
        }
        self._receipts: Iterator[int] | None = None
        self._voucher = 0
        self._prefix = f"conformance-{self.start['claims']}-{self.start['voucher_receipts']}"

    def open(self) -> Ledger:
        """The ledger as another process would open it."""
        ledger = self.world.open()
        self._opened.append(ledger)
        return ledger

    def close(self) -> None:
        """Close every adapter that was opened and can be closed."""
        for ledger in self._opened:
            if callable(close := getattr(ledger, "close", None)):
                close()

    # What happens in the ledger.

    def claims(self, *amounts_ore: int) -> list[Offer]:
        """An invoice of each amount, each on a customer of its own, proposed and approved."""
        return self.offered(*[self.world.invoice(amount_ore) for amount_ore in amounts_ore])

    def claim(self, amount_ore: int = CLAIM_ORE) -> Offer:
        """One invoice, proposed and approved."""
        return self.claims(amount_ore)[0]

    def accepted(self, amount_ore: int = CLAIM_ORE) -> Offer:
        """One claim that has a case number."""
        offer = self.claim(amount_ore)
        self.record(self.acceptance(offer))
        return offer

    def offered(self, *invoices: Invoice) -> list[Offer]:
        """Have these invoices approved; answers their offers, in this order. Raises if one is not ready then."""
        entries = [invoice.entry for invoice in invoices]
        self.world.offer(entries)
        newest = {offer.entry: offer for offer in self.offers()}
        missing = [entry for entry in entries if entry not in newest]
        expect.same(missing, [], "invoices were proposed and approved; these entries have no offer")
        return [newest[entry] for entry in entries]

    def pay(self, entry: int, amount_ore: int, dated: date | None = None) -> None:
        """Post a payment in the ledger, past the collector."""
        self.book(PAID, entry, -amount_ore, dated)

    def book(self, kind: TransactionKind, entry: int, amount_ore: int, dated: date | None = None) -> None:
        """Post a change of what remains of an invoice."""
        self.world.book(kind, entry, amount_ore, dated or self.world.today)

    # What the collector sends.

    def _receipt_number(self) -> int:
        """A number that no receipt has here."""
        if self._receipts is None:
            held = self.ledger.recorded_receipts(self.company, 0, LARGE)
            self._receipts = count(1 + max((receipt.number for receipt in held), default=0))
        return next(self._receipts)

    def acceptance(self, offer: Offer) -> Receipt:
        """A new receipt that accepts an offer."""
        case_number, case_kid = f"1-{offer.number:06d}", f"{offer.number:09d}"
        on = self.world.today
        number = self._receipt_number()
        return Receipt(number, offer.number, offer.entry, Outcome.ACCEPTED, on, case_number, case_kid)

    def refusal(self, offer: Offer, code: str = "gate.name_missing") -> Receipt:
        """A new receipt that refuses an offer."""
        reasons = (Reason(code), Reason("gate.below_minimum", "500,00"))
        on = self.world.today
        return Receipt(self._receipt_number(), offer.number, offer.entry, Outcome.REFUSED, on, reasons=reasons)

    def record(self, *receipts: Receipt) -> None:
        """Deliver receipts, each of which must be new."""
        delivered = self.ledger.record_receipts(self.company, receipts)
        expect.same((delivered.new, delivered.known), (len(receipts), 0), f"{len(receipts)} new receipts were recorded")

    def voucher(self, *parts: tuple[Offer, int]) -> Voucher:
        """A new voucher of the collector: (offer of the claim, øre received) for each part."""
        self._voucher += 1
        places = [Part(offer.debtor.customer_no, offer.entry, amount_ore) for offer, amount_ore in parts]
        return self.world.voucher(self._voucher, f"{self._prefix}-{self._voucher}", places)

    def deliver(self, *vouchers: Voucher) -> None:
        """Deliver vouchers, each of which must be new, and see to it that they are posted."""
        delivered = self.ledger.post_vouchers(self.company, vouchers)
        expect.same((delivered.new, delivered.known), (len(vouchers), 0), f"{len(vouchers)} new vouchers were posted")
        self.post_delivered(*vouchers)

    def post_delivered(self, *vouchers: Voucher) -> None:
        """Where a person posts what the collector delivered, do that."""
        if Ability.DRAFTED_VOUCHERS not in self.world.lacks:
            for voucher in vouchers:
                self.world.settle(voucher.key, Fate.POSTED)

    def status(self, offer: Offer, version: int, state: ClaimState = ClaimState.REGISTERED) -> Status:
        """A status of a claim."""
        return Status(version, offer.entry, version, state, f"1-{offer.number:06d}", self.world.today)

    # What the ledger tells.

    def offers(self) -> list[Offer]:
        """Offers without a receipt."""
        return self.ledger.ready_claims(self.company, self.start["claims"], LARGE)

    def transactions(self) -> list[Transaction]:
        """Transactions told since the check began."""
        return self.ledger.transactions(self.company, self.start["transactions"], LARGE)

    def withdrawals(self) -> list[Withdrawal]:
        """Withdrawals told since the check began."""
        return self.ledger.withdrawals(self.company, self.start["withdrawals"], LARGE)

    def events(self) -> list[VoucherReceipt]:
        """Fates of vouchers told since the check began."""
        return self.ledger.voucher_receipts(self.company, self.start["voucher_receipts"], LARGE)

    def recorded(self) -> list[Receipt]:
        """Receipts held of the offers since the check began."""
        return self.ledger.recorded_receipts(self.company, self.start["claims"], LARGE)

    def shown(self, *offers: Offer) -> list[Status]:
        """The statuses that the ledger shows of these claims."""
        entries = {offer.entry for offer in offers}
        return [one for one in self.ledger.recorded_statuses(self.company, 0, LARGE) if one.entry in entries]

    def movements(self, *offers: Offer) -> list[ClaimMovements]:
        """Opening and movements of these offers."""
        return self.ledger.movements(self.company, [offer.number for offer in offers])

    def streams(self, ledger: Ledger | None = None) -> Streams:
        """Everything that is read in pages, by name."""
        ledger = ledger or self.ledger
        company, start = self.company, self.start
        streams = (
            Stream("ready_claims", partial(ledger.ready_claims, company), "number", start["claims"]),
            Stream("transactions", partial(ledger.transactions, company), "number", start["transactions"]),
            Stream("voucher_receipts", partial(ledger.voucher_receipts, company), "number", start["voucher_receipts"]),
            Stream("recorded_receipts", partial(ledger.recorded_receipts, company), "offer", start["claims"]),
            Stream("recorded_statuses", partial(ledger.recorded_statuses, company), "entry", 0),
        )
        return {stream.name: stream for stream in streams}

    def told(self, ledger: Ledger | None = None) -> dict[str, Any]:
        """Everything that the ledger tells, to be compared with what it tells later.

        Heads come behind the streams: a ledger that finds out what happened when it is asked numbers it then.
        """
        ledger = ledger or self.ledger
        answers: dict[str, Any] = {name: stream.pages() for name, stream in self.streams(ledger).items()}
        identity = ledger.identify()
        heads = {name: identity.head(self.company, name) for name in self.start}
        offers = range(self.start["claims"] + 1, heads["claims"] + 1)
        answers["movements"] = ledger.movements(self.company, offers)
        answers["heads"] = heads
        return answers

    @contextmanager
    def unchanged(self, when: str) -> Iterator[None]:
        """Raise Nonconformity if the ledger tells anything else after the block than before it."""
        before = self.told()
        yield
        for name, answer in self.told().items():
            expect.same(answer, before[name], f"{when}; then {name} was read")

    def refuses(self, method: str, batch: Sequence[Any], what: str) -> None:
        """Raise Nonconformity unless a batch is refused as a whole: a DataFault, and everything told as before."""
        with self.unchanged(f"{what} came behind a good one"):
            receive = getattr(self.ledger, method)
            expect.refused(f"{what} came behind a good one", DataFault, receive, self.company, batch)


LedgerCheck = Check[LedgerWorld]


def ledger_check(
    number: int, *methods: str, needs: Sequence[Ability] = (), wants: Sequence[Ability] = ()
) -> Callable[[Callable[[LedgerScene], None]], LedgerCheck]:
    """Make a check of a function that is given a scene; its docstring is the rule.

    `methods` are those of the port that it tries; for `needs` and `wants` see `Check`.
    """

    def made(body: Callable[[LedgerScene], None]) -> LedgerCheck:
        def act(world: LedgerWorld) -> None:
            scene = LedgerScene(world)
            try:
                body(scene)
            finally:
                scene.close()

        return Check(f"L{number:02d}", body.__name__, rule_of(body), methods, tuple(needs), tuple(wants), act)

    return made


def without_number(rows: Sequence[Any]) -> list[Any]:
    """Rows whose number in the stream does not matter."""
    return [msgspec.structs.replace(row, number=0) for row in rows]
