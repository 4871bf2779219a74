"""Read 10,000 payments in camt.054: Kravbro beside bankstatementparser and beside a bare pass of lxml; and memory.

Run with `python -m benchmarks camt054`. Two files of the same payments, the bytes of a bank: *single* has an entry for
each payment, *batch* one for 500. All readers get the same file:

* kravbro: `camt054.stream`, every rule of docs/formats/camt054.md, and a record for each payment;
* bare pass: `lxml.etree.iterparse` with the same safety options, which only clears what it has passed; once over every
  element, and once over entries and transactions alone, which is the least that anything built on lxml can do;
* bankstatementparser: `Camt054Parser.parse`, from `requirements/bankstatementparser.txt` in an environment of its own,
  `.venv-bankstatementparser`. Of a batch it makes one row an entry, with all KIDs in one text, so only *single* counts.

They take turns; the median counts. Memory is the peak of a process that reads one file and nothing else.
"""

from __future__ import annotations

import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

from lxml import etree

from benchmarks import _bars
from kravbro.core.identifiers import kid
from kravbro.core.money import plain_kroner
from kravbro.formats import camt054

PAYMENTS = 10_000
ROUNDS = 5
SIZES = (10_000, 100_000, 1_000_000)
IN_BATCH = 500
BAR_OF_PARSER, BAR_OF_PASS, BAR_OF_MEMORY = 3.0, 2.0, 1.2
VERSION: camt054.Version = "001.02"
DAY = date(2026, 11, 20)
AMOUNT_ORE = 1_234_56
TOTAL_OF_TWO = b">2469.12<"
ROOT = Path(__file__).parent.parent
ENVIRONMENT = ROOT / ".venv-bankstatementparser"
PROGRAM = Path(__file__).with_name("_bankstatementparser.py")

MEASURED = """
import resource, sys
from pathlib import Path
from kravbro.formats import camt054
with open(sys.argv[1], "rb") as file:
    count = sum(1 for _ in camt054.stream(file, sys.argv[1]))
status = Path("/proc/self/status")
if status.exists():
    (kib,) = (line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))
else:
    kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(count, kib)
"""
"""On Linux `ru_maxrss` begins with what the process took that started this one; the high-water mark does not."""


def pieces(payments: int, in_entry: int) -> Iterator[bytes]:
    """A file of so many payments, `in_entry` of them in each entry: the same bytes at each run."""
    pattern = _one_entry(min(in_entry, 2))
    counted = b"<NbOfTxs>%d<" % in_entry
    total = b">%s<" % plain_kroner(in_entry * AMOUNT_ORE).encode()
    pattern = pattern.replace(b"<NbOfTxs>2<", counted).replace(TOTAL_OF_TWO, total)
    first, last = pattern.index(b"<Ntry>"), pattern.index(b"</Ntfctn>")
    yield pattern[:first]
    entry = pattern[first:last]
    before, after = entry.index(b"<TxDtls>"), entry.rindex(b"</TxDtls>") + len(b"</TxDtls>")
    transaction = entry[before : entry.index(b"</TxDtls>") + len(b"</TxDtls>")] + b"\n"
    for start in range(0, payments, in_entry):
        yield entry[:before].replace(b"LUMP", b"LUMP-%d" % start)
        for number in range(start, start + in_entry):
            yield transaction.replace(b"00000000001", b"%011d" % number).replace(_kid(0), _kid(number))
        yield entry[after:]
    yield pattern[last:]


def _kid(number: int) -> bytes:
    payload = f"{10_000_000 + number:08d}"
    return (payload + kid.check_digit(payload, "mod10")).encode()


def _one_entry(in_entry: int) -> bytes:
    """A file with one entry of equal payments, from which the others are made."""
    one = camt054.Transaction(
        amount_ore=AMOUNT_ORE,
        kid=kid.make("10000000", "mod10"),
        bank_reference="00000000001",
        instruction_id="I00000000001",
        end_to_end_id="E00000000001",
        debtor_name="Kari Nordmann",
        debtor_account="86011117947",
        accepted_on=DAY,
        code="PMNT/RCDT/DMCT",
    )
    entry = camt054.Entry(
        direction="CRDT",
        amount_ore=in_entry * one.amount_ore,
        booked_on=DAY,
        value_on=DAY,
        bank_reference="LUMP",
        code="PMNT/RCDT/DMCT",
        transactions=(one,) * in_entry,
    )
    notification = camt054.Notification(id="N-1", account="99991042764", entries=(entry,))
    made = datetime(2026, 11, 20, 18, 0)  # noqa: DTZ001 - banks write local time without a zone
    return camt054.render(
        camt054.Camt054File(
            name="benchmark", version=VERSION, message_id="M-1", created_at=made, notifications=(notification,)
        )
    )


def kravbro(file: Path) -> int:
    """Every payment as a record, every check made; answers the sum in øre."""
    with file.open("rb") as source:
        return sum(one.amount_ore for _, _, one in camt054.stream(source, file.name))


def kids(file: Path) -> list[str]:
    """The KID of every payment, in the order of the file."""
    with file.open("rb") as source:
        return [one.kid or "" for _, _, one in camt054.stream(source, file.name)]


def bare_pass(file: Path) -> int:
    """Every element of the file is met, and cleared; answers nothing."""
    return _pass(file, None)


