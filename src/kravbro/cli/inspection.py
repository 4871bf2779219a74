"""What is told of every payment file: its KIDs, what an installation has of it, and what an import leaves out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kravbro.bootstrap.site import holds_installation
from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, site_at
from kravbro.core.identifiers import bank_account
from kravbro.core.identifiers import kid as kid_rules
from kravbro.core.money import format_kroner
from kravbro.db.engines import reading
from kravbro.db.place import Place
from kravbro.office.bank_files import BankFile
from kravbro.office.incoming_camt054 import LeftOut
from kravbro.office.lookalikes import Lookalike
from kravbro.office.payment_import import known_and_alike


class Compared(msgspec.Struct, frozen=True):
    """What an installation has of a file: payments that it knows, and new ones that look like some of other formats."""

    new: int
    known: int
    lookalikes: list[Lookalike]


def compared_at(place: Place, file: BankFile) -> Compared | None:
    """What the installation at a place has of a file; None if none was named and there is none by default.

    Raises DataFault `site.not_made` for a place that was named and holds none.
    """
    if place == DEFAULT_PLACE and not holds_installation(place):
        return None
    with reading(site_at(place, None).office) as connection:
        known, alike = known_and_alike(connection, file.format, file.payments)
    return Compared(len(file.payments) - known, known, alike)


def print_compared(compared: Compared | None) -> None:
    """What an installation has of the file, and the payments that may be here already."""
    if compared is None:
        return
    output.print_line(output.words("payments.compared", new=compared.new, known=compared.known))
    if not compared.lookalikes:
        return
    output.print_table(
        output.words("payments.lookalikes", count=len(compared.lookalikes)),
        [
            output.words(f"payments.{name}")
            for name in ("kid", "amount", "settlement_date", "account", "number", "in_file", "format")
        ],
        [
            (
                one.kid,
                format_kroner(one.amount_ore),
                str(one.settlement_date),
                bank_account.format(one.account_number),
                str(one.payment),
                f"{one.file_name} ({one.file})",
                output.words(f"payments.format_{one.format}"),
            )
            for one in compared.lookalikes
        ],
        right=(0, 1, 4),
    )


def print_left_out(entries: Sequence[LeftOut]) -> None:
    """The entries of a file that are no incoming payments, or not booked yet; nothing if there are none."""
    if not entries:
        return
    output.print_table(
        output.words("payments.left_out", count=len(entries)),
        [
            output.words(f"payments.{name}")
            for name in ("why", "amount", "settlement_date", "account", "reference", "transactions_in")
        ],
        [
            (
                output.words(f"payments.kind_{one.why.value}"),
                format_kroner(one.amount_ore),
                str(one.booked_on or ""),
                bank_account.format(one.account_number),
                one.reference,
                str(one.transactions),
            )
            for one in entries
        ],
        right=(1, 5),
    )


def kid_methods(kids: list[str]) -> list[str]:
    """For each KID the methods whose check digit fits, for the file does not say which of them was agreed."""
    wrong = {method: set(kid_rules.wrong(kids, method)) for method in kid_rules.METHODS}
    fitting = [
        [method.upper() for method in kid_rules.METHODS if place not in wrong[method]] for place in range(len(kids))
    ]
    no_method = output.words("payments.kid_wrong")
    return [", ".join(methods) or (no_method if kid else "") for kid, methods in zip(kids, fitting, strict=True)]
