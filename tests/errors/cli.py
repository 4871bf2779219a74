"""Errors of the command line itself: words it cannot use, files that cannot be read, and output nobody can write."""

from __future__ import annotations

import os
from pathlib import Path

from kravbro.bootstrap.demo.run import Demo, set_up
from kravbro.bootstrap.demo.world import DEMO_DATE, SMALL
from kravbro.bridge.joined import PAGE
from kravbro.cli.main import app, run
from kravbro.cli.output import StandardOutput
from kravbro.db.places import place_at
from kravbro.engine.clock import FixedClock
from tests.errors.gallery import command, provokes


def typed(*words: str) -> None:
    """Run a command as it was typed, faults of typing included."""
    run(app, words)


@provokes("cli.file_missing")
def a_file_that_is_not_there(_: Path) -> None:
    command("payments", "inspect", "OCR.D201126")


@provokes("cli.file_is_folder")
def a_folder_in_place_of_a_file(_: Path) -> None:
    Path("inbox").mkdir()
    command("payments", "inspect", "inbox")


@provokes("cli.file_unreadable")
def a_file_that_is_taken_for_a_folder(_: Path) -> None:
    Path("OCR.D201126").write_bytes(b"")
    command("payments", "inspect", "OCR.D201126/1")


@provokes("cli.file_special")
def a_device_in_place_of_a_file(_: Path) -> None:
    command("payments", "inspect", os.devnull)


@provokes("cli.file_too_large")
def a_file_of_a_gibibyte(_: Path) -> None:
    with Path("OCR.D201126").open("wb") as file:
        file.truncate(2**30)
    command("payments", "inspect", "OCR.D201126")


@provokes("cli.usage.no_command")
def a_verb_that_kid_has_not(_: Path) -> None:
    typed("kid", "mint")


@provokes("cli.usage.no_option")
def an_option_with_a_slip_of_the_finger(_: Path) -> None:
    typed("kid", "make", "12345678", "--metod", "mod10")


@provokes("cli.usage.too_many")
def a_kid_with_a_blank_in_it(_: Path) -> None:
    typed("kid", "make", "12", "34", "--method", "mod10")


@provokes("cli.usage.missing")
def a_kid_to_check_that_was_left_out(_: Path) -> None:
    typed("kid", "check", "--method", "mod10")


@provokes("cli.usage.no_value")
def a_method_that_was_left_out(_: Path) -> None:
    typed("kid", "make", "12345678", "--method")


@provokes("cli.usage.repeated")
def two_methods(_: Path) -> None:
    typed("kid", "make", "12345678", "--method", "mod10", "--method", "mod11")


@provokes("cli.usage.choice")
def a_method_that_is_none(_: Path) -> None:
    typed("kid", "make", "12345678", "--method", "mod97")


@provokes("cli.usage.number")
def a_creditor_by_its_name(_: Path) -> None:
    typed("payments", "unplaced", "--creditor", "Kommunen")


@provokes("cli.usage.date")
def a_thirteenth_month(_: Path) -> None:
    typed("claims", "ready", "--on", "2026-13-01")


@provokes("cli.usage.value")
def a_switch_with_a_value_that_is_no_yes_and_no_no(_: Path) -> None:
    typed("kid", "make", "12345678", "--method", "mod10", "--json=3")


@provokes("cli.number_too_large")
def a_payment_number_beyond_all_payments(_: Path) -> None:
    typed("payments", "place", "9" * 20, "1-000001")


@provokes("cli.on_out_of_range")
def a_day_of_a_century_long_gone(_: Path) -> None:
    typed("claims", "ready", "--on", "0026-11-20")


@provokes("cli.no_such_creditor")
def a_creditor_that_the_office_has_not(_: Path) -> None:
    set_up(Demo(place_at(Path("kravbro-demo")), FixedClock(DEMO_DATE), SMALL, PAGE))
    command("payments", "unplaced", "--creditor", "99", "--dir", "kravbro-demo")


@provokes("cli.output_unwritable")
def a_standard_output_that_was_closed(_: Path) -> None:
    StandardOutput(None).write("a line")