def barest_pass(file: Path) -> int:
    """Only entries and transactions are met, and cleared; answers nothing."""
    namespace = camt054.NAMESPACES[VERSION]
    return _pass(file, (f"{{{namespace}}}TxDtls", f"{{{namespace}}}Ntry"))


def _pass(file: Path, tags: tuple[str, ...] | None) -> int:
    ends = ("}TxDtls", "}Ntry")
    safe = etree.iterparse(
        file, events=("end",), tag=tags, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    for _, element in safe:
        if str(element.tag).endswith(ends):
            element.clear(keep_tail=True)
            before, above = element.getprevious(), element.getparent()
            if before is not None and above is not None:
                above.remove(before)
    return 0


def seconds(read: Callable[[Path], int], file: Path) -> float:
    """How long one reading takes, with the rubbish of the one before swept away first."""
    gc.collect()
    start = time.perf_counter()
    read(file)
    return time.perf_counter() - start


def install() -> Path:
    """bankstatementparser in an environment of its own, made at the first run; answers its Python."""
    python = ENVIRONMENT / "bin" / "python"
    done, locked = ENVIRONMENT / ".locked", ROOT / "requirements" / "bankstatementparser.txt"
    if not done.exists() or done.read_bytes() != locked.read_bytes():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
        flags = ["-qq", "--disable-pip-version-check", "--require-hashes", "--requirement"]
        subprocess.run([str(python), "-m", "pip", "install", *flags, str(locked)], check=True)
        done.write_bytes(locked.read_bytes())
    return python


def theirs(python: Path, file: Path) -> tuple[float, int]:
    """Seconds that bankstatementparser takes, without its start, and how many rows it makes."""
    ran = subprocess.run([str(python), str(PROGRAM), str(file)], check=True, stdout=subprocess.PIPE)
    answer = json.loads(ran.stdout)
    return float(answer["seconds"]), int(answer["rows"])


def peak_mib(file: Path, payments: int) -> float:
    """The most memory that a process takes which reads a file."""
    ran = subprocess.run([sys.executable, "-c", MEASURED, str(file)], check=True, stdout=subprocess.PIPE)
    count, kib = map(int, ran.stdout.split())
    assert count == payments, f"{count} of {payments} payments were read"
    return kib / 1024


def written(folder: Path, payments: int, in_entry: int) -> Path:
    """The file on disk."""
    file = folder / f"{payments}-{in_entry}.xml"
    with file.open("wb") as out:
        out.writelines(pieces(payments, in_entry))
    return file


def compare(folder: Path, payments: int, in_entry: int) -> None:
    """Measure the readers in turns on one file, and print the table."""
    file = written(folder, payments, in_entry)
    assert kravbro(file) == payments * AMOUNT_ORE
    told = kids(file) == [_kid(number).decode() for number in range(payments)]
    _bars.true(f"camt.054: each of {payments:,} payments has its KID, {in_entry} in an entry", holds=told)
    python = install()
    readers = {"kravbro": kravbro, "bare pass, every element": bare_pass, "bare pass, tags alone": barest_pass}
    runs: dict[str, list[float]] = {name: [] for name in (*readers, "bankstatementparser")}
    rows = 0
    for _ in range(ROUNDS):
        for name, read in readers.items():
            runs[name].append(seconds(read, file))
        took, rows = theirs(python, file)
        runs["bankstatementparser"].append(took)
    medians = {name: statistics.median(times) for name, times in runs.items()}
    print(f"\n{payments:,} payments, {in_entry} in each entry, {file.stat().st_size / 2**20:.1f} MiB\n")
    print("| Reader | seconds | µs per payment | beside kravbro |\n|---|---|---|---|")
    for name, median in medians.items():
        title = f"{name} ({rows:,} rows)" if name == "bankstatementparser" else name
        print(f"| {title} | {median:.3f} | {median / payments * 1e6:.1f} | {median / medians['kravbro']:.2f} |")
    ours, bare = medians["kravbro"], medians["bare pass, every element"]
    _bars.at_most(f"camt.054 beside a bare pass, {in_entry} in an entry", ours / bare, BAR_OF_PASS)
    if in_entry == 1:
        _bars.at_least("camt.054, bankstatementparser beside it", medians["bankstatementparser"] / ours, BAR_OF_PARSER)


def main(payments: int = PAYMENTS, sizes: tuple[int, ...] = SIZES) -> None:
    """Measure and print: speed on single and batch entries, then memory at each size in both shapes."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for in_entry in (1, IN_BATCH):
            compare(folder, payments, in_entry)
        print("| Payments | in an entry each, peak MiB | in one entry, peak MiB |\n|---|---|---|")
        found = []
        for size in sizes:
            peaks = []
            for in_entry in (1, size):
                file = written(folder, size, in_entry)
                peaks.append(peak_mib(file, size))
                file.unlink()
            print(f"| {size:,} | {peaks[0]:.1f} | {peaks[1]:.1f} |")
            found.append(peaks)
        for shape, place in (("an entry each", 0), ("one entry", 1)):
            ratio = found[-1][place] / found[0][place]
            _bars.at_most(f"camt.054 memory, {sizes[-1]:,} payments in {shape}", ratio, BAR_OF_MEMORY)


if __name__ == "__main__":
    main()
