"""Certificates as logins: each is known by the SHA-256 of its DER form, which nobody else's certificate has."""

from __future__ import annotations

import ssl
from hashlib import sha256

from kravbro.core.errors import DataFault

_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


def fingerprint_of(der: bytes) -> str:
    """The fingerprint of a certificate in DER, as 64 hexadecimal digits."""
    return sha256(der).hexdigest()


def fingerprint_of_pem(text: str, name: str) -> str:
    """The fingerprint of the first certificate in a PEM text.

    Raises DataFault `access.no_certificate` where there is none; `name` is what the message calls the text.
    """
    start, end = text.find(_BEGIN), text.find(_END)
    if start < 0 or end < start:
        raise DataFault("access.no_certificate", file=name)
    try:
        return fingerprint_of(ssl.PEM_cert_to_DER_cert(text[start : end + len(_END)]))
    except ValueError:  # no base64
        raise DataFault("access.no_certificate", file=name) from None
