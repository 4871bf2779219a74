"""Errors of the command line itself: files that cannot be read."""

from __future__ import annotations

from pathlib import Path

from tests.errors.gallery import command, provokes


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
