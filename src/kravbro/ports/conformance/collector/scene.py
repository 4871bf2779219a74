"""One check's collector: what it is given, what happens there, and what has come of it since the check began."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from kravbro.core.claims import Offer, Outcome, Receipt, Status, Transaction, TransactionKind, Withdrawal
from kravbro.core.errors import DataFault
from kravbro.core.movements import ClaimMovements
from kravbro.core.vouchers import Fate, Voucher, VoucherReceipt
from kravbro.ports.collector import Collector
from kravbro.ports.conformance import expect
from kravbro.ports.conformance.checks import Ability, Check, rule_of
from kravbro.ports.conformance.collector.world import CollectorWorld
from kravbro.ports.conformance.streams import LARGE, Stream, Streams
from kravbro.ports.identity import Delivered

CLAIM_ORE = 1_000_00


class CollectorScene:
    """A world with its collector opened, and where each stream stood then."""

    def __init__(self, world: CollectorWorld) -> None:
        self.world = world
        self.company = world.company
        self._opened: list[Collector] = []
        self.collector = self.open()
        identity = self.collector.identify()
        self.start = {name: identity.head(self.company, name) for name in ("receipts", "vouchers", "statuses")}
        claims = self.collector.claims(self.company, 0, LARGE)
        answered = [receipt.offer for receipt in self.collector.receipts(self.company, 0, LARGE)]
        self.first_offer = max(answered, default=0)
        self._offer = self.first_offer
        self._booking = max((movement.number for claim in claims for movement in claim.movements), default=0)
        recorded = self.collector.recorded_voucher_receipts(self.company, 0, LARGE)
        self.first_fate = max((receipt.number for receipt in recorded), default=0)
        self._fate = self.first_fate
        wanted = self.collector.recorded_withdrawals(self.company, 0, LARGE)
        self.first_withdrawal = max((wish.number for wish in wanted), default=0)
        self._withdrawal = self.first_withdrawal

    def open(self) -> Collector:
        """The collector as another process would open it."""
        collector = self.world.open()
        self._opened.append(collector)
        return collector

    def close(self) -> None:
        """Close every adapter that was opened and can be closed."""
        for collector in self._opened:
            if callable(close := getattr(collector, "close", None)):
                close()

    # What the ledger sends.

    def numbers(self) -> tuple[int, int]:
        """A new offer's number, and the customer it is on: nobody else's."""
        self._offer += 1
        return self._offer, self._offer

    def offer(self, principal_ore: int = CLAIM_ORE) -> Offer:
        """A new offer, not sent yet."""
        return self.world.offer(*self.numbers(), principal_ore)

    def accept(self, *offers: Offer) -> None:
        """Deliver offers, each of which must be answered now."""
        delivered = self.collector.accept_claims(self.company, offers)
        expect.same(delivered, Delivered(len(offers), 0), f"{len(offers)} offers came that can be answered")

    def accepted(self, principal_ore: int = CLAIM_ORE) -> Offer:
        """A claim that has become a case."""
        offer = self.offer(principal_ore)
        self.accept(offer)
        outcomes = [receipt.outcome for receipt in self.receipts() if receipt.offer == offer.number]
        expect.same(outcomes, [Outcome.ACCEPTED], "an offer came that the world said can be accepted; its outcomes")
        return offer

    def transaction(
        self, offer: Offer, amount_ore: int, kind: TransactionKind = TransactionKind.PAYMENT
    ) -> Transaction:
        """A new booking of the ledger on a claim (øre, negative when the debt falls)."""
        self._booking += 1
        today = self.world.today
        return Transaction(
            self._booking, offer.entry, self._booking, kind, amount_ore, today, today, f"B{self._booking}"
        )

    def book(self, *transactions: Transaction) -> None:
        """Deliver transactions, each of which must be new."""
        delivered = self.collector.accept_transactions(self.company, transactions)
        expect.same(delivered, Delivered(len(transactions), 0), f"{len(transactions)} new transactions came")

    def withdrawal(self, offer: Offer) -> Withdrawal:
        """A new wish of the creditor to have a claim back, not sent yet."""
        self._withdrawal += 1
        return Withdrawal(self._withdrawal, offer.number, offer.entry, self.world.today, "an agreement")

    def paid(self, offer: Offer, amount_ore: int) -> Voucher:
        """Have the debtor pay, and the money approved for booking; answers the one new voucher."""
        before = len(self.vouchers())
        self.world.pay(offer.entry, amount_ore)
        self.world.approve()
        told = self.vouchers()
        expect.same(len(told) - before, 1, "a debtor paid and the money was approved for booking; new vouchers")
        return told[-1]

    def fate(self, voucher: Voucher, fate: Fate) -> VoucherReceipt:
        """A new voucher receipt."""
        self._fate += 1
        return VoucherReceipt(self._fate, voucher.key, fate, self.world.today, f"{9000 + self._fate}")

    # What the collector tells.

    def receipts(self) -> list[Receipt]:
        """Receipts told since the check began."""
        return self.collector.receipts(self.company, self.start["receipts"], LARGE)

    def vouchers(self) -> list[Voucher]:
        """Vouchers told since the check began."""
        return self.collector.vouchers(self.company, self.start["vouchers"], LARGE)

    def statuses(self) -> list[Status]:
        """Statuses told since the check began."""
        return self.collector.statuses(self.company, self.start["statuses"], LARGE)

    def recorded(self) -> list[VoucherReceipt]:
        """Voucher receipts held since the check began."""
        return self.collector.recorded_voucher_receipts(self.company, self.first_fate, LARGE)

    def wanted_back(self) -> list[Withdrawal]:
        """Withdrawals held since the check began."""
        return self.collector.recorded_withdrawals(self.company, self.first_withdrawal, LARGE)

    def claims(self) -> list[ClaimMovements]:
        """Claims accepted since the check began."""
        return self.collector.claims(self.company, self.first_offer, LARGE)

    def claim(self, offer: Offer) -> ClaimMovements:
        """One claim. Raises unless it is told once."""
        found = [claim for claim in self.claims() if claim.offer == offer.number]
        expect.same(len(found), 1, "a claim was accepted; how often it is told")
        return found[0]

    def moved(self, offer: Offer) -> list[tuple[str, int]]:
        """The movements of one claim: identity and øre."""
        return [(movement.id, movement.amount_ore) for movement in self.claim(offer).movements]

    def streams(self, collector: Collector | None = None) -> Streams:
        """Everything that is read in pages, by name."""
        from_ = collector or self.collector
        company, start = self.company, self.start
        streams = (
            Stream("receipts", partial(from_.receipts, company), "number", start["receipts"]),
            Stream("vouchers", partial(from_.vouchers, company), "number", start["vouchers"]),
            Stream("statuses", partial(from_.statuses, company), "number", start["statuses"]),
            Stream(
                "recorded_voucher_receipts",
                partial(from_.recorded_voucher_receipts, company),
                "number",
                self.first_fate,
            ),
            Stream("claims", partial(from_.claims, company), "offer", self.first_offer),
        )
        return {stream.name: stream for stream in streams}

    def told(self, collector: Collector | None = None) -> dict[str, Any]:
        """Everything that the collector tells, to be compared with what it tells later."""
        collector = collector or self.collector
        identity = collector.identify()
        answers: dict[str, Any] = {name: stream.pages() for name, stream in self.streams(collector).items()}
        answers["heads"] = {name: identity.head(self.company, name) for name in self.start}
        return answers

    @contextmanager
    def unchanged(self, when: str) -> Iterator[None]:
        """Raise Nonconformity if the collector tells anything else after the block than before it."""
        before = self.told()
        yield
        for name, answer in self.told().items():
            expect.same(answer, before[name], f"{when}; then {name} was read")

    def refuses(self, method: str, batch: Sequence[Any], what: str) -> None:
        """Raise Nonconformity unless a batch is refused as a whole: a DataFault, and everything told as before."""
        with self.unchanged(f"{what} came behind a good one"):
            receive = getattr(self.collector, method)
            expect.refused(f"{what} came behind a good one", DataFault, receive, self.company, batch)


CollectorCheck = Check[CollectorWorld]


def collector_check(
    number: int, *methods: str, needs: Sequence[Ability] = (), wants: Sequence[Ability] = ()
) -> Callable[[Callable[[CollectorScene], None]], CollectorCheck]:
    """Make a check of a function that is given a scene; its docstring is the rule.

    `methods` are those of the port that it tries; for `needs` and `wants` see `Check`.
    """

    def made(body: Callable[[CollectorScene], None]) -> CollectorCheck:
        def act(world: CollectorWorld) -> None:
            scene = CollectorScene(world)
            try:
                body(scene)
            finally:
                scene.close()

        return Check(f"C{number:02d}", body.__name__, rule_of(body), methods, tuple(needs), tuple(wants), act)

    return made
