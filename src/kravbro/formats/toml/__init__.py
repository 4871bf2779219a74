"""TOML 1.0 as settings are written in it: text to tables that know their lines, and blocks of tables to text. Pure.

Read with the standard library. Which keys there may be is the reader's own affair.
"""

from kravbro.formats.toml.reading import LARGEST, Document, parse
from kravbro.formats.toml.writing import Block, render

__all__ = ["LARGEST", "Block", "Document", "parse", "render"]
