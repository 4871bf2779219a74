"""How the office's money is booked in the creditor's ledger: rows of the journal in, vouchers out. Pure.

One voucher for each sum on the bank statement, whose first line is that sum; one for each placing, which empties the
interim account. Every other line names the journal row behind it. In the books of a creditor whose money came in on
another's account, there is no bank line: the money comes from the intermediate account. See docs/algorithms/posting.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from itertools import groupby

import msgspec

from kravbro.core.errors import DataFault
from kravbro.office.codes import known, unknown_code
from kravbro.office.creditors import Creditor, Overpayment
from kravbro.office.journals import Account, Kind, number_of, payment_of


class PostingRow(msgspec.Struct, frozen=True, gc=False):
    """A row of a journal that is to be booked, with what its voucher line tells the ledger."""

    journal: int
    kind: str
    dated: date
    source: str
    case: int | None
    row_no: int
    account: str
    amount_ore: int
    claim: int | None
    invoice_no: str | None
    sub_ledger_type: str | None
    customer_no: int | None
    case_number: str | None

    @property
    def of_no_customer(self) -> bool:
        """Whether the case is of somebody who is no customer in any sub-ledger."""
        return self.customer_no is not None and self.customer_no < 0


class BankSum(msgspec.Struct, frozen=True, gc=False, order=True):
    """The sum on the bank statement that a payment is part of: the day it is booked on, its name, and its account.

    `bank_account` is the G/L account that the account is in its holder's books; empty: the holder's money account.
    """

    settled_on: date
    lump: str
    account_number: str
    bank_account: str


class DraftLine(msgspec.Struct, frozen=True, gc=False):
    """A voucher line that is not numbered yet (øre, debit positive)."""

    account: str
    amount_ore: int
    customer_no: int | None = None
    claim: int | None = None
    invoice_no: str = ""
    department: str = ""
    project: str = ""
    text: str = ""
    journal: int | None = None
    row_no: int | None = None


class DraftVoucher(msgspec.Struct, frozen=True):
    """A voucher of a proposal. Its lines sum to zero."""

    dated: date
    text: str
    lump: str
    lines: tuple[DraftLine, ...]


class Coding(msgspec.Struct, frozen=True):
    """The ledger's accounts: the creditor's own, and the receivable account of each sub-ledger type.

    `type_of_case` tells which sub-ledger a customer's money on account belongs to, for cases where that is needed.
    `in_house` are the payments that came in on the house's own accounts, which stand in no ledger. `met_accounts` is
    the bank's account of what a person took back before the bank did, by the journal's source. `cost_accounts` is the
    account that costs of a claim stand on since they were registered, where they were booked then;
    `accrued_accounts` the same by the act and the claim. `ledgerless` is where what is paid of the principal of a claim
    without a ledger goes, by claim.
    """

    creditor: Creditor
    receivable_accounts: Mapping[str, str]
    type_of_case: Mapping[int, str]
    in_house: Collection[int] = ()
    met_accounts: Mapping[str, str] = {}
    cost_accounts: Mapping[int, str] = {}
    accrued_accounts: Mapping[tuple[int, int], str] = {}
    ledgerless: Mapping[int, str] = {}

    def line(self, row: PostingRow) -> DraftLine:  # noqa: PLR0911 - one answer for each account
        """The line that books one row: the same amount, on the ledger's account.

        Raises DataFault `office.unknown_code`, and `office.intermediate_missing`.
        """
        creditor = self.creditor
        text = f"Sak {row.case_number}" if row.case_number else ""
        line = DraftLine("", row.amount_ore, text=text, journal=row.journal, row_no=row.row_no)
        change = msgspec.structs.replace
        match row.account:
            case Account.PRINCIPAL if account := self.ledgerless.get(row.claim or 0):
                return change(line, account=account, claim=row.claim)
            case Account.PRINCIPAL:
                return change(
                    line,
                    account=self._receivable(row, row.sub_ledger_type),
                    customer_no=row.customer_no,
                    claim=row.claim,
                    invoice_no=row.invoice_no or "",
                )
            case Account.WRITTEN_OFF:
                return change(line, account=self._on_account(row), customer_no=row.customer_no)
            case Account.OVERPAID if creditor.overpayment is Overpayment.ON_ACCOUNT and not row.of_no_customer:
                return change(line, account=self._on_account(row), customer_no=row.customer_no)
            case Account.OVERPAID:
                return change(line, account=creditor.refund_account)
            case Account.UNPLACED | Account.MET:
                interim = row.account == Account.UNPLACED
                met = self.met_accounts.get(row.source) or creditor.money_account
                return change(line, account=creditor.interim_account if interim else met)
            case Account.INTERMEDIATE:
                text = f"Mellomregning innbetaling {payment_of(row.source)}"
                return change(line, account=self._intermediate(row), text=text)
        if row.account == Account.COSTS and (account := self._costs_stand_on(row)):
            return change(line, account=account)
        department, project = creditor.department, creditor.project
        return change(line, account=self._income(row), department=department, project=project)

    def _costs_stand_on(self, row: PostingRow) -> str:
        """The account that costs were booked on when they were registered; empty if they were not."""
        if row.kind == Kind.ACCRUAL:
            return self.accrued_accounts.get((number_of(row.source), row.claim or 0), "")
        return self.cost_accounts.get(row.claim or 0, "")

    def _intermediate(self, row: PostingRow) -> str:
        """What stands between the books of two creditors; towards the house, what the agency owes the creditor."""
        if payment_of(row.source) in self.in_house:
            return self.creditor.money_account
        if not self.creditor.intermediate_account:
            raise DataFault("office.intermediate_missing", creditor=self.creditor.number)
        return self.creditor.intermediate_account

    def _income(self, row: PostingRow) -> str:
        """The account of interest, letter fees or costs, also of costs that are charged or waived.

        Raises DataFault `office.unknown_code` for another part.
        """
        match row.account:
            case Account.INTEREST:
                return self.creditor.interest_account
            case Account.FEES:
                return self.creditor.fee_account
            case Account.COSTS | Account.CHARGED | Account.WAIVED:
                return self.creditor.cost_account
        raise unknown_code("journal_row", f"{row.journal}/{row.row_no}", "account", row.account)

    def _on_account(self, row: PostingRow) -> str:
        return self._receivable(row, row.sub_ledger_type or self.type_of_case.get(row.case or 0))

    def _receivable(self, row: PostingRow, sub_ledger_type: str | None) -> str:
        """The receivable account of a type. Raises DataFault `office.unknown_code` if the creditor has no such type."""
        name = f"{row.journal}/{row.row_no}"
        return known(self.receivable_accounts, sub_ledger_type or "", "journal_row", name, "sub_ledger_type")


def draft_vouchers(rows: Iterable[PostingRow], coding: Coding, bank_sums: Mapping[int, BankSum]) -> list[DraftVoucher]:
    """The vouchers of a proposal: bank sums by day and name, then placings. `bank_sums` is by payment number.

    `rows` come ordered by journal and row number.
    """
    by_sum: dict[BankSum, list[PostingRow]] = {}
    placings: list[PostingRow] = []
    for row in rows:
        if row.kind == Kind.PLACING:
            placings.append(row)
        else:
            by_sum.setdefault(bank_sums[payment_of(row.source)], []).append(row)
    vouchers = [_of_bank_sum(one, by_sum[one], coding) for one in sorted(by_sum)]
    for _, group in groupby(placings, key=lambda row: row.journal):
        of_one = list(group)
        text = f"Plassering av innbetaling {payment_of(of_one[0].source)}"
        lines = tuple(coding.line(row) for row in of_one)
        vouchers.append(DraftVoucher(of_one[0].dated, text, of_one[0].source, lines))
    return vouchers


def _of_bank_sum(bank_sum: BankSum, rows: list[PostingRow], coding: Coding) -> DraftVoucher:
    on_bank_ore = [row.amount_ore for row in rows if row.account == Account.BANK]
    lines = []
    if on_bank_ore:
        bank_account = bank_sum.bank_account or coding.creditor.money_account
        lines = [DraftLine(bank_account, sum(on_bank_ore), text=bank_sum.lump)]
    lines += [coding.line(row) for row in rows if row.account != Account.BANK]
    return DraftVoucher(bank_sum.settled_on, f"Innbetalinger {bank_sum.lump}", bank_sum.lump, tuple(lines))
