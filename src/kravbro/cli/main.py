"""The program `kravbro`: finds the noun, runs the verb, answers with an exit code."""

from __future__ import annotations

import sys

try:
    from collections.abc import Sequence
    from datetime import date
    from typing import Annotated, Literal, get_args, get_origin

    from cyclopts import (
        App,
        CoercionError,
        CycloptsError,
        MissingArgumentError,
        Parameter,
        RepeatArgumentError,
        UnknownCommandError,
        UnknownOptionError,
        UnusedCliTokensError,
    )

    from kravbro import __version__
    from kravbro.bootstrap.process import prepare_process
    from kravbro.cli import failure, output
    from kravbro.core.errors import DataFault, KravbroError
    from kravbro.core.identifiers import identity_number
except KeyboardInterrupt:  # Ctrl-C before `main` is there to take it
    sys.exit(130)

_LARGEST_NUMBER = 10**18


def _no_giant(_: object, value: object) -> None:
    """No number goes further than a database can hold it. Raises DataFault `cli.number_too_large`."""
    if isinstance(value, int) and abs(value) >= _LARGEST_NUMBER:
        raise DataFault("cli.number_too_large", number=value)


app = App(
    name="kravbro",
    help="Carry overdue claims from a ledger to the system that collects them, and everything that follows back.",
    help_format="plaintext",
    version=__version__,
    default_parameter=Parameter(validator=_no_giant),
    exit_on_error=False,
    print_error=False,
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
app.command("kravbro.cli.demo:app", name="demo", help="The whole main job, made up or on your own files.")
app.command("kravbro.cli.ledger:app", name="ledger", help="A foreign ledger: to connect with, or to import files of.")
app.command("kravbro.cli.install:app", name="install", help="Make what is ours in a ledger that is not.")
app.command("kravbro.cli.secret:app", name="secret", help="Passwords that are kept in the operating system's keyring.")
app.command("kravbro.cli.proposals:app", name="proposals", help="Dunning proposals in the embedded ledger.")
app.command("kravbro.cli.customers:app", name="customers", help="Customers of the embedded ledger.")
app.command(
    "kravbro.cli.vouchers:app", name="vouchers", help="The embedded ledger's vouchers, and the collector's that wait."
)
app.command(
    "kravbro.cli.items:app", name="items", help="Open items of the embedded ledger, and what is booked on them."
)
app.command("kravbro.cli.claims:app", name="claims", help="Claims that are ready for collection, and their transfer.")
app.command("kravbro.cli.cases:app", name="cases", help="Cases, what they consist of, and what is owed on them.")
app.command("kravbro.cli.setup:app", name="setup", help="The set-up of a whole installation, as one TOML file.")
app.command("kravbro.cli.creditors:app", name="creditors", help="Creditors, and the settings that may change.")
app.command("kravbro.cli.agreements:app", name="agreements", help="Payment agreements with the bank.")
app.command("kravbro.cli.parties:app", name="parties", help="Who owes, over all creditors, and who stands on a case.")
app.command("kravbro.cli.transactions:app", name="transactions", help="Payments and corrections from the ledger.")
app.command("kravbro.cli.postings:app", name="postings", help="What is to be booked in the ledger.")
app.command("kravbro.cli.refunds:app", name="refunds", help="Money that is paid back, and the bank's files of it.")
app.command("kravbro.cli.reconcile:app", name="reconcile", help="Compare every claim on both sides.")
app.command("kravbro.cli.statute:app", name="statute", help="The law as dated rows: list, add, verify.")
app.command(
    "kravbro.cli.wsinkasso:app", name="wsinkasso", help="The web service in front of this installation's ledger."
)
app.command("kravbro.cli.streams:app", name="streams", help="The streams between ledger and collector.")
app.command("kravbro.cli.db:app", name="db", help="The databases of an installation.")
app.command("kravbro.cli.fees:app", name="fees", help="Letter fees and salær of a claim: the most there may be.")
app.command("kravbro.cli.interest:app", name="interest", help="Late-payment interest on a claim, day by day.")
app.command("kravbro.cli.kid:app", name="kid", help="Make and check payment references (KID).")
app.command(
    "kravbro.cli.payments:app",
    name="payments",
    help="Payments: the bank's files, unplaced money, and what is done by hand.",
)


@app.meta.default
def _launch(
    *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    traceback: Annotated[
        bool, Parameter(negative="", help="Show where in the program an unexpected error arose.")
    ] = False,
) -> int:
    """Run one command under the one place that handles failure."""
    return failure.guarded(lambda: run(app, tokens), traceback=traceback)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and answer its exit code: 0 done, 1 refused or differences found, 2 bad input, usage or law.

    `arguments` are those of the process unless given.
    """
    tokens = sys.argv[1:] if arguments is None else arguments
    try:
        prepare_process()
        with output.standard_streams():
            output.tell_of_unknown_language()
            return failure.guarded(lambda: run(app.meta, tokens))
    except output.ReaderLeft:
        return failure.READER_LEFT
    except KeyboardInterrupt:
        return failure.INTERRUPTED


def run(application: App, tokens: Sequence[str]) -> object:
    """Run a command; what it refuses is said in our own words, and nothing in it can steer the terminal."""
    try:
        return application(list(tokens))
    except CycloptsError as error:
        fault = _usage_fault(error)
        if fault is None:
            raise
        raise _printable(_unread(fault)) from error
    except KravbroError as error:
        raise _printable(error) from error.__cause__


def _printable(error: KravbroError) -> KravbroError:
    error.facts.update({name: output.printable(fact) for name, fact in error.facts.items()})
    return error


def _unread(fault: DataFault) -> DataFault:
    """A fault of typing, in which an identity number that was typed in the wrong place is masked."""
    for name, fact in fault.facts.items():
        if isinstance(fact, str) and identity_number.is_valid(fact):
            fault.facts[name] = identity_number.masked(fact)
    return fault


def _usage_fault(error: CycloptsError) -> DataFault | None:  # noqa: PLR0911 - one answer per kind
    """The fault of a command that was typed wrongly; None for what none of our commands can be."""
    command = " ".join(["kravbro", *(error.command_chain or ())])
    unused = error.unused_tokens or []
    wrong_options = [token for token in unused if token.startswith("-")]
    match error:
        case UnknownOptionError():
            return _no_option(error, command, error.token.keyword or error.token.value)
        case UnknownCommandError() if not wrong_options:
            names = [name for name in error.app or () if not name.startswith("-")]
            return DataFault("cli.usage.no_command", word=unused[0], choices=", ".join(names), command=command)
        case UnknownCommandError() | MissingArgumentError(keyword=None) if wrong_options:
            return _no_option(error, command, wrong_options[0])
        case UnusedCliTokensError():
            return DataFault("cli.usage.too_many", command=command, word=unused[0])
        case MissingArgumentError(keyword=None, argument=argument) if argument:
            return DataFault("cli.usage.missing", command=command, parameter=argument.name)
        case MissingArgumentError(keyword=str(keyword)):
            return DataFault("cli.usage.no_value", parameter=keyword)
        case RepeatArgumentError():
            return DataFault("cli.usage.repeated", parameter=error.token.keyword)
        case CoercionError():
            return _no_such_value(error, command)
    return None


def _no_option(error: CycloptsError, command: str, word: str) -> DataFault:
    """The fault of an option that a command has not; a program and a noun have those that every command has."""
    own = error.app.assemble_argument_collection() if error.app and error.app.default_command else ()
    names = {name for argument in own for name in argument.names if name.startswith("--")} | {"--help", "--traceback"}
    return DataFault("cli.usage.no_option", command=command, word=word, choices=", ".join(sorted(names)))


def _no_such_value(error: CoercionError, command: str) -> DataFault | None:
    """The fault of a word that its parameter cannot take."""
    if error.token is None or error.argument is None:
        return None
    word, parameter = error.token.value, error.token.keyword or error.argument.name
    if get_origin(error.target_type) is Literal:
        choices = ", ".join(map(str, get_args(error.target_type)))
        return DataFault("cli.usage.choice", word=word, parameter=parameter, choices=choices)
    if error.target_type is int:
        return DataFault("cli.usage.number", word=word, parameter=parameter)
    if error.target_type is date:
        return DataFault("cli.usage.date", word=word, parameter=parameter)
    return DataFault("cli.usage.value", word=word, parameter=parameter, command=command)
