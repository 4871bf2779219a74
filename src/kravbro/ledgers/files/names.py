"""What the names of files say: when a file was made, whether it is whole, and what ours are called."""

from __future__ import annotations

import re
from datetime import date

import msgspec

UNFINISHED = (".part", ".tmp", ".temp", ".filepart", ".crdownload", "~")
"""How programs call a file that they are still writing."""
PART = ".part"
READ = "READ_"
"""What a program that has read a file writes before its name."""
ACCEPTED = ".accept"
"""A file with this after the name of a refused one says, in words, why it is to be read all the same."""
_MOMENT = re.compile(
    r"(?<![0-9])((?:19|2[01])[0-9]{2})-?([0-9]{2})-?([0-9]{2})(?:[-_T ]?([0-9]{1,6})(?![0-9]))?", re.ASCII
)
_PART_OF = re.compile(r"_([0-9]{1,3})_([0-9]{1,3})[.]xml", re.ASCII | re.IGNORECASE)
_UNSAFE = re.compile("[^A-Za-z0-9-]+")
KEY_WIDTH = 60


class Moment(msgspec.Struct, frozen=True, order=True, gc=False):
    """When a file was made: a day, and which file of the day, or the time of day. Later ones sort higher."""

    day: date
    number: int = 0

    def __str__(self) -> str:
        return f"{self.day} {self.number}"


def moment_of(name: str) -> Moment | None:
    """The first day that stands in a name, and the number behind it; None where none does.

    >>> str(moment_of("SAF-T Financial_974760673_20261123145959_1_1.xml"))
    '2026-11-23 145959'
    >>> str(moment_of("poster_2026-11-23_2.csv"))
    '2026-11-23 2'
    """
    match = _MOMENT.search(name)
    while match:
        year, month, day, number = match.groups()
        try:
            return Moment(date(int(year), int(month), int(day)), int(number or 0))
        except ValueError:
            match = _MOMENT.search(name, match.start() + 1)
    return None


def parts_of(name: str) -> int:
    """How many files a SAF-T was divided into, as its name says: `..._2_3.xml` is the second of three.

    >>> parts_of("SAF-T Financial_974760673_20261123145959_2_3.xml"), parts_of("saft_20261123.xml")
    (3, 1)
    """
    match = _PART_OF.search(name)
    return max(int(match[2]), 1) if match else 1


def is_finished(name: str) -> bool:
    """Whether a name is that of a file to be read: not one that is being written, was read, or is hidden."""
    return not (name.startswith((".", READ)) or name.lower().endswith((*UNFINISHED, ACCEPTED)))


def our_name(kind: str, day: date, number: int, suffix: str, key: str = "") -> str:
    """What a file of ours is called: what it is, its day, its number, and for a voucher its key.

    >>> our_name("bilag", date(2026, 11, 23), 17, "txt", "a/b")
    'bilag_2026-11-23_000017_a_b.txt'
    """
    name = f"{kind}_{day}_{number:06d}"
    return f"{name}_{_UNSAFE.sub('_', key)[:KEY_WIDTH]}.{suffix}" if key else f"{name}.{suffix}"
