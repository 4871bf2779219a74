"""Texts of a camt.054 to values: amounts, days, references, accounts. Each raises DataFault for what it cannot be."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from functools import lru_cache

from kravbro.core.identifiers import bank_account
from kravbro.formats.camt054.faults import unreadable
from kravbro.formats.camt054.walking import Values

CURRENCY = "NOK"
LONGEST_REFERENCE = 35
LONGEST_TEXT = 140

_AMOUNT = re.compile(r"([0-9]{1,16})(?:\.([0-9]{1,2}))?")
_COUNT = re.compile(r"[0-9]{1,15}")
_ZONE = r"(?:Z|[-+](?:0[0-9]|1[0-4]):[0-5][0-9])?"
_DAY = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}){_ZONE}")
_MOMENT = re.compile(
    rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{{1,9}})?{_ZONE}"
)
_KID = re.compile(r"[0-9]{1,24}[0-9-]")
_NORWEGIAN_IBAN = re.compile(r"NO[0-9]{13}")


def ore(values: Values, key: str) -> int:
    """An amount without a sign, in øre. Raises DataFault `missing`, `value`.

    What has a third decimal is refused, even a zero: there is nothing that could be below an øre.
    """
    text = required(values, key)
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise unreadable("value", key, "0-9, 0-9.00", text)
    kroner, decimals = match.groups("")
    return int(kroner + decimals.ljust(2, "0"))


def ore_in_kroner(values: Values, key: str) -> int:
    """The same of an amount that says its currency. Raises DataFault `currency` besides."""
    currency = values.get(f"{key}@Ccy", "")
    if key in values and currency != CURRENCY:
        raise unreadable("currency", key, CURRENCY, currency)
    return ore(values, key)


def count(values: Values, key: str) -> int:
    """A number of things. Raises DataFault `missing`, `value`."""
    text = required(values, key)
    if not _COUNT.fullmatch(text):
        raise unreadable("value", key, "0-9", text)
    return int(text)


def one_of(values: Values, key: str, codes: Collection[str]) -> str:
    """A code that must be one of these. Raises DataFault `missing`, `value`."""
    text = required(values, key)
    if text not in codes:
        raise unreadable("value", key, ", ".join(codes), text)
    return text


def yes(values: Values, key: str) -> bool:
    """True or false; false if it is not said. Raises DataFault `value`."""
    return key in values and one_of(values, key, ("true", "false", "1", "0")) in {"true", "1"}


def day(values: Values, key: str) -> date | None:
    """The day of `key/Dt` or `key/DtTm`, as it is written, whatever the zone. Raises DataFault `value`, `element`."""
    in_days, in_moments = f"{key}/Dt", f"{key}/DtTm"
    if in_days in values:
        if in_moments in values:
            raise unreadable("element", in_moments, "-", "")
        return _day(values, in_days, _DAY, "YYYY-MM-DD")
    return moment(values, in_moments) if in_moments in values else None


def moment(values: Values, key: str) -> date:
    """The day of a point in time, as it is written. Raises DataFault `missing`, `value`."""
    return _day(values, key, _MOMENT, "YYYY-MM-DDThh:mm:ss")


def reference(values: Values, key: str) -> str:
    """A reference; empty if there is none. Raises DataFault `value`."""
    found = values.get(key)
    if not found:
        return ""
    return found if found.isalnum() and len(found) <= LONGEST_REFERENCE else text(values, key, LONGEST_REFERENCE)


def text(values: Values, key: str, longest: int = LONGEST_TEXT) -> str:
    """A text in one line; empty if there is none. Raises DataFault `value` if it is too long."""
    found = values.get(key, "")
    if not found:
        return found
    if len(found) > longest:
        raise unreadable("value", key, f"1-{longest}", found)
    return found.strip() if found.isprintable() else " ".join(found.split())


def required(values: Values, key: str) -> str:
    """The text under a key without blanks around it. Raises DataFault `missing`."""
    try:
        found = values[key]
    except KeyError as error:
        raise unreadable("missing", key, "", "") from error
    return found.strip()


def own_account(values: Values, key: str) -> str:
    """The 11 digits of the account that a notification is about. Raises DataFault `missing`, `account`."""
    iban, number = f"{key}/IBAN", f"{key}/Othr/Id"
    if iban in values and number in values:
        raise unreadable("element", number, "-", "")
    if iban in values:
        found = required(values, iban)
        digits = norwegian_digits(found)
        if not digits:
            raise unreadable("account", iban, "NO (15)", found)
        return digits
    found = required(values, number)
    if not bank_account.is_valid(found) or not found.isdigit():
        raise unreadable("account", number, "0-9 (11)", found)
    return found


def any_account(values: Values, key: str) -> str:
    """Somebody else's account: 11 digits if it is a sound Norwegian one, else as it is written; empty if not told."""
    iban = reference(values, f"{key}/IBAN")
    return norwegian_digits(iban) or iban if iban else reference(values, f"{key}/Othr/Id")


def norwegian_digits(iban: str) -> str:
    """The account number of a Norwegian IBAN; empty unless both its check digits and those of the number are right.

    Source: ISO 13616: the check digits are 98 less the remainder by 97 of the number with `NO00` behind it in digits
    (N = 23, O = 24). So 00, which also passes the usual test of the whole, is none.
    """
    if not _NORWEGIAN_IBAN.fullmatch(iban) or int(iban[2:4]) != 98 - int(f"{iban[4:]}232400") % 97:
        return ""
    return iban[4:] if bank_account.is_valid(iban[4:]) else ""


def kid_of(found: str) -> str | None:
    """The KID that a reference is: 2 to 25 digits, the last may be `-`; None for any other, and for zeros alone."""
    return found if _KID.fullmatch(found) and found.strip("0") else None


def _day(values: Values, key: str, pattern: re.Pattern[str], notation: str) -> date:
    found = required(values, key)
    match = pattern.fullmatch(found)
    day = _on_calendar(match[1]) if match else None
    if day is None:
        raise unreadable("value", key, notation, found)
    return day


@lru_cache(maxsize=4096)
def _on_calendar(written: str) -> date | None:
    """The day, None if the calendar has none such. Few days come again and again."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
