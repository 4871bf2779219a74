"""Values to records: what an entry, a transaction and a notification say. Pure; raises DataFault."""

from __future__ import annotations

import msgspec

from kravbro.formats.camt054 import values as v
from kravbro.formats.camt054.faults import unreadable
from kravbro.formats.camt054.layout import Version
from kravbro.formats.camt054.records import BOOKED, CREDIT, DEBIT, Entry, Notification, Part, Transaction
from kravbro.formats.camt054.walking import Values

DIRECTIONS = (CREDIT, DEBIT)
COPIES = ("CODU", "COPY", "DUPL")
STATUSES: dict[Version, tuple[str, ...]] = {
    "001.02": (BOOKED, "PDNG", "INFO"),
    "001.08": (BOOKED, "PDNG", "INFO", "FUTR"),
}
_STATUS: dict[Version, str] = {"001.02": "Sts", "001.08": "Sts/Cd"}
_DEBTOR: dict[Version, str] = {"001.02": "TxDtls/RltdPties/Dbtr/Nm", "001.08": "TxDtls/RltdPties/Dbtr/Pty/Nm"}
_AMOUNTS = ("TxDtls/Amt", "TxDtls/AmtDtls/TxAmt/Amt", "TxDtls/AmtDtls/CntrValAmt/Amt")
_REMITTANCE = "TxDtls/RmtInf"
_KID_CODE = "SCOR"


class Batch(msgspec.Struct, frozen=True):
    """What the bank says of the transactions of one NtryDtls: number and sum in øre, None where it does not."""

    count: int | None
    total_ore: int | None


def entry(values: Values, version: Version) -> Entry:
    """The head of an entry, without its transactions."""
    amount_ore = v.ore_in_kroner(values, "Amt")
    direction = v.one_of(values, "CdtDbtInd", DIRECTIONS)
    status = v.one_of(values, _STATUS[version], STATUSES[version])
    booked_on = v.day(values, "BookgDt")
    if booked_on is None and status == BOOKED:
        raise unreadable("missing", "BookgDt")
    return Entry(
        direction=direction,
        amount_ore=amount_ore if direction == CREDIT else -amount_ore,
        booked_on=booked_on,
        value_on=v.day(values, "ValDt"),
        is_reversal=v.yes(values, "RvslInd"),
        status=status,
        reference=v.reference(values, "NtryRef"),
        bank_reference=v.reference(values, "AcctSvcrRef"),
        code=bank_code(values, ""),
    )


def transaction(values: Values, of: Entry, version: Version, *, alone: bool) -> Transaction:
    """One transaction of an entry; `alone`: it is the only one, and may leave the amount to the entry.

    Raises DataFault `missing` if it has no amount of its own and is not alone, `direction` if it is on the other side
    than its entry.
    """
    get = values.get
    direction = "TxDtls/CdtDbtInd"
    if direction in values and v.one_of(values, direction, DIRECTIONS) != of.direction:
        raise unreadable("direction", direction, of.direction, values[direction])
    amount_ore = _amount_ore(values, of, alone=alone)
    kid, parts, text = _remittance(values, amount_ore)
    accepted = "TxDtls/RltdDts/AccptncDtTm"
    return Transaction(
        amount_ore=amount_ore if of.direction == CREDIT else -amount_ore,
        kid=kid,
        parts=parts,
        text=text,
        bank_reference=v.reference(values, "TxDtls/Refs/AcctSvcrRef"),
        transaction_id=v.reference(values, "TxDtls/Refs/TxId"),
        instruction_id=v.reference(values, "TxDtls/Refs/InstrId"),
        end_to_end_id=v.reference(values, "TxDtls/Refs/EndToEndId"),
        debtor_name=v.text(values, _DEBTOR[version]),
        debtor_account=v.any_account(values, "TxDtls/RltdPties/DbtrAcct/Id"),
        accepted_on=v.moment(values, accepted) if get(accepted) is not None else None,
        code=bank_code(values, "TxDtls/") or of.code,
        is_returned="TxDtls/RtrInf" in values,
    )


def without_details(of: Entry) -> Transaction:
    """The one payment of an entry that tells of no transactions."""
    return Transaction(amount_ore=of.amount_ore, code=of.code)


def batch(values: Values, details: str, of: Entry) -> Batch:
    """What the bank says of the transactions of the NtryDtls under the key `details`. Raises DataFault `direction`."""
    number, total = f"{details}/Btch/NbOfTxs", f"{details}/Btch/TtlAmt"
    direction = f"{details}/Btch/CdtDbtInd"
    if direction in values and v.one_of(values, direction, DIRECTIONS) != of.direction:
        raise unreadable("direction", direction, of.direction, values[direction])
    return Batch(
        v.count(values, number) if number in values else None,
        v.ore_in_kroner(values, total) if total in values else None,
    )


