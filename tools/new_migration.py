"""Write the next step of one owner's history from the difference between its tables and its history.

    python tools/new_migration.py books 0002 "what changes and why"

Read what it wrote before committing it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from kravbro.db.engines import writing
from kravbro.db.sqlite import open_sqlite
from kravbro.migrations.upgrade import OWNERS, configuration


def main(owner: str, number: str, message: str) -> None:
    """Upgrade a scratch database to the newest step, compare, and write the next one."""
    if owner not in OWNERS:
        sys.exit(f"{owner}: no such owner; choose one of {', '.join(OWNERS)}")
    with tempfile.TemporaryDirectory() as folder, writing(open_sqlite(Path(folder) / "scratch.db")) as connection:
        config = configuration(owner, connection)
        command.upgrade(config, "head")
        versions = Path(config.get_main_option("version_locations") or "")
        command.revision(config, message, autogenerate=True, rev_id=f"{owner}_{number}", version_path=str(versions))


if __name__ == "__main__":
    main(*sys.argv[1:])
