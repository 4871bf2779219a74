"""An address says where Tryton is and what is agreed, and refuses what it does not know."""

from __future__ import annotations

import pytest

from kravbro.core.claims import LetterKind, TransactionKind
from kravbro.core.errors import DataFault
from kravbro.ledgers.tryton.address import LAST, Address, LetterOfLevel, read_address


def test_the_shortest_address() -> None:
    read = read_address("tryton+https://kravbro@erp.example.no/regnskap")

    assert read == Address("https://erp.example.no", "regnskap", "kravbro")
    assert (read.level, read.journal, read.name) == (LAST, "KRAV", "erp.example.no/regnskap")


def test_every_option() -> None:
    options = "journal=EXT&level=2&kinds=VIPPS:payment,REIN:credit_note&claim_ended=TAP,SLETT&language=nn&overlap_s=0"
    options += "&timeout_s=5&identity=abc&letters=1:purring:14,2:inkassovarsel:21"
    read = read_address(f"tryton+http://k%40x@[::1]:8000/db?{options}")

    assert (read.url, read.user) == ("http://[::1]:8000", "k@x")
    assert (read.journal, read.level, read.claim_ended) == ("EXT", 2, ("TAP", "SLETT"))
    assert read.kinds == (("VIPPS", TransactionKind.PAYMENT), ("REIN", TransactionKind.CREDIT_NOTE))
    assert read.letters == (LetterOfLevel(1, LetterKind.REMINDER, 14), LetterOfLevel(2, LetterKind.NOTICE, 21))
    assert (read.language, read.overlap_s, read.timeout_s, read.identity) == ("nn", 0, 5, "abc")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "erp.example.no/db",
        "https://u@erp.example.no/db",
        "tryton+https://erp.example.no/db",
        "tryton+https://u@erp.example.no/",
        "tryton+https://u@erp.example.no/a/b",
        "tryton+https://u@/db",
        "tryton+https://u@erp.example.no:x/db",
        "tryton+https://u@erp.example.no:0/db",
        "tryton+https://u@erp.example.no/db?journal=A#B",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(DataFault, match=r"tryton\.bad_address"):
        read_address(text)


@pytest.mark.parametrize("option", ["jornal=X", "journal=A&journal=B", "overlap_s=1&overlap_s=1", "=1"])
def test_an_option_that_is_unknown_or_stands_twice_is_refused(option: str) -> None:
    with pytest.raises(DataFault, match=r"tryton\.bad_option"):
        read_address(f"tryton+https://u@erp.example.no/db?{option}")


WRONG = """
journal=
journal=%20A level=0 level=x level=100 level=+1 kinds= kinds=VIPPS kinds=V:money kinds=V:reversal kinds=:payment
kinds=V:payment,V:payment kinds=V:payment,V:correction kinds=V:payment, overlap_s=-1 overlap_s=604801 overlap_s=1.5
overlap_s= overlap_s=1_0 overlap_s=%D9%A3 timeout_s=0 timeout_s=3601 language=sv language= letters=1:purring
letters=1:brev:14 letters=1:purring:0 letters=1:purring:366 letters=1:purring:14,1:inkassovarsel:14 letters=0:purring:14
claim_ended= claim_ended=, claim_ended=TAP,TAP identity=
"""


@pytest.mark.parametrize("option", WRONG.split())
def test_an_option_that_is_set_to_what_it_cannot_be_is_refused_with_its_form(option: str) -> None:
    with pytest.raises(DataFault, match=r"tryton\.bad_value") as refused:
        read_address(f"tryton+https://u@erp.example.no/db?{option}")
    assert refused.value.facts["form"]


def test_the_longest_overlap_is_a_week() -> None:
    assert read_address("tryton+https://u@erp.example.no/db?overlap_s=604800").overlap_s == 604_800


@pytest.mark.parametrize(
    "options", ["kinds=TAP:payment&claim_ended=TAP", "kinds=KRAV:payment", "journal=TAP&claim_ended=TAP"]
)
def test_a_journal_has_one_meaning(options: str) -> None:
    with pytest.raises(DataFault, match=r"tryton\.two_meanings"):
        read_address(f"tryton+https://u@erp.example.no/db?{options}")


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(DataFault, match=r"tryton\.password_in_address") as refused:
        read_address("tryton+https://u:hemmelig@erp.example.no/db")

    assert "hemmelig" not in str(refused.value)


def test_what_may_be_a_password_is_not_repeated_whatever_it_is_called() -> None:
    with pytest.raises(DataFault, match=r"tryton\.bad_option") as refused:
        read_address("tryton+https://u@erp.example.no/db?passord=hemmelig")
    assert "hemmelig" not in str(refused.value)


def test_an_address_that_is_no_url_is_refused() -> None:
    with pytest.raises(DataFault, match=r"tryton\.bad_address"):
        read_address("tryton+https://[u@erp.example.no/db")
