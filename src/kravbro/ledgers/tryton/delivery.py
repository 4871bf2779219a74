"""The collector's vouchers into Tryton, each once by its key, though Tryton knows no unique key.

A voucher is a move in a journal of our own, and its key is the move's description, which nobody can change once it is
posted. Four steps, and whoever is killed between them, or is not alone, does them again from the first:

1. Look up all moves with the key. If there is none, create a draft, and look again.
2. If one is posted, that is the voucher: delete the drafts beside it.
3. If none is, delete every draft but the one with the lowest id, first.
4. Put the lowest one's lines on their invoices, and post it.

Why no two are posted: say m1 < m2 both were, by two programs. Each looked after its draft was there. Whoever posted m2
saw no m1, so m1 came after that look; whoever posted m1 looked later still, saw m2, and had to delete it before posting
m1. Tryton deletes no posted move, and posts none that is deleted: one of the two was refused, and looked again.
See docs/decisions/0031 and `tests/ledgers/tryton/test_exactly_once.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

import msgspec

from kravbro.core.errors import Retry, Skip, Stop
from kravbro.core.vouchers import Fate, Voucher
from kravbro.ledgers.tryton import queries
from kravbro.ledgers.tryton.drafting import Account, Claim, Draft, Known, Period, drafted
from kravbro.ledgers.tryton.mapping import change, references
from kravbro.ledgers.tryton.wire import Client, Row
from kravbro.mirror.source import Delivery

Thing = TypeVar("Thing")
LOOKS = 8
BATCH = 200
Moves = Mapping[str, list[Row]]
"""By key: the moves that bear it, the lowest id first."""


def deliver(
    client: Client, company: int, vouchers: Sequence[Voucher], on: date, at_once: int = BATCH
) -> list[Delivery]:
    """Take vouchers, so many at once, and answer what became of each.

    Raises Retry `tryton.moving` if others never let go of them, Stop `tryton.posted_twice` where two posted moves bear
    one key, and Stop `tryton.no_journal`.
    """
    found: dict[str, Delivery] = {}
    for start in range(0, len(vouchers), at_once):
        batch = {voucher.key: voucher for voucher in vouchers[start : start + at_once]}
        found |= _Batch(client, company, batch, on).deliver()
    return [found[voucher.key] for voucher in vouchers]


def fates(client: Client, company: int, keys: Sequence[str], on: date) -> list[Delivery]:
    """What has become of vouchers: one that has no move any more was deleted."""
    journal = journal_of(client)
    moves = look_up(client, company, journal, keys)
    found = []
    for key in keys:
        posted = _posted(key, moves[key], client)
        if posted is not None:
            found.append(_as_posted(key, posted))
        else:
            found.append(Delivery(key, Fate.DELIVERED if moves[key] else Fate.DELETED, on))
    return found


def journal_of(client: Client) -> int:
    """The journal that is ours. Raises Stop `tryton.no_journal`."""
    code = client.address.journal
    rows = client.rows("account.journal", [["code", "=", code]], ["id"])
    if len(rows) != 1:
        raise Stop("tryton.no_journal", journal=code, server=client.address.name, found=len(rows))
    return int(rows[0]["id"])


def look_up(client: Client, company: int, journal: int, keys: Sequence[str]) -> defaultdict[str, list[Row]]:
    """All moves with these keys in our journal, by id."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for start in range(0, len(keys), queries.PAGE):
        domain = [
            ["journal", "=", journal],
            ["company", "=", company],
            ["description", "in", list(keys[start : start + queries.PAGE])],
        ]
        fields = ["description", "state", "number", "post_date", "date", "lines.origin", "lines.debit", "lines.credit"]
        fields += ["lines.invoice_payments"]
        for row in client.rows("account.move", domain, fields, company=company):
            found[row["description"]].append(row)
    return found


def _posted(key: str, moves: Sequence[Row], client: Client) -> Row | None:
    posted = [row for row in moves if row["state"] == "posted"]
    if len(posted) > 1:
        numbers = ", ".join(str(row["number"]) for row in posted)
        raise Stop("tryton.posted_twice", voucher=key, numbers=numbers, server=client.address.name)
    return posted[0] if posted else None


def _as_posted(key: str, move: Row) -> Delivery:
    return Delivery(key, Fate.POSTED, move["post_date"] or move["date"], move["number"] or "")


class _Refusal(msgspec.Struct, frozen=True):
    """Which draft Tryton would not post, why, and how often it said so."""

    draft: int
    because: str
    times: int


