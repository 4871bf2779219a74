"""Windows of the standard client for what Kravbro tells: as data, and as the views that they show.

A view in a client's database shows that company alone, so that whoever may not open the company does not see it. In a
company that is no client, such as 7777, the same view shows all companies. Within them, the layout says who sees which
window. The button for help in a window opens its guide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.sql.ddl import CreateView, DropView

from kravbro.core.claims import Outcome
from kravbro.ledgers.visma_business.queries import JOURNAL
from kravbro.ledgers.visma_business.setup import Setup
from kravbro.ledgers.visma_business.tables import OURS, ours
from kravbro.texts.sentences import sentence


class Window(msgspec.Struct, frozen=True):
    """A window: what it is called in catalogues, its view with that view's columns, and its guide's anchor."""

    key: str
    columns: tuple[str, ...]
    anchor: str

    @property
    def view(self) -> str:
        """The view that it shows."""
        return f"kravbro_{self.key}"

    def name(self, language: str) -> str:
        """What users call it."""
        return sentence(f"visma_business.window.{self.key}", {}, language)

    def titles(self, language: str) -> list[tuple[str, str]]:
        """The view's columns, each with what users call it."""
        return [(one, sentence(f"visma_business.column.{one}", {}, language)) for one in self.columns]

    def guide(self, setup: Setup) -> str:
        """The address of its guide."""
        return f"{setup.guides}#{self.anchor}"


_ITEM = ("company", "customer", "invoice_no", "journal", "number")
NOT_ELIGIBLE = Window("not_eligible", (*_ITEM, "told", "ready_on", "marked_on"), "the-window-of-what-is-not-eligible")
CASES = Window("cases", (*_ITEM, "case_number", "state", "since"), "the-window-of-cases")
VOUCHERS = Window("vouchers", ("company", "voucher_no", "voucher_key", "delivered_on"), "the-window-of-vouchers")
RUNS = Window("runs", ("ran_at", "next_at"), "the-window-of-runs")
WINDOWS = (NOT_ELIGIBLE, CASES, VOUCHERS, RUNS)

_plain = sa.MetaData()
_BESIDE = {table.name: table.to_metadata(_plain, schema=None) for table in ours.sorted_tables}  # type: ignore[arg-type] # None takes it off
_ELSEWHERE = {table.name: table for table in ours.sorted_tables}


def views(company: int | None, *, beside: bool) -> dict[str, sa.schema.ExecutableDDLElement]:
    """What makes each view, by its name: of one company, or of all (None); `beside`: our tables stand there too."""
    tables = _BESIDE if beside else _ELSEWHERE
    schema = OURS if beside else COMPANY_OF_VIEW
    shown = {
        NOT_ELIGIBLE: _not_eligible(tables, company),
        CASES: _cases(tables, company),
        VOUCHERS: _vouchers(tables, company),
        RUNS: _runs(tables),
    }
    return {one.view: CreateView(chosen, one.view, schema=schema) for one, chosen in shown.items()}


COMPANY_OF_VIEW = "company"
"""The token of the schema that a company's views stand in."""


def dropped(name: str, *, beside: bool) -> sa.schema.ExecutableDDLElement:
    """What removes a view that is to be made anew."""
    table = sa.Table(name, sa.MetaData(), schema=OURS if beside else COMPANY_OF_VIEW)
    return DropView(table)


def _of(table: sa.FromClause, company: int | None) -> tuple[sa.ColumnElement[bool], ...]:
    """The rows of one company, or all. A view has no parameters."""
    return () if company is None else (table.c.company == sa.literal_column(str(company), sa.Integer),)


