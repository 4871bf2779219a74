"""Read 100,000 OCR giro transactions: Kravbro beside netsgiro and beside the least that Python can do.

Run with `python -m benchmarks.ocr_giro [transactions]`. All three get the same bytes and check every KID:

* kravbro: first pass over the whole file (every rule of docs/formats/ocr_giro.md), then the second pass with every
  transaction as a record, then the KIDs;
* netsgiro: `netsgiro.parse`, and the KIDs with python-stdnum's Luhn, for netsgiro checks none (`without the KIDs` is
  `netsgiro.parse` alone);
* floor: slices of the lines, dates, øre, KID and the control totals, and a tuple per transaction.

The three take turns five times, so that a busy machine disturbs all alike; the median counts. KIDs are MOD10; what
MOD11 costs is shown apart.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import netsgiro
import stdnum.luhn

from benchmarks import _bars
from kravbro.core.identifiers import kid
from kravbro.formats import ocr_giro

TRANSACTIONS = 100_000
ROUNDS = 5
BAR_OF_NETSGIRO, BAR_OF_FLOOR = 5.0, 2.0
FIRST_DAY = date(2026, 11, 20)
TYPES = ("10", "11", "13", "14", "15", "16")


def made_up_file(transactions: int, method: kid.Method) -> bytes:
    """A file of one assignment, the same one at each run. Every KID is valid under `method`."""
    random = Random(20261120)
    payments = [_payment(random, number, method) for number in range(1, transactions + 1)]
    part = ocr_giro.assignment(
        agreement_id="001008566",
        number="0000001",
        account="99991042764",
        nets_date=FIRST_DAY + timedelta(days=3),
        transactions=payments,
    )
    return ocr_giro.render([ocr_giro.Transmission("00008080", "0170031", "00010200", part.nets_date, (part,))])


def _payment(random: Random, number: int, method: kid.Method) -> ocr_giro.Transaction:
    settlement_date = FIRST_DAY + timedelta(days=random.randrange(3))
    payload = f"{random.randrange(10**12):012d}"
    return ocr_giro.Transaction(
        type=random.choice(TYPES),
        number=number,
        settlement_date=settlement_date,
        centre_id="13",
        day_code=f"{settlement_date.day:02d}",
        partial_settlement_number="1",
        serial_number=f"{number // 500:05d}",
        sign="0",
        amount_ore=random.randrange(1_00, 50_000_00),
        kid=payload + kid.check_digit(payload, method),
        card_issuer=None,
        form_number=f"{random.randrange(10**10):010d}",
        reference=f"{random.randrange(10**9):09d}",
        bank_date=settlement_date - timedelta(days=random.randrange(4)),
        debit_account=f"{random.randrange(10**10, 10**11):011d}",
    )


def kravbro_reader(method: kid.Method) -> Callable[[bytes], int]:
    """Both passes and the check of every KID; answers the control total in øre."""

    def read(data: bytes) -> int:
        file = ocr_giro.parse(data, "benchmark")
        payments = [payment for _, _, payment in file.payments()]
        if kid.wrong([payment.kid or "" for payment in payments], method) or len(payments) != file.count:
            raise AssertionError(file.count)
        return file.total_ore

    return read


def netsgiro_mod10(data: bytes) -> int:
    """netsgiro's objects and the MOD10 check of every KID; answers the control total in øre."""
    (part,) = netsgiro.parse(data.decode("iso-8859-1")).assignments
    if not all(stdnum.luhn.is_valid(payment.kid or "") for payment in part.transactions):
        raise AssertionError(len(part.transactions))
    return int(part.get_total_amount() * 100)


def netsgiro_alone(data: bytes) -> int:
    """netsgiro's objects without a look at the KIDs; answers the control total in øre."""
    (part,) = netsgiro.parse(data.decode("iso-8859-1")).assignments
    return int(part.get_total_amount() * 100)


_DOUBLED = str.maketrans("0123456789", "0246813579")


def floor_mod10(data: bytes) -> int:
    """Nothing but slices: no codes, no order, no digits looked at beyond what the sums need."""
    lines = data.decode("iso-8859-1").split("\n")
    days: dict[str, date] = {}
    payments, total_ore = [], 0
    for row in range(2, len(lines) - 3, 2):
        item_1, item_2 = lines[row], lines[row + 1]
        settled, paid = item_1[15:21], item_2[41:47]
        for text in (settled, paid):
            if text not in days:
                days[text] = date(2000 + int(text[4:]), int(text[2:4]), int(text[:2]))
        amount_ore = int(item_1[32:49])
        number = item_1[49:74].lstrip()
        if sum(map(int, number[::-2])) % 10 != -sum(map(int, number[-2::-2].translate(_DOUBLED))) % 10:
            raise AssertionError(row)
        total_ore += amount_ore
        payments.append((item_1[4:6], int(item_1[8:15]), days[settled], amount_ore, number, days[paid], item_2[47:58]))
    end = lines[-3]
    if int(end[8:16]) != len(payments) or int(end[16:24]) != len(lines) - 3 or int(end[24:41]) != total_ore:
        raise AssertionError(end)
    return total_ore


def seconds(read: Callable[[bytes], int], data: bytes) -> float:
    """How long one reading takes, with the rubbish of the one before swept away first."""
    gc.collect()
    start = time.perf_counter()
    read(data)
    return time.perf_counter() - start


def main(transactions: int = TRANSACTIONS) -> None:
    """Measure and print the table."""
    data = made_up_file(transactions, "mod10")
    readers = {
        "kravbro": kravbro_reader("mod10"),
        "netsgiro": netsgiro_mod10,
        "netsgiro without the KIDs": netsgiro_alone,
        "floor": floor_mod10,
    }
    if len({read(data) for read in readers.values()}) != 1:
        raise AssertionError("the readers disagree on the sum")
    runs: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(ROUNDS):
        for name, read in readers.items():
            runs[name].append(seconds(read, data))
    mod11 = made_up_file(transactions, "mod11")
    runs["kravbro, MOD11"] = [seconds(kravbro_reader("mod11"), mod11) for _ in range(ROUNDS)]
    medians = {name: statistics.median(times) for name, times in runs.items()}
    print(f"{transactions:,} transactions, median of {ROUNDS} interleaved runs, Python {sys.version.split()[0]}\n")
    print("| Reader | seconds | µs per transaction | times the floor | kravbro is faster by |\n|---|---|---|---|---|")
    for name, median in medians.items():
        row = f"{median:.3f} | {median / transactions * 1e6:.2f} | {median / medians['floor']:.2f}"
        print(f"| {name} | {row} | {median / medians['kravbro']:.2f} |")
    _bars.at_least("OCR giro, netsgiro beside it", medians["netsgiro"] / medians["kravbro"], BAR_OF_NETSGIRO)
    _bars.at_most("OCR giro beside bare slicing", medians["kravbro"] / medians["floor"], BAR_OF_FLOOR)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
