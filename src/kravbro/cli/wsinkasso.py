"""`kravbro wsinkasso`: the web service in front of this installation's ledger, and who may call it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from kravbro.bootstrap.service_logins import Wanted, add_login, all_logins, disable_login, newest_messages
from kravbro.cli import output
from kravbro.cli.inbox import read_file
from kravbro.cli.options import DEFAULT_PLACE, At, Because, OnDate, site_at
from kravbro.core.errors import DataFault
from kravbro.engine.clock import SystemClock

if TYPE_CHECKING:
    from kravbro.web.wsinkasso_api.tls import Tls

app = App(name="wsinkasso", help="The web service in front of this installation's ledger.", help_format="plaintext")
login = App(name="login", help="Who may call the web service.", help_format="plaintext")
app.command(login)

Name = Annotated[str, Parameter(help="The login: small letters, digits, and . _ - between them.")]


@app.command
def serve(  # noqa: PLR0913 - each is an option
    *,
    host: Annotated[str, Parameter(help="The name or address to listen on.")] = "localhost",
    port: Annotated[int, Parameter(help="The port to listen on; 0: any that is free.")] = 8443,
    certificate: Annotated[Path | None, Parameter(help="The server's certificate with its chain, in PEM.")] = None,
    key: Annotated[Path | None, Parameter(help="Its key, in PEM, without a password.")] = None,
    client_ca: Annotated[
        Path | None, Parameter(help="The authority of the callers' certificates, in PEM: they may sign in by them.")
    ] = None,
    require_client_certificate: Annotated[
        bool, Parameter(negative="", help="Let nobody connect without a certificate of that authority.")
    ] = False,
    public_address: Annotated[
        str, Parameter(help="The URL by which callers know the service, for its description (WSDL).")
    ] = "",
    behind_proxy: Annotated[
        bool, Parameter(negative="", help="A reverse proxy on this machine, or at --proxy, speaks for the callers.")
    ] = False,
    proxy: Annotated[
        list[str] | None, Parameter(negative="", help="The IP address of such a proxy; may be given again.")
    ] = None,
    language: Annotated[Literal["nb", "nn", "en"], Parameter(help="The language of the faults' sentences.")] = "nb",
    calls_per_second: Annotated[int, Parameter(help="Calls of one login, at most; twice as many at once.")] = 100,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Serve this installation's ledger as WSinkasso, until SIGTERM or Ctrl-C; calls under way are finished.

    Over TLS; plain HTTP only behind a proxy on this machine. One process for one installation. The log goes to standard
    error, one line of JSON for each call. See docs/wsinkasso_service.md.
    """
    from kravbro.web.wsinkasso_api.limits import Limits
    from kravbro.web.wsinkasso_api.server import Settings, serve

    settings = Settings(
        host,
        port,
        _tls(certificate, key, client_ca, required=require_client_certificate),
        public_address,
        behind_proxy,
        tuple(proxy or ()),
        language,
        on,
        Limits(calls_per_second=max(calls_per_second, 1)),
    )

    def listening(address: str, bound: int) -> None:
        if json:
            output.print_json({"address": address, "port": bound})
        else:
            output.print_line(output.words("wsinkasso.listening", address=address, port=bound))
        sys.stdout.flush()

    serve(place, settings, SystemClock(), sys.stderr, listening)


def _tls(certificate: Path | None, key: Path | None, client_ca: Path | None, *, required: bool) -> Tls | None:
    """Raises DataFault `wsinkasso.tls_options` for a part without its other part."""
    from kravbro.web.wsinkasso_api.tls import Tls

    if certificate is None and key is None and client_ca is None and not required:
        return None
    if certificate is None or key is None or (required and client_ca is None):
        raise DataFault("wsinkasso.tls_options")
    return Tls(certificate, key, client_ca, required)


@app.command
def messages(
    *,
    count: Annotated[int, Parameter(help="How many of the newest.")] = 100,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """List what callers wrote through the web service: each message by its id, and how many of its rows were new."""
    found = newest_messages(site_at(place, on), max(count, 0))
    if json:
        output.print_json({"messages": found})
        return
    headings = ("number", "at", "login", "function", "company", "new", "known", "waiting", "message")
    output.print_table(
        output.words("wsinkasso.messages", count=len(found)),
        [output.words(f"wsinkasso.{heading}") for heading in headings],
        [
            (
                *(str(one.number), f"{one.written_at:%Y-%m-%d %H:%M:%S}", one.login, one.function, str(one.company)),
                *(str(one.new), str(one.known), str(one.waiting), one.message),
            )
            for one in found
        ],
        right=(0, 4, 5, 6, 7),
    )


@login.command
def add(
    name: Name,
    /,
    *,
    companies: Annotated[str, Parameter(help="The companies that it may see: their numbers, with commas between.")],
    certificate: Annotated[
        Path | None, Parameter(help="The caller's certificate, in PEM, in place of a password.")
    ] = None,
    password_from_stdin: Annotated[
        bool, Parameter(negative="", help="Take the password from standard input, in place of making one.")
    ] = False,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Let a system call the web service. The password that is made is shown once, and kept as a hash.

    A login that was disabled may be added again, with a new proof.
    """
    if certificate and password_from_stdin:
        raise DataFault("access.two_proofs")
    text = read_file(certificate).decode("latin-1") if certificate else ""
    password = _password_typed() if password_from_stdin else ""
    chosen = _numbers(companies)
    made = add_login(site_at(place, on), Wanted(name, chosen, password, text))
    if json:
        output.print_json({"name": name, "companies": chosen, **({"password": made} if made else {})})
        return
    output.print_line(output.words("wsinkasso.login_added", name=name, companies=", ".join(map(str, chosen))))
    if made:
        output.print_line(output.words("wsinkasso.password", password=made))


def _password_typed() -> str:
    """Raises DataFault `access.password` for an empty one, in place of which none is made."""
    return sys.stdin.readline().rstrip("\r\n") or " "


def _numbers(text: str) -> tuple[int, ...]:
    """Raises DataFault `access.companies`."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts):
        raise DataFault("access.companies", companies=text)
    return tuple(sorted({int(part) for part in parts}))


@login.command(name="list")
def list_logins(*, place: At = DEFAULT_PLACE, on: OnDate = None, json: output.AsJson = False) -> None:
    """List the logins as they are now: their companies, how they prove themselves, and whether they are let in."""
    found = all_logins(site_at(place, on))
    shown = [
        {
            "name": one.name,
            "companies": one.companies,
            "kind": one.kind,
            "enabled": one.enabled,
            "because": one.because,
            "actor": one.actor,
            "written_at": one.written_at,
        }
        for one in found
    ]
    if json:
        output.print_json({"logins": shown})
        return
    headings = ("login", "companies", "kind", "enabled", "because", "by", "at")
    output.print_table(
        output.words("wsinkasso.logins", count=len(found)),
        [output.words(f"wsinkasso.{heading}") for heading in headings],
        [
            (
                *(one.name, ", ".join(map(str, one.companies)), output.words(f"wsinkasso.by_{one.kind}")),
                output.words("wsinkasso.yes" if one.enabled else "wsinkasso.no"),
                *(one.because, one.actor, f"{one.written_at:%Y-%m-%d %H:%M:%S}"),
            )
            for one in found
        ],
    )


@login.command
def disable(
    name: Name,
    /,
    *,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Let a login in no more, from its next call on."""
    done = disable_login(site_at(place, on), name, because)
    if json:
        output.print_json({"name": name, "enabled": done.enabled})
    else:
        output.print_line(output.words("wsinkasso.login_disabled", name=name))
