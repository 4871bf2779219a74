"""A small ledger behind its mirror, as a world for the conformance suite."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from itertools import count
from pathlib import Path

from kravbro.core.acts import Act
from kravbro.core.claims import TransactionKind
from kravbro.core.vouchers import Fate, Voucher, VoucherLine
from kravbro.db.place import Place
from kravbro.db.places import place_at
from kravbro.migrations.upgrade import upgrade
from kravbro.mirror.ledger import MirroredLedger
from kravbro.ports.conformance.checks import Ability
from kravbro.ports.conformance.ledger.world import Invoice, Part
from kravbro.ports.ledger import Ledger
from tests.mirror.erp import COMPANIES, TODAY, SmallErp, SmallSource
from tests.templates import copy_of, remove

ACT = Act("tester", TODAY, datetime(2026, 3, 2, 12, tzinfo=UTC))
POSTED_AT_ONCE = "this ledger posts the collector's vouchers at once"


def empty_mirror(place: Place) -> None:
    """A mirror that has seen nothing."""
    upgrade(place.open("mirror"), "mirror")


def opened(address: str, file: Path, *, posts_at_once: bool) -> MirroredLedger:
    """The ledger, as a process that has just begun opens it."""
    source = SmallSource(SmallErp(file, posts_at_once=posts_at_once))
    return MirroredLedger(place_at(address).open("mirror"), source, ACT)


class SmallWorld:
    """A small ledger whose accountant does what a check asks for."""

    company, other_company = COMPANIES
    today = TODAY

    def __init__(self, folder: Path, *, posts_at_once: bool = True, kind: str = "sqlite") -> None:
        self.address = copy_of(empty_mirror, kind, folder / "place")
        self.erp = SmallErp(folder / "small.sqlite", posts_at_once=posts_at_once)
        self.erp.make()
        self._customers = count(1)
        self.lacks: Mapping[Ability, str] = {Ability.DRAFTED_VOUCHERS: POSTED_AT_ONCE} if posts_at_once else {}
        self.open: Callable[[], Ledger] = partial(opened, self.address, self.erp.file, posts_at_once=posts_at_once)

    def close(self) -> None:
        remove(self.address)

    def invoice(self, amount_ore: int, beside: Invoice | None = None) -> Invoice:
        customer = beside.customer_no if beside else next(self._customers)
        entry = self.erp.invoice(customer, amount_ore)
        return Invoice(entry, customer, f"S{entry}", amount_ore)

    def offer(self, entries: Sequence[int]) -> None:
        """They stand in the queue by entry, so each is asked for in turn."""
        for entry in entries:
            self.erp.propose(entry)
            self._opened().ready_claims(self.company, 0, 1_000_000)

    def book(self, kind: TransactionKind, entry: int, amount_ore: int, dated: date) -> None:
        self.erp.settle(entry, amount_ore, kind, dated)

    def draft(self, entry: int, amount_ore: int, dated: date) -> str:
        return str(self.erp.settle(entry, -amount_ore, TransactionKind.PAYMENT, dated, posted=False))

    def post(self, draft: str) -> None:
        self.erp.run("UPDATE settlement SET posted = 1 WHERE id = ?", int(draft))

    def rename(self, customer_no: int, name: str) -> None:
        self.erp.run("UPDATE item SET name = ? WHERE customer = ?", name, customer_no)

    def voucher(self, number: int, key: str, parts: Sequence[Part]) -> Voucher:
        total_ore = sum(part.amount_ore for part in parts)
        lines = [VoucherLine(1, "1900", total_ore, text="Bank")]
        lines += [
            VoucherLine(line_no, "1500", -part.amount_ore, part.customer_no, part.entry, "F", "R", text="Paid")
            for line_no, part in enumerate(parts, 3)
        ]
        return Voucher(number, key, TODAY, "Settlement", tuple(lines))

    def settle(self, key: str, fate: Fate) -> None:
        if fate is Fate.POSTED:
            self.erp.post(key)
        else:
            self.erp.run("DELETE FROM voucher WHERE key = ?", key)

    def withdraw(self, entry: int) -> None:
        self.erp.run("UPDATE item SET mark = 'wanted' WHERE entry = ?", entry)
        self._opened().withdrawals(self.company, 0, 1_000_000)

    def hand_over(self, entry: int) -> None:
        """The ledger's own mark says so of every second item, a person of the others."""
        if entry % 2:
            self.erp.run("UPDATE item SET mark = 'elsewhere' WHERE entry = ?", entry)
        else:
            self._opened().mark_transferred(self.company, {entry: ""}, "handed over before")

    def damage(self) -> None:
        self.erp.run("UPDATE item SET amount = amount - 1 WHERE entry = (SELECT max(entry) FROM item)")

    def _opened(self) -> MirroredLedger:
        """The ledger, looked at by another run."""
        return opened(self.address, self.erp.file, posts_at_once=self.erp.posts_at_once)
