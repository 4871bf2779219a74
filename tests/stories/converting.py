"""An installation in which claims were handed over before Kravbro was there, with the older system's cases."""

from __future__ import annotations

from pathlib import Path

import msgspec

from kravbro.cli.main import main
from kravbro.db.engines import writing
from kravbro.db.places import place_at
from kravbro.ledgers.embedded.ledger import EmbeddedLedger
from kravbro.office import setup
from tests.office.builders import ACCOUNT, CREDITOR, STRUCTURES, act

LEDGER = """kundenr;navn;postnr;poststed;art;bilagsnr;fakturanr;dato;forfall;beløp
10001;Ada Aasen;0150;Oslo;faktura;501;501;2026-03-02;2026-03-23;1250,00
10001;;;;innbetaling;9001;501;2026-04-01;;-400,00
10001;;;;innbetaling;9002;501;2026-06-15;;-100,00
10002;Birk Lien;5003;Bergen;faktura;502;502;2026-03-02;2026-03-23;800,00
10003;Cato Dal;7010;Trondheim;faktura;503;503;2026-03-02;2026-03-23;600,00
10004;Dina Eng;9008;Tromsø;faktura;504;504;2026-03-02;2026-03-23;300,00
10004;;;;faktura;505;0504;2026-03-02;2026-03-23;300,00
"""
CASES = """saksnr;kid;kundenr;fakturanr;fakturadato;forfall;hovedstol;betalt_hovedstol;renter;gebyr;omkostninger
K-2071;202607100001;10001;000501;2026-03-02;2026-03-23;1250,00;400,00;21,00;35,00;700,00
K-2072;;10002;502;2026-03-02;2026-03-23;800,00;50,00;;;
K-2074;;10004;504;2026-03-02;2026-03-23;300,00;;;;
K-2075;;10009;777;2026-03-02;2026-03-23;99,00;;;;
"""
CHOICES = """post;saksnr;sakens_fakturanr;differanse;fordi
502;K-2072;;50,00;betalt til forrige inkassator
504;K-2074;504;;avtalt med kunden
"""
CUT_OFF, TODAY, WHY = "2026-06-01", "2026-06-20", "liste fra forrige leverandør"


def installation(address: str, folder: Path) -> None:
    """The ledger imported, the creditor set up, the items marked and the older cases taken in."""
    for name, text in (("reskontro.csv", LEDGER), ("saker.csv", CASES), ("valg.csv", CHOICES)):
        (folder / name).write_text(text, encoding="utf-8")
    at = ("--dir", address, "--on", TODAY)
    done("ledger", "import", str(folder / "reskontro.csv"), "--company", "1", "--name", "Nes", *at)
    set_up_creditor(address)
    items = ("501=K-2071", "502", "503", "504", "0504")
    done("items", "transferred", "1", *items, "--because", WHY, *at)
    done("cases", "import", str(folder / "saker.csv"), "--creditor", "1", *at)


def set_up_creditor(address: str) -> None:
    """The creditor of company 1, whose cases may have KIDs."""
    place = place_at(address)
    ledger = EmbeddedLedger(place, act())
    own = msgspec.structs.replace(CREDITOR, ledger_installation=ledger.identify().installation)
    ledger.close()
    with writing(place.open("office")) as connection:
        setup.add_workflow(connection, "K", "Kommunal", starts_after_notice=False, act=act())
        setup.add_creditor(connection, own, act())
        setup.add_sub_ledger(connection, own.number, "1500", "1500", "K", act())
        setup.add_agreement(connection, ACCOUNT, own.number, "Innbetaling", STRUCTURES, act())


def convert(address: str, folder: Path, *more: str) -> list[str]:
    """The words of a conversion with every choice, and new cases for the rest."""
    words = ["claims", "convert", "--creditor", "1", "--cut-off", CUT_OFF, "--dir", address, "--on", TODAY]
    return [*words, "--choices", str(folder / "valg.csv"), "--make-cases", "--because", WHY, *more]


def done(*words: str) -> None:
    """Run a command that must succeed."""
    assert main(list(words)) == 0, words
