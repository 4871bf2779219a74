"""Which Tryton this is: a number that we note in its database once, together with where the database is.

Tryton has no number of its own. A copy of the database has the note too, and is found out by being elsewhere: its
address is another than the note says. A database that was moved on purpose looks the same, so a person decides, by
putting the noted number into the address (`identity=...`).
"""

from __future__ import annotations

import uuid

from kravbro.core.errors import Stop
from kravbro.ledgers.tryton.wire import Client

_OPENING = "[kravbro installation "


def installation(client: Client) -> str:
    """The number of this installation, noted if it was not. Raises Stop `tryton.copied` for a copy, or a moved one."""
    parties = _parties(client)
    found = _noted(client, parties)
    if not found:
        message = f"{_OPENING}{uuid.uuid4().hex} {client.address.name}]"
        client.call("model.ir.note.create", [{"resource": parties[0], "message": message}])
        found = _noted(client, parties)
    number, place = found[0]
    if client.address.identity not in {"", number} or (not client.address.identity and place != client.address.name):
        raise Stop("tryton.copied", server=client.address.name, noted=place, identity=number)
    return number


def _noted(client: Client, parties: list[str]) -> list[tuple[str, str]]:
    """Number and place of every such note, the oldest first: two programs that began at once agree on that one."""
    rows = client.rows("ir.note", [["resource", "in", parties]], ["message"])
    notes = [row["message"] for row in rows if (row["message"] or "").startswith(_OPENING)]
    told = [message.removeprefix(_OPENING).rstrip().removesuffix("]").partition(" ") for message in notes]
    return [(number, place) for number, _, place in told]


def _parties(client: Client) -> list[str]:
    """The parties of all companies, the first company's first: the note stands on that one, since whoever keeps books
    may write on parties, and only administrators on companies. Raises Stop `tryton.no_company`."""
    rows = client.rows("company.company", [], ["party"])
    if not rows:
        raise Stop("tryton.no_company", server=client.address.name)
    return [f"party.party,{row['party']}" for row in rows]
