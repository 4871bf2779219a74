"""Recompute every balance from a dump, with nothing of Kravbro: an independent check for accountants and auditors.

    kravbro db dump --dir FOLDER | python examples/recompute_balances.py

Needs only Python's standard library. Prints what was checked, names what does not agree, and exits 1 if anything does
not. `docs/dump.md` describes the dump. Amounts are øre; debit is positive.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

OWED = ("principal", "interest", "fees", "costs", "written_off")
BESIDE = ("interest", "fees", "costs")
BY_HAND = ("charge", "waiver", "undoing", "accrual", "credit", "ending")

Row = dict[str, Any]


class Check:
    """Counts what agrees and names what does not."""

    def __init__(self) -> None:
        self.agreed = 0
        self.wrong: list[str] = []

    def equal(self, thing: str, stated: object, recomputed: object) -> None:
        """Compare what the dump states with what was recomputed."""
        if stated == recomputed:
            self.agreed += 1
        else:
            self.wrong.append(f"{thing}: the dump says {stated}, recomputed {recomputed}")


def check_books(check: Check, company: str, books: dict[str, list[Row]]) -> None:
    """One company: vouchers balance, entries are voucher lines, and remaining amounts follow from bookings."""
    lines = defaultdict(list)
    for line in books["voucher_line"]:
        lines[line["voucher"]].append(line)
    for voucher in books["voucher"]:
        name = f"company {company} voucher {voucher['id']}"
        own = lines[voucher["id"]]
        check.equal(f"{name} balance", 0, sum(line["amount_ore"] for line in own))
        check.equal(f"{name} debit", voucher["debit_ore"], sum(max(line["amount_ore"], 0) for line in own))
    posted = {voucher["id"] for voucher in books["voucher"] if voucher["state"] == "posted"}
    through_customers = {
        (line["voucher"], line["line_no"]): line["amount_ore"]
        for line in books["voucher_line"]
        if line["customer"] is not None and line["voucher"] in posted
    }
    entries = {(entry["voucher"], entry["line_no"]): entry["amount_ore"] for entry in books["entry"]}
    check.equal(f"company {company} entries", entries, through_customers)
    remaining = {entry["number"]: entry["amount_ore"] for entry in books["entry"] if entry["amount_ore"] > 0}
    for booking in books["booking"]:
        if booking["open_item"] in remaining:
            remaining[booking["open_item"]] += booking["amount_ore"]
        if booking["entry"] in remaining:
            remaining[booking["entry"]] -= booking["amount_ore"]
    stated = {item["entry"]: item["remaining_ore"] for item in books["open_items"]}
    for entry, amount_ore in remaining.items():
        check.equal(f"company {company} entry {entry} remaining", stated.get(entry, 0), amount_ore)


def check_office(check: Check, office: dict[str, list[Row]]) -> None:
    """The office: journals balance, claims owe what their rows say, money in is money placed and unplaced."""
    owed: defaultdict[tuple[int, str], int] = defaultdict(int)
    bank: dict[str, int] = {}
    unplaced: defaultdict[int, int] = defaultdict(int)
    for journal in office["journals"]:
        check.equal(f"journal {journal['number']} balance", 0, sum(row["amount_ore"] for row in journal["rows"]))
        for row in journal["rows"]:
            if row["account"] in OWED:
                owed[row["claim"], row["account"]] += row["amount_ore"]
            elif row["account"] in {"bank", "outside"}:
                bank[journal["source"]] = bank.get(journal["source"], 0) + row["amount_ore"]
            elif row["account"] == "unplaced":
                unplaced[journal["creditor"]] -= row["amount_ore"]
    for claim in office["claims"]:
        for part in OWED:
            name = f"claim {claim['id']} {part}"
            check.equal(name, claim["balances_ore"].get(part, 0), owed[claim["id"], part])
    left: defaultdict[int, int] = defaultdict(int)
    at_import = {row["payment"]: row["amount_ore"] for row in office["unplaced"]}
    for row in office["unplaced"]:
        left[row["creditor"]] += row["amount_ore"] if row["placed_by"] is None else 0
    for payment in office["payments"]:
        name = f"payment {payment['number']}"
        check.equal(f"{name} bank", payment["amount_ore"], bank.get(name))
        placed_ore = payment["amount_ore"] - at_import.get(payment["number"], 0)
        check.equal(f"{name} placed", payment["placed_ore"], placed_ore)
    for creditor in office["creditors"]:
        number = creditor["number"]
        check.equal(f"creditor {number} unplaced", left[number], unplaced[number])
    rows = (row for journal in office["journals"] for row in journal["rows"])
    check.equal("between creditors", 0, sum(row["amount_ore"] for row in rows if row["account"] == "intermediate"))
    for voucher in office["vouchers"]:
        name = f"office voucher {voucher['key'] or voucher['ordinal']}"
        check.equal(f"{name} balance", 0, sum(line["amount_ore"] for line in voucher["lines"]))


def check_adjustments(check: Check, office: dict[str, list[Row]]) -> None:
    """What people charged and waived on each claim, against the journals that each act made; what is undone is gone."""
    told: defaultdict[tuple[str, int, str], int] = defaultdict(int)
    for row in office["adjustments"]:
        told[str(row["act"]), row["claim"], row["part"]] += row["amount_ore"]
    made: defaultdict[tuple[str, int, str], int] = defaultdict(int)
    for journal in office["journals"]:
        if journal["kind"] in BY_HAND:
            for row in journal["rows"]:
                if row["account"] in OWED:
                    made[journal["source"].split()[-1], row["claim"], row["account"]] += row["amount_ore"]
    for key in sorted(told.keys() | made.keys()):
        act, claim, part = key
        check.equal(f"act {act} on claim {claim} {part}", told.get(key), made.get(key))
    amounts = {row["number"]: row["amount_ore"] for row in office["adjustments"]}
    for row in office["adjustments"]:
        if row["undoes"] is not None:
            check.equal(f"adjustment {row['number']} undoes", -row["amount_ore"], amounts[row["undoes"]])


def check_converted(check: Check, ledger: Row, office: dict[str, list[Row]]) -> dict[int, int]:
    """Claims of older cases: what they began with is what the older system told, and what the ledger had by then.

    Answers by how much the ledger had more, by claim (øre): what a person accepted when they were joined.
    """
    older = {row["number"]: row for row in office["earlier_claims"]}
    claims = {row["id"]: row for row in office["claims"]}
    company_of = {row["number"]: str(row["company"]) for row in office["creditors"]}
    brought = {row["source"]: row["rows"] for row in office["journals"] if row["kind"] == "adopted"}
    accepted: dict[int, int] = {}
    for row in office["adopted_claims"]:
        told, claim = older[row["earlier_claim"]], claims[row["claim"]]
        name = f"converted claim {claim['id']}"
        left = {part: told[f"{part}_ore"] - told[f"paid_{part}_ore"] for part in ("principal", *BESIDE)}
        check.equal(f"{name} principal", claim["principal_ore"], left["principal"])
        rows = brought.get(f"adopted {claim['id']}", [])
        stated = {one["account"]: one["amount_ore"] for one in rows if one["account"] in BESIDE}
        check.equal(f"{name} beside", stated, {part: left[part] for part in BESIDE if left[part]})
        books = ledger["companies"][company_of[claim["creditor"]]]
        check_cut_off(check, name, claim, row["ledger_ore"], books)
        accepted[claim["id"]] = row["ledger_ore"] - left["principal"]
    return accepted


def check_cut_off(check: Check, name: str, claim: Row, ledger_ore: int, books: dict[str, list[Row]]) -> None:
    """What remained in the ledger at the cut-off follows from its bookings by date; those are no movements.

    Only payments and the like are dated here: what is taken off again counts from another day, and so do later ones.
    """
    (made,) = (row for row in books["conversion"] if row["offer"] == claim["offer"])
    entries = {row["number"]: row for row in books["entry"]}
    vouchers = {row["id"]: row for row in books["voucher"]}
    booked = [row for row in books["booking"] if row["open_item"] == claim["entry"] and not row["by_collector"]]
    days = {}
    for booking in booked:
        voucher = vouchers[entries[booking["entry"]]["voucher"]]
        days[booking["number"]] = min(voucher["dated"], voucher["posted_on"])
    opening = {row["booking"] for row in books["opening_booking"] if row["offer"] == claim["offer"]}
    if all(booking["amount_ore"] < 0 for booking in booked):
        check.equal(f"{name} opening bookings", opening, {no for no, day in days.items() if day < made["cut_off"]})
    then = [row["amount_ore"] for row in booked if row["number"] in opening and row["number"] <= made["sequence"]]
    check.equal(f"{name} at the cut-off", ledger_ore, entries[claim["entry"]]["amount_ore"] + sum(then))


def check_claims(check: Check, ledger: Row, office: dict[str, list[Row]]) -> None:
    """Each claim's principal on both sides, from its opening and every movement that both sides have."""
    with_books = [creditor for creditor in office["creditors"] if creditor["ledger_installation"]]
    companies = {creditor["number"]: str(creditor["company"]) for creditor in with_books}
    told = {event["voucher_key"] for event in office["voucher_receipts"] if event["fate"] == "posted"}
    ours: defaultdict[int, int] = defaultdict(int)
    for voucher in office["vouchers"]:
        for line in voucher["lines"]:
            if line["claim"] is not None and line["journal"] is not None and voucher["key"] in told:
                ours[line["claim"]] += line["amount_ore"]
    journals = {journal["number"]: journal["rows"] for journal in office["journals"]}
    due = {claim["id"]: claim["due_date"] for claim in office["claims"]}
    for transaction in office["transactions"]:
        ours[transaction["claim"]] += transaction["amount_ore"]
        due_on = due[transaction["claim"]]
        is_credited = transaction["kind"] == "credit_note" and transaction["amount_ore"] < 0
        counts_from = due_on if is_credited else max(transaction["value_on"], due_on)
        counted = {row["counts_from"] for row in journals[transaction["journal"]] if row["account"] == "principal"}
        check.equal(
            f"transaction {transaction['creditor']}-{transaction['number']} counts from", {counts_from}, counted
        )
    for creditor, company in companies.items():
        own = [transaction for transaction in office["transactions"] if transaction["creditor"] == creditor]
        check_value_dates(check, f"transaction {creditor}", own, ledger["companies"][company])
    accepted = check_converted(check, ledger, office)
    by_hand = [claim["id"] for claim in office["claims"] if claim["entry"] < 1]
    check.equal("claims without a ledger", [row["claim"] for row in office["registered_claims"]], by_hand)
    for claim in office["claims"]:
        if claim["entry"] < 1:
            continue
        books = ledger["companies"][companies[claim["creditor"]]]
        offer = next(row for row in books["offer"] if row["number"] == claim["offer"])
        name = f"claim {claim['id']} (company {companies[claim['creditor']]}, entry {claim['entry']})"
        check.equal(f"{name} opening", offer["principal_ore"], claim["principal_ore"] + accepted.get(claim["id"], 0))
        carried = {row["booking"] for row in books["claim_transaction"]}
        moved_ore = sum(
            booking["amount_ore"]
            for booking in books["booking"]
            if booking["open_item"] == claim["entry"]
            and booking["number"] > offer["sequence"]
            and (booking["by_collector"] or booking["number"] in carried)
        )
        check.equal(f"{name} movements", moved_ore, ours[claim["id"]])


