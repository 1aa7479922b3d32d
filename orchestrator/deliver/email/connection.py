"""From a host name to a connection that may send: aiosmtplib does TCP, TLS, EHLO and the login."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import aiosmtplib

from orchestrator.model.errors import SettingsError

RELAY = ("host", "port", "username", "password", "tls", "ca", "hostname")
_KNOWN = (*RELAY, "connections", "timeout", "data_timeout", "patience", "allow_private")
_OF_A_RELAY = re.compile(r"relays\.(\d+)\.([a-z_]+)\Z")
_LOCAL = ("localhost", "127.0.0.1", "::1")


class CannotConnect(Exception):
    """Raised when no connection can be had: ``code`` is short, the text is for a person, without secrets."""

    def __init__(self, code: str, message: str, remedy: str = "") -> None:
        """Keep code, sentence and remedy."""
        super().__init__(message)
        self.code, self.remedy = code, remedy


@dataclass(frozen=True, slots=True)
class Server:
    """Where and how to connect. Times are in seconds; ``tls`` is ``starttls``, ``tls``, ``auto`` or ``none``.

    ``patience`` is how long one batch may begin new messages; what is left then is tried again later.
    """

    host: str
    port: int
    tls: str
    username: str | None = None
    password: str | None = None
    connections: int = 4
    timeout: float = 15.0
    data_timeout: float = 40.0
    patience: float = 30.0
    hostname: str | None = None
    ca: str | None = None

    @property
    def name(self) -> str:
        """Give host and port, as people know the server."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Connected:
    """An open connection and what its server offers. ``size`` is its limit in bytes, 0 where it states none."""

    transport: asyncio.Transport
    pipelining: bool
    utf8: bool
    eight_bit: bool
    size: int


def servers_of(provider: str, settings: Mapping[str, str]) -> tuple[Server, ...]:
    """Give the servers of an SMTP provider, the preferred one first; raises SettingsError naming what is wrong.

    ``relays.1.host``, ``relays.1.port`` … describe the first of several; what a relay does not say itself (``tls``,
    ``username`` and ``password`` aside) is what the provider says.
    """
    relays: dict[int, dict[str, str]] = {}
    common: dict[str, str] = {}
    for key, value in settings.items():
        found = _OF_A_RELAY.match(key)
        if key.startswith("dkim."):
            continue
        if found:
            relays.setdefault(int(found[1]), {})[found[2]] = value
        else:
            common[key] = value
    if not relays:
        return (_server_of(provider, common),)
    own = sorted(set(common) & {"host", "port", "username", "password", "tls"})
    if own:
        raise SettingsError(f"provider {provider!r}: {own[0]} stands beside relays", "write it at each relay")
    return tuple(_server_of(f"{provider}, relay {n}", {**common, **relays[n]}) for n in sorted(relays))


def _server_of(provider: str, settings: Mapping[str, str]) -> Server:
    """Read the settings of one server; raises SettingsError naming the one that is wrong."""

    def wrong(message: str, remedy: str = "") -> SettingsError:
        return SettingsError(f"provider {provider!r}: {message}", remedy)

    if unknown := sorted(set(settings) - set(_KNOWN)):
        raise wrong(f"unknown setting {unknown[0]!r}", f"an smtp provider has: {', '.join(_KNOWN)}")
    host = settings.get("host", "").strip()
    if not host or any(char.isspace() for char in host):
        raise wrong("an smtp provider needs a host", "host: mail.example.com")

    def number(name: str, default: float, least: float, most: float) -> float:
        text = settings.get(name, "")
        try:
            value = float(text) if text else default
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise wrong(f"{name} is a number from {least:g} to {most:g}")
        return value

    port = int(number("port", 587, 1, 65535))
    tls = settings.get("tls") or {465: "tls", 587: "starttls"}.get(port, "auto")
    if tls not in ("starttls", "tls", "auto", "none"):
        raise wrong("tls is starttls, tls, auto or none")
    username = settings.get("username") or None
    if username and tls in ("none", "auto") and host not in _LOCAL:
        raise wrong("a password is not sent without encryption", "set tls: starttls or tls: tls")
    return Server(
        host,
        port,
        tls,
        username,
        settings.get("password") or None,
        int(number("connections", 4, 1, 100)),
        number("timeout", 15, 0.05, 600),
        number("data_timeout", 40, 0.05, 900),
        number("patience", 30, 0.05, 3600),
        settings.get("hostname") or None,
        settings.get("ca") or None,
    )


async def connect(server: Server) -> Connected:
    """Open one connection, encrypted and logged in as the settings say; raises CannotConnect."""
    where = server.name
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username,
        password=server.password,
        use_tls=server.tls == "tls",
        start_tls={"starttls": True, "auto": None}.get(server.tls, False),
        cert_bundle=server.ca,
        timeout=server.timeout,
        local_hostname=server.hostname,
    )
    try:
        async with asyncio.timeout(server.timeout * 2):
            await client.connect()
            if client.last_ehlo_response is None:
                await client.ehlo()
    except aiosmtplib.SMTPAuthenticationError as error:
        client.close()
        raise CannotConnect(
            "auth", f"{where} refuses the login ({error.code})", "check username and password"
        ) from None
    except (TimeoutError, aiosmtplib.SMTPTimeoutError):
        client.close()
        raise CannotConnect("timeout", f"{where} does not answer", "check host, port and firewall") from None
    except ssl.SSLError as error:
        client.close()
        raise CannotConnect("tls", f"{where}: no encrypted connection ({error.reason})", "check tls and ca") from None
    except aiosmtplib.SMTPResponseException as error:
        client.close()
        raise CannotConnect(str(error.code), f"{where} answers {error.code} before any message", "try later") from None
    except aiosmtplib.SMTPException as error:
        client.close()
        if type(error) is aiosmtplib.SMTPException:
            raise _not_offered(where, "AUTH" not in str(error)) from None
        reason = type(error.__cause__ or error).__name__
        raise CannotConnect("connect", f"{where} cannot be reached ({reason})", "is the server running?") from None
    except OSError as error:
        client.close()
        raise CannotConnect(
            "connect", f"{where} cannot be reached ({error.strerror or type(error).__name__})"
        ) from None
    size = client.esmtp_extensions.get("size", "").strip()
    return Connected(
        cast(asyncio.Transport, client.transport),
        client.supports_extension("pipelining"),
        client.supports_extension("smtputf8") and client.supports_extension("8bitmime"),
        client.supports_extension("8bitmime"),
        int(size) if size.isdigit() else 0,
    )


def _not_offered(where: str, encryption: bool) -> CannotConnect:
    """Give the error for a server that answers, but cannot do what the settings ask of it."""
    if encryption:
        return CannotConnect("tls", f"{where} offers no STARTTLS", "set tls: tls, or in your own network tls: none")
    return CannotConnect("auth", f"{where} offers no login that we know", "check tls, or leave username out")
