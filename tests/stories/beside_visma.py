"""An installation beside Visma Business, in which claims were sent to collection before Kravbro was there.

The day is the machine's: a change by the ERP is told by its clock, and ours must agree with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from kravbro.cli.main import main
from kravbro.cli.options import acting
from kravbro.ledgers.visma_business.mapping import SENT
from kravbro.ledgers.visma_business.moments import local_moment
from kravbro.ledgers.visma_business.trial import erp
from kravbro.ledgers.visma_business.trial.erp import ACCOUNT, BANK, CUSTOMER, Entered
from tests.cli.test_foreign_ledger import SETUP
from tests.cli.test_visma_business import not_installed, settings
from tests.ledgers.visma_business.acting import COMPANY, Trial, setup

CUSTOMERS = {"501": 10_001, "502": 10_002, "503": 10_003}
CASES = """saksnr;kundenr;fakturanr;fakturadato;forfall;hovedstol;betalt_hovedstol;renter
K-2071;10001;501;2026-03-02;2026-03-23;1000,00;400,00;21,00
K-2072;10002;502;2026-03-02;2026-03-23;1000,00;50,00;
K-2075;10009;777;2026-03-02;2026-03-23;99,00;;
"""
CHOICES = """post;saksnr;differanse;fordi
502;K-2072;50,00;betalt til forrige inkassator
"""
WHY = "liste fra forrige leverandør"


class BesideVisma:
    """The installation at `where`, the ERP at `address`, and a folder for files."""

    def __init__(self, where: str, address: str, files: Path) -> None:
        self.where, self.address, self.files = where, address, files

    @property
    def cut_off(self) -> date:
        """A month ago."""
        return acting(None).on - timedelta(days=30)

    def make(self) -> None:
        """Install, connect and set up; three invoices, two of which bear the ERP's own mark."""
        not_installed(self.address)
        imports, file, described = self.files / "import", self.files / "visma.toml", self.files / "setup.toml"
        imports.mkdir()
        file.write_text(settings(imports), encoding="utf-8")
        described.write_text(SETUP.replace('money = "1900"', f'money = "{BANK}"'), encoding="utf-8")
        for name, text in (("saker.csv", CASES), ("valg.csv", CHOICES)):
            (self.files / name).write_text(text, encoding="utf-8")
        there = ("visma_business", self.address, "--settings", str(file))
        done("install", *there)
        done("ledger", "connect", *there, "--dir", self.where)
        done("setup", "apply", str(described), "--because", "begins", "--dir", self.where)
        with self.people() as trial:
            for customer in sorted({*CUSTOMERS.values()} - {10_001}):
                trial.customer(customer)
            entries = {no: trial.invoice(customer, 1_000_00, no) for no, customer in CUSTOMERS.items()}
            trial.erp.change([entries["501"]], exemption=SENT, case_number="K-2071")
            trial.erp.change([entries["503"]], exemption=SENT)
        self.pay("501", 400_00, self.cut_off - timedelta(days=1))
        self.pay("501", 100_00, self.cut_off)

    @contextmanager
    def people(self) -> Iterator[Trial]:
        """Those who work in the ERP, now."""
        trial = Trial.at(self.address, setup(self.files / "import"))
        trial.erp.clock = local_moment(acting(None).at)
        yield trial
        trial.databases.close()

    def pay(self, invoice_no: str, amount_ore: int, dated: date) -> None:
        """A payment of that date, posted now."""
        line = Entered(erp.PAYMENT, dated, amount_ore)
        on_customer: dict[str, Any] = {"credit": (CUSTOMERS[invoice_no], CUSTOMER), "cross_reference": invoice_no}
        with self.people() as trial:
            trial.erp.post(replace(line, **on_customer), replace(line, debit=(BANK, ACCOUNT)))

    def hand_over(self) -> None:
        """A person tells of the one that bears no mark, and takes the older cases in."""
        done("items", "transferred", str(COMPANY), "502", "--because", WHY, "--dir", self.where)
        done("cases", "import", str(self.files / "saker.csv"), "--creditor", "1", "--dir", self.where)

    def conversion(self, *more: str) -> list[str]:
        """The words of a conversion with every choice, and new cases for the rest."""
        words = ["claims", "convert", "--creditor", "1", "--cut-off", str(self.cut_off), "--dir", self.where]
        return [*words, "--choices", str(self.files / "valg.csv"), "--make-cases", "--because", WHY, *more]


def done(*words: str) -> None:
    """Run a command that must succeed."""
    assert main(list(words)) == 0, words
