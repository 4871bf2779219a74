"""A copy of a served ledger, with the service over it and no network before it: what should have come of a message."""

from __future__ import annotations

import subprocess
from pathlib import Path

from kravbro.access.logins import login_named
from kravbro.books.queries.dump import dump as dump_books
from kravbro.bootstrap.adoption import Found, adopt
from kravbro.bootstrap.notice import noticed
from kravbro.bootstrap.service_logins import newest_messages
from kravbro.bootstrap.serving import ServedLedger
from kravbro.bootstrap.site import Site
from kravbro.core.acts import Act
from kravbro.core.errors import KravbroError
from kravbro.db.engines import reading
from kravbro.db.place import Place
from kravbro.db.places import place_at
from kravbro.formats.wsinkasso.envelopes import answer, fault
from kravbro.texts.sentences import explain
from kravbro.web.wsinkasso_api.service import Service
from tests.books.world import ACT, TODAY
from tests.formats.wsinkasso_messages import CONTRACT
from tests.stories.canonical import canonical
from tests.web.wsinkasso_api.served import Municipality


class Twin:
    """The copy, in a folder of its own, for the login `kk2`."""

    def __init__(self, town: Municipality, folder: Path) -> None:
        # Another process copies: one that closes a file of SQLite lets go of all its own locks on it (POSIX).
        folder.mkdir(exist_ok=True)
        subprocess.run(["cp", "-r", str(town.folder / "place"), str(folder / "place")], check=True)
        self.place = place_at(folder / "place")
        adopt(self.place, Found(noticed(self.place), (), {}), "a twin", ACT)
        self._ledger = ServedLedger(self.place)
        access = self.place.open("access")
        with reading(access) as connection:
            found = login_named(connection, "kk2")
        assert found
        self._login = found
        self._service = Service(self._ledger.for_act, access)

    def answer(self, message: bytes) -> bytes:
        """What the message is to be answered: by the contract, and then by the ledger."""
        try:
            asked = CONTRACT.read_call(message)
            return answer(asked.operation, self._service.answer(asked, self._login, Act("kk2", TODAY, ACT.at)))
        except KravbroError as error:
            return fault(error, explain(error, "nb"))

    def close(self) -> None:
        """Close the databases."""
        self._ledger.close()


def books_of(place: Place, *, effects: bool = True) -> str:
    """Both companies' books and the messages, without moments of writing; `effects`: with how many rows were new."""
    dumps = []
    for owner in ("F0001", "F0002"):
        with reading(place.open(owner)) as connection:
            dumps.append(dump_books(connection, set(), set()))
    kept = newest_messages(Site(place, ACT), 10_000)
    told = [(one.message, one.function, *((one.new, one.known) if effects else ())) for one in kept]
    return canonical({"books": dumps, "messages": told})
