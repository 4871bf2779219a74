"""Options that every command on an installation has, and what they mean: where, on which day, and who."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any

from cyclopts import Parameter

from kravbro.bootstrap.site import DEFAULT_FOLDER, Site, holds_installation, open_site
from kravbro.bridge.cursor import Carried
from kravbro.cli import output
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.core.statute.law import Statute
from kravbro.core.statute.shipped import shipped_statute
from kravbro.db.place import Place
from kravbro.db.places import place_at
from kravbro.engine.clock import Clock, SystemClock

PLACE_VARIABLE = "KRAVBRO_DIR"
DEFAULT_PLACE = place_at(DEFAULT_FOLDER)


def _place(_type: object, tokens: Sequence[Any]) -> Place:
    """Raises DataFault `db.not_a_place`."""
    return place_at(tokens[0].value)


At = Annotated[
    Place,
    Parameter(
        name="--dir",
        env_var=PLACE_VARIABLE,
        converter=_place,
        n_tokens=1,
        show_default=lambda place: place.name,
        help="Where the installation is: a folder, or postgresql://user@host/database.",
    ),
]

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
"""The business dates that `--on` takes: before lies no law that is kept here, after only a slip of the finger."""


def _within_reach(_: object, on: date | None) -> None:
    """Raises DataFault `cli.on_out_of_range`."""
    if on is not None and not FIRST_DAY <= on <= LAST_DAY:
        raise DataFault("cli.on_out_of_range", on=on, first=FIRST_DAY, last=LAST_DAY)


OnDate = Annotated[
    date | None,
    Parameter(name="--on", help="The business date, YYYY-MM-DD. Default: today in Oslo.", validator=_within_reach),
]
Creditor = Annotated[int | None, Parameter(help="Only this creditor. Default: all of them.")]
Because = Annotated[str, Parameter(name="--because", help="The reason, kept for a later reader.")]


def acting(on: date | None, clock: Clock | None = None) -> Act:
    """The act of whoever runs this command, on the given business date or today."""
    clock = clock or SystemClock()
    return Act(actor=user_name(), on=on or clock.today(), at=clock.now())


def user_name() -> str:
    """The operating system's name for the user, or their number where it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"


def site_at(place: Place, on: date | None) -> Site:
    """The installation in `place`, opened for this user; one that may only be read is told on standard error."""
    site = open_site(place, acting(on))
    if site.noticed:
        output.warn(output.words("site.reads_only", place=place.name))
    return site


def statute_at(place: Place) -> Statute:
    """The law as the installation in `place` has it; as it is shipped where nobody named an installation.

    Raises DataFault `site.not_made` for a place that was named, by --dir or the environment, and holds none.
    """
    named = place != DEFAULT_PLACE or PLACE_VARIABLE in os.environ
    return site_at(place, None).statute if named or holds_installation(place) else shipped_statute()


def chosen_creditors(site: Site, creditor: int | None) -> list[int]:
    """The creditor that was named, or all there are. Raises DataFault `cli.no_such_creditor`."""
    known = site.creditors()
    if creditor is None:
        return known
    if creditor not in known:
        creditors = ", ".join(map(str, known))
        raise DataFault("cli.no_such_creditor", creditor=creditor, place=site.place.name, creditors=creditors)
    return [creditor]


@contextmanager
def pages_shown(label: str, *, as_json: bool) -> Iterator[PageCounter]:
    """A progress line that counts rows carried, for work whose total nobody knows before it is done."""
    with output.progress(label, None, as_json=as_json) as advance:
        yield PageCounter(advance)


class PageCounter:
    """Turns what streams report, page by page, into steps of a progress bar."""

    def __init__(self, advance: Callable[[int], None]) -> None:
        self._advance = advance
        self._read: dict[tuple[str, int], int] = {}

    def __call__(self, carried: Carried) -> None:
        """Count the rows of a page."""
        here = (carried.stream, carried.company)
        self._advance(max(carried.read - self._read.get(here, 0), 0))
        self._read[here] = carried.read


def print_carried(runs: list[Carried], *, as_json: bool) -> None:
    """What each stream did, company by company."""
    if as_json:
        output.print_json({"streams": runs})
        return
    headings = ("stream", "company", "read", "new", "known", "waiting")
    output.print_table(
        output.words("streams.title"),
        [output.words(f"streams.{heading}") for heading in headings],
        [(run.stream, str(run.company), str(run.read), str(run.new), str(run.known), str(run.waiting)) for run in runs],
        right=(1, 2, 3, 4, 5),
    )
