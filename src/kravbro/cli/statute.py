"""`kravbro statute`: the law as dated rows, the rows that an operator adds, and who read which row in the law."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from cyclopts import App, Parameter

from kravbro.bootstrap.site import holds_installation
from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, At, OnDate, site_at
from kravbro.core.money import format_kroner, parse_kroner
from kravbro.core.statute.rows import Row, Scope, Unit
from kravbro.core.statute.shipped import shipped_statute
from kravbro.db.engines import reading, writing
from kravbro.db.place import Place
from kravbro.office.queries.statute import ListedRow, listed, shown
from kravbro.office.statute import Added, Kept, add_row, load_kept, verify_row
from kravbro.office.statute_effect import Effect
from kravbro.office.statute_rows import has_bands
from kravbro.texts.confidence import confidence_told

app = App(name="statute", help="The law as dated rows: list, add, verify.", help_format="plaintext")

READ_BY_OPERATOR = "read by the operator"
_DECIMAL_COMMA = frozenset({"nb", "nn"})

RuleName = Annotated[str, Parameter(help="The rule's name, as `statute list` prints it.")]
Value = Annotated[str, Parameter(help="A decimal or a fraction, exactly as the law has it: 12.25, 1/20.")]
FirstDay = Annotated[date, Parameter(name="--from", help="The row's first day, YYYY-MM-DD.")]
ForWhom = Annotated[Literal["all", "consumer", "business"], Parameter(name="--scope", help="Whom the row is for.")]
UpTo = Annotated[
    str | None, Parameter(name="--up-to", help="The upper end of the band in kroner, for a rule that has bands.")
]
Above = Annotated[bool, Parameter(name="--above", negative="", help="The band above the last.")]
OfAct = Annotated[
    int | None, Parameter(name="--act", help="The year of the act of collection, for a rule that stands in one.")
]
Source = Annotated[str, Parameter(name="--source", help="Where you read it: an address, or the name of the text.")]


@app.command(name="list")
def list_rows(
    *,
    rule: Annotated[str | None, Parameter(help="Only this rule.")] = None,
    on: Annotated[date | None, Parameter(name="--on", help="Only the rows that count on this day, YYYY-MM-DD.")] = None,
    place: At = DEFAULT_PLACE,
    json: output.AsJson = False,
) -> None:
    """List the rows of the law: value, days, source, confidence, who added and who verified them, and what counts.

    Works without an installation, and lists what is shipped then.
    """
    kept = _kept(place)
    rows = listed(kept, rule=rule, on=on)
    if json:
        named = {row.rule for row in rows} | ({rule} if rule else set())
        rules = [one for name, one in kept.statute.rules.items() if name in named]
        output.print_json({"rules": rules, "rows": rows})
        return
    headings = (
        "rule",
        "value",
        "unit",
        "from",
        "to",
        "band",
        "law",
        "source",
        "confidence",
        "added_by_whom",
        "verified",
        "state",
    )
    title = "list" if holds_installation(place) else "list_shipped"
    output.print_table(
        output.words(f"statute.{title}", count=len(rows), place=place.name),
        [output.words(f"statute.{heading}") for heading in headings],
        [_cells(kept, row) for row in rows],
        right=(1,),
    )
    if kept.waiting and on is None:
        output.print_line(output.words("statute.some_wait", count=len(kept.waiting)))


@app.command
def add(  # noqa: PLR0913 - one parameter for each thing that a row says
    rule: RuleName,
    value: Value,
    /,
    *,
    valid_from: FirstDay,
    valid_to: Annotated[
        date | None, Parameter(name="--to", help="The row's last day. Default: until a row that begins later.")
    ] = None,
    scope: ForWhom = "all",
    up_to: UpTo = None,
    above: Above = False,
    of_act: OfAct = None,
    law: Annotated[str, Parameter(help="The act or regulation with its paragraph.")],
    source: Source,
    confidence: Annotated[str, Parameter(help="How sure it is.")] = READ_BY_OPERATOR,
    note: Annotated[str, Parameter(help="Anything that a later reader should know.")] = "",
    replaces: Annotated[
        bool, Parameter(name="--replaces", negative="", help="The row takes the place of one that has a value.")
    ] = False,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Add a row that you have read in the law. Nothing is overwritten: a wrong row is cured by adding another.

    A later row ends an open one by itself. A row that overlaps one with a value in any other way needs --replaces.
    Exit code 1 if the row says something else than what is kept, 2 if it cannot be law.
    """
    site = site_at(place, on)
    shipped = shipped_statute()
    band_ore = None if up_to is None else parse_kroner(up_to)
    row = Row(rule, value, valid_from, valid_to, law, source, confidence, Scope(scope), band_ore, of_act, note)
    with writing(site.office) as connection:
        added = add_row(connection, shipped, row, site.act, above=above, replaces=replaces)
        kept = load_kept(connection, shipped)
    if json:
        done = added.effect
        output.print_json(
            {
                "number": added.added.number,
                "row": shown(kept, [added.added.row])[0],
                **{name: shown(kept, rows) for name, rows in _rows_of(done).items()},
                "waits": done.waits,
                "waits_for_act": done.waits_for_act,
                "refused": done.refused,
            }
        )
    else:
        _tell(kept, added)


