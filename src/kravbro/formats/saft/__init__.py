"""SAF-T Financial: the Norwegian standard audit file, read for what it says of receivables.

Source: Skatteetaten, github.com/Skatteetaten/saf-t, schemas 1.00 to 1.30. `parse` answers a whole file or refuses it;
`validate` only verifies. What the lines mean (invoice, payment) is no matter of the format: see
docs/formats/saft.md.
"""

from kravbro.formats.saft.chart import AccountKind, kind_of, kind_of_number
from kravbro.formats.saft.reading import parse, validate
from kravbro.formats.saft.records import (
    Account,
    Balance,
    BankAccount,
    Customer,
    Header,
    Line,
    SaftFile,
    Totals,
    Transaction,
)
from kravbro.formats.saft.versions import NAMESPACE, VERSIONS

__all__ = [
    "NAMESPACE",
    "VERSIONS",
    "Account",
    "AccountKind",
    "Balance",
    "BankAccount",
    "Customer",
    "Header",
    "Line",
    "SaftFile",
    "Totals",
    "Transaction",
    "kind_of",
    "kind_of_number",
    "parse",
    "validate",
]
