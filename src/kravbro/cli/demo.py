"""`kravbro demo`: the whole main job on a made-up installation."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from kravbro.bootstrap.demo.run import Result, Step, run_demo
from kravbro.cli import output
from kravbro.cli.failure import DONE, REFUSED
from kravbro.cli.options import DEFAULT_PLACE, At, pages_shown
from kravbro.core.money import format_kroner
from kravbro.engine.clock import SystemClock
from kravbro.texts.sentences import sentence

app = App(name="demo", help="The whole main job on a made-up installation.", help_format="plaintext")


@app.default
def demo(
    *,
    once: Annotated[bool, Parameter(negative="", help="Stop after the job; there are no screens to open yet.")] = False,
    place: At = DEFAULT_PLACE,
    json: output.AsJson = False,
) -> int:
    """Make two companies with 300 overdue invoices, and carry them from dunning proposal to posted voucher.

    A run that was stopped goes on where it was; a second run creates nothing. Exit code 1 if anything differs.
    """
    steps: list[Step] = []
    with pages_shown(output.words("demo.running"), as_json=json) as on_page:
        result = run_demo(place, SystemClock(), on_step=steps.append, on_page=on_page)
    if json:
        output.print_json(result)
    else:
        _print(steps, result)
        output.print_line(output.words("demo.next", place=place.name))
        if not once:
            output.print_line(output.words("demo.no_screens"))
    return REFUSED if result.differences else DONE


def _print(steps: list[Step], result: Result) -> None:
    rows = [
        (
            str(place),
            output.words(f"demo.{step.code}"),
            sentence(f"cli.demo.{step.code}.did", step.facts, output.language()),
            f"{step.seconds:.2f}",
        )
        for place, step in enumerate(steps, start=1)
    ]
    headings = ("step", "what", "did", "seconds")
    output.print_table(
        output.words("demo.title"), [output.words(f"demo.{name}") for name in headings], rows, right=(0, 3)
    )
    output.print_line(
        output.words(
            "demo.result",
            claims=result.reconciled_claims,
            in_transit=format_kroner(result.in_transit_ore),
            differences=result.differences,
            seconds=f"{result.seconds:.1f}",
        )
    )
