"""What this Tryton lacks for its part of the work: version, modules, rights, set-up, and how each is cured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kravbro.core.errors import Stop
from kravbro.ledgers.tryton.address import LAST
from kravbro.ledgers.tryton.wire import Client
from kravbro.mirror.source import Lack
from kravbro.texts.sentences import sentence

MINIMUM = (8, 2)
MODULES = {"account.move": "account", "account.invoice": "account_invoice", "account.dunning": "account_dunning"}
"""A model of each module that is needed, and the module."""
RIGHTS = {
    "account.move": ("read", "write", "create", "delete"),
    "account.move.line": ("read", "write", "create"),
    "account.move.reconciliation": ("read", "create"),
    "account.invoice": ("read", "write"),
    "account.dunning": ("read", "write"),
    "account.dunning.procedure": ("read",),
    "account.account": ("read",),
    "account.period": ("read",),
    "account.journal": ("read",),
    "company.company": ("read",),
    "party.party": ("read", "write"),
    "ir.note": ("read", "create", "delete"),
}


def companies_of(client: Client) -> list[int]:
    """The companies that the user belongs to, by id. Raises Stop `tryton.one_company_at_a_time`.

    To a user whose company filter is *Current* Tryton shows the records of one company, and answers nothing for every
    other: which one it is, is kept between calls (`get_companies` in trytond/modules/company/res.py of 8.2).
    """
    found, sees_all = _belongs(client)
    if not sees_all:
        raise Stop("tryton.one_company_at_a_time", user=client.address.user, server=client.address.name)
    return found


def _belongs(client: Client) -> tuple[list[int], bool]:
    """The user's companies, and whether Tryton shows it the records of all of them at once."""
    preferences = client.call("model.res.user.get_preferences", True)
    found = sorted(preferences["companies"])
    return found, len(found) < 2 or preferences["company_filter"] == "all"


def lacks(client: Client) -> list[Lack]:
    """What is missing; empty where all is there. What cannot be looked up without something else comes after that."""
    found = list(_of_program(client))
    return found or list(_of_rights(client)) or list(_of_set_up(client))


def _of_program(client: Client) -> Iterator[Lack]:
    series = client.version()
    if tuple(int(part) for part in series.split(".")[:2] if part.isdigit()) < MINIMUM:
        yield _lack(client, f"trytond {series}", "version", minimum=".".join(map(str, MINIMUM)))
    rows = client.rows("ir.model", [["name", "in", list(MODULES)]], ["name"])
    for model in sorted(MODULES.keys() - {row["name"] for row in rows}):
        yield _lack(client, MODULES[model], "module", module=MODULES[model])


def _of_rights(client: Client) -> Iterator[Lack]:
    access = client.call("model.ir.model.access.get_access", [*RIGHTS, "ir.model.log"])
    for model, verbs in RIGHTS.items():
        missing = [verb for verb in verbs if not access[model][verb]]
        if missing:
            yield _lack(client, model, "right", model=model, rights=", ".join(missing), user=client.address.user)
    if client.address.letters and not access["ir.model.log"]["read"]:
        yield _lack(client, "ir.model.log", "log", needed=False, user=client.address.user)


def _of_set_up(client: Client) -> Iterator[Lack]:
    yield from _of_named_journals(client)
    belongs, sees_all = _belongs(client)
    if not sees_all:
        yield _lack(client, "company_filter", "filter", user=client.address.user)
    journal = client.address.journal
    if len(client.rows("account.journal", [["code", "=", journal]], ["id"])) != 1:
        yield _lack(client, journal, "journal", journal=journal)
    if not belongs:
        yield _lack(client, "company.company", "company", user=client.address.user)
    fields = ["rec_name", "currency.code", "currency.digits"]
    for row in client.rows("company.company", [["id", "in", belongs]], fields):
        if (row["currency."]["code"], row["currency."]["digits"]) != ("NOK", 2):
            yield _lack(client, row["rec_name"], "currency", needed=False, company=row["rec_name"])
    yield from _of_accounts(client, belongs)
    procedures = client.rows("account.dunning.procedure", [], ["levels"])
    if not any(len(row["levels"]) >= max(client.address.level, 1) for row in procedures):
        level = "" if client.address.level == LAST else str(client.address.level)
        yield _lack(client, "account.dunning.procedure", "level", level=level)


def _of_accounts(client: Client, companies: Sequence[int]) -> Iterator[Lack]:
    """Customers' accounts whose lines Tryton does not let anybody reconcile: no invoice on them is ever paid."""
    domain = [["company", "in", list(companies)], ["type.receivable", "=", True], ["reconcile", "=", False]]
    for row in client.rows("account.account", [*domain, ["closed", "!=", True]], ["code", "name", "company.rec_name"]):
        account, company = row["code"] or row["name"], row["company."]["rec_name"]
        yield _lack(client, account, "reconcile", account=account, company=company)


def _of_named_journals(client: Client) -> Iterator[Lack]:
    """Journals that the address gives a meaning: a name that is wrong would pass unnoticed, and money be misread."""
    named = {code: "kinds" for code, _ in client.address.kinds}
    named |= dict.fromkeys(client.address.claim_ended, "claim_ended")
    rows = client.rows("account.journal", [["code", "in", sorted(named)]], ["code", "type"]) if named else []
    types = {row["code"]: row["type"] for row in rows}
    for code, option in named.items():
        if code not in types:
            yield _lack(client, code, "named_journal", journal=code, option=option)
        elif option == "claim_ended" and types[code] != "write-off":
            yield _lack(client, code, "claim_ended", journal=code)


def _lack(client: Client, thing: str, what: str, *, needed: bool = True, **facts: object) -> Lack:
    language = client.address.language
    purpose = sentence(f"tryton.lack.{what}", facts, language)
    return Lack(thing, purpose, sentence(f"tryton.cure.{what}", facts, language), needed)
