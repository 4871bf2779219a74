"""Who has paid what: Tryton's lines shared out over open items. Pure.

Tryton knows two ties. People put a payment on an invoice (`payment_lines`), whatever part of it is paid; and lines that
sum to zero are reconciled, however many claims and payments are among them. Neither says which line paid how much of
which claim, so it is decided here, and always the same way: what names the claim comes first, then what is on its
invoice, then the rest by date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kravbro.ledgers.tryton.mapping import Line

Shares = dict[int, list[tuple[Line, int]]]
"""By open item (its line): the lines that have changed it, each with its change in øre."""


def of_reconciliation(lines: Sequence[Line]) -> Shares:
    """How lines that sum to zero settle the claims among them: each gets exactly what it was."""
    remaining = {line.id: line.change_ore for line in lines}
    shared: dict[int, dict[int, int]] = {}
    undone = _taken_back(lines, remaining)
    raised = _raised(lines, undone)
    claims = _in_order(line for line in lines if line.change_ore > 0 and line.id not in undone | raised.keys())
    for line_id, claim_id in raised.items():
        remaining[claim_id] += remaining[line_id]
        shared.setdefault(claim_id, {})[line_id] = remaining.pop(line_id)
    payments = _in_order(line for line in lines if remaining.get(line.id, 0) < 0)
    for closeness in (_names, _is_on_its_invoice, lambda *_: True):
        for claim in claims:
            for payment in payments:
                part_ore = min(-remaining[payment.id], remaining[claim.id])
                if part_ore > 0 and closeness(payment, claim):
                    remaining[payment.id] += part_ore
                    remaining[claim.id] -= part_ore
                    of_claim = shared.setdefault(claim.id, {})
                    of_claim[payment.id] = of_claim.get(payment.id, 0) - part_ore
    by_id = {line.id: line for line in lines}
    return {
        claim.id: [(by_id[line_id], part_ore) for line_id, part_ore in shared.get(claim.id, {}).items()]
        for claim in claims
    }


def of_invoice(claims: Sequence[Line], payments: Sequence[Line]) -> Shares:
    """How payments on an invoice are shared by its claims, the oldest first: what is left over goes to the last."""
    claims = _in_order(claims)
    owed = {claim.id: claim.change_ore for claim in claims}
    shares: Shares = {claim.id: [] for claim in claims}
    if not claims:
        return shares
    for payment in sorted(payments, key=lambda line: (line.dated, line.id)):
        for claim_id, part_ore in _parts(payment, claims, owed):
            owed[claim_id] += part_ore
            shares[claim_id].append((payment, part_ore))
    return shares


def _parts(payment: Line, claims: Sequence[Line], owed: Mapping[int, int]) -> list[tuple[int, int]]:
    """Which claims one payment goes to, and how much of each."""
    if payment.origin in owed:
        return [(payment.origin, payment.change_ore)]
    parts: list[tuple[int, int]] = []
    left_ore = payment.change_ore
    if left_ore < 0:
        for claim in claims:
            part_ore = max(left_ore, -max(owed[claim.id], 0))
            if part_ore:
                parts.append((claim.id, part_ore))
                left_ore -= part_ore
    else:
        for claim in reversed(claims):
            part_ore = min(left_ore, max(claim.change_ore - owed[claim.id], 0))
            if part_ore:
                parts.append((claim.id, part_ore))
                left_ore -= part_ore
    if not left_ore:
        return parts
    last = claims[-1].id
    return [*[part for part in parts if part[0] != last], (last, left_ore + dict(parts).get(last, 0))]


def _in_order(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (line.due, line.id))


def _taken_back(lines: Sequence[Line], remaining: dict[int, int]) -> set[int]:
    """Take out what only undoes another line here, such as a payment that was cancelled; answers lines that undo."""
    by_id = {line.id: line for line in lines}
    undone: set[int] = set()
    for line in lines:
        paid = by_id.get(line.origin)
        if line.change_ore > 0 and paid is not None and paid.change_ore < 0:
            back_ore = min(remaining[line.id], -remaining[paid.id])
            remaining[line.id] -= back_ore
            remaining[paid.id] += back_ore
            undone.add(line.id)
    return undone


def _raised(lines: Sequence[Line], undone: set[int]) -> dict[int, int]:
    """Lines that take money back from a claim here (a payment that bounced), by line: the claim."""
    owed = [line for line in lines if line.change_ore > 0 and line.id not in undone]
    of_invoice = {line.of_invoice: line.id for line in reversed(_in_order(owed)) if line.of_invoice and not line.pays}
    ids = {line.id for line in owed}
    found = {}
    for line in owed:
        claim = line.origin if line.origin in ids else of_invoice.get(line.pays)
        if claim is not None and claim != line.id:
            found[line.id] = claim
    return found


def _names(payment: Line, claim: Line) -> bool:
    return payment.origin == claim.id


def _is_on_its_invoice(payment: Line, claim: Line) -> bool:
    return payment.pays != 0 and payment.pays == claim.of_invoice