class _Batch:
    """So many vouchers as are created and posted in one call each; what is refused together is tried one by one."""

    def __init__(self, client: Client, company: int, vouchers: Mapping[str, Voucher], on: date) -> None:
        self._client = client
        self._company = company
        self._vouchers = vouchers
        self._on = on
        self._journal = journal_of(client)
        self._rejected: dict[str, str] = {}
        self._refused: dict[str, _Refusal] = {}
        self._done: dict[str, Delivery] = {}

    def deliver(self) -> dict[str, Delivery]:
        """Go through the steps until every voucher has an end."""
        for _ in range(LOOKS):
            moves = self._look()
            missing = [key for key in self._open() if not moves[key] and key not in self._rejected]
            if missing:
                self._create(missing)
                moves = self._look()
            self._settle(moves)
            if not self._open():
                self._reconcile(moves)
                return self._done
        raise Retry("tryton.moving", server=self._client.address.name)

    def _open(self) -> list[str]:
        return [key for key in self._vouchers if key not in self._done]

    def _look(self) -> defaultdict[str, list[Row]]:
        return look_up(self._client, self._company, self._journal, list(self._vouchers))

    # 1. Drafts.

    def _create(self, keys: Sequence[str]) -> None:
        known = _known(self._client, self._company, self._journal, [self._vouchers[key] for key in keys])
        drafts = [drafted(self._vouchers[key], known) for key in keys]
        self._rejected |= {draft.key: draft.because for draft in drafts if draft.values is None}
        _together_or_apart([draft for draft in drafts if draft.values is not None], self._create_drafts, self._no_draft)

    def _create_drafts(self, drafts: Sequence[Draft]) -> None:
        self._client.call("model.account.move.create", [draft.values for draft in drafts], company=self._company)

    def _no_draft(self, draft: Draft, because: str) -> None:
        self._rejected[draft.key] = because

    # 2, 3 and 4. One of each.

    def _settle(self, moves: Moves) -> None:
        """Delete what is too many, then post what is left; what somebody else was quicker with, the next look shows."""
        spare: list[int] = []
        chosen: list[Row] = []
        for key in self._open():
            posted = _posted(key, moves[key], self._client)
            drafts = [row["id"] for row in moves[key] if row["state"] != "posted"]
            if posted is not None:
                spare += drafts
                if not drafts:
                    self._done[key] = _as_posted(key, posted)
            elif drafts and self._is_refused(key, drafts[0]):
                self._rejected[key] = self._refused[key].because
                spare += drafts
            elif drafts:
                self._rejected.pop(key, None)
                spare += drafts[1:]
                chosen.append(moves[key][0])
            elif key in self._rejected:
                self._done[key] = Delivery(key, Fate.REJECTED, self._on, because=self._rejected[key])
        if not spare or self._delete(spare):
            _together_or_apart(chosen, self._link_and_post, self._not_posted)

    def _is_refused(self, key: str, draft: int) -> bool:
        """Whether Tryton refused to post this very draft, twice: once may be because others were at work on it."""
        refusal = self._refused.get(key)
        return refusal is not None and refusal.draft == draft and refusal.times > 1

    def _not_posted(self, move: Row, because: str) -> None:
        before = self._refused.get(move["description"])
        times = 1 + (before.times if before and before.draft == move["id"] else 0)
        self._refused[move["description"]] = _Refusal(move["id"], because, times)

    def _delete(self, spare: Sequence[int]) -> bool:
        """Delete drafts; False if Tryton refused, because one of them was posted or deleted meanwhile."""
        try:
            self._client.call("model.account.move.delete", list(spare), company=self._company)
        except Skip:
            return False
        return True

    def _link_and_post(self, chosen: Sequence[Row]) -> None:
        """Put the lines on their invoices, and post. Both may be done already: then they stay as they are."""
        pairs = _to_link(chosen, self._payable(chosen))
        if pairs:
            self._client.call("model.account.move.line.write", *pairs, company=self._company)
        self._client.call("model.account.move.post", [row["id"] for row in chosen], company=self._company)

    def _payable(self, chosen: Sequence[Row]) -> dict[int, tuple[int, int]]:
        """By claim: the invoice that it may be paid on, and how much that still takes (øre)."""
        claims = {references(line["origin"], "account.move.line") for row in chosen for line in row["lines."]} - {0}
        return _room(self._client, self._company, claims) if claims else {}

    def _reconcile(self, moves: Moves) -> None:
        """Reconcile the claims of these vouchers of which nothing remains, as Tryton does when an invoice is paid."""
        claims = {
            references(line["origin"], "account.move.line")
            for key, delivery in self._done.items()
            if delivery.fate is Fate.POSTED
            for row in moves[key]
            for line in row["lines."]
        }
        reconcile_settled(self._client, self._company, claims - {0})


def _together_or_apart(
    things: Sequence[Thing], act: Callable[[Sequence[Thing]], None], refuse: Callable[[Thing, str], None]
) -> None:
    """Do it for all in one call; where that is refused, one by one, and say who was refused and why."""
    if not things:
        return
    try:
        act(things)
    except Skip as refused:
        if len(things) == 1:
            refuse(things[0], str(refused.facts["said"]))
            return
        for thing in things:
            _together_or_apart([thing], act, refuse)


def _to_link(chosen: Sequence[Row], payable: Mapping[int, tuple[int, int]]) -> list[object]:
    """Which lines go on which invoice: ids and values in turn. One that an invoice has no room for stands beside it."""
    room = dict(payable.values())
    lines: dict[int, list[int]] = defaultdict(list)
    for row in chosen:
        for line in row["lines."]:
            claim = references(line["origin"], "account.move.line")
            if claim not in payable or line["invoice_payments"]:
                continue
            invoice = payable[claim][0]
            left_ore = room[invoice] + change(line["debit"], line["credit"], line["id"])
            if left_ore >= 0:
                room[invoice] = left_ore
                lines[invoice].append(line["id"])
    return [part for invoice, ids in lines.items() for part in (ids, {"invoice_payment": invoice})]


