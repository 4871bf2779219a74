"""What creditors, their sub-ledgers and workflows say, item by item, as their history keeps it. Pure."""

from __future__ import annotations

import msgspec

from kravbro.core.allocation_orders import Money
from kravbro.db.setup_changes import shown
from kravbro.office.creditors import Creditor

INTERMEDIATE = "intermediate_account"
_KEY, _ORDER = "number", "allocation_order"
"""The creditor's number is what it is known by; its order of coverage stands beside its other orders."""


def allocation_item(money: Money | str) -> str:
    """The item of a creditor's history that an order is."""
    return f"allocation.{money}"


def creditor_values(creditor: Creditor) -> dict[str, str]:
    """What a creditor's own row says."""
    values = {name: shown(value) for name, value in msgspec.structs.asdict(creditor).items() if name != _KEY}
    values[allocation_item(Money.VOLUNTARY)] = values.pop(_ORDER)
    return values


def sub_ledger_values(sub_ledger_type: str, receivable_account: str, workflow: str) -> dict[str, str]:
    """What one of a creditor's sub-ledger types says, beside the creditor's own items."""
    return {f"receivable_account.{sub_ledger_type}": receivable_account, f"workflow.{sub_ledger_type}": workflow}


def workflow_values(name: str, starts_after_notice: bool) -> dict[str, str]:
    """What a workflow says."""
    return {"name": name, "starts_after_notice": shown(starts_after_notice)}
