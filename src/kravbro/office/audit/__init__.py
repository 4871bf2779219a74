"""The office examines itself: each fault is named once, at the thing that is wrong, and nothing that follows from it.

Every amount stands in more than one place, so that one øre changed is outvoted (docs/algorithms/posting.md).
Numbers come from counters, so a row that is gone leaves a hole. Each check is one statement that answers nothing when
nothing is wrong.
"""

from kravbro.office.audit.whole import audit

__all__ = ["audit"]
