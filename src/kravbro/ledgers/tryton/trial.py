"""A small company in an empty Tryton, set up over RPC as a consultant would by hand: for tests, demo and trials.

The database must have the modules `account_invoice` and `account_dunning`, no company yet, and the client must be the
administrator. Nothing here is used when Kravbro runs beside a company that exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from kravbro.ledgers.tryton.wire import Client, Row

RECEIVABLE, BANK, SALES, PAYABLE, LOSSES, FEES = "1500", "1920", "3000", "2400", "7830", "8050"
REFUNDS, INTERIM = "2980", "2990"
_ACCOUNTS = (
    (RECEIVABLE, "Kundefordringer", "balance", {"assets": True, "receivable": True}),
    (BANK, "Bank", "balance", {"assets": True}),
    (PAYABLE, "Leverandørgjeld", "balance", {"debt": True, "payable": True}),
    (REFUNDS, "For mye betalt", "balance", {"debt": True}),
    (INTERIM, "Uplasserte innbetalinger", "balance", {"debt": True}),
    (SALES, "Salgsinntekt", "income", {"revenue": True}),
    (FEES, "Renteinntekt", "income", {"revenue": True}),
    (LOSSES, "Tap på fordringer", "income", {"expense": True}),
)
JOURNALS = (
    ("SALG", "Salg", "revenue"),
    ("BANK", "Bank", "cash"),
    ("DIV", "Diverse", "general"),
    ("TAPB", "Tap, kravet består", "write-off"),
    ("TAP", "Tap, kravet er slutt", "write-off"),
    ("KRAV", "Kravbro", "general"),
)
"""Code, name and type; the last is the one that only Kravbro writes in."""
CLAIM_ENDED = "TAP"
LEVELS = (14, 28)
"""Days after the due date of the two dunning levels; the second is the one for collection."""


class Chart(msgspec.Struct, frozen=True):
    """The ids that bookkeeping needs: of a company's accounts and journals by code, of its procedure and currency."""

    company: int
    currency: int
    accounts: dict[str, int]
    journals: dict[str, int]
    procedure: int
    country: int


def set_up(client: Client, name: str, years: Sequence[int], *, others: Sequence[str] = ()) -> list[int]:
    """A company (and others) with accounts, journals, fiscal years and dunning procedure; answers their ids."""
    (currency,) = _create(
        client,
        "currency.currency",
        {"name": "Norske kroner", "symbol": "kr", "code": "NOK", "numeric_code": "578", "digits": 2}
        | {"rounding": Decimal("0.01")},
    )
    _create(client, "country.country", {"name": "Norge", "code": "NO", "code3": "NOR", "code_numeric": "578"})
    _create(client, "account.journal", *[{"code": code, "name": words, "type": kind} for code, words, kind in JOURNALS])
    levels = [{"sequence": place, "overdue": timedelta(days)} for place, days in enumerate(LEVELS, 1)]
    _create(client, "account.dunning.procedure", {"name": "PWS", "levels": [["create", levels]]})
    _print_plainly(client)
    made = [_company(client, title, currency, years) for title in (name, *others)]
    users = client.rows("res.user", [["login", "=", client.address.user]], ["id"])
    client.call("model.res.user.write", [users[0]["id"]], {"company": made[0]})
    return made


def _print_plainly(client: Client) -> None:
    """Print invoices as a line of text: Tryton prints each when it is posted, and its own form takes it 0.15 s."""
    reports = client.rows("ir.action.report", [["report_name", "=", "account.invoice"]], ["id"])
    plain = {"report_content_custom": b"Faktura\n", "template_extension": "txt", "extension": ""}
    client.call("model.ir.action.report.write", [row["id"] for row in reports], plain)


def _company(client: Client, name: str, currency: int, years: Sequence[int]) -> int:
    (party,) = _create(client, "party.party", {"name": name, "addresses": [["create", [_address("Rådhusgata 1")]]]})
    (company,) = _create(client, "company.company", {"party": party, "currency": currency})
    users = client.rows("res.user", [["login", "=", client.address.user]], ["id"])
    client.call("model.res.user.write", [users[0]["id"]], {"companies": [["add", [company]]], "company_filter": "all"})
    types = [
        {"name": words, "company": company, "statement": statement, **flags} for _, words, statement, flags in _ACCOUNTS
    ]
    of_types = _create(client, "account.account.type", *types, company=company)
    accounts = [
        {"code": code, "name": words, "company": company, "type": of_type}
        | {"reconcile": "receivable" in flags or "payable" in flags}
        | {"party_required": "receivable" in flags or "payable" in flags}
        for (code, words, _, flags), of_type in zip(_ACCOUNTS, of_types, strict=True)
    ]
    _create(client, "account.account", *accounts, company=company)
    for year in years:
        _fiscal_year(client, company, year)
    return company


def _sequence(client: Client, model: str, of_type: str, name: str, company: int) -> list[int]:
    (found,) = client.rows("ir.sequence.type", [["name", "=", of_type]], ["id"])
    return _create(client, model, {"name": name, "sequence_type": found["id"], "company": company}, company=company)


def _fiscal_year(client: Client, company: int, year: int) -> None:
    (moves,) = _sequence(client, "ir.sequence.strict", "Account Move", f"Bilag {year}", company)
    (invoices,) = _sequence(client, "ir.sequence.strict", "Invoice", f"Faktura {year}", company)
    client.call("model.ir.sequence.strict.write", [moves, invoices], {"prefix": f"{year}-"}, company=company)
    numbered = {f"{side}_{kind}_sequence": invoices for side in ("in", "out") for kind in ("invoice", "credit_note")}
    values = {
        "name": str(year),
        "start_date": date(year, 1, 1),
        "end_date": date(year, 12, 31),
        "company": company,
        "move_sequence": moves,
        "invoice_sequences": [["create", [{"company": company, **numbered}]]],
    }
    made = _create(client, "account.fiscalyear", values, company=company)
    client.call("model.account.fiscalyear.create_period", made, company=company)


def add_user(client: Client, login: str, password: str, companies: Sequence[int]) -> None:
    """The user that Kravbro logs in as, with the groups that its work takes and no other."""
    groups = client.rows("res.group", [["name", "in", ["Accounting", "Dunning"]]], ["id"])
    values = {"name": login, "login": login, "password": password, "groups": [["add", [row["id"] for row in groups]]]}
    belongs = {"companies": [["add", list(companies)]], "company": companies[0], "company_filter": "all"}
    _create(client, "res.user", values | belongs)


def chart(client: Client, company: int) -> Chart:
    """What was set up, found again by the codes."""
    accounts = client.rows("account.account", [["company", "=", company]], ["code"], company=company)
    journals = client.rows("account.journal", [], ["code"])
    (procedure,) = client.rows("account.dunning.procedure", [], ["id"])
    (found,) = client.rows("company.company", [["id", "=", company]], ["currency"])
    (country,) = client.rows("country.country", [["code", "=", "NO"]], ["id"])
    return Chart(
        company=company,
        currency=found["currency"],
        accounts={row["code"]: row["id"] for row in accounts},
        journals={row["code"]: row["id"] for row in journals},
        procedure=procedure["id"],
        country=country["id"],
    )


def _address(street: str, postcode: str = "0150", place: str = "Oslo", country: int | None = None) -> Row:
    return {"street_unstructured": street, "postal_code": postcode, "city": place, "country": country}


def _create(client: Client, model: str, *values: Row, company: int | None = None) -> list[int]:
    made: list[int] = client.call(f"model.{model}.create", list(values), company=company)
    return made
