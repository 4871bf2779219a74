"""Read the files that are named on the command line."""

from __future__ import annotations

import stat
from pathlib import Path

from kravbro.core.errors import DataFault

LARGEST_MIB = 256
"""What is read of one file at most: 1.6 million OCR giro transactions, a year of a large creditor's."""


def read_file(path: Path) -> bytes:
    """The bytes of a file, or of a pipe that ends.

    Raises DataFault: `cli.file_missing`, `cli.file_is_folder`, `cli.file_special` (a device has no end),
    `cli.file_too_large` or `cli.file_unreadable`.
    """
    limit = LARGEST_MIB * 2**20
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise DataFault("cli.file_is_folder", file=str(path))
        if not (stat.S_ISREG(found.st_mode) or stat.S_ISFIFO(found.st_mode)):
            raise DataFault("cli.file_special", file=str(path))
        data = b""
        if found.st_size <= limit:
            with path.open("rb") as file:
                data = file.read(limit + 1)
    except FileNotFoundError as error:
        raise DataFault("cli.file_missing", file=str(path)) from error
    except OSError as error:
        raise DataFault("cli.file_unreadable", file=str(path), reason=error.strerror or type(error).__name__) from error
    if max(found.st_size, len(data)) > limit:
        raise DataFault("cli.file_too_large", file=str(path), limit_mib=LARGEST_MIB)
    return data
