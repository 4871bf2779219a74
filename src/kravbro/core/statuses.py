"""Which of the statuses that a collector publishes are shown: the newest version of each claim, and never an older."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from kravbro.core.claims import Status
from kravbro.core.errors import DataFault


class Shown(msgspec.Struct, frozen=True):
    """The statuses to be shown, by entry, where they differ from what is shown; how many were new, and known."""

    changed: dict[int, Status]
    new: int
    known: int


def decide(statuses: Iterable[Status], shown: Mapping[int, Status]) -> Shown:
    """What to show, when `shown` is what is shown of these claims. A status is compared without its stream number.

    Raises DataFault `port.status_differs` for a known version with other content.
    """
    now = dict(shown)
    new = known = 0
    for numbered in statuses:
        status = msgspec.structs.replace(numbered, number=0)
        have = now.get(status.entry)
        if have is None or status.version > have.version:
            now[status.entry] = status
            new += 1
            continue
        if status.version == have.version and status != have:
            raise DataFault("port.status_differs", entry=status.entry, version=status.version)
        known += 1
    changed = {entry: status for entry, status in sorted(now.items()) if shown.get(entry) != status}
    return Shown(changed, new, known)
