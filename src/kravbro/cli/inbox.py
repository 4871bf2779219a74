"""Read the files that are named on the command line."""

from __future__ import annotations

from pathlib import Path

from kravbro.core.errors import DataFault


def read_file(path: Path) -> bytes:
    """The bytes of a file. Raises DataFault: `cli.file_missing`, `cli.file_is_folder` or `cli.file_unreadable`."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise DataFault("cli.file_missing", file=str(path)) from error
    except IsADirectoryError as error:
        raise DataFault("cli.file_is_folder", file=str(path)) from error
    except OSError as error:
        raise DataFault("cli.file_unreadable", file=str(path), reason=error.strerror or type(error).__name__) from error