def _same_item(one: sa.FromClause, other: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(one.c.company == other.c.company, one.c.entry == other.c.entry)


def _item(table: sa.FromClause) -> tuple[sa.ColumnElement[Any], ...]:
    journal = sa.literal_column(str(JOURNAL), sa.BigInteger)
    place = ((table.c.entry // journal).label("journal"), (table.c.entry % journal).label("number"))
    return table.c.company, table.c.customer, table.c.invoice_no, *place


def _is_last(table: sa.Table, of_item: str) -> sa.ColumnElement[bool]:
    """Whether a row has the highest number of its item."""
    other = table.alias("other")
    return (
        table.c[of_item] == sa.select(sa.func.max(other.c[of_item])).where(_same_item(other, table)).scalar_subquery()
    )


def _not_eligible(tables: Mapping[str, sa.Table], company: int | None) -> sa.CompoundSelect[Any]:
    """Items whose last answer is a refusal, and items that wait for their answer; each once."""
    mark, waiting = tables["kravbro_mark"], tables["kravbro_waiting"]
    offered_anew = sa.exists().where(_same_item(waiting, mark), waiting.c.offer > mark.c.offer)
    refused = sa.select(
        *_item(mark), mark.c.told, sa.cast(sa.null(), sa.Date).label("ready_on"), mark.c.marked_on
    ).where(mark.c.outcome == sa.literal_column(f"'{Outcome.REFUSED.value}'"), _is_last(mark, "sequence"))
    answered = sa.exists().where(_same_item(mark, waiting), mark.c.offer >= waiting.c.offer)
    waits = sa.select(*_item(waiting), waiting.c.told, waiting.c.ready_on, waiting.c.told_on.label("marked_on")).where(
        _is_last(waiting, "sequence")
    )
    return sa.union_all(
        refused.where(sa.not_(offered_anew), *_of(mark, company)),
        waits.where(sa.not_(answered), *_of(waiting, company)),
    )


def _cases(tables: Mapping[str, sa.Table], company: int | None) -> sa.Select[Any]:
    """Accepted items with their case numbers, and the newest status of each."""
    mark, status = tables["kravbro_mark"], tables["kravbro_status"]
    newer = status.alias("newer")
    last = sa.select(sa.func.max(newer.c.version)).where(_same_item(newer, status)).scalar_subquery()
    of_item = sa.and_(_same_item(status, mark), status.c.version == last)
    in_words = sa.case((status.c.told == sa.literal_column("''"), status.c.state), else_=status.c.told)
    chosen = sa.select(*_item(mark), mark.c.case_number, in_words.label("state"), status.c.since)
    accepted = mark.c.outcome == sa.literal_column(f"'{Outcome.ACCEPTED.value}'")
    joined = mark.outerjoin(status, of_item)
    return chosen.select_from(joined).where(accepted, _is_last(mark, "sequence"), *_of(mark, company))


def _vouchers(tables: Mapping[str, sa.Table], company: int | None) -> sa.Select[Any]:
    voucher = tables["kravbro_voucher"]
    return sa.select(*(voucher.c[name] for name in VOUCHERS.columns)).where(*_of(voucher, company))


def _runs(tables: Mapping[str, sa.Table]) -> sa.Select[Any]:
    """The last run, and when the next is meant to be, as a clock on a wall in Norway shows it."""
    run = tables["kravbro_run"]
    last = sa.select(sa.func.max(run.alias("other").c.number)).scalar_subquery()
    return sa.select(run.c.shown_ran_at.label("ran_at"), run.c.shown_next_at.label("next_at")).where(
        run.c.number == last
    )


def description(setup: Setup) -> str:
    """What a consultant is told to make in the standard client: each window with its columns and its guide."""
    language = setup.language
    told = [sentence("visma_business.windows.head", {"company": setup.ours}, language)]
    for window in WINDOWS:
        columns = ", ".join(f"{name} ({title})" for name, title in window.titles(language))
        facts: dict[str, object] = {
            "name": window.name(language),
            "view": window.view,
            "columns": columns,
            "guide": window.guide(setup),
        }
        told.append(sentence("visma_business.windows.window", facts, language))
    told.append(sentence("visma_business.windows.access", {"company": setup.ours}, language))
    return "\n".join(told)
