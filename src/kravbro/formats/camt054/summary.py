"""The sums that a notification states of its entries, held against the entries."""

from __future__ import annotations

import msgspec

from kravbro.core.money import plain_kroner
from kravbro.formats.camt054 import values as v
from kravbro.formats.camt054.converting import DIRECTIONS
from kravbro.formats.camt054.faults import unreadable
from kravbro.formats.camt054.records import CREDIT, DEBIT, Entry
from kravbro.formats.camt054.walking import Values

_SUMMARY = "TxsSummry"
_ALL, _CREDITS, _DEBITS = (f"{_SUMMARY}/{name}" for name in ("TtlNtries", "TtlCdtNtries", "TtlDbtNtries"))
_NETS = ((f"{_ALL}/TtlNetNtryAmt", f"{_ALL}/CdtDbtInd"), (f"{_ALL}/TtlNetNtry/Amt", f"{_ALL}/TtlNetNtry/CdtDbtInd"))


class Tally(msgspec.Struct):
    """Entries counted and added up, on each side apart (øre, without a sign)."""

    credits: int = 0
    debits: int = 0
    credits_ore: int = 0
    debits_ore: int = 0

    def add(self, entry: Entry) -> None:
        """Count an entry."""
        if entry.direction == CREDIT:
            self.credits += 1
            self.credits_ore += entry.amount_ore
        else:
            self.debits += 1
            self.debits_ore -= entry.amount_ore


def check(values: Values, tally: Tally) -> None:
    """Raise Unreadable `control` for the first number or sum that is not that of the entries."""
    for path, count, sum_ore in (
        (_ALL, tally.credits + tally.debits, tally.credits_ore + tally.debits_ore),
        (_CREDITS, tally.credits, tally.credits_ore),
        (_DEBITS, tally.debits, tally.debits_ore),
    ):
        number, total = f"{path}/NbOfNtries", f"{path}/Sum"
        if number in values and v.count(values, number) != count:
            raise unreadable("control", number, str(count), values[number].strip())
        if total in values and v.ore(values, total) != sum_ore:
            raise unreadable("control", total, plain_kroner(sum_ore), values[total].strip())
    net_ore = tally.credits_ore - tally.debits_ore
    for amount, direction in _NETS:
        if amount in values and v.ore(values, amount) != abs(net_ore):
            raise unreadable("control", amount, plain_kroner(abs(net_ore)), values[amount].strip())
        if direction in values:
            side = CREDIT if net_ore >= 0 else DEBIT
            if v.one_of(values, direction, DIRECTIONS) != side and net_ore:
                raise unreadable("control", direction, side, values[direction].strip())
