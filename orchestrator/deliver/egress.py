"""The one way by which this program fetches something by HTTP.

A host must be on the caller's list, every address it resolves to is checked, the connection goes to an address
that was checked, redirects are not followed, proxies of the environment are ignored, and little is read.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

MOST = 4096
"""Bytes that are read of an answer."""
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


class Refused(Exception):
    """Raised when something is not fetched or not answered; the text is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: its status, its type and the first bytes."""

    status: int
    kind: str
    body: bytes


async def fetch(url: str, hosts: Collection[str], private: bool = False, seconds: float = 10.0) -> Fetched:
    """Fetch ``url`` from one of ``hosts``; raises Refused. ``private`` also allows addresses of a local network.

    Loopback is allowed where the URL itself says so (``localhost``, ``127.0.0.1``), never by way of a name.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower().rstrip(".")
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise Refused(f"{url!r} is not an http or https address")
    if host not in {name.lower().rstrip(".") for name in hosts}:
        raise Refused(f"{host} is not a host that may be asked")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise Refused(f"{url!r} has no valid port") from None
    if parts.scheme == "http" and host not in _LOOPBACK_NAMES:
        raise Refused(f"{host} must be reached by https")
    address = await _address(host, port, private)
    shown = f"[{address}]" if ":" in address else address
    target = f"{parts.scheme}://{shown}:{port}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
    named = host if parts.port is None else f"{host}:{parts.port}"
    try:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=seconds) as client,
            client.stream("GET", target, headers={"Host": named}, extensions={"sni_hostname": host}) as answer,
        ):
            body = b""
            async for chunk in answer.aiter_bytes(1024):
                body += chunk
                if len(body) > MOST:
                    raise Refused(f"{host} answers with more than {MOST} bytes")
            return Fetched(answer.status_code, answer.headers.get("content-type", ""), body)
    except TimeoutError:
        raise Refused(f"{host} does not answer within {seconds:g} seconds") from None
    except httpx.HTTPError as error:
        raise Refused(f"{host} cannot be reached ({type(error).__name__})") from None


async def _address(host: str, port: int, private: bool) -> str:
    """Give an address of the host, after looking at all of them."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise Refused(f"there is no host {host}") from None
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        ip = ipaddress.ip_address(address.partition("%")[0])
        ip = getattr(ip, "ipv4_mapped", None) or ip
        if ip.is_loopback and host in _LOOPBACK_NAMES:
            continue
        local = ip.is_private and not ip.is_loopback and not ip.is_link_local and not ip.is_unspecified
        if not ip.is_global and not (private and local):
            raise Refused(f"{host} leads to an address that is not public")
    return addresses[0]
