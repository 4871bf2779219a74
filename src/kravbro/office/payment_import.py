"""Take a bank file in, in one transaction: every payment is placed, reversed or unplaced, or nothing is kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.allocation import allocate
from kravbro.core.allocation_orders import CreditorOrders, Money, Receipt, Said, decide, shipped_allocation_law
from kravbro.core.claims import GONE, ClaimState
from kravbro.core.errors import DataFault, Skip
from kravbro.db.bulk import insert_rows, portions
from kravbro.db.counters import take
from kravbro.office import contents
from kravbro.office import file_tables as f
from kravbro.office import tables as t
from kravbro.office.caseload import Caseload
from kravbro.office.creditors import Agreement, Names, agreements, allocation_orders
from kravbro.office.handovers import journals_for
from kravbro.office.incoming import Because, IncomingPayment, told_apart
from kravbro.office.journals import (
    Account,
    Journal,
    Kind,
    Row,
    handover_source,
    payment_of,
    payment_source,
    placing_source,
    write_journals,
)
from kravbro.office.lookalikes import Lookalike, keep_override, lookalikes, refuse_lookalikes
from kravbro.office.manual.acts import ActKind, acts_of
from kravbro.office.manual.bounced import REVERSED_BY_HAND, reversed_by_hand
from kravbro.office.manual.taking_back import Taking, reversal_journals, unplaced_in
from kravbro.office.manual.whereabouts import Whereabouts, whereabouts
from kravbro.office.originals import with_kids_of_originals
from kravbro.office.payments import (
    Original,
    Target,
    Targets,
    apart,
    find_target,
    mirrored,
    rows_on_case,
    unplaced_rows,
)

FILE_COLUMNS = ("number", "name", "format", "sha256", "payment_count", "net_ore", "imported_on")
UNPLACED_COLUMNS = ("payment", "creditor", "amount_ore", "because", "placed_by")
SOURCES = (payment_source, placing_source, handover_source)
"""What the journals of one payment are made by."""

Key = tuple[str, str, int]
"""What a reversal finds its payment by: account, KID and amount."""


class ImportResult(msgspec.Struct, frozen=True):
    """What an import did: its file number, how many payments were new and known, and where the new money went (øre).

    `handed_over` counts payments that went to another creditor than the one in whose books the account stands.
    """

    file: int
    new: int
    known: int
    reversed: int
    unplaced: int
    net_ore: int
    placed_ore: int
    unplaced_ore: int
    handed_over: int = 0


class Preview(msgspec.Struct, frozen=True):
    """How many payments of a file would be new to the office, and how many it knows."""

    new: int
    known: int


def preview_payments(connection: sa.Connection, file_name: str, payments: Sequence[IncomingPayment]) -> Preview:
    """What an import would find. Raises DataFault as `import_payments` does; writes nothing."""
    payments = told_apart(payments)
    _agreements(connection, file_name, payments)
    try:
        new = _new_payments(connection, file_name, payments) if payments else []
    except Skip:
        new = []
    return Preview(len(new), len(payments) - len(new))


def import_payments(  # noqa: PLR0917 - a file is told by name, hash, format and content
    connection: sa.Connection,
    file_name: str,
    sha256: str,
    file_format: str,
    payments: Sequence[IncomingPayment],
    act: Act,
    despite_lookalikes: str | None = None,
) -> ImportResult:
    """Import the payments of one file. `despite_lookalikes` is the reason for taking what looks like known payments.

    Raises DataFault `office.unknown_account`, `office.payment_changed` and `office.payments_unaccounted`; Skip
    `office.file_repeated` when every payment is known and `office.file_empty` when there is none; Stop
    `office.payments_lookalike` for payments that may have come in another format. Nothing is kept then.
    """
    if not payments:
        raise Skip("office.file_empty", file=file_name)
    payments = with_kids_of_originals(connection, told_apart(payments))
    agreed = _agreements(connection, file_name, payments)
    new = _new_payments(connection, file_name, payments)
    alike = lookalikes(connection, file_format, new)
    refuse_lookalikes(alike, file_name, despite_lookalikes)
    desk = PaymentDesk(connection, agreed, act)
    desk.prepare(new)
    number = take(connection, t.counter, "payment_file")
    net_ore = sum(payment.amount_ore for payment in new)
    head = (number, file_name, file_format, sha256, len(new), net_ore, act.on)
    insert_rows(connection, t.payment_file, FILE_COLUMNS, [head], act)
    if alike and despite_lookalikes is not None:
        keep_override(connection, number, len(alike), despite_lookalikes, act)
    desk.take_all(number, new)
    unplaced_ore = desk.write()
    return ImportResult(
        number,
        len(new),
        len(payments) - len(new),
        desk.reversed,
        desk.unplaced,
        net_ore,
        net_ore - unplaced_ore,
        unplaced_ore,
        desk.handed_over,
    )


def _agreements(connection: sa.Connection, file_name: str, payments: Sequence[IncomingPayment]) -> dict[str, Agreement]:
    accounts = sorted({payment.account_number for payment in payments})
    found = agreements(connection, t.payment_agreement.c.account_number.in_(accounts))
    for account in accounts:
        if account not in found:
            raise DataFault("office.unknown_account", account=account, file=file_name)
    return found


def known_and_alike(
    connection: sa.Connection, file_format: str, payments: Sequence[IncomingPayment]
) -> tuple[int, list[Lookalike]]:
    """How many payments of a file are here, and which of the others look like payments of another format."""
    known: set[str] = set()
    for identities in portions({payment.identity for payment in payments}):
        chosen = sa.select(t.payment.c.identity).where(t.payment.c.identity.in_(identities))
        known.update(connection.execute(chosen).scalars())
    new = [payment for payment in payments if payment.identity not in known]
    return len(payments) - len(new), lookalikes(connection, file_format, new)


def _new_payments(
    connection: sa.Connection, file_name: str, payments: Sequence[IncomingPayment]
) -> list[IncomingPayment]:
    """The payments that the office does not have. A known one must be the same payment still.

    New and known ones together are the file, in number and in øre: nothing of it falls between the two.
    """
    column = t.payment.c
    content: dict[str, tuple[str, str, int]] = {}
    files: set[int] = set()
    for identities in portions({payment.identity for payment in payments}):
        stored = sa.select(column.identity, column.account_number, column.kid, column.amount_ore, column.file)
        for identity, account, kid, amount_ore, file in connection.execute(
            stored.where(column.identity.in_(identities))
        ):
            content[identity] = (account, kid, amount_ore)
            files.add(file)
    new: dict[str, IncomingPayment] = {}
    for payment in payments:
        here = (payment.account_number, payment.kid, payment.amount_ore)
        if content.get(payment.identity, here) != here:
            raise DataFault("office.payment_changed", payment=payment.identity, file=file_name)
        if payment.identity not in content:
            new[payment.identity] = payment
    _refuse_unaccounted(file_name, payments, list(new.values()), [amount_ore for *_, amount_ore in content.values()])
    if not new:
        raise Skip("office.file_repeated", file=file_name, earlier=_names_of(connection, files))
    return list(new.values())


def _refuse_unaccounted(
    file_name: str, payments: Sequence[IncomingPayment], new: Sequence[IncomingPayment], known_ore: Sequence[int]
) -> None:
    """Raise DataFault `office.payments_unaccounted` unless new and known payments are the file."""
    net_ore = sum(payment.amount_ore for payment in payments)
    accounted_ore = sum(payment.amount_ore for payment in new) + sum(known_ore)
    if len(new) + len(known_ore) != len(payments) or accounted_ore != net_ore:
        raise DataFault(
            "office.payments_unaccounted",
            file=file_name,
            payments=len(payments),
            accounted=len(new) + len(known_ore),
            difference=net_ore - accounted_ore,
        )


def _names_of(connection: sa.Connection, files: Iterable[int]) -> str:
    column = t.payment_file.c
    names = []
    for portion in portions(sorted(files)):
        chosen = sa.select(column.number, column.name, column.imported_on).where(column.number.in_(portion))
        names += [f"{row.name} ({row.number}, {row.imported_on})" for row in connection.execute(chosen)]
    return ", ".join(names)


class PaymentDesk:
    """Payments on their way from a file onto cases, with everything about them that the database knows."""

    def __init__(self, connection: sa.Connection, agreed: dict[str, Agreement], act: Act) -> None:
        self._connection = connection
        self._agreements = agreed
        self._act = act
        self._orders: dict[int, CreditorOrders] = {}
        self._law = shipped_allocation_law()
        self._caseload = Caseload()
        self._targets = Targets({}, {})
        self._originals: dict[Key, list[Original]] = {}
        self._by_hand: Counter[Key] = Counter()
        self._references: dict[int, str] = {}
        self._payments: list[tuple[Any, ...]] = []
        self._details: list[tuple[Any, ...]] = []
        self._unplaced: list[tuple[Any, ...]] = []
        self._journals: list[Journal] = []
        self.reversed = 0
        self.handed_over = 0

    @property
    def unplaced(self) -> int:
        """How many payments found no case."""
        return len(self._unplaced)

    def prepare(self, payments: Sequence[IncomingPayment]) -> None:
        """Load what the payments' KIDs point at, what reversals may reverse, and all cases behind both."""
        self._load_targets(payments)
        self._load_originals(payments)
        named = (*self._targets.cases.values(), *self._targets.invoices.values())
        cases = {target.case for by_creditor in named for target in by_creditor.values()}
        cases |= {case for found in self._originals.values() for one in found for case in one.cases}
        self._caseload.load(self._connection, cases)
        whose = {agreement.holder for agreement in self._agreements.values()}
        whose |= {case.creditor for case in self._caseload.cases.values()}
        self._orders = allocation_orders(self._connection, whose)

    def _load_targets(self, payments: Sequence[IncomingPayment]) -> None:
        kids: dict[Names, set[str]] = defaultdict(set)
        for payment in payments:
            structure = self._agreements[payment.account_number].structure(payment.kid)
            if structure is not None:
                kids[structure.names].add(payment.kid)
        for portion in portions(kids[Names.CASE] | kids[Names.OLDER_CASE]):
            case = t.case.c
            for row in self._connection.execute(
                sa.select(case.creditor, case.kid, case.id).where(case.kid.in_(portion))
            ):
                self._targets.cases.setdefault(row.kid, {})[row.creditor] = Target(row.id)
        for portion in portions(kids[Names.INVOICE]):
            claim, case = t.claim.c, t.case.c
            found = sa.select(claim.creditor, claim.invoice_kid, claim.case, claim.id, claim.state, case.debtor)
            claims = self._connection.execute(
                found.join(t.case, case.id == claim.case).where(claim.invoice_kid.in_(portion))
            )
            best: dict[tuple[str, int], tuple[tuple[bool, bool], int]] = {}
            for one in sorted(claims, key=lambda one: (*_standing(one.state), one.id)):
                by_creditor, standing = self._targets.invoices.setdefault(one.invoice_kid, {}), _standing(one.state)
                first = by_creditor.setdefault(one.creditor, Target(one.case, one.id, given_back=standing[1]))
                best_standing, debtor = best.setdefault((one.invoice_kid, one.creditor), (standing, one.debtor))
                if standing == best_standing and one.debtor != debtor:
                    by_creditor[one.creditor] = first._replace(of_several=True)

    def _load_originals(self, payments: Sequence[IncomingPayment]) -> None:
        """Payments in the database that a reversal may take back, and room for those of the file itself."""
        self._originals = {(one.account_number, one.kid, -one.amount_ore): [] for one in payments if one.amount_ore < 0}
        numbers: dict[int, Key] = {}
        payment, reversal = t.payment.c, t.payment.alias("reversal")
        for keys in portions(self._originals, 500):
            kids, amounts_ore = {kid for _, kid, _ in keys}, {amount_ore for _, _, amount_ore in keys}
            rows = self._connection.execute(
                sa.select(payment.number, payment.account_number, payment.kid, payment.amount_ore, payment.reference)
                .outerjoin(reversal, reversal.c.reverses == payment.number)
                .where(payment.kid.in_(kids), payment.amount_ore.in_(amounts_ore), reversal.c.number.is_(None))
                .order_by(payment.number)
            )
            for one in rows:
                numbers[one.number] = (one.account_number, one.kid, one.amount_ore)
                self._references[one.number] = one.reference
        wanted = {number: key for number, key in numbers.items() if key in self._originals}
        for original in originals(self._connection, list(wanted)):
            self._originals[wanted[original.payment]].append(original)
        self._by_hand = reversed_by_hand(self._connection, self._originals)

    def take_all(self, file: int, payments: Sequence[IncomingPayment]) -> None:
        """Decide on every payment in order, so that each sees what the ones before it did.

        What comes through the bank is taken as paid voluntarily: a payment file does not tell of anything else.
        """
        first = take(self._connection, t.counter, "payment", len(payments))
        for number, payment in enumerate(payments, first):
            if payment.amount_ore < 0:
                self._reverse(number, file, payment)
            else:
                self._place(number, file, payment)

    def _place(self, number: int, file: int, payment: IncomingPayment) -> None:
        agreement = self._agreements[payment.account_number]
        target = find_target(payment, agreement, self._targets)
        if isinstance(target, Target) and target.claim is None and self._caseload.cases[target.case].given_back:
            target = Because.CLAIM_GIVEN_BACK
        if isinstance(target, Because):
            rows, case = unplaced_rows(payment.amount_ore, target), None
        else:
            case = target.case
            on_table = self._caseload.cases[case]
            receipt = Receipt(Money.VOLUNTARY, payment.bank_date, Said(target.claim))
            decision = decide(receipt, self._orders[on_table.creditor], self._law)
            allocation = allocate(payment.amount_ore, on_table.owed(), decision)
            rows = rows_on_case(allocation, decision.ground, payment.bank_date, on_table)
        unplaced = (target, payment.amount_ore) if isinstance(target, Because) else None
        self._keep(number, file, payment, Kind.PAYMENT, case, rows, unplaced)
        key = (payment.account_number, payment.kid, payment.amount_ore)
        if key in self._originals:
            self._originals[key].append(Original(number, case, rows))
            self._references[number] = payment.reference

    def _reverse(self, number: int, file: int, payment: IncomingPayment) -> None:
        key = (payment.account_number, payment.kid, -payment.amount_ore)
        if self._by_hand[key]:
            self._by_hand[key] -= 1
            rows = [Row(Account.MET.value, None, -payment.amount_ore, REVERSED_BY_HAND)]
            self._keep(number, file, payment, Kind.REVERSAL, None, rows, None)
            return
        found = self._originals[key]
        if not found:
            because = Because.NOTHING_TO_REVERSE
            rows = unplaced_rows(payment.amount_ore, because)
            self._keep(number, file, payment, Kind.REVERSAL, None, rows, (because, payment.amount_ore))
            return
        original = found.pop(self._place_of_original(payment, found))
        if original.stands is not None:
            self._take_back(number, file, payment, original.stands)
            return
        case, unplaced = original.case, None
        rows, gone_ore = apart(mirrored(original.rows, payment.bank_date), self._gone(original.rows))
        if case is None:
            unplaced = (Because.ORIGINAL_UNPLACED, payment.amount_ore)
            rows = unplaced_rows(payment.amount_ore, Because.ORIGINAL_UNPLACED)
        elif gone_ore:
            unplaced = (Because.CLAIM_GIVEN_BACK, -gone_ore)
            case = case if rows else None
            rows += unplaced_rows(-gone_ore, Because.CLAIM_GIVEN_BACK)
        self._keep(number, file, payment, Kind.REVERSAL, case, rows, unplaced, original.payment)
        self.reversed += 1

    def _gone(self, rows: Iterable[Row]) -> set[int]:
        """The claims that rows are on and that were given back since: nothing of them moves here any more."""
        return {row.claim for row in rows if row.claim and self._caseload.claims[row.claim].state in GONE}

    def _take_back(self, number: int, file: int, payment: IncomingPayment, stands: Whereabouts) -> None:
        """Reverse a payment that people have moved or paid back, from wherever its money stands."""
        if stands.refunded_ore:
            because = Because.ORIGINAL_REFUNDED
            rows = unplaced_rows(payment.amount_ore, because)
            self._keep(number, file, payment, Kind.REVERSAL, None, rows, (because, payment.amount_ore))
            return
        holder = self._agreements[payment.account_number].holder
        kind, day = Kind.REVERSAL.value, payment.settlement_date
        taking = Taking(holder, number, payment.amount_ore, kind, Account.BANK.value, day)
        creditors = {case.id: case.creditor for case in self._caseload.cases.values()}
        gone = self._gone(row for rows in stands.cases.values() for row in rows)
        first, *others = reversal_journals(taking, stands, False, payment.bank_date, creditors, gone)
        rows, unplaced = list(first.rows[1:]), unplaced_in(first)
        self._keep(number, file, payment, Kind.REVERSAL, first.case, rows, unplaced, stands.payment)
        self._journals += others
        for journal in others:
            self._caseload.apply(journal.rows)
        self.reversed += 1

    def _place_of_original(self, payment: IncomingPayment, found: Sequence[Original]) -> int:
        """Which of the payments a reversal takes back: the one that the bank refers to, else the latest."""
        if not payment.original:
            return -1
        places = [place for place, one in enumerate(found) if self._references[one.payment] == payment.original]
        return places[-1] if places else -1

    def _keep(  # noqa: PLR0917
        self,
        number: int,
        file: int,
        payment: IncomingPayment,
        kind: Kind,
        case: int | None,
        rows: list[Row],
        unplaced: tuple[Because, int] | None,
        reverses: int | None = None,
    ) -> None:
        """Keep a payment with its rows; `unplaced` says why, and how much of it (øre), is on no case."""
        holder = self._agreements[payment.account_number].holder
        owner = holder if case is None else self._caseload.cases[case].creditor
        amount_ore = payment.amount_ore
        placed_ore = amount_ore - unplaced[1] if unplaced else amount_ore
        row = (
            number, file, payment.identity, payment.account_number, holder, payment.type, amount_ore, payment.kid,
            payment.bank_date, payment.settlement_date, payment.lump, payment.reference, payment.debit_account,
            payment.free_text, reverses, placed_ore,
        )  # fmt: skip
        self._payments.append((*row, contents.of_row(row)))
        if payment.details is not None:
            details = (number, *msgspec.structs.astuple(payment.details))
            self._details.append((*details, contents.of_row(details)))
        if unplaced:
            because, unplaced_ore = unplaced
            self._unplaced.append((number, holder, unplaced_ore, because.value, None))
        money = Row(Account.BANK.value, None, amount_ore)
        source, settled_on = payment_source(number), payment.settlement_date
        journal = Journal(holder, case, kind.value, settled_on, source, [money, *rows])
        self._journals += journals_for(journal, owner, number)
        self.handed_over += owner != holder
        self._caseload.apply(rows)

    def write(self) -> int:
        """Write everything; answers the sum that is unplaced (øre)."""
        columns = (*contents.PAYMENT, "fingerprint")
        insert_rows(self._connection, t.payment, columns, self._payments, self._act)
        beside = (*contents.PAYMENT_DETAIL, "fingerprint")
        insert_rows(self._connection, f.payment_detail, beside, self._details, self._act)
        insert_rows(self._connection, t.unplaced, UNPLACED_COLUMNS, self._unplaced, self._act)
        write_journals(self._connection, self._journals, self._act)
        self._caseload.save(self._connection, self._act)
        return sum(amount_ore for _, _, amount_ore, _, _ in self._unplaced)


