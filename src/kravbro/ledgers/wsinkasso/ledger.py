"""The ledger port over the web service: pages asked for and checked, and writes sent under an id of their own.

The service carries everything that the port wants, with numbers and answers, so that nothing is remembered here: it is
no mirror's source. A write that was cut off is sent again with the same id and the same rows, and is known then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any, Protocol, TypeVar

from msgspec import structs

from kravbro.core.adoption import Adoption, Joining
from kravbro.core.claims import Offer, Receipt, Status, Transaction, Withdrawal
from kravbro.core.conversion import CaseNumber, TransferredClaim
from kravbro.core.errors import DataFault, Stop
from kravbro.core.fingerprints import fingerprint
from kravbro.core.forgotten import AnsweredOffer
from kravbro.core.movements import ClaimMovements, Discrepancy
from kravbro.core.vouchers import Voucher, VoucherReceipt, refuse_unbalanced
from kravbro.formats.wsinkasso import operations as ops
from kravbro.formats.wsinkasso.operations import PAGE, Operation
from kravbro.ledgers.wsinkasso.address import KIND
from kravbro.ledgers.wsinkasso.pages import messages, require_asked, require_company, require_counted, require_page
from kravbro.mirror.source import Lack
from kravbro.ports.identity import Delivered, Heads, Identity

STREAMS = ("claims", "transactions", "withdrawals", "voucher_receipts")
NO_SUCH_FUNCTION = "wsinkasso.no_such_function"
"""What a service of ours says where the ledger behind it has no such thing."""
Row = TypeVar("Row")
_ENTRY = re.compile(r"#[0-9]{1,18}")
_ANY_DAY, _ALL = date(9999, 12, 31), 2**31 - 1
Asked = ops.Page | ops.PageBefore


class Service(Protocol):
    """A service that can be called."""

    def has(self, operation: Operation) -> bool:
        """Whether it has a function."""
        ...

    def call(self, operation: Operation, value: Any) -> Any:
        """The answer to a call."""
        ...

    def lacks(self) -> list[Lack]:
        """What it lacks for its part of the work."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class WSinkassoLedger:
    """A ledger behind a web service.

    `met` is told the installation each time it is asked for, and raises if it is another one than before. `refusal` is
    why nothing may be written from here: a copy of an installation writes into nobody's ledger.
    """

    def __init__(
        self, service: Service, met: Callable[[str], None], *, page: int = PAGE, refusal: Stop | None = None
    ) -> None:
        self._service = service
        self._met = met
        self._page = page
        self._refusal = refusal

    def close(self) -> None:
        """Close the connections. The ledger can be used again afterwards."""
        self._service.close()

    # Who it is.

    def identify(self) -> Identity:
        """The installation and the heads of its streams. Raises Stop `mirror.other_installation`, DataFault
        `wsinkasso.no_head`."""
        who = self._who()
        self._met(who.installation)
        return Identity(KIND, who.installation, tuple(self._heads(one.company, one.heads) for one in who.companies))

    def _who(self) -> ops.Who:
        who: ops.Who = self._service.call(ops.IDENTIFY, ops.Nothing())
        if not who.installation.strip():
            raise DataFault("formats.wsinkasso.missing", type="HentIdentitetSvar", element="Installasjon")
        companies = [one.company for one in who.companies]
        require_page(ops.IDENTIFY, companies, int, 0, len(companies))
        return who

    def _heads(self, company: int, told: Sequence[Any]) -> Heads:
        streams = {one.stream: one.number for one in told}
        for stream in STREAMS:
            if streams.get(stream, -1) < 0:
                raise DataFault("wsinkasso.no_head", company=company, stream=stream)
        return Heads(company, streams)

    def companies(self) -> list[int]:
        """The numbers of all companies, as the service lists them now."""
        return [one.company for one in self._who().companies]

    def check(self) -> list[Lack]:
        """What the service lacks for its part of the work."""
        return self._service.lacks()

    # What is read: pages, by number.

    def ready_claims(self, company: int, after: int, limit: int) -> list[Offer]:
        """Offers without a receipt, by number."""
        rows = self._pages(ops.READY, ops.Page(company, after, limit), lambda one: one.number)
        require_company(ops.READY, (one.company for one in rows), company)
        return rows

    def transactions(self, company: int, after: int, limit: int) -> list[Transaction]:
        """What was booked on claims at the collector, by number."""
        return self._pages(ops.TRANSACTIONS, ops.Page(company, after, limit), lambda one: one.number)

    def withdrawals(self, company: int, after: int, limit: int) -> list[Withdrawal]:
        """Claims that the creditor wants back, by number."""
        return self._pages(ops.WITHDRAWALS, ops.Page(company, after, limit), lambda one: one.number)

    def voucher_receipts(self, company: int, after: int, limit: int) -> list[VoucherReceipt]:
        """What became of the collector's vouchers, by event number."""
        return self._pages(ops.VOUCHER_RECEIPTS, ops.Page(company, after, limit), lambda one: one.number)

    def recorded_receipts(self, company: int, after: int, limit: int) -> list[Receipt]:
        """The receipt that counts of each answered offer, by offer number."""
        return self._pages(ops.RECORDED_RECEIPTS, ops.Page(company, after, limit), lambda one: one.offer)

    def recorded_statuses(self, company: int, after: int, limit: int) -> list[Status]:
        """The status shown of each claim, by entry."""
        return self._pages(ops.RECORDED_STATUSES, ops.Page(company, after, limit), lambda one: one.entry)

    def movements(self, company: int, offers: Sequence[int]) -> list[ClaimMovements]:
        """Opening and movements of the given offers, by offer number."""
        return self._chosen(ops.REMAINING, company, offers, lambda one: one.offer)

    def answered_offers(self, company: int, offers: Sequence[int]) -> list[AnsweredOffer]:
        """These offers with the answers that the ledger holds; none where the service has no such function."""
        if not self._service.has(ops.ANSWERED_OFFERS):
            return []
        rows = self._chosen(ops.ANSWERED_OFFERS, company, offers, lambda one: one.offer.number)
        require_company(ops.ANSWERED_OFFERS, (one.offer.company for one in rows), company)
        return rows

    def audit(self, company: int) -> list[Discrepancy]:
        """What the ledger finds wrong with itself."""
        return list(self._service.call(ops.AUDIT, ops.OfCompany(company)).rows)

    def _pages(self, operation: Operation, asked: Asked, key: Callable[[Any], int]) -> list[Any]:
        """The rows that are asked for, in as many calls as that takes."""
        rows: list[Any] = []
        after = asked.after
        while len(rows) < asked.limit:
            wanted = min(asked.limit - len(rows), self._page)
            told = self._service.call(operation, structs.replace(asked, after=after, limit=wanted)).rows
            require_page(operation, told, key, after, wanted)
            rows += told
            if len(told) < wanted:
                break
            after = key(told[-1])
        return rows

    def _chosen(
        self, operation: Operation, company: int, offers: Sequence[int], key: Callable[[Any], int]
    ) -> list[Any]:
        """What is told of these offers, by offer number."""
        wanted, rows = sorted(set(offers)), []
        for start in range(0, len(wanted), self._page):
            some = tuple(wanted[start : start + self._page])
            told = self._service.call(operation, ops.Chosen(company, some)).rows
            require_asked(operation, map(key, told), some)
            rows += told
        return sorted(rows, key=key)

    # What is written: each message under an id of its content.

    def record_receipts(self, company: int, receipts: Sequence[Receipt]) -> Delivered:
        """Record answers."""
        return self._write(ops.RECORD_RECEIPTS, company, receipts)

    def post_vouchers(self, company: int, vouchers: Sequence[Voucher]) -> Delivered:
        """Deliver vouchers, each once by its key. Raises as `core.vouchers.refuse_unbalanced`, before any is sent."""
        for one in vouchers:
            refuse_unbalanced(one)
        return self._write(ops.POST_VOUCHERS, company, vouchers, weight=lambda one: 1 + len(one.lines))

    def publish_statuses(self, company: int, statuses: Sequence[Status]) -> Delivered:
        """Show statuses."""
        return self._write(ops.PUBLISH_STATUSES, company, statuses)

    def _write(
        self,
        operation: Operation,
        company: int,
        rows: Sequence[Row],
        because: str = "",
        weight: Callable[[Row], int] = lambda _: 1,
    ) -> Delivered:
        """Send rows. What was sent again after a call that was cut off has the same id: it is made of what is sent."""
        if self._refusal:
            raise self._refusal
        new = known = waiting = 0
        for some in messages(rows, self._page, weight):
            message = fingerprint(operation.name, company, list(some), because)
            taken = self._service.call(operation, ops.Write(message, company, tuple(some), because))
            require_counted(operation, taken, len(some))
            new, known, waiting = new + taken.new, known + taken.known, waiting + taken.waiting
        return Delivered(new, known, waiting)

    # Claims of older cases: a service has all of these functions, or there is no conversion.

    @property
    def converts(self) -> bool:
        """Whether the service has the functions for claims of older cases."""
        return all(map(self._service.has, ops.CONVERSION))

    def transferred_claims(self, company: int, cut_off: date, after: int, limit: int) -> list[TransferredClaim]:
        """Open items that were handed over earlier, by entry, with what remained of them before the cut-off."""
        return self._pages(
            ops.TRANSFERRED_CLAIMS, ops.PageBefore(company, cut_off, after, limit), lambda one: one.entry
        )

    def named_items(self, company: int, names: Collection[str]) -> dict[str, int]:
        """The entries of the items that a person means, of those that were handed over: by invoice number, or as `#12`.

        Raises DataFault `wsinkasso.no_such_item`, and `wsinkasso.several_items` where several have the number.
        """
        entries = {name: [int(name[1:])] for name in names if _ENTRY.fullmatch(name)}
        if set(names) - entries.keys():
            for one in self.transferred_claims(company, _ANY_DAY, 0, _ALL):
                if one.invoice_no in names:
                    entries.setdefault(one.invoice_no, []).append(one.entry)
        for name in names:
            found = entries.get(name, [])
            if not found:
                raise DataFault("wsinkasso.no_such_item", company=company, item=name[:40])
            if len(found) > 1:
                items = ", ".join(f"#{entry}" for entry in found)
                raise DataFault("wsinkasso.several_items", company=company, item=name[:40], items=items)
        return {name: entries[name][0] for name in names}

    def join_claims(self, company: int, joinings: Sequence[Joining]) -> Delivered:
        """Make offers of items that are claims of older cases. More than a page of them goes in more than one step."""
        return self._write(ops.JOIN_CLAIMS, company, joinings)

    def joined_claims(self, company: int, after: int, limit: int) -> list[Joining]:
        """Items that are joined with claims of older cases, by entry; none where nothing can be joined."""
        return self._if_any(
            lambda: self._pages(ops.JOINED_CLAIMS, ops.Page(company, after, limit), lambda one: one.entry)
        )

    def adoptions(self, company: int, after: int, limit: int) -> list[Adoption]:
        """Joined offers without a receipt, by number; none where nothing can be joined."""
        rows = self._if_any(lambda: self._pages(ops.ADOPTIONS, ops.Page(company, after, limit), lambda one: one.number))
        require_company(ops.ADOPTIONS, (one.offer.company for one in rows), company)
        return rows

    def _if_any(self, read: Callable[[], list[Row]]) -> list[Row]:
        """What is read, or nothing where neither the service nor the ledger behind it can join claims."""
        if not self.converts:
            return []
        try:
            return read()
        except Stop as stop:
            if stop.code != NO_SUCH_FUNCTION:
                raise
            return []

    def offer_unjoined(self, company: int, entries: Sequence[int], because: str) -> int:
        """Offer marked items that no older case has."""
        return self._write(ops.OFFER_UNJOINED, company, entries, because).new

    def record_case_numbers(self, company: int, numbers: Sequence[CaseNumber], because: str) -> Delivered:
        """Show case numbers on items that were handed over earlier."""
        return self._write(ops.RECORD_CASE_NUMBERS, company, numbers, because)
