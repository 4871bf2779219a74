"""What a site says is taken as it stands, and everything in it that does not fit is named at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.errors import DataFault, KravbroError, Stop
from kravbro.formats.wsinkasso import operations as ops
from kravbro.formats.wsinkasso.fields import DAY, FLAG, NUMBER, ORE
from kravbro.ledgers.wsinkasso.address import PASSWORD, PASSWORD_FILE, password, read_address
from kravbro.ledgers.wsinkasso.forms import form_of
from kravbro.ledgers.wsinkasso.opening import open_service
from kravbro.ledgers.wsinkasso.settings import Amounts, Days, Forms, read_settings
from kravbro.mirror.source import Lack
from tests.ledgers.wsinkasso.canned import Canned, response, told
from tests.ledgers.wsinkasso.english import EnglishService, settings
from tests.ledgers.wsinkasso.stand_in import ADDRESS


@pytest.mark.parametrize(
    "address",
    [
        "https://erp.example.no/wsinkasso",
        "https://10.1.2.3:8443/a/b",
        "http://localhost:8080/x",
        "http://127.0.0.9/x",
        "http://[::1]:80/x",
    ],
)
def test_an_address_is_taken(address: str) -> None:
    assert read_address(address).url == address


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "bad_address"),
        ("erp.example.no/wsinkasso", "bad_address"),
        ("ftp://erp.example.no/x", "bad_address"),
        ("https:///x", "bad_address"),
        ("https://erp.example.no:port/x", "bad_address"),
        ("https://erp.example.no/x#y", "bad_address"),
        ("https://erp.example.no/x y", "bad_address"),
        ("https://kk2@erp.example.no/x", "password_in_address"),
        ("https://kk2:hemmelig@erp.example.no/x", "password_in_address"),
        ("https://erp.example.no/x?token=hemmelig", "password_in_address"),
        ("http://erp.example.no/x", "not_encrypted"),
        ("http://127.0.0.1.example.no/x", "not_encrypted"),
        ("http://0.0.0.0/x", "not_encrypted"),
    ],
)
def test_an_address_is_refused_and_no_secret_of_it_repeated(address: str, code: str) -> None:
    with pytest.raises(DataFault) as refusal:
        read_address(address)
    assert refusal.value.code == f"wsinkasso.{code}"
    assert "hemmelig" not in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        'pasword = "x"',
        "timeout_s = 0",
        "page = 1001",
        "page = true",
        'language = "sv"',
        'key = "a"',
        'service = "a"',
        '[elements]\nFirma = "Company"',
        '[forms]\ndays = "american"',
        'wsdl = "/x"\n[forms]\nflags = ["J", "J"]',
        '[faults]\nX = "later"',
    ],
)
def test_settings_that_cannot_be_meant_are_refused(text: str) -> None:
    with pytest.raises(DataFault) as refusal:
        read_settings(text)
    assert refusal.value.code == "wsinkasso.settings"


@pytest.mark.parametrize("text", ['wsdl = "site.wsdl"', 'proxy = "socks5://p"', 'proxy = "http://u:hemmelig@p"'])
def test_more_settings_that_are_refused(text: str) -> None:
    with pytest.raises(DataFault) as refusal:
        open_service("https://erp.example.no/x", text, {})
    assert refusal.value.code == "wsinkasso.settings"
    assert "hemmelig" not in str(refusal.value)


def test_a_password_comes_from_the_environment_or_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("hemmelig æ \n", encoding="utf-8")
    assert password({PASSWORD: "a", PASSWORD_FILE: "x"}, "s") == "a"
    assert password({PASSWORD_FILE: str(tmp_path / "p")}, "s") == "hemmelig æ "
    (tmp_path / "p").write_bytes(b"\xe6")
    with pytest.raises(Stop) as refusal:
        password({PASSWORD_FILE: str(tmp_path / "p")}, "s")
    assert refusal.value.code == "wsinkasso.password_file"


# Forms of single values.


@given(day=st.dates(date(1000, 1, 1)), ore=st.integers(-(10**17), 10**17), flag=st.booleans())
@pytest.mark.parametrize("days", Days)
@pytest.mark.parametrize("amounts", Amounts)
def test_what_is_written_in_any_form_is_read_as_it_was(
    days: Days, amounts: Amounts, day: date, ore: int, flag: bool
) -> None:
    forms = Forms(days, amounts, ("J", "N"))
    for kind, value in ((DAY, day), (ORE, ore), (FLAG, flag), (NUMBER, ore)):
        form = form_of(kind, forms, {})
        assert kind.value(form.read(form.write(kind.plain(value)))) == value


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (Days.ISO, "20260302"),
        (Days.ISO, "2026-02-30"),
        (Days.ISO, "2026-03-02Z"),
        (Days.ISO, "2026-W10-1"),
        (Days.COMPACT, "2026-03-02"),
        (Days.NORWEGIAN, "2.3.2026"),
        (Days.MIDNIGHT, "2026-03-02T23:00:00"),
        (Days.MIDNIGHT, "2026-03-02T00:00:00+01:00"),
        (Days.ISO, "٢٠٢٦-03-02"),
    ],
)
def test_a_day_that_can_be_read_otherwise_is_refused(days: Days, text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        form_of(DAY, Forms(days), {}).read(text)


@pytest.mark.parametrize(
    ("amounts", "text"),
    [
        (Amounts.KRONER, "1,50"),
        (Amounts.KRONER, "1 000.00"),
        (Amounts.KRONER, "1e2"),
        (Amounts.KRONER, "NaN"),
        (Amounts.KRONER, ".5"),
        (Amounts.COMMA, "1.50"),
        (Amounts.COMMA, "1.234,50"),
        (Amounts.ORE, "1.50"),
        (Amounts.ORE, "1_000"),
    ],
)
def test_an_amount_that_can_be_read_otherwise_is_refused(amounts: Amounts, text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        form_of(ORE, Forms(amounts=amounts), {}).read(text)


def test_a_third_of_an_ore_is_no_amount() -> None:
    read = form_of(ORE, Forms(), {}).read("1.505")
    assert read == Decimal("1.505")
    with pytest.raises(ValueError, match=r".*"):
        ORE.value(read)


# The mapping table against a description.


def lacks(folder: Path, change: Callable[[str], str] = str, of_schema: Callable[[str], str] = str) -> list[Lack]:
    """What a client finds lacking in the English service after these changes."""
    text = change(settings(folder))
    schema = folder / "collection.xsd"
    schema.write_text(of_schema(schema.read_text()))
    return open_service(ADDRESS, text, {}, EnglishService(lambda: None))[0].lacks()


def replaced(*pairs: tuple[str, str]) -> Callable[[str], str]:
    def change(text: str) -> str:
        for before, after in pairs:
            assert before in text
            text = text.replace(before, after, 1)
        return text

    return change


def test_a_table_that_fits_lacks_only_what_the_site_does_not_have(tmp_path: Path) -> None:
    (one,) = lacks(tmp_path)
    assert (one.thing, one.needed) == ("HentBesvarteKrav", False)


def test_everything_in_a_table_that_the_contract_does_not_have_is_named_at_once(tmp_path: Path) -> None:
    found = lacks(
        tmp_path,
        replaced(
            ('Ping = "Echo"', 'Pong = "Echo"'),
            ('Firma = "Company"', 'Firmaet = "Company"'),
            ("[types.Krav]", '[types.Kravet]\nTilbud = "x"\n[types.Krav]\nTilbudet = "x"\nTilknyttet = "."'),
            ('PURRING = "REMINDER"', 'PURRING = "NOTICE"\nBREV = "LETTER"'),
            ("[words.Partsart]", '[words.Partsarten]\nA = "B"\n[words.Partsart]'),
            ("[constants.TidligereOverfort]", '[constants.TidligereOverfort]\nRest = "en krone"'),
        ),
    )
    assert all(one.needed for one in found)
    assert sorted(one.thing for one in found) == [
        "constants.TidligereOverfort.Rest",
        "elements.Firmaet",
        "functions.Pong",
        "types.Krav.Tilbudet",
        "types.Krav.Tilknyttet",
        "types.Kravet",
        "words.Brevart.BREV",
        "words.Brevart: NOTICE",
        "words.Partsarten",
    ]


def test_everything_that_a_description_lacks_is_named_at_once(tmp_path: Path) -> None:
    found = lacks(
        tmp_path,
        replaced(
            ('Firma = "Company"', 'Firma = "Firm"'),
            ('LeverBilag = "DeliverVouchers"', 'LeverBilag = "SendVouchers"'),
            ('KobleKrav = "JoinClaims"', 'KobleKrav = ""'),
            ('Brev = "Letters/Letter"', 'Brev = "Letters"'),
            ('Avdeling = "Department"', 'Avdeling = "Dept"'),
            ('Malform = "Language"', 'Malform = ""'),
            ('[constants.TidligereOverfort]\nValuta = "NOK"', ""),
        ),
    )
    needed = {one.thing for one in found if one.needed}
    better = {one.thing for one in found if not one.needed}
    assert {"LeverBilag", "Krav: Firma", "HentIdentitetSvar: Firma", "RegistrerSaksnummer: Firma"} <= needed
    assert {"KobleKrav", "HentBesvarteKrav", "Part: Malform", "Krav: Brev"} <= better
    assert not {one for one in needed if "TidligereOverfort" in one}
    assert len(found) == len(set(found))


def test_what_a_description_demands_must_be_said(tmp_path: Path) -> None:
    demanded = '<xs:element name="Ledger" type="xs:string"/>'

    def of_schema(text: str) -> str:
        start = text.index('name="GetWithdrawals"')
        place = text.index("sequence>", start) + len("sequence>")
        return text[:place] + demanded + text[place:]

    needed = [one.thing for one in lacks(tmp_path, of_schema=of_schema) if one.needed]
    assert needed == ["HentTilbaketrekkinger: Ledger"]
    said = replaced(("[forms]", '[extra.HentTilbaketrekkinger]\nLedger = "1"\n[forms]'))
    assert [one.thing for one in lacks(tmp_path, said) if one.needed] == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<xs:schema", "<!DOCTYPE x SYSTEM 'http://127.0.0.1:1/x'><xs:schema"),
        ("collection.xsd", "http://127.0.0.1:1/collection.xsd"),
        ("collection.xsd", "../collection.xsd"),
        ("collection.xsd", "file:///etc/hostname"),
        ("http://schemas.xmlsoap.org/soap/http", "http://schemas.xmlsoap.org/soap/smtp"),
        ('name="Collection"', 'name="Other"'),
        ("collection.xsd", "missing.xsd"),
    ],
)
def test_a_description_that_leads_elsewhere_or_is_none_is_refused(tmp_path: Path, before: str, after: str) -> None:
    text = settings(tmp_path)
    for file in (tmp_path / "collection.wsdl", tmp_path / "collection.xsd"):
        file.write_text(file.read_text().replace(before, after))
    with pytest.raises(KravbroError) as refusal:
        open_service(ADDRESS, text, {}, Canned(response(500)))
    assert (type(refusal.value), refusal.value.code) == (Stop, "wsinkasso.bad_description")


def test_a_service_of_another_contract_is_named() -> None:
    over = Canned(told("Ping", ops.Known("2.0", "Nyere")))
    (one,) = open_service(ADDRESS, "", {}, over)[0].lacks()
    assert (one.thing, one.needed) == ("Nyere", True)
