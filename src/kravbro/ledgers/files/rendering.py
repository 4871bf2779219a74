"""The collector's voucher as the file that a ledger reads: GBAT10, Visma's import file, or our own table. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from kravbro.core.errors import DataFault
from kravbro.core.vouchers import Voucher, VoucherLine
from kravbro.formats import exchange_csv, gbat10, visma_import
from kravbro.ledgers.files.setup import INT32_MAX, Setup, VoucherFormat
from kravbro.ledgers.files.snapshots import reference

SUFFIXES = {VoucherFormat.GBAT10: "txt", VoucherFormat.VISMA_IMPORT: "txt", VoucherFormat.CSV: "csv"}


class Around(msgspec.Struct, frozen=True):
    """What a voucher's lines are about: the ids of customers by our number, and invoice numbers by item."""

    company: int
    voucher_no: int
    customers: Mapping[int, str]
    invoices: Mapping[int, str]


def rendered(voucher: Voucher, around: Around, setup: Setup) -> bytes:
    """The file; a line without an amount would move nothing, and is left out. Raises DataFault as the format does,
    and `files.no_account` and `files.no_unit` for what the format has no place for."""
    lines = [line for line in voucher.lines if line.amount_ore]
    match setup.vouchers:
        case VoucherFormat.GBAT10:
            return _gbat10(voucher, lines, around, setup)
        case VoucherFormat.VISMA_IMPORT:
            return _visma_import(voucher, lines, around, setup)
        case VoucherFormat.CSV:
            return _csv(voucher, lines, around, setup)


def _text(voucher: Voucher, line: VoucherLine, around: Around, setup: Setup, width: int) -> str:
    """The line's text with our mark at its end, whole however long the text is."""
    mark = reference(setup, around.voucher_no, line.line_no)
    return f"{(line.text or voucher.text)[: width - len(mark) - 1]} {mark}".strip()


def _customer(line: VoucherLine, around: Around) -> str:
    return around.customers[line.customer_no] if line.customer_no is not None else ""


def _gbat10(voucher: Voucher, lines: list[VoucherLine], around: Around, setup: Setup) -> bytes:
    known = setup.gbat10
    assert known is not None  # noqa: S101 - the set-up has it where it asks for this format
    rows = [
        gbat10.Line(
            voucher_no=str(around.voucher_no),
            dated=voucher.dated,
            voucher_type=str(known.voucher_type),
            account=line.account,
            vat_code=str(known.vat_code),
            amount_ore=line.amount_ore,
            customer=_customer(line, around),
            invoice_no=around.invoices.get(line.claim_entry or 0, ""),
            text=_text(voucher, line, around, setup, gbat10.TEXT_MAX),
            project=line.project,
            department=line.department,
        )
        for line in lines
    ]
    return gbat10.render(rows, known.encoding)


def _visma_import(voucher: Voucher, lines: list[VoucherLine], around: Around, setup: Setup) -> bytes:
    known = setup.visma_import
    assert known is not None  # noqa: S101 - the set-up has it where it asks for this format
    rows = []
    for line in lines:
        if line.department or line.project:
            raise DataFault("files.no_unit", line=line.line_no, unit=line.department or line.project)
        is_customer = line.customer_no is not None
        account = _number(_customer(line, around) if is_customer else line.account, line)
        kind = known.customer_class if is_customer else known.ledger_class
        debit = line.amount_ore > 0
        rows.append(
            visma_import.Line(
                voucher_no=around.voucher_no,
                dated=voucher.dated,
                voucher_type=known.voucher_type,
                amount_ore=abs(line.amount_ore),
                debit_account=account if debit else 0,
                debit_class=kind if debit else 0,
                credit_account=0 if debit else account,
                credit_class=0 if debit else kind,
                cross_reference=around.invoices.get(line.claim_entry or 0, ""),
                reference=reference(setup, around.voucher_no, line.line_no),
                text=_text(voucher, line, around, setup, visma_import.TEXT_MAX),
            )
        )
    batch = visma_import.Batch(voucher.dated, f"Kravbro {voucher.key}"[: visma_import.TEXT_MAX], tuple(rows))
    return visma_import.render(visma_import.ImportFile(around.company, (batch,)))


def _number(account: str, line: VoucherLine) -> int:
    if not (account.isascii() and account.isdigit() and 0 < int(account) <= INT32_MAX):
        raise DataFault("files.no_account", line=line.line_no, account=account)
    return int(account)


def _csv(voucher: Voucher, lines: list[VoucherLine], around: Around, setup: Setup) -> bytes:
    rows = [
        exchange_csv.VoucherRow(
            line=0,
            company=around.company,
            voucher_no=around.voucher_no,
            dated=voucher.dated,
            account=line.account,
            amount_ore=line.amount_ore,
            reference=reference(setup, around.voucher_no, line.line_no),
            customer=_customer(line, around),
            invoice_no=around.invoices.get(line.claim_entry or 0, ""),
            department=line.department,
            project=line.project,
            text=_text(voucher, line, around, setup, 200),
        )
        for line in lines
    ]
    data = exchange_csv.render(exchange_csv.VOUCHERS, rows)
    exchange_csv.read(exchange_csv.VOUCHERS, data, "")
    return data
