"""What an adapter's author supplies: a collector that can be made to do things."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Protocol

from kravbro.core.claims import Offer
from kravbro.ports.collector import Collector
from kravbro.ports.conformance.checks import Ability


class CollectorWorld(Protocol):
    """A collector that serves one company of a ledger, and somebody who works there.

    What was there before does not matter to the checks. `lacks` says what cannot be done here, with the reason.
    """

    @property
    def installation(self) -> str:
        """The ledger installation that the collector serves."""
        ...

    @property
    def company(self) -> int:
        """The company of that installation that everything happens in."""
        ...

    @property
    def open(self) -> Callable[[], Collector]:
        """Opens the collector through the adapter as a process that has just begun would.

        It is sent to other processes, so it must be picklable: a function of a module, or a `functools.partial` of one.
        """
        ...

    @property
    def lacks(self) -> Mapping[Ability, str]:
        """The abilities that are missing, each with the reason."""
        ...

    @property
    def today(self) -> date:
        """The business date on which the collector works."""
        ...

    def offer(self, number: int, customer_no: int, principal_ore: int) -> Offer:
        """An offer that the collector accepts today. Made only, not sent; its entry is not that of another number."""
        ...

    def refused(self, number: int, customer_no: int, principal_ore: int) -> Offer:
        """The same, with facts or a debtor for which the collector refuses it (Ability.REFUSING)."""
        ...

    def waiting(self, number: int, customer_no: int, principal_ore: int) -> Offer:
        """The same, with facts for which the collector does not answer it yet (Ability.WAITING)."""
        ...

    def pay(self, entry: int, amount_ore: int) -> None:
        """Have the debtor pay the collector for a claim: so much of its principal is covered."""
        ...

    def approve(self) -> None:
        """Have all money that was received approved for booking: afterwards its vouchers are told."""
        ...

    def older_case(self, offer: Offer, case_number: str) -> None:
        """Take in a case of an older system: its one claim is on the offer's customer, with as much left of the
        principal (Ability.CONVERSION)."""
        ...

    def by_hand(self, invoice_no: str, principal_ore: int) -> str:
        """Register a claim that no ledger offered, on a debtor of its own; answers the KID that its debtor pays with
        (Ability.WITHOUT_LEDGER)."""
        ...

    def pay_kid(self, kid: str, amount_ore: int) -> None:
        """Have so much paid with a KID (Ability.WITHOUT_LEDGER)."""
        ...

    def damage(self) -> None:
        """Alter one amount of a claim's account behind the collector's back (Ability.DAMAGE)."""
        ...

    def close(self) -> None:
        """Give back what the world holds open."""
        ...
