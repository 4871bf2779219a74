"""Rules of the state machine: what the bank sends, and what people do in the office."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from kravbro.bootstrap.demo import setting
from kravbro.core.allocation_orders import Part
from kravbro.core.fees.charges import ChargeKind
from kravbro.office.manual.moving import Move
from kravbro.office.manual.registering import How
from kravbro.office.manual.reversing import TakenBack
from tests.stories.busy_world import Paid, bank_file, registration
from tests.stories.oracle import BankFile
from tests.stories.state_machine import AMOUNTS, COMPANIES, PLACES, Machine
from tests.stories.worlds import TYPES

UNKNOWN_KID = "00000000018"
REPEATED = ("office.file_repeated",)
OF_CASE = (
    "office.claims_given_back",
    "office.case_given_back",
    "office.creditor_not_served",
    "office.intermediate_missing",
)
"""Why money is not put on a case that somebody chose."""
NOT_COLLECTED = "office.claim_not_collected"
COSTS = [ChargeKind.AWARDED, ChargeKind.CONCILIATION_BOARD]
TAKEN_BACK = ("office.not_a_receipt", "office.payment_reversed")


class OfficeStories(Machine):
    """Case handlers at work."""

    @rule(
        company=COMPANIES,
        lines=st.lists(st.tuples(PLACES, st.sampled_from("ccciixnrb"), AMOUNTS), min_size=1, max_size=4),
        from_earlier=st.integers(0, 5),
        camt=st.booleans(),
    )
    def a_bank_file_comes(self, company: int, lines: list[tuple[int, str, int]], from_earlier: int, camt: bool) -> None:
        """c: case KID, i: invoice KID, x: unknown KID, n: no KID, r: twice and one taken back, b: an earlier goes back.

        A file may begin with all lines of an earlier one: those are known.
        """
        new = [one for place, how, ore in lines for one in self.paid(company, place, how, ore)]
        if not new:
            return
        file = BankFile(self.count + 1, camt, [])
        earlier = self.oracle.office.files[company]
        if from_earlier == 0 and earlier:
            file = earlier.pop(0)
        elif from_earlier == 1 and earlier:
            name, again = self.name("again"), earlier[0]
            data = bank_file(company, again.number, again.letters, camt=again.camt)
            assert self.tries(lambda: self.world.bank_comes(name, data), *REPEATED) is None
            return
        known = sum(map(len, file.letters))
        file = file._replace(letters=[*file.letters, new])
        self.oracle.office.files[company].append(file)
        name = self.name("file")
        done = self.world.bank_comes(name, bank_file(company, file.number, file.letters, camt=file.camt))
        self.did(f"bank file in {'camt.054' if file.camt else 'OCR giro'}")
        assert (done.new, done.known) == (len(new), known)
        assert done.net_ore == sum(one.amount_ore for one in new)
        for one in new:
            self.comes(setting.BANK_ACCOUNTS[company], one)
        self.oracle.covered()

    def comes(self, account: str, one: Paid) -> None:
        """Add a payment of the bank; one that people have taken back already is met, and changes nothing."""
        key = (account, one.kid or "", -one.amount_ore)
        if one.amount_ore < 0 and self.oracle.office.to_be_met[key] > 0:
            self.oracle.office.to_be_met[key] -= 1
            return
        self.oracle.received(one.amount_ore)

    def paid(self, company: int, place: int, how: str, amount_ore: int) -> list[Paid]:
        """The lines of one letter. The first company's account serves both."""
        claims = [one for of in (TYPES if company == 1 else [company]) for one in self.world.payable(of)]
        if how == "b":
            files = self.oracle.office.files[company]
            earlier = [one for file in files for letter in file.letters for one in letter if one.amount_ore > 0]
            return [Paid(one.kid, -one.amount_ore) for one in earlier[place % len(earlier) :][:1]] if earlier else []
        if how == "n" or not claims:
            return [Paid(None, amount_ore)]
        claim = claims[place % len(claims)]
        kid = {"x": UNKNOWN_KID, "i": claim.invoice_kid}.get(how, claim.case_kid)
        paid = Paid(kid, amount_ore)
        return [paid, paid, Paid(kid, -amount_ore)] if how == "r" else [paid]

    @rule(company=COMPANIES, place=PLACES, whole_case=st.booleans())
    def the_office_gives_a_claim_back(self, company: int, place: int, whole_case: bool) -> None:
        claims = self.world.payable(company)
        if claims:
            self.world.give_back(claims[place % len(claims)], whole_case=whole_case)

    @rule(company=COMPANIES, place=PLACES)
    def a_case_is_closed(self, company: int, place: int) -> None:
        claims = self.world.payable(company)
        if claims:
            number = claims[place % len(claims)].case_number
            self.tries(lambda: self.world.close_case(number), "office.nothing_to_give_back")

    def case(self, company: int, place: int) -> str | None:
        claims = self.world.payable(company)
        return claims[place % len(claims)].case_number if claims else None

    def payment(self, place: int) -> int | None:
        payments = self.world.payments()
        return payments[place % len(payments)] if payments else None

    @rule(company=COMPANIES, place=PLACES, where=PLACES)
    def unplaced_money_is_placed(self, company: int, place: int, where: int) -> None:
        loose, case = self.world.loose(), self.case(company, where)
        if loose and case is not None:
            payment = loose[place % len(loose)]
            self.tries(
                lambda: self.world.put_on_case(payment, case),
                "office.not_placeable",
                "office.already_placed",
                *TAKEN_BACK,
                *OF_CASE,
            )
            self.oracle.covered()

    @rule(
        company=COMPANIES, place=st.none() | PLACES, amount_ore=AMOUNTS, how=st.sampled_from(How), posted=st.booleans()
    )
    def money_is_registered(self, company: int, place: int | None, amount_ore: int, how: How, posted: bool) -> None:
        case = None if place is None else self.case(company, place)
        given = registration(company, amount_ore, how, case, posted=posted or case is None)
        payment = self.tries(
            lambda: self.world.register(given, self.why()),
            "office.not_posted_overpaid", "office.not_posted_set_off", *OF_CASE,
        )  # fmt: skip
        if payment is not None and given.posted:
            self.oracle.received(amount_ore)
        self.oracle.covered()

    @rule(company=COMPANIES, place=PLACES, where=PLACES, amount_ore=st.none() | AMOUNTS)
    def money_is_moved(self, company: int, place: int, where: int, amount_ore: int | None) -> None:
        payment, target = self.payment(place), self.case(company, where)
        if payment is not None and target is not None:
            stands = self.world.stands_on(payment)
            source = stands[where % len(stands)] if stands else None
            self.tries(
                lambda: self.world.move(Move(payment, target, source, amount_ore), self.why()),
                "office.not_placed", "office.moves_nothing", "office.money_of_given_back", "office.not_posted_stays",
                "office.more_than_stands", *TAKEN_BACK, *OF_CASE,
            )  # fmt: skip
            self.oracle.covered()

    @rule(place=PLACES, how=st.sampled_from(TakenBack))
    def a_payment_is_taken_back(self, place: int, how: TakenBack) -> None:
        payment = self.payment(place)
        if payment is not None:
            amount_ore, kid, account, outside = self.world.payment_as_it_came(payment)
            before = len(self.world.payments())
            self.tries(
                lambda: self.world.take_back(payment, how, self.why()),
                "office.payment_refunded", "office.bank_money_came", "office.ledger_has_told",
                "office.money_of_given_back", *TAKEN_BACK,
            )  # fmt: skip
            if len(self.world.payments()) > before and not outside:
                self.oracle.received(-amount_ore)
                if account is not None:
                    self.oracle.office.to_be_met[account, kid, amount_ore] += 1
            self.oracle.covered()

    @rule(place=PLACES, amount_ore=st.none() | AMOUNTS)
    def money_is_paid_back(self, place: int, amount_ore: int | None) -> None:
        payment = self.payment(place)
        if payment is not None:
            paid_ore = self.tries(
                lambda: self.world.refund(payment, self.why(), amount_ore),
                "office.nothing_to_refund", "office.refund_not_posted", "office.overpaid_on_several",
                "office.more_than_overpaid", "office.unplaced_goes_whole", *TAKEN_BACK,
            )  # fmt: skip
            if paid_ore is not None:
                self.did(f"paid back{'' if amount_ore is None else ' in part'}")
            self.oracle.received(-(paid_ore or 0))

    @rule(place=PLACES)
    def a_refund_is_cancelled(self, place: int) -> None:
        refunds = self.world.refunds()
        if refunds:
            number = refunds[place % len(refunds)]
            refusals = ("office.refund_sent", "office.refund_cancelled")
            self.oracle.received(self.tries(lambda: self.world.cancel_refund(number, self.why()), *refusals) or 0)

    @rule(company=COMPANIES)
    def refunds_are_sent(self, company: int) -> None:
        self.tries(lambda: self.world.refund_file(company), "office.no_refunds")

    @rule(company=COMPANIES, place=PLACES)
    def a_proposal_is_coded_anew(self, company: int, place: int) -> None:
        refusals = ("office.bank_line_fixed", "office.no_such_line", "office.voucher_booked")
        self.tries(lambda: self.world.code_anew(company, place, f"rettet {self.count}"), *refusals)

    @rule(company=COMPANIES)
    def fees_are_coded_wrongly(self, company: int) -> None:
        """On an account that the ledger does not have: it rejects the voucher."""
        self.tries(lambda: self.world.code_wrongly(company), "office.voucher_booked")

    @rule(company=COMPANIES)
    def what_was_not_taken_is_corrected(self, company: int) -> None:
        if self.world.deliver_anew(company):
            self.did("corrected and delivered again")

    @rule(company=COMPANIES)
    def a_proposal_is_made(self, company: int) -> None:
        self.world.regenerate(company)

    @rule(company=COMPANIES)
    def a_proposal_is_approved_as_it_stands(self, company: int) -> None:
        self.tries(lambda: self.world.approve(company), "office.posting_stale", "office.posting_empty")

    @rule(company=COMPANIES)
    def all_money_is_approved(self, company: int) -> None:
        self.world.post(company)

    @rule(place=PLACES, out=st.booleans())
    def a_journal_is_left_out_or_taken_in(self, place: int, out: bool) -> None:
        journals = self.world.journals(out=not out)
        if journals:
            journal = journals[place % len(journals)]
            act = self.world.leave_out if out else self.world.take_in
            self.tries(
                lambda: act(journal),
                "office.already_posted", "office.payment_excluded", "office.claim_gone", "office.already_excluded",
            )  # fmt: skip

    @rule(company=COMPANIES, place=PLACES, kind=st.sampled_from(COSTS), amount_ore=AMOUNTS)
    def a_cost_is_registered(self, company: int, place: int, kind: ChargeKind, amount_ore: int) -> None:
        if case := self.case(company, place):
            self.tries(
                lambda: self.world.charge(case, kind, amount_ore, self.why()),
                "office.cost_above_maximum", NOT_COLLECTED,
            )  # fmt: skip
            self.oracle.covered()

    @rule(company=COMPANIES, place=PLACES, waived=st.booleans())
    def late_interest_is_charged_or_waived(self, company: int, place: int, waived: bool) -> None:
        if case := self.case(company, place):
            self.tries(
                lambda: self.world.charge_interest(case, self.why(), waived=waived),
                "office.no_interest_to_charge", NOT_COLLECTED,
            )  # fmt: skip

    @rule(
        company=COMPANIES,
        place=PLACES,
        part=st.sampled_from([Part.FEES, Part.COSTS, Part.INTEREST]),
        amount_ore=st.none() | AMOUNTS,
    )
    def a_charge_is_waived(self, company: int, place: int, part: Part, amount_ore: int | None) -> None:
        if case := self.case(company, place):
            self.tries(
                lambda: self.world.waive(case, part, amount_ore, self.why()),
                "office.nothing_to_waive", "office.more_than_owed", NOT_COLLECTED,
            )  # fmt: skip

    @rule(place=PLACES)
    def a_charge_or_waiver_is_undone(self, place: int) -> None:
        if acts := self.world.adjusted():
            self.tries(
                lambda: self.world.undo(acts[place % len(acts)], self.why()),
                "office.undone_already", "office.charge_is_paid", "office.no_such_adjustment", NOT_COLLECTED,
            )  # fmt: skip

    @rule(place=PLACES)
    def a_voucher_is_delivered_again(self, place: int) -> None:
        keys = self.world.keys()
        if keys:
            key = keys[place % len(keys)]
            refusals = ("office.voucher_replaced", "office.voucher_is_posted", "office.voucher_undecided")
            self.tries(lambda: self.world.deliver_again(key, self.why()), *refusals)