def _room(client: Client, company: int, claims: set[int]) -> dict[int, tuple[int, int]]:
    """Posted invoices of these claims, and how much more may be put on each: Tryton takes no more than it was for."""
    fields = ["lines_to_pay.debit", "lines_to_pay.credit", "lines_to_pay.reconciliation"]
    fields += ["payment_lines.debit", "payment_lines.credit"]
    found: dict[int, tuple[int, int]] = {}
    for page in queries.pages(claims):
        domain = [["type", "=", "out"], ["company", "=", company], ["state", "=", "posted"], queries.of_entries(page)]
        for row in client.rows("account.invoice", domain, fields, company=company):
            lines = [*row["lines_to_pay."], *row["payment_lines."]]
            left_ore = sum(change(one["debit"], one["credit"], one["id"]) for one in lines)
            unpaid = [one["id"] for one in row["lines_to_pay."] if one["reconciliation"] is None]
            found |= dict.fromkeys(unpaid, (row["id"], left_ore))
    return found


def reconcile_settled(client: Client, company: int, claims: set[int]) -> None:
    """Reconcile the invoices of these claims that posted payments of one customer have settled to the øre."""
    for page in queries.pages(claims):
        refused = _reconcile(client, company, _settled_invoices(client, company, page))
        still = (
            {line["id"] for group in _settled_invoices(client, company, page) for line in group} if refused else set()
        )
        if refused and still:
            raise refused


def _reconcile(client: Client, company: int, groups: list[list[Row]]) -> Skip | None:
    """Click the wizard for each group; answers the last refusal, which may only say that somebody else was quicker.

    A reconciliation cannot be written past the wizard: Tryton keeps the field for itself.
    """
    refused: Skip | None = None
    if groups:
        with client.wizard("account.move.reconcile_lines", company) as click:
            for group in groups:
                ids = [line["id"] for line in group]
                try:
                    click("", {}, "account.move.line", ids)
                except Skip as refusal:
                    refused = refusal
    return refused


def _settled_invoices(client: Client, company: int, claims: Sequence[int]) -> list[list[Row]]:
    of_line = ["debit", "credit", "party", "reconciliation", "move.state"]
    fields = ["account", *queries.under("lines_to_pay", of_line), *queries.under("payment_lines", of_line)]
    domain = [["type", "=", "out"], ["company", "=", company], ["state", "=", "posted"], queries.of_entries(claims)]
    groups = []
    for row in client.rows("account.invoice", domain, fields, company=company):
        lines = [one for one in [*row["lines_to_pay."], *row["payment_lines."]] if one["reconciliation"] is None]
        left_ore = sum(change(one["debit"], one["credit"], one["id"]) for one in lines)
        posted = all(one["move."]["state"] == "posted" for one in lines)
        if lines and not left_ore and posted and len({one["party"] for one in lines}) == 1:
            groups.append(lines)
    return groups


def _known(client: Client, company: int, journal: int, vouchers: Sequence[Voucher]) -> Known:
    """Look up what these vouchers name: accounts, open periods, open items, customers."""
    lines = [line for voucher in vouchers for line in voucher.lines]
    days = [voucher.dated for voucher in vouchers]
    codes = sorted({line.account for line in lines})
    accounts = client.rows(
        "account.account",
        [["company", "=", company], ["code", "in", codes], ["closed", "!=", True], ["type", "!=", None]],
        ["code", "party_required"],
        company=company,
    )
    periods = client.rows(
        "account.period",
        [
            ["company", "=", company],
            ["type", "=", "standard"],
            ["state", "=", "open"],
            ["start_date", "<=", max(days)],
            ["end_date", ">=", min(days)],
        ],
        ["start_date", "end_date"],
        company=company,
    )
    customers = sorted({line.customer_no for line in lines if line.customer_no is not None})
    parties = client.rows("party.party", [["id", "in", customers]], ["id"], company=company) if customers else []
    return Known(
        company=company,
        journal=journal,
        language=client.address.language,
        accounts={row["code"]: Account(row["id"], bool(row["party_required"])) for row in accounts},
        periods=[Period(row["id"], row["start_date"], row["end_date"]) for row in periods],
        claims=_claims(client, company, {line.claim_entry for line in lines if line.claim_entry is not None}),
        parties=frozenset(row["id"] for row in parties),
    )


def _claims(client: Client, company: int, entries: set[int]) -> dict[int, Claim]:
    found: dict[int, Claim] = {}
    for page in queries.pages(entries):
        domain = [
            ["id", "in", page],
            queries.RECEIVABLE,
            ["move.company", "=", company],
            ["move.state", "=", "posted"],
            ["debit", ">", 0],
        ]
        for row in client.rows("account.move.line", domain, ["account", "party"], company=company):
            found[row["id"]] = Claim(row["account"], row["party"] or 0)
    return found
