"""TLS of the server: 1.2 or later, and the certificates of callers where they are asked for."""

from __future__ import annotations

import ssl
from pathlib import Path

import msgspec

from kravbro.core.errors import DataFault


class Tls(msgspec.Struct, frozen=True):
    """The server's certificate chain and key (PEM), and the authority that signs the callers' certificates.

    With an authority a caller may show a certificate; `required` closes the door to all who do not.
    """

    certificate: Path
    key: Path
    client_ca: Path | None = None
    required: bool = False


def context_of(tls: Tls) -> ssl.SSLContext:
    """What connections are made with. Raises DataFault `wsinkasso.certificate_unusable`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(tls.certificate, tls.key, password=_no_password)
    except (OSError, ValueError) as error:
        raise _unusable(tls.certificate, error) from error
    if tls.client_ca is not None:
        try:
            context.load_verify_locations(tls.client_ca)
        except (OSError, ValueError) as error:
            raise _unusable(tls.client_ca, error) from error
        context.verify_mode = ssl.CERT_REQUIRED if tls.required else ssl.CERT_OPTIONAL
    return context


def _no_password() -> str:
    """A key that asks for a password cannot be used: nobody is there to type it."""
    raise ValueError("the key is encrypted")


def _unusable(file: Path, error: Exception) -> DataFault:
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
    return DataFault("wsinkasso.certificate_unusable", file=str(file), reason=str(reason))