@app.command
def verify(  # noqa: PLR0913 - the row's key, and what was read
    rule: RuleName,
    /,
    *,
    valid_from: FirstDay,
    scope: ForWhom = "all",
    up_to: UpTo = None,
    above: Above = False,
    of_act: OfAct = None,
    value: Annotated[
        str, Parameter(name="--value", help="The value as you read it in the law, not as the row has it.")
    ],
    source: Source,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Say that you read a row in the law, and where.

    Refused, with exit code 1, if what you read differs from the row.
    """
    site = site_at(place, on)
    with writing(site.office) as connection:
        read = verify_row(
            connection,
            shipped_statute(),
            rule,
            valid_from,
            value,
            source,
            site.act,
            scope=Scope(scope),
            up_to_ore=None if up_to is None else parse_kroner(up_to),
            above=above,
            of_act=of_act,
        )
    if json:
        output.print_json(read)
        return
    output.print_line(
        output.words(
            "statute.verified_now",
            rule=rule,
            value=_figure(read.value),
            valid_from=valid_from,
            actor=read.verified_by,
            on=read.verified_on,
            source=read.verified_in,
        )
    )


def _kept(place: Place) -> Kept:
    """The law of the installation in the place; where there is none, what is shipped."""
    if not holds_installation(place):
        return Kept(shipped_statute())
    with reading(site_at(place, None).office) as connection:
        return load_kept(connection, shipped_statute())


def _rows_of(done: Effect) -> dict[str, tuple[Row, ...]]:
    """The rows that adding one did something to, by what it did."""
    return {
        "ends": done.ends,
        "replaces": done.replaces,
        "narrows": done.narrows,
        "fills": done.fills,
        "resumes": done.resumes,
    }


def _cells(kept: Kept, row: ListedRow) -> tuple[str, ...]:
    added = "" if row.added_by is None else output.words("statute.added_by", actor=row.added_by, on=row.added_on)
    verified = ""
    if row.verified_by is not None:
        verified = output.words(
            "statute.verified_by", actor=row.verified_by, on=row.verified_on, source=row.verified_in
        )
    return (
        row.rule,
        _figure(row.value) if row.value is not None else output.words("statute.not_known"),
        output.words(f"statute.unit.{Unit(row.unit).name.lower()}"),
        output.words("statute.not_in_force") if row.valid_from is None else str(row.valid_from),
        "" if row.valid_to is None else str(row.valid_to),
        _band(kept, row),
        row.law,
        row.source,
        confidence_told(row.confidence, output.language()),
        added,
        verified,
        output.words(f"statute.state.{row.state}"),
    )


def _band(kept: Kept, row: ListedRow) -> str:
    """Whom and what the row is for: scope, band and act, each only where it says something."""
    told = [] if row.scope == Scope.ALL else [output.words(f"statute.scope.{row.scope}")]
    if row.up_to_ore is not None:
        told.append(output.words("statute.band_up_to", amount=format_kroner(row.up_to_ore)))
    elif has_bands(kept.statute, row.rule):
        told.append(output.words("statute.band_above"))
    if row.act is not None:
        told.append(output.words("statute.of_act", act=row.act))
    return ", ".join(told)


def _figure(value: str | None) -> str:
    text = value or ""
    return text.replace(".", ",") if output.language() in _DECIMAL_COMMA else text


def _tell(kept: Kept, added: Added) -> None:
    """The row that was added, and then everything that it changes."""
    row, done = added.added.row, added.effect
    facts = {"number": added.added.number, "rule": row.rule, "value": _figure(row.value), "valid_from": row.valid_from}
    if row.valid_to is None:
        output.print_line(output.words("statute.added_open", **facts))
    else:
        output.print_line(output.words("statute.added", valid_to=row.valid_to, **facts))
    for code, rows in _rows_of(done).items():
        for one in rows:
            output.print_line(_about(kept, code, one, row))
    if done.waits:
        output.print_line(output.words("statute.waits", rule=row.rule))
    if done.waits_for_act:
        output.print_line(output.words("statute.waits_for_act", act=row.act, valid_from=row.valid_from))
    if done.refused:
        output.print_line(
            output.words("statute.refused", rules=", ".join(done.refused), valid_from=row.valid_from, act=row.value)
        )


def _about(kept: Kept, code: str, other: Row, row: Row) -> str:
    """One line about a row that counted before."""
    band = _band(kept, shown(kept, [other])[0])
    return output.words(
        f"statute.{code}",
        value=_figure(other.value),
        begins=other.valid_from,
        band=f" ({band})" if band else "",
        law=other.law,
        part="" if row.scope is Scope.ALL else output.words(f"statute.scope.{row.scope}"),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
