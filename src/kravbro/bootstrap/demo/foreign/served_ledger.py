"""The web service before another installation's ledger, for the demo: our own server, as a process of its own on this
machine, over TLS with a certificate that is made for it.

The process ends with the demo, also when the demo is killed: it watches the other end of its standard input.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from datetime import date, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kravbro.core.errors import Stop
from kravbro.engine.clock import Clock

HOST, PORT = "localhost", "0"
LASTS = timedelta(days=3650)
PATIENCE_S = 30.0
WATCHED = (
    "import os, runpy, sys, threading; "
    "threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start(); "
    "runpy.run_module('kravbro', run_name='__main__', alter_sys=True)"
)
"""Run the program until its standard input ends."""


class Service(Protocol):
    """A service that runs: where it is, and how it is stopped."""

    @property
    def address(self) -> str:
        """Its URL."""
        ...

    def stop(self) -> None:
        """Stop it."""
        ...


class Certificate:
    """A certificate for this machine and its key, signed by an authority of their own, in a folder."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.authority = folder / "authority.pem"
        self.file = folder / "service.pem"
        self.key = folder / "service.key"
        if not self.key.exists():
            self._make(folder, clock)

    def _make(self, folder: Path, clock: Clock) -> None:
        """The key comes last: what was made before it, by a run that was killed, is made anew."""
        folder.mkdir(parents=True, exist_ok=True)
        begin = clock.now() - timedelta(days=1)
        issuer, name = (_name(one) for one in ("Kravbro demo authority", HOST))
        signing, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        hosts = x509.SubjectAlternativeName([x509.DNSName(HOST), x509.IPAddress(ip_address("127.0.0.1"))])
        signs = x509.KeyUsage(
            digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        made = x509.CertificateBuilder().not_valid_before(begin).not_valid_after(begin + LASTS).issuer_name(issuer)
        known = x509.SubjectKeyIdentifier.from_public_key(signing.public_key())
        authority = (
            made.subject_name(issuer)
            .public_key(signing.public_key())
            .serial_number(x509.random_serial_number())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(signs, critical=True)
            .add_extension(known, critical=False)
            .sign(signing, hashes.SHA256())
        )
        service = (
            made.subject_name(name)
            .public_key(own.public_key())
            .serial_number(x509.random_serial_number())
            .add_extension(hosts, critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known), critical=False)
            .sign(signing, hashes.SHA256())
        )
        self.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
        self.file.write_bytes(service.public_bytes(serialization.Encoding.PEM))
        write_secret(
            self.key,
            own.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def write_secret(file: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    part.write_bytes(content)
    part.replace(file)


def password_in(file: Path) -> str:
    """The password in a file, which is made if it is not there."""
    if not file.exists():
        write_secret(file, f"{secrets.token_urlsafe(24)}\n".encode())
    return file.read_text(encoding="ascii").strip()


class ServedLedger:
    """The server before the ledger of one place, on a business date."""

    def __init__(self, place: Path, certificate: Certificate, on: date) -> None:
        log = place.parent / "service.log"
        words = ["--dir", str(place), "--host", HOST, "--port", PORT, "--on", on.isoformat(), "--json"]
        tls = ["--certificate", str(certificate.file), "--key", str(certificate.key), "--calls-per-second", "10000"]
        with log.open("ab") as said:
            self._process = subprocess.Popen(  # noqa: S603 - this very program, and words of ours
                [sys.executable, "-c", WATCHED, "wsinkasso", "serve", *words, *tls],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
            )
        line = self._process.stdout.readline() if self._process.stdout else b""
        if not line:
            self.stop()
            raise Stop("demo.no_service", cause=_last_line(log.read_text(encoding="utf-8", errors="replace")))
        self.address = str(json.loads(line)["address"])

    def stop(self) -> None:
        """Let it finish what it does, and end it if that takes too long."""
        self._process.terminate()
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "\u2013"
