"""Open a folder of files by its path and the text of its settings, as an installation keeps both."""

from __future__ import annotations

from pathlib import Path

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.formats import toml
from kravbro.ledgers.files.folders import Folders
from kravbro.ledgers.files.setup import read_setup
from kravbro.ledgers.files.source import FilesSource

SETTINGS = "files.toml"
"""What the text of the settings is called in messages."""


def open_folders(address: str, settings: str) -> Folders:
    """The folder at a path, and the set-up of the settings.

    Raises DataFault `files.no_folder` where there is none, and as `toml.parse` and `read_setup` do.
    """
    setup = read_setup(toml.parse(settings.encode(), SETTINGS).tables)
    root = Path(address)
    if not root.is_dir():
        raise DataFault("files.no_folder", folder=address)
    return Folders(root.absolute(), setup)


def open_source(address: str, settings: str, act: Act) -> FilesSource:
    """The adapter. Nothing is asked yet; raises as `open_folders` does."""
    return FilesSource(open_folders(address, settings), act)
