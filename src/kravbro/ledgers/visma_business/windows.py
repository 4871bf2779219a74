"""Windows of the standard client for what Kravbro tells: as data, and as the views beside Visma's tables.

The button for help in a window opens its guide. Who sees a window is said where it is said of all others: by layout,
and by the user's rights to the company.
"""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.sql.ddl import CreateView

from kravbro.core.claims import Outcome
from kravbro.ledgers.visma_business.queries import JOURNAL
from kravbro.ledgers.visma_business.setup import Setup
from kravbro.ledgers.visma_business.tables import OURS, ours
from kravbro.texts.sentences import sentence


class Window(msgspec.Struct, frozen=True):
    """A window: its name, the view that it shows, that view's columns as users read them, and its guide's anchor."""

    name: str
    view: str
    columns: tuple[tuple[str, str], ...]
    anchor: str

    def guide(self, setup: Setup) -> str:
        """The address of its guide."""
        return f"{setup.guides}#{self.anchor}"


_ITEM = (("company", "Firma"), ("journal", "Journalnr"), ("number", "Postnr"))
NOT_ELIGIBLE = Window(
    "Inkasso: ikke klare",
    "kravbro_not_eligible",
    (*_ITEM, ("told", "Årsaker"), ("marked_on", "Dato")),
    "the-window-of-what-is-not-eligible",
)
CASES = Window(
    "Inkasso: saker",
    "kravbro_cases",
    (*_ITEM, ("case_number", "Saksnr"), ("state", "Status"), ("since", "Siden")),
    "the-window-of-cases",
)
VOUCHERS = Window(
    "Inkasso: bilag",
    "kravbro_vouchers",
    (("company", "Firma"), ("voucher_no", "Bilagsnr"), ("voucher_key", "Nøkkel"), ("delivered_on", "Levert")),
    "the-window-of-vouchers",
)
RUNS = Window(
    "Inkasso: kjøringer",
    "kravbro_runs",
    (("ran_at", "Siste kjøring"), ("next_at", "Neste kjøring")),
    "the-window-of-runs",
)
WINDOWS = (NOT_ELIGIBLE, CASES, VOUCHERS, RUNS)


_plain = sa.MetaData()
mark, run, shown_status, voucher = (
    ours.tables[f"{OURS}.{name}"].to_metadata(_plain, schema=None)  # type: ignore[arg-type] # None takes it off
    for name in ("kravbro_mark", "kravbro_run", "kravbro_status", "kravbro_voucher")
)
"""Our tables as a view beside them names them."""


def views() -> dict[str, sa.Select[Any]]:
    """What each view shows, by its name."""
    return {
        NOT_ELIGIBLE.view: _last_marks(mark.c.told, mark.c.marked_on).where(mark.c.outcome == Outcome.REFUSED.value),
        CASES.view: _cases(),
        VOUCHERS.view: sa.select(*(voucher.c[name] for name, _ in VOUCHERS.columns)),
        RUNS.view: sa.select(run.c.ran_at, run.c.next_at).where(
            run.c.number == sa.select(sa.func.max(run.c.number)).scalar_subquery()
        ),
    }


def _last_marks(*columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """The last mark of each item, with the item's journal and number."""
    older = mark.alias("older")
    same = sa.and_(older.c.company == mark.c.company, older.c.entry == mark.c.entry)
    last = sa.select(sa.func.max(older.c.sequence)).where(same).scalar_subquery()
    journal = sa.literal_column(str(JOURNAL), sa.BigInteger)
    item = (mark.c.company, (mark.c.entry // journal).label("journal"), (mark.c.entry % journal).label("number"))
    return sa.select(*item, *columns).where(mark.c.sequence == last)


def _cases() -> sa.Select[Any]:
    """Accepted items with their case numbers, and the newest status of each."""
    newer = shown_status.alias("newer")
    same = sa.and_(newer.c.company == shown_status.c.company, newer.c.entry == shown_status.c.entry)
    last = sa.select(sa.func.max(newer.c.version)).where(same).scalar_subquery()
    of_item = sa.and_(
        shown_status.c.company == mark.c.company,
        shown_status.c.entry == mark.c.entry,
        shown_status.c.version == last,
    )
    chosen = _last_marks(mark.c.case_number, shown_status.c.state, shown_status.c.since)
    return chosen.select_from(mark.outerjoin(shown_status, of_item)).where(mark.c.outcome == Outcome.ACCEPTED.value)


def create_view(name: str, chosen: sa.Select[Any]) -> sa.schema.ExecutableDDLElement:
    """The statement that makes a view."""
    return CreateView(chosen, name, schema=OURS)


def description(setup: Setup) -> str:
    """What a consultant is told to make in the standard client: each window with its columns and its guide."""
    language = setup.language
    told = [sentence("visma_business.windows.head", {"company": setup.ours}, language)]
    for window in WINDOWS:
        columns = ", ".join(f"{name} ({title})" for name, title in window.columns)
        facts: dict[str, object] = {
            "name": window.name,
            "view": window.view,
            "columns": columns,
            "guide": window.guide(setup),
        }
        told.append(sentence("visma_business.windows.window", facts, language))
    told.append(sentence("visma_business.windows.access", {}, language))
    return "\n".join(told)
