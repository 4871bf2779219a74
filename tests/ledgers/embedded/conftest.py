"""The same municipality as the tests of the books have."""

from __future__ import annotations

from tests.books.conftest import world, world_with_drafts

__all__ = ["world", "world_with_drafts"]
