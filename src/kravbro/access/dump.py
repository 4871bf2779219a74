"""Who may call from outside, as the dump shows it: without what proves them, and without the traffic."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kravbro.access.logins import logins


def dump(connection: sa.Connection) -> dict[str, Any]:
    """Every login as it is now."""
    return {
        "service_login": [
            {
                "name": one.name,
                "companies": list(one.companies),
                "kind": one.kind.value,
                "enabled": one.enabled,
                "because": one.because,
                "actor": one.actor,
            }
            for one in logins(connection)
        ]
    }
