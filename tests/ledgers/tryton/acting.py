"""A living Tryton behind its mirror, as a world for the conformance suite: what its clerks do, over RPC."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.claims import TransactionKind
from kravbro.core.vouchers import Fate, Voucher, VoucherLine
from kravbro.db.place import Place
from kravbro.db.places import place_at
from kravbro.ledgers.tryton import trial, trial_work
from kravbro.ledgers.tryton.source import PASSWORD as VARIABLE
from kravbro.ledgers.tryton.source import open_tryton
from kravbro.ledgers.tryton.trial_work import Booking, Sale
from kravbro.ledgers.tryton.values import kroner
from kravbro.migrations.upgrade import upgrade
from kravbro.mirror.ledger import MirroredLedger
from kravbro.ports.conformance.checks import Ability
from kravbro.ports.conformance.ledger.world import Invoice, Part
from kravbro.ports.ledger import Ledger
from tests.ledgers.tryton.living import COMPANY, OF_KIND, OTHER, PASSWORD, Tryton, today
from tests.ledgers.tryton.stock import SOLD_DAYS_AGO, new_customer
from tests.postgresql import plain_engine, shared_server
from tests.templates import copy_of

POSTED = "what is delivered to Tryton is posted at once"


def act() -> Act:
    """A run of today."""
    return Act("tester", today(), datetime.combine(today(), time(12), UTC))


def empty_mirror(place: Place) -> None:
    """A mirror that has seen nothing."""
    upgrade(place.open("mirror"), "mirror")


def opened(mirror: str, address: str) -> MirroredLedger:
    """The ledger, as a process that has just begun opens it."""
    source = open_tryton(address, "", {VARIABLE: PASSWORD}, today())
    return MirroredLedger(place_at(mirror).open("mirror"), source, act())


class Clerk:
    """Somebody who works in a Tryton: everything that a test wants to happen there, in one company."""

    def __init__(self, tryton: Tryton, company: int = COMPANY) -> None:
        self.client = tryton.client()
        self.company = company
        self.chart = trial.chart(self.client, company)
        self._tryton = tryton

    def close(self) -> None:
        self.client.close()

    def invoice(self, amount_ore: int, customer: int | None = None, days_ago: int = SOLD_DAYS_AGO) -> Invoice:
        if customer is None:
            stocked = self._tryton.shelf(self.company).get(amount_ore)
            if stocked and days_ago == SOLD_DAYS_AGO:
                return stocked.pop()
            (customer,) = trial_work.add_customers(self.client, self.chart, [new_customer()])
        sale = Sale(customer, amount_ore, today() - timedelta(days_ago))
        ((entry, number),) = trial_work.sell(self.client, self.chart, [sale])
        return Invoice(entry, customer, number, amount_ore)

    def offer(self, entry: int) -> None:
        """A clerk raises a dunning to the last level by hand, and processes it; or takes the block off one."""
        rows = self.client.rows("account.dunning", [["line", "=", entry]], ["blocked"], company=self.company)
        if rows:
            trial_work.unblock(self.client, self.chart, [entry])
            return
        levels = self.client.rows("account.dunning.level", [], ["id"], order=[("sequence", "DESC")])
        values = {"line": entry, "procedure": self.chart.procedure, "level": levels[0]["id"], "company": self.company}
        self.client.call("model.account.dunning.create", [values], company=self.company)
        trial_work.approve(self.client, self.chart, [entry])

    def book(self, kind: TransactionKind, entry: int, amount_ore: int, dated: date, *, post: bool = True) -> int:
        booking = Booking(entry, kind, amount_ore, dated)
        (move,) = trial_work.book(self.client, self.chart, [booking], post=post)
        return move

    def loose_payment(self, customer: int, amount_ore: int) -> int:
        """A posted payment of a customer that is on no invoice; a negative one is an opening balance that is owed."""
        amount = kroner(abs(amount_ore))
        sides = ("debit", "credit") if amount_ore > 0 else ("credit", "debit")
        domain = [["start_date", "<=", today()], ["end_date", ">=", today()], ["company", "=", self.company]]
        (period,) = self.client.rows("account.period", domain, ["id"], company=self.company)
        zero = {"debit": Decimal(0), "credit": Decimal(0)}
        bank = zero | {"account": self.chart.accounts[trial.BANK], sides[0]: amount}
        theirs = zero | {"account": self.chart.accounts[trial.RECEIVABLE], "party": customer, sides[1]: amount}
        move = {
            "company": self.company,
            "journal": self.chart.journals["BANK"],
            "period": period["id"],
            "date": today(),
        }
        values = move | {"lines": [["create", [bank, theirs]]]}
        (made,) = self.client.call("model.account.move.create", [values], company=self.company)
        self.post(made)
        return int(made)

    def post(self, move: int) -> None:
        self.client.call("model.account.move.post", [move], company=self.company)

    def moves(self, key: str) -> list[dict[str, object]]:
        """Every move with that description, in whatever journal."""
        return self.client.rows("account.move", [["description", "=", key]], ["state", "number"], company=self.company)

    def sql(self, statement: str) -> None:
        """Something done to Tryton's database behind its back."""
        engine = plain_engine(shared_server().address(self._tryton.database))
        with engine.begin() as connection:
            connection.execute(sa.text(statement))
        engine.dispose()


