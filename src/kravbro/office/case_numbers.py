"""Case numbers and case KIDs: a series per creditor, the same serial number in both.

The KID's payload is the creditor's number in three digits and the serial number, padded to the length agreed with the
bank, so that a KID names one case of the whole office. A serial number without a MOD11 digit is skipped for both, and
so is one whose KID an adopted case has from an older system.
"""

from __future__ import annotations

from collections.abc import Collection

from kravbro.core.errors import Stop
from kravbro.core.identifiers.kid import NO_DIGIT, check_digit
from kravbro.office.creditors import KidStructure

CREDITOR_DIGITS = 3
SERIAL_DIGITS_SHOWN = 6


class CaseSeries:
    """A creditor's series of case numbers, from the serial number that is next. `taken` are KIDs of adopted cases."""

    def __init__(
        self, creditor: int, structure: KidStructure, next_serial: int, taken: Collection[str] = frozenset()
    ) -> None:
        self._creditor = creditor
        self._structure = structure
        self._begin = f"{creditor:0{CREDITOR_DIGITS}d}"
        self._serial_width = structure.length - len(self._begin) - 1
        self._taken = taken
        self.next_serial = next_serial

    def issue(self) -> tuple[str, str]:
        """The next case number and its KID. Raises Stop `office.case_series_full` when the KID has no room left."""
        while True:
            serial = self.next_serial
            self.next_serial += 1
            digits = f"{serial:0{self._serial_width}d}"
            if len(digits) > self._serial_width:
                raise Stop("office.case_series_full", creditor=self._creditor, length=self._structure.length)
            payload = self._begin + digits
            last = check_digit(payload, self._structure.method)
            if last != NO_DIGIT and payload + last not in self._taken:
                return f"{self._creditor}-{serial:0{SERIAL_DIGITS_SHOWN}d}", payload + last