def _standing(state: str) -> tuple[bool, bool]:
    """How well money suits a claim, best first: whether it is not collected, and whether it is given back."""
    return state != ClaimState.REGISTERED, state in GONE or state == ClaimState.LEAVING


def originals(connection: sa.Connection, payments: Sequence[int]) -> list[Original]:
    """Payments as they stand now, in order: where each is, and what it did there.

    One that was unplaced and placed later stands where it was placed; one that was handed over, where it went.
    """
    found: dict[int, Original] = {}
    journal, row = t.journal.c, t.journal_row.c
    for portion in portions(payments, 500):
        sources = [source(number) for source in SOURCES for number in portion]
        columns = (
            journal.number, journal.source, journal.case, row.account, row.claim, row.amount_ore, row.reason,
            row.counts_from,
        )  # fmt: skip
        rows = connection.execute(
            sa.select(*columns)
            .join(t.journal_row, row.journal == journal.number)
            .where(journal.source.in_(sources))
            .order_by(journal.number, row.row_no)
        )
        places: dict[int, tuple[int, int | None, list[Row]]] = {}
        for number, source, case, *values in rows:
            payment = payment_of(source)
            if payment not in places or places[payment][0] != number:
                places[payment] = (number, case, [])
            places[payment][2].append(Row(*values))
        for payment, (_, case, its_rows) in places.items():
            found[payment] = Original(payment, case, [one for one in its_rows if not _is_passing(one, case)])
    touched = {payment for _, payment in acts_of(connection, list(found), ActKind.MOVE, ActKind.REFUND)}
    for number, stands in whereabouts(connection, touched).items():
        found[number] = Original(number, None, (), stands)
    return [found[number] for number in sorted(found)]


def _is_passing(row: Row, case: int | None) -> bool:
    """Whether a row is the bank's, between two creditors, or the one that a placing takes the money from."""
    passing = row.account in {Account.BANK, Account.INTERMEDIATE}
    return passing or (row.account == Account.UNPLACED and case is not None)
