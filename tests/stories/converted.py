"""A living installation in which claims were handed over before Kravbro was there: what may be done to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec
import sqlalchemy as sa

from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.transferred_items import mark_transferred
from kravbro.books.commands.vouchers import write_vouchers
from kravbro.books.queries.open_items import OpenItemShown
from kravbro.bootstrap.demo import ledger_day, setting
from kravbro.bootstrap.demo.world import DEMO_DATE
from kravbro.bootstrap.site import Site
from kravbro.bridge.convert import Asked, Converted, convert
from kravbro.bridge.streams import ALL
from kravbro.core.adoption import Choice
from kravbro.db.engines import reading, writing
from kravbro.db.place import company_owner
from kravbro.formats.earlier_claims import Row
from kravbro.office import tables as t
from kravbro.office.earlier.claims import import_earlier_claims
from kravbro.office.journals import Account
from tests.stories.worlds import ACT, DUE, World

COMPANY = 2
CUT_OFF = DEMO_DATE - timedelta(days=30)
BEFORE, AFTER = CUT_OFF - timedelta(days=1), CUT_OFF
WHY = "liste fra forrige leverandør"


def older(number: int, customer: int, invoice_no: str, principal_ore: int, paid_ore: int = 0, **more: object) -> Row:
    """A row of the older system's file."""
    base = Row(
        line=number + 1,
        case_number=f"K-{number}",
        customer=COMPANY * 1000 + customer,
        invoice_no=invoice_no,
        invoice_date=DUE,
        due_date=DUE,
        principal_ore=principal_ore,
        paid_principal_ore=paid_ore,
    )
    return msgspec.structs.replace(base, **more)


class Handed(World):
    """The installation of `worlds`, with what people do when claims were handed over earlier."""

    def money(self, kind: str, invoice_no: str, amount_ore: int, dated: date, name: str) -> None:
        """A voucher of that date on an invoice, posted now: `payment`, `credit_note` or `taken_back`."""
        types = {
            "payment": (setting.PAYMENT, -amount_ore),
            "credit_note": (setting.CREDIT_NOTE, -amount_ore),
            "taken_back": (setting.REVERSAL, amount_ore),
        }
        voucher_type, signed_ore = types[kind]
        draft = ledger_day.money(voucher_type, name, signed_ore, self.item(invoice_no), dated, matched=True)
        with writing(self.books) as connection:
            post_vouchers(connection, write_vouchers(connection, [draft], ACT), ACT)

    @property
    def books(self) -> sa.Engine:
        """The company's books."""
        return self.place.open(company_owner(COMPANY))

    def item(self, invoice_no: str) -> OpenItemShown:
        """An invoice as the ledger shows it."""
        return next(one for one in self.items(COMPANY) if one.invoice_no == invoice_no)

    def mark(self, *invoices: str) -> None:
        """Mark invoices as handed over earlier."""
        with writing(self.books) as connection:
            mark_transferred(connection, {self.item(one).entry: "" for one in invoices}, WHY, ACT)

    def take_in(self, rows: Sequence[Row]) -> None:
        """Import the older system's cases."""
        with writing(self.place.open("office")) as connection:
            import_earlier_claims(connection, COMPANY, rows, "saker.csv", ACT)

    def convert(self, choices: Sequence[Choice] = (), *, make_cases: bool = False) -> Converted:
        """Carry a conversion out."""
        site = Site(self.place, ACT, 2)
        asked = Asked(CUT_OFF, WHY, tuple(choices), make_cases)
        return convert(site.join(), site.own_ledger, site.collector, COMPANY, asked)

    def carry_all(self) -> None:
        """Every stream, as a day's jobs would."""
        for stream in ALL:
            self.carry(stream, COMPANY)

    def principals(self) -> Mapping[str, int]:
        """What is left of the principal of each claim at the office, by the ledger's invoice (øre)."""
        row = t.journal_row.c
        sums = (
            sa.select(t.claim.c.invoice_no, sa.func.sum(row.amount_ore))
            .join(t.claim, t.claim.c.id == row.claim)
            .where(row.account == Account.PRINCIPAL.value, t.claim.c.creditor == COMPANY)
            .group_by(t.claim.c.invoice_no)
        )
        with reading(self.place.open("office")) as connection:
            return {invoice_no: int(ore) for invoice_no, ore in connection.execute(sums)}
