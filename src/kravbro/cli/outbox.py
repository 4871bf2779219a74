"""Files that commands write: whole or not at all, and never over something else."""

from __future__ import annotations

import os
from pathlib import Path

from kravbro.core.errors import DataFault, Stop


def write_file(file: Path, content: bytes) -> None:
    """Write a file; one that holds just this already is left as it is.

    Raises DataFault `cli.file_there` if it holds anything else, Stop `cli.file_unwritable`.
    """
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        if file.exists():
            if file.read_bytes() != content:
                raise DataFault("cli.file_there", file=str(file))
            return
        beside.write_bytes(content)
        beside.replace(file)
    except OSError as error:
        raise Stop("cli.file_unwritable", file=str(file), reason=error.strerror or type(error).__name__) from error