def notification(values: Values) -> Notification:
    """The head of a notification, without its entries."""
    return Notification(
        id=named(values, "Id"),
        account=v.own_account(values, "Acct/Id"),
        copy=v.one_of(values, "CpyDplctInd", COPIES) if "CpyDplctInd" in values else "",
        page=page(values, "NtfctnPgntn"),
        has_summary=any(key.startswith("TxsSummry/") for key in values),
    )


def named(values: Values, key: str) -> str:
    """An id that must be there. Raises DataFault `missing`, `value`."""
    found = v.reference(values, key)
    if not found:
        raise unreadable("missing", key)
    return found


def page(values: Values, key: str) -> str:
    """The number of the page, if there are several; empty if all is on one, or no page is told."""
    if f"{key}/PgNb" not in values:
        return ""
    number = v.count(values, f"{key}/PgNb")
    return "" if number == 1 and v.yes(values, f"{key}/LastPgInd") else str(number)


def bank_code(values: Values, path: str) -> str:
    """The bank transaction code: the bank's own (`230`), else that of ISO 20022 (`PMNT/RCDT/DMCT`), else nothing."""
    get = values.get
    own = get(f"{path}BkTxCd/Prtry/Cd")
    if own:
        return v.reference(values, f"{path}BkTxCd/Prtry/Cd")
    domain = f"{path}BkTxCd/Domn"
    if f"{domain}/Cd" not in values:
        return ""
    return f"{get(f'{domain}/Cd')}/{get(f'{domain}/Fmly/Cd', '')}/{get(f'{domain}/Fmly/SubFmlyCd', '')}"


def _amount_ore(values: Values, of: Entry, *, alone: bool) -> int:
    """The first amount in kroner; all that are in kroner must be the same. Alone, the entry's if there is none."""
    told = [key for key in _AMOUNTS if key in values]
    in_kroner = [key for key in told if values.get(key + "@Ccy") == v.CURRENCY]
    if not in_kroner:
        if alone:
            return abs(of.amount_ore)
        if told:
            raise unreadable("currency", told[0], v.CURRENCY, values.get(f"{told[0]}@Ccy", ""))
        raise unreadable("missing", _AMOUNTS[1])
    amount_ore = v.ore(values, in_kroner[0])
    for key in in_kroner[1:]:
        if v.ore(values, key) != amount_ore:
            raise unreadable("control", key, values[in_kroner[0]].strip(), values[key].strip())
    return amount_ore


def _remittance(values: Values, amount_ore: int) -> tuple[str | None, tuple[Part, ...], str]:
    """KID, parts where there are several KIDs, and the text to the receiver."""
    structured = int(values.get(f"{_REMITTANCE}/Strd#", "0"))
    if structured == 1 and f"{_REMITTANCE}/Ustrd#" not in values:
        kid, text = _structured(values, f"{_REMITTANCE}/Strd")
        return kid, (), text
    texts = [v.text(values, key) for key in _keys(values, f"{_REMITTANCE}/Ustrd")]
    kids: list[tuple[str, str]] = []
    for key in _keys(values, f"{_REMITTANCE}/Strd"):
        kid, text = _structured(values, key)
        texts.append(text)
        if kid:
            kids.append((kid, key))
    if len({kid for kid, _ in kids}) <= 1:
        return (kids[0][0] if kids else None), (), _joined(texts)
    parts = _parts(values, kids, amount_ore)
    return None, parts, _joined([*texts, *([] if parts else [kid for kid, _ in kids])])


def _structured(values: Values, path: str) -> tuple[str | None, str]:
    """The KID of one structured remittance, and what else it says: further text, and a reference that is no KID."""
    found, kind = v.reference(values, f"{path}/CdtrRefInf/Ref"), f"{path}/CdtrRefInf/Tp/CdOrPrtry"
    is_the_creditors = f"{kind}/Prtry" not in values and values.get(f"{kind}/Cd", _KID_CODE).strip() == _KID_CODE
    kid = v.kid_of(found) if is_the_creditors else None
    rest = "" if kid else found
    if f"{path}/AddtlRmtInf#" not in values:
        return kid, rest
    return kid, _joined([*(v.text(values, key) for key in _keys(values, f"{path}/AddtlRmtInf")), rest])


def _parts(values: Values, kids: list[tuple[str, str]], amount_ore: int) -> tuple[Part, ...]:
    """What is paid under each KID, if the bank says it for all of them and that is the whole payment."""
    keys = [f"{path}/RfrdDocAmt/RmtdAmt" for _, path in kids]
    if not all(key in values for key in keys):
        return ()
    parts = tuple(Part(kid, v.ore_in_kroner(values, key)) for (kid, _), key in zip(kids, keys, strict=True))
    return parts if sum(part.amount_ore for part in parts) == amount_ore else ()


def _keys(values: Values, key: str) -> list[str]:
    """The keys of an element that may come again, as often as it came."""
    times = int(values.get(f"{key}#", "0"))
    return [key, *(f"{key}[{number}]" for number in range(2, times + 1))][:times]


def _joined(texts: list[str]) -> str:
    return " ".join(text for text in texts if text)