def voucher(number: int, key: str, parts: Sequence[Part], dated: date | None = None) -> Voucher:
    """Money in, and one line per part."""
    total_ore = sum(part.amount_ore for part in parts)
    lines = [VoucherLine(1, trial.BANK, total_ore, text="Bank")]
    lines += [
        VoucherLine(line_no, trial.RECEIVABLE, -part.amount_ore, part.customer_no, part.entry, "F", "R", text="Paid")
        for line_no, part in enumerate(parts, 3)
    ]
    return Voucher(number, key, dated or today(), "Settlement", tuple(lines))


class TrytonWorld:
    """A company in a living Tryton, whose clerk does what a check asks for. One serves all checks of a process."""

    other_company = OTHER
    lacks: Mapping[Ability, str] = {Ability.DRAFTED_VOUCHERS: POSTED}

    def __init__(self, tryton: Tryton, folder: Path, kind: str) -> None:
        self.company = OF_KIND[kind]
        self.clerk = Clerk(tryton, self.company)
        self._damaged = False
        mirror = copy_of(empty_mirror, kind, folder)
        self.open: Callable[[], Ledger] = partial(opened, mirror, tryton.address)

    @property
    def today(self) -> date:
        return today()

    def close(self) -> None:
        """The next check plays in the same company."""
        if self._damaged:
            self.clerk.sql(f"UPDATE account_move_line SET debit = debit + 0.01 WHERE {self._newest_dunned()}")
            self._damaged = False

    def invoice(self, amount_ore: int, beside: Invoice | None = None) -> Invoice:
        return self.clerk.invoice(amount_ore, beside.customer_no if beside else None)

    def offer(self, entries: Sequence[int]) -> None:
        for entry in entries:
            self.clerk.offer(entry)

    def book(self, kind: TransactionKind, entry: int, amount_ore: int, dated: date) -> None:
        self.clerk.book(kind, entry, amount_ore, dated)

    def draft(self, entry: int, amount_ore: int, dated: date) -> str:
        return str(self.clerk.book(TransactionKind.PAYMENT, entry, -amount_ore, dated, post=False))

    def post(self, draft: str) -> None:
        self.clerk.post(int(draft))

    def rename(self, customer_no: int, name: str) -> None:
        self.clerk.client.call("model.party.party.write", [customer_no], {"name": name}, company=self.company)

    def voucher(self, number: int, key: str, parts: Sequence[Part]) -> Voucher:
        return voucher(number, key, parts)

    def settle(self, key: str, fate: Fate) -> None:
        raise AssertionError(POSTED)

    def withdraw(self, entry: int) -> None:
        """A clerk takes the block off; who looks next sees the wish."""
        trial_work.unblock(self.clerk.client, self.clerk.chart, [entry])
        ledger = self.open()
        ledger.withdrawals(self.company, 0, 1_000_000)
        ledger.close()  # type: ignore[attr-defined] # a mirror has it

    def hand_over(self, entry: int) -> None:
        """Tryton cannot say so: a person tells Kravbro."""
        ledger = self.open()
        assert isinstance(ledger, MirroredLedger)
        ledger.mark_transferred(self.company, {entry: ""}, "handed over before")
        ledger.close()

    def damage(self) -> None:
        """Undone when the check is over, since others play here after it."""
        self.clerk.sql(f"UPDATE account_move_line SET debit = debit - 0.01 WHERE {self._newest_dunned()}")
        self._damaged = True

    def _newest_dunned(self) -> str:
        return f"id = (SELECT line FROM account_dunning WHERE company = {self.company} ORDER BY id DESC LIMIT 1)"
