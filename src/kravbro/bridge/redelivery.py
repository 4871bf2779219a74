"""Whether a voucher that nothing was told of has reached the ledger: asked before it is delivered again."""

from __future__ import annotations

from kravbro.bridge import vouchers
from kravbro.bridge.joined import Joined
from kravbro.core.errors import Skip


def refuse_unless_missing(joined: Joined, company: int, key: str, number: int) -> None:
    """Raise Skip unless the ledger says that it does not have the voucher with this key and approval number.

    `bridge.voucher_not_sent`: it was not sent yet, and will be. `bridge.ledger_has_voucher`: the ledger has told of it,
    though the collector has not heard it.
    """
    if joined.positions.of(company, vouchers.STREAM) < number:
        raise Skip("bridge.voucher_not_sent", voucher=key)
    after = 0
    while page := joined.ledger.voucher_receipts(company, after, joined.page):
        for one in page:
            if one.voucher_key == key:
                raise Skip("bridge.ledger_has_voucher", voucher=key, fate=one.fate.value)
        after = page[-1].number
