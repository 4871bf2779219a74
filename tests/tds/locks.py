"""Application locks (sp_getapplock): each is held by one session, or shared, until its transaction ends."""

from __future__ import annotations

from threading import Condition

GRANTED, GRANTED_AFTER_WAITING, TIMED_OUT = 0, 1, -1
"""What sp_getapplock returns."""


class ApplicationLocks:
    """All locks of a server."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._holders: dict[str, dict[int, bool]] = {}

    def take(self, resource: str, session: int, *, shared: bool, timeout_ms: int) -> int:
        """Wait for a lock and take it; answers as sp_getapplock does. A negative time is without end."""

        def free() -> bool:
            others = [theirs for holder, theirs in self._holders.get(resource, {}).items() if holder != session]
            return not others or (shared and all(others))

        with self._changed:
            waited = not free()
            if waited and not self._changed.wait_for(free, None if timeout_ms < 0 else timeout_ms / 1000):
                return TIMED_OUT
            held = self._holders.setdefault(resource, {})
            held[session] = shared and held.get(session, True)
            return GRANTED_AFTER_WAITING if waited else GRANTED

    def let_go(self, session: int) -> None:
        """Give back everything that a session holds."""
        with self._changed:
            for holders in self._holders.values():
                holders.pop(session, None)
            self._changed.notify_all()
