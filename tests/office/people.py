"""Numbers of made-up people and businesses: all synthetic, and valid."""

from __future__ import annotations

from functools import cache

from kravbro.bootstrap.demo.people import synthetic_identity_number, synthetic_organisation_number
from kravbro.core.identifiers import identity_number


@cache
def person_number(seed: int) -> str:
    """A fødselsnummer."""
    return synthetic_identity_number(seed)


@cache
def d_number(seed: int) -> str:
    """A D-number: 40 is added to the day."""
    for serial in range(100 + seed, 999):
        for check in range(100):
            candidate = f"4{seed % 9 + 1}8550{serial:03d}{check:02d}"
            if identity_number.is_valid(candidate):
                return candidate
    raise AssertionError(seed)


@cache
def business_number(seed: int) -> str:
    """An organisation number."""
    return synthetic_organisation_number(seed)
