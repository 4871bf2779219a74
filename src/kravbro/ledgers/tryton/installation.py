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
    found = _noted(client)
    if not found:
        number = uuid.uuid4().hex
        message = f"{_OPENING}{number} {client.address.name}]"
        client.call(
            "model.ir.note.create", [{"resource": f"company.company,{_first_company(client)}", "message": message}]
        )
        found = _noted(client)
    number, place = found[0]
    if client.address.identity not in {"", number} or (not client.address.identity and place != client.address.name):
        raise Stop("tryton.copied", server=client.address.name, noted=place, identity=number)
    return number


def _noted(client: Client) -> list[tuple[str, str]]:
    """Number and place of every such note, the oldest first: two programs that began at once agree on that one."""
    domain = [["resource", "like", "company.company,%"], ["message", "like", f"{_OPENING}%"]]
    rows = client.rows("ir.note", domain, ["message"])
    notes = [row["message"].removeprefix(_OPENING).rstrip().removesuffix("]").partition(" ") for row in rows]
    return [(number, place) for number, _, place in notes]


def _first_company(client: Client) -> int:
    """The company that the note stands beside. Raises Stop `tryton.no_company`."""
    rows = client.rows("company.company", [], ["id"], limit=1)
    if not rows:
        raise Stop("tryton.no_company", server=client.address.name)
    return int(rows[0]["id"])
