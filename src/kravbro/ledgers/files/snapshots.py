"""A snapshot of the ledger: SAF-T or a table of items, read and judged before anything of it is taken in. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import msgspec

from kravbro.books.importing.balances import closing_differences
from kravbro.books.importing.csv_source import from_csv
from kravbro.books.importing.saft_source import from_saft
from kravbro.books.importing.source import Kind, Source, SourceLine, Why, refuse_too_much
from kravbro.core.errors import DataFault
from kravbro.core.identifiers import organisation_number
from kravbro.formats import ledger_csv, saft, xml_reading
from kravbro.ledgers.files.derivation import Said
from kravbro.ledgers.files.kept import Newest
from kravbro.ledgers.files.names import Moment, moment_of, parts_of
from kravbro.ledgers.files.setup import KnownBy, Lists, Setup


class Snapshot(msgspec.Struct, frozen=True):
    """What a file says: as the books would take it in, line by line with what only a connected ledger tells.

    `companies` are the numbers that its rows name, each with the first line that does.
    """

    source: Source
    said: tuple[Said, ...]
    companies: dict[str, int]

    @property
    def not_derived(self) -> int:
        """How many lines could not be derived in full, and balances that are not the sum of their lines."""
        return len(self.source.unresolved) + len(closing_differences(self.source))


def read_snapshot(data: bytes, name: str) -> Snapshot:
    """Read a file; its format is known by its content.

    Raises as the readers do, `books.import.too_much`, and DataFault `files.divided` for a SAF-T in several files: one
    of them alone would say that everything in the others is gone.
    """
    if xml_reading.is_xml(data):
        if parts_of(name) > 1:
            raise DataFault("files.divided", file=name, parts=parts_of(name))
        source = from_saft(saft.parse(data, name))
        refuse_too_much(source)
        return Snapshot(source, tuple(Said(plain(line)) for line in source.lines), {})
    rows = ledger_csv.parse(data, name)
    source = from_csv(rows, name)
    refuse_too_much(source)
    said: list[Said] = []
    companies: dict[str, int] = {}
    for row, line in zip(rows, source.lines, strict=True):
        if row.company:
            companies.setdefault(row.company, row.line)
        its = msgspec.structs.replace(plain(line), currency=row.currency or line.currency)
        said.append(Said(its, row.remaining_ore, row.exempt, row.meaning))
    return Snapshot(source, tuple(said), companies)


def plain(line: SourceLine) -> SourceLine:
    """A line without its place in the file, which changes though the line does not."""
    return msgspec.structs.replace(line, line=0, content="")


def made_at(name: str) -> Moment:
    """When a snapshot was made, as its name says. Raises DataFault `files.no_date`."""
    made = moment_of(name)
    if made is None:
        raise DataFault("files.no_date", file=name)
    return made


def judge(
    one: Snapshot, company: int, setup: Setup, known: Newest, customers: Collection[str], *, changed_ns: int = 0
) -> None:
    """Refuse a snapshot that cannot be of this company now, by what was known before and these customers.

    The file that was read last may say something new under its name when somebody has written to it since
    (`changed_ns`, as its folder says).

    Raises DataFault `files.other_company`, `.currency`, `.unknown_customer`, `.other_format`, `.older`,
    `.same_moment`, `.earlier_period` and `.no_remaining`.
    """
    source, name = one.source, one.source.name
    _refuse_other_company(one, company, setup)
    for doubt in source.unresolved:
        if doubt.code is Why.LEDGER_CURRENCY:
            raise DataFault("files.currency", file=name, line=doubt.line)
        if doubt.code is Why.UNKNOWN_CUSTOMER:
            raise DataFault("files.unknown_customer", file=name, line=doubt.line, customer=doubt.customer)
    for line, customer in _nameless(source, customers):
        raise DataFault("files.unknown_customer", file=name, line=line, customer=customer)
    if known.format not in {"", source.format}:
        raise DataFault("files.other_format", file=name, format=source.format, known=known.format)
    made = made_at(name)
    if known.change and made < known.made:
        raise DataFault("files.older", file=name, known=known.name)
    is_rewritten = name == known.name and changed_ns > known.changed_ns
    if known.change and made == known.made and not is_rewritten:
        raise DataFault("files.same_moment", file=name, known=known.name)
    if source.has_balances and known.starts and source.start < known.starts:
        raise DataFault("files.earlier_period", file=name, start=source.start, known=known.starts)
    if setup.lists is Lists.OPEN and not source.has_balances:
        for place, said in enumerate(one.said):
            if said.line.kind is Kind.INVOICE and said.remaining_ore is None:
                raise DataFault("files.no_remaining", file=name, line=source.lines[place].line)


def _refuse_other_company(one: Snapshot, company: int, setup: Setup) -> None:
    name, own = one.source.name, setup.company(company)
    number = organisation_number.compact(own.organisation_number)
    if number and one.source.organisation_number and one.source.organisation_number != number:
        found = one.source.organisation_number
        raise DataFault("files.other_company", file=name, line=1, company=company, known=number, found=found)
    for found, line in one.companies.items():
        if found != str(company):
            known = str(company)
            raise DataFault("files.other_company", file=name, line=line, company=company, known=known, found=found)


def _nameless(source: Source, known: Collection[str]) -> Iterator[tuple[int, str]]:
    """Customers of whom neither this file nor one before it tells the name, with the first line on each."""
    strangers = {one.id for one in source.customers if not one.party.name and one.id not in known}
    for line in source.lines:
        if line.customer in strangers:
            yield line.line, line.customer


def our_voucher(line: SourceLine, setup: Setup) -> tuple[int, int]:
    """Which voucher of ours a line says that it is of, and which of its lines (0: not said); (0, 0) for none.

    Our mark stands in the text of every line that we write. A number of our series is ours, whatever the text says.
    """
    if KnownBy.TEXT in setup.known_by:
        mark = re.compile(rf"(?<![A-Za-z0-9]){setup.mark}([1-9][0-9]{{0,9}})-([1-9][0-9]{{0,4}})(?![0-9])", re.ASCII)
        for text in (line.text, line.voucher_text, line.voucher_no, *line.named, *line.tried, line.cid):
            if found := mark.search(text):
                return int(found[1]), int(found[2])
    number = line.voucher_no
    is_number = number.isascii() and number.isdigit() and len(number) <= 10
    is_ours = is_number and setup.first_voucher_no <= int(number) <= setup.last_voucher_no
    return (int(number), 0) if is_ours and KnownBy.NUMBER in setup.known_by else (0, 0)


def reference(setup: Setup, voucher_no: int, line_no: int) -> str:
    """What we write on a line, so that `our_voucher` knows it again."""
    return f"{setup.mark}{voucher_no}-{line_no}"
