"""`kravbro demo`: the whole main job, on a made-up installation or on files of one's own."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from msgspec import structs

from kravbro.bootstrap.demo.files import FilesResult, LedgerFile, PaymentFile, run_on_files
from kravbro.bootstrap.demo.foreign.trials import LedgerKind, run_beside
from kravbro.bootstrap.demo.run import Result, Step, run_demo
from kravbro.bootstrap.ledger_file import read_ledger_file
from kravbro.bridge.cursor import OnPage
from kravbro.cli import output
from kravbro.cli.failure import DONE, REFUSED
from kravbro.cli.inbox import read_file
from kravbro.cli.ledger import as_data, print_imported
from kravbro.cli.options import DEFAULT_PLACE, At, OnDate, pages_shown
from kravbro.core.errors import DataFault
from kravbro.core.money import format_kroner
from kravbro.db.place import Place
from kravbro.engine.clock import SystemClock
from kravbro.office.bank_files import read_bank_file
from kravbro.texts.sentences import sentence

app = App(name="demo", help="The whole main job, made up or on your own files.", help_format="plaintext")


@app.default
def demo(
    *,
    ledger: Annotated[
        Path | None, Parameter(help="Another ledger's file, SAF-T or CSV, in place of made-up data.")
    ] = None,
    payments: Annotated[Path | None, Parameter(help="With --ledger: the bank's payment file.")] = None,
    ledger_kind: Annotated[
        LedgerKind, Parameter(help="Beside which ledger: our own, or a trial of another.")
    ] = LedgerKind.EMBEDDED,
    once: Annotated[bool, Parameter(negative="", help="Stop after the job; there are no screens to open yet.")] = False,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> int:
    """Make a municipality and ten clients of an agency, and carry 2,000 overdue invoices from proposal to voucher.

    500 bank payments come in OCR giro and camt.054. What people do by hand is done too: corrections, claims that go
    back, money placed, moved, taken back and refunded, costs and interest charged and waived, a claim without a ledger,
    older cases converted, a rejected voucher delivered again.

    With --ledger-kind files, tryton, visma_business or wsinkasso the main job is done beside a trial of that ledger,
    with 60 invoices.
    With --ledger, and the bank's file with --payments, the same is done with what is overdue in that ledger, on the
    last day that the files tell of or on the day of --on. A run that was stopped goes on where it was; a second run
    creates nothing. Exit code 1 if anything differs.
    """
    for option, value in (("--payments", payments), ("--on", on)):
        if value is not None and ledger is None:
            raise DataFault("cli.demo_needs_ledger", option=option)
    if ledger is not None and ledger_kind is not LedgerKind.EMBEDDED:
        raise DataFault("cli.demo_two_ledgers", kind=ledger_kind.value)
    steps: list[Step] = []
    with pages_shown(output.words("demo.running"), as_json=json) as on_page:
        if ledger_kind is not LedgerKind.EMBEDDED:
            result = run_beside(ledger_kind, place, SystemClock(), on_step=steps.append, on_page=on_page)
        elif ledger is None:
            result = run_demo(place, SystemClock(), on_step=steps.append, on_page=on_page)
        else:
            result = _run_on_files(place, ledger, payments, on, steps, on_page)
    if json:
        output.print_json(_as_data(result, steps))
    else:
        _print(steps, result)
        output.print_line(output.words("demo.next", place=place.name))
        if not once:
            output.print_line(output.words("demo.no_screens"))
    return REFUSED if result.differences else DONE


def _run_on_files(  # noqa: PLR0917 - two files, a place, a day, and who is shown what
    place: Place, ledger: Path, payments: Path | None, on: date | None, steps: list[Step], on_page: OnPage
) -> FilesResult:
    data = read_file(ledger)
    source = structs.replace(read_ledger_file(data, str(ledger)), name=str(output.printable(ledger.name)))
    bank = None
    if payments is not None:
        content = read_bank_file(read_file(payments), str(payments))
        bank = PaymentFile(str(output.printable(payments.name)), content)
    file = LedgerFile(data, source)
    return run_on_files(place, SystemClock(), file, bank, on=on, on_step=steps.append, on_page=on_page)


def _as_data(result: Result, steps: list[Step]) -> object:
    data = structs.asdict(result) | {"steps": steps}
    return data | {"imported": as_data(result.imported)} if isinstance(result, FilesResult) else data


def _in_words(facts: dict[str, object]) -> dict[str, object]:
    """The facts of a step as its sentence has them: øre in kroner."""
    amounts = {name: ore for name, ore in facts.items() if name.endswith("_ore") and isinstance(ore, int)}
    return facts | {name.removesuffix("_ore"): format_kroner(ore) for name, ore in amounts.items()}


def _how(step: Step) -> str:
    """Which sentence of a step tells what it did: of a payment file that was refused, the one for why."""
    refused = str(step.facts.get("known", "")) if step.code == "file_payments" else ""
    return refused.rpartition(".")[2] or "did"


def _print(steps: list[Step], result: Result) -> None:
    rows = [
        (
            str(place),
            output.words(f"demo.{step.code}"),
            sentence(f"cli.demo.{step.code}.{_how(step)}", _in_words(step.facts), output.language()),
            f"{step.seconds:.2f}",
        )
        for place, step in enumerate(steps, start=1)
    ]
    headings = ("step", "what", "did", "seconds")
    output.print_table(
        output.words("demo.title"), [output.words(f"demo.{name}") for name in headings], rows, right=(0, 3)
    )
    if isinstance(result, FilesResult):
        print_imported(result.imported)
        if not result.claims_ready and not result.reconciled_claims:
            output.print_line(output.words("demo.nothing_overdue", on=result.on))
    output.print_line(
        output.words(
            "demo.result",
            claims=result.reconciled_claims,
            in_transit=format_kroner(result.in_transit_ore),
            differences=result.differences,
            seconds=f"{result.seconds:.1f}",
        )
    )