def check_value_dates(check: Check, name: str, transactions: list[Row], books: dict[str, list[Row]]) -> None:
    """What lowers a claim counts from the date of its voucher, or the day of posting if that was earlier.

    Only what nobody took off that claim before: money that is put back counts from the day on which it was taken off.
    """
    vouchers = {voucher["id"]: voucher for voucher in books["voucher"]}
    voucher_of = {entry["number"]: vouchers[entry["voucher"]] for entry in books["entry"]}
    bookings = {booking["number"]: booking for booking in books["booking"]}
    first: dict[tuple[int, int], int] = {}
    for number, booking in sorted(bookings.items()):
        first.setdefault((booking["entry"], booking["open_item"]), number)
    for transaction in transactions:
        booking = bookings[transaction["booking"]]
        is_first = first[booking["entry"], booking["open_item"]] == booking["number"]
        if is_first and booking["amount_ore"] < 0:
            voucher = voucher_of[booking["entry"]]
            came = min(voucher["dated"], voucher["posted_on"])
            check.equal(f"{name}-{transaction['number']} value date", transaction["value_on"], came)


def main() -> int:
    """Read a dump from standard input, or from the file that is named."""
    dump = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8") if len(sys.argv) > 1 else sys.stdin.read())
    check = Check()
    for company, books in dump["ledger"]["companies"].items():
        check_books(check, company, books)
    check_office(check, dump["office"])
    check_adjustments(check, dump["office"])
    check_claims(check, dump["ledger"], dump["office"])
    for line in check.wrong:
        print(line)
    print(f"{check.agreed} figures agree, {len(check.wrong)} do not")
    return 1 if check.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
