"""Adapters that pass everything on to a right one: what a broken adapter does not break."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, cast

import msgspec

from kravbro.core.adoption import Adoption, Joining
from kravbro.core.claims import Offer, Receipt, Status, Transaction, TransactionKind, Withdrawal
from kravbro.core.conversion import EarlierClaim
from kravbro.core.ledgerless import LedgerlessClaim
from kravbro.core.movements import ClaimMovements, Discrepancy
from kravbro.core.vouchers import Voucher, VoucherReceipt
from kravbro.ports.collector import Collector
from kravbro.ports.conformance.collector.world import CollectorWorld
from kravbro.ports.conformance.ledger.world import LedgerWorld
from kravbro.ports.conversion import ConvertibleCollector, ConvertibleLedger
from kravbro.ports.identity import Delivered, Identity
from kravbro.ports.ledger import Ledger
from kravbro.ports.ledgerless import LedgerlessCollector


class Booked(msgspec.Struct, frozen=True):
    """What somebody booked in the ledger, as a fault that tells too much knows it."""

    kind: TransactionKind
    entry: int
    amount_ore: int


class Diary(msgspec.Struct):
    """What a fault may know beside the port: what was booked, and a folder for notes that outlive the process."""

    folder: Path
    booked: list[Booked] = []


def page_of(rows: Iterable[Any], after: int, limit: int) -> list[Any]:
    """The page that a reader asked for, of rows by number."""
    return sorted((row for row in rows if row.number > after), key=lambda row: row.number)[:limit]


def added(answers: Sequence[Delivered]) -> Delivered:
    """The answer to a batch that was taken row by row."""
    new, known, waiting = (sum(getattr(one, name) for one in answers) for name in ("new", "known", "waiting"))
    return Delivered(new, known, waiting)


def through_float(amount: int) -> int:
    """What is left of an amount in øre that was kroner in a float in between."""
    kroner = f"{amount // 100}.{amount % 100:02d}"
    return int(float(kroner) * 100)


class PassingLedger:
    """A ledger that passes every call on."""

    caught_by: ClassVar[tuple[str, ...]] = ()

    def __init__(self, right: Ledger, diary: Diary) -> None:
        self.right = right
        self.diary = diary

    def close(self) -> None:
        """Close the right adapter if it can be closed."""
        if callable(close := getattr(self.right, "close", None)):
            close()

    def identify(self) -> Identity:
        """As the port says."""
        return self.right.identify()

    def companies(self) -> list[int]:
        """As the port says."""
        return self.right.companies()

    def ready_claims(self, company: int, after: int, limit: int) -> list[Offer]:
        """As the port says."""
        return self.right.ready_claims(company, after, limit)

    def record_receipts(self, company: int, receipts: Sequence[Receipt]) -> Delivered:
        """As the port says."""
        return self.right.record_receipts(company, receipts)

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        """As the port says."""
        return self.right.transactions(company, after, limit)

    def withdrawals(self, company: int, after: int, limit: int) -> list[Withdrawal]:
        """As the port says."""
        return self.right.withdrawals(company, after, limit)

    def post_vouchers(self, company: int, vouchers: Sequence[Voucher]) -> Delivered:
        """As the port says."""
        return self.right.post_vouchers(company, vouchers)

    def voucher_receipts(self, company: int, after: int, limit: int) -> list[VoucherReceipt]:
        """As the port says."""
        return self.right.voucher_receipts(company, after, limit)

    def publish_statuses(self, company: int, statuses: Sequence[Status]) -> Delivered:
        """As the port says."""
        return self.right.publish_statuses(company, statuses)

    def recorded_receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        """As the port says."""
        return self.right.recorded_receipts(company, after, limit)

    def recorded_statuses(self, company: int, after: int, limit: int) -> list[Status]:
        """As the port says."""
        return self.right.recorded_statuses(company, after, limit)

    def movements(self, company: int, offers: Sequence[int]) -> list[ClaimMovements]:
        """As the port says."""
        return self.right.movements(company, offers)

    def audit(self, company: int) -> list[Discrepancy]:
        """As the port says."""
        return self.right.audit(company)

    @property
    def able(self) -> ConvertibleLedger:
        """The right ledger, as one that can convert."""
        return cast(ConvertibleLedger, self.right)

    def join_claims(self, company: int, joinings: Sequence[Joining]) -> Delivered:
        """As the port says."""
        return self.able.join_claims(company, joinings)

    def joined_claims(self, company: int, after: int, limit: int) -> Sequence[Joining]:
        """As the port says."""
        return self.able.joined_claims(company, after, limit)

    def adoptions(self, company: int, after: int, limit: int) -> Sequence[Adoption]:
        """As the port says."""
        return self.able.adoptions(company, after, limit)


class PassingCollector:
    """A collector that passes every call on."""

    caught_by: ClassVar[tuple[str, ...]] = ()

    def __init__(self, right: Collector, diary: Diary) -> None:
        self.right = right
        self.diary = diary

    def close(self) -> None:
        """Close the right adapter if it can be closed."""
        if callable(close := getattr(self.right, "close", None)):
            close()

    def identify(self) -> Identity:
        """As the port says."""
        return self.right.identify()

    def companies(self, installation: str) -> list[int]:
        """As the port says."""
        return self.right.companies(installation)

    def accept_claims(self, company: int, offers: Sequence[Offer]) -> Delivered:
        """As the port says."""
        return self.right.accept_claims(company, offers)

    def receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        """As the port says."""
        return self.right.receipts(company, after, limit)

    def accept_transactions(self, company: int, transactions: Sequence[Transaction]) -> Delivered:
        """As the port says."""
        return self.right.accept_transactions(company, transactions)

    def accept_withdrawals(self, company: int, withdrawals: Sequence[Withdrawal]) -> Delivered:
        """As the port says."""
        return self.right.accept_withdrawals(company, withdrawals)

    def recorded_withdrawals(self, company: int, after: int, limit: int) -> list[Withdrawal]:
        """As the port says."""
        return self.right.recorded_withdrawals(company, after, limit)

    def vouchers(self, company: int, after: int, limit: int) -> list[Voucher]:
        """As the port says."""
        return self.right.vouchers(company, after, limit)

    def accept_voucher_receipts(self, company: int, receipts: Sequence[VoucherReceipt]) -> Delivered:
        """As the port says."""
        return self.right.accept_voucher_receipts(company, receipts)

    def recorded_voucher_receipts(self, company: int, after: int, limit: int) -> list[VoucherReceipt]:
        """As the port says."""
        return self.right.recorded_voucher_receipts(company, after, limit)

    def statuses(self, company: int, after: int, limit: int) -> list[Status]:
        """As the port says."""
        return self.right.statuses(company, after, limit)

    def claims(self, company: int, after: int, limit: int) -> list[ClaimMovements]:
        """As the port says."""
        return self.right.claims(company, after, limit)

    def audit(self, company: int) -> list[Discrepancy]:
        """As the port says."""
        return self.right.audit(company)

    @property
    def able(self) -> ConvertibleCollector:
        """The right collector, as one that can convert."""
        return cast(ConvertibleCollector, self.right)

    def claims_to_convert(self, company: int, after: int, limit: int) -> Sequence[EarlierClaim]:
        """As the port says."""
        return self.able.claims_to_convert(company, after, limit)

    def adopt_cases(self, company: int, adoptions: Sequence[Adoption]) -> Delivered:
        """As the port says."""
        return self.able.adopt_cases(company, adoptions)

    def claims_without_ledger(self, company: int, after: int, limit: int) -> Sequence[LedgerlessClaim]:
        """As the port says."""
        return cast(LedgerlessCollector, self.right).claims_without_ledger(company, after, limit)


class _BrokenWorld:
    """A world whose adapter has a fault; everything else happens in the right one."""

    def __init__(self, right: Any, fault: Callable[[Any, Diary], Any], folder: Path) -> None:
        self._right = right
        self._diary = Diary(folder)
        self.open = partial(_opened, fault, right.open, self._diary)

    def book(self, kind: TransactionKind, entry: int, amount_ore: int, dated: Any) -> None:
        self._diary.booked.append(Booked(kind, entry, amount_ore))
        self._right.book(kind, entry, amount_ore, dated)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._right, name)


def _opened(fault: Callable[[Any, Diary], Any], open_right: Callable[[], Any], diary: Diary) -> Any:
    return fault(open_right(), diary)


def with_broken_ledger(world: LedgerWorld, fault: type[PassingLedger], folder: Path) -> LedgerWorld:
    """The same world with a fault in its adapter, which may keep notes in a folder."""
    return cast(LedgerWorld, _BrokenWorld(world, fault, folder))


def with_broken_collector(world: CollectorWorld, fault: type[PassingCollector], folder: Path) -> CollectorWorld:
    """The same world with a fault in its adapter, which may keep notes in a folder."""
    return cast(CollectorWorld, _BrokenWorld(world, fault, folder))
