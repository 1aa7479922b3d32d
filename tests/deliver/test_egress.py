"""Real mail leaves only where people can say no, and nothing is fetched from where it should not be."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from orchestrator.deliver import ready
from orchestrator.deliver.egress import Refused, fetch
from orchestrator.model.errors import DeliveryError
from orchestrator.model.project import Project, Provider

SMTP = Provider("mail", "smtp", settings={"host": "mail.example"})


def serving(answer: bytes, work: Callable[[int], Coroutine[Any, Any, None]]) -> list[bytes]:
    """Run ``work`` with the port of a server that gives one answer; give the requests that it saw."""
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        writer.close()

    async def go() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            await work(server.sockets[0].getsockname()[1])

    asyncio.run(go())
    return seen


def http(body: bytes, status: str = "200 OK", more: str = "") -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{more}Content-Length: {len(body)}"
        f"\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def project(port: int | None = None, **changes: Any) -> Project:
    fields: dict[str, Any] = {"public_url": f"http://127.0.0.1:{port}", "postal_address": "Street 1"}
    return Project(1, "shop", **{**fields, **changes})


def refused(what: Project, deployment: str = "shop", key: str = "k1:x") -> DeliveryError:
    with pytest.raises(DeliveryError) as error:
        asyncio.run(ready(SMTP, what, deployment, key))
    assert error.value.remedy
    return error.value


def test_the_outbox_is_always_ready() -> None:
    """Files in a folder reach nobody, so nothing is asked of them."""
    asyncio.run(ready(Provider("mail", "outbox"), Project(1, "shop"), "", ""))


def test_each_missing_thing_is_named() -> None:
    """Without postal address, token key, deployment id or public URL no real mail leaves, and each is said."""
    assert "postal_address" in str(refused(project(1, postal_address=None)))
    assert "sign" in str(refused(project(1), key=""))
    assert "no id" in str(refused(project(1), deployment=""))
    assert "public_url" in str(refused(project(1, public_url=None)))
    assert "https" in str(refused(project(1, public_url="ftp://x")))


def test_the_page_must_be_ours() -> None:
    """The public URL must answer with this deployment's id; another's, an error page or silence is refused."""

    async def good(port: int) -> None:
        await ready(SMTP, project(port), "shop", "k1:x")

    seen = serving(http(json.dumps({"deployment": "shop"}).encode()), good)
    assert seen[0].startswith(b"GET /.well-known/orc HTTP/1.1")
    for answer, words in (
        (http(b'{"deployment": "staging"}'), "another deployment"),
        (http(b"<html>"), "not the page of an orc deployment"),
        (http(b"[1]"), "not the page of an orc deployment"),
        (http(b"{}", "404 Not Found"), "answers 404"),
        (http(b"", "302 Found", "Location: http://127.0.0.1:1/\r\n"), "answers 302"),
        (http(b"x" * 100_000), "more than 4096 bytes"),
        (b"nonsense\r\n\r\n", "cannot be reached"),
    ):

        async def bad(port: int, words: str = words) -> None:
            with pytest.raises(DeliveryError, match=words):
                await ready(SMTP, project(port), "shop", "k1:x")

        assert len(serving(answer, bad)) == 1
    assert "cannot be reached" in str(refused(project(1)))


def test_external_unsubscribe_is_believed() -> None:
    """Who has another system for unsubscribing says so in the project, and nothing is fetched."""
    asyncio.run(ready(SMTP, project(1, unsubscribe="external"), "shop", "k1:x"))


@pytest.mark.parametrize(
    ("url", "hosts", "words"),
    [
        ("file:///etc/passwd", {""}, "not an http"),
        ("gopher://x", {"x"}, "not an http"),
        ("https://user:pw@x.example/", {"x.example"}, "not an http"),
        ("https://evil.example/", {"x.example"}, "not a host that may be asked"),
        ("http://x.example/", {"x.example"}, "must be reached by https"),
        ("https://169.254.169.254/latest", {"169.254.169.254"}, "not public"),
        ("https://10.0.0.1/", {"10.0.0.1"}, "not public"),
        ("https://[::ffff:127.0.0.1]/", {"::ffff:127.0.0.1"}, "not public"),
        ("https://0.0.0.0/", {"0.0.0.0"}, "not public"),
        ("https://x.example:99999/", {"x.example"}, "valid port"),
    ],
)
def test_what_is_not_fetched(url: str, hosts: set[str], words: str) -> None:
    """Other schemes, other hosts, addresses of machines inside: refused before anything is sent."""
    with pytest.raises(Refused, match=words):
        asyncio.run(fetch(url, hosts))


def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every address of a name is looked at: one private among them is enough to refuse, loopback always."""

    def resolve(*addresses: str) -> Callable[..., Any]:
        async def getaddrinfo(self: object, host: str, port: int, **_: object) -> list[Any]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

        return getaddrinfo

    loop = asyncio.base_events.BaseEventLoop
    for addresses in (("93.184.216.34", "10.1.2.3"), ("127.0.0.1",), ("169.254.169.254",)):
        monkeypatch.setattr(loop, "getaddrinfo", resolve(*addresses))
        with pytest.raises(Refused, match="not public"):
            asyncio.run(fetch("https://mail.example/", {"mail.example"}))
    for addresses in (("127.0.0.1",), ("169.254.169.254",)):
        monkeypatch.setattr(loop, "getaddrinfo", resolve(*addresses))
        with pytest.raises(Refused, match="not public"):
            asyncio.run(fetch("https://mail.example/", {"mail.example"}, private=True))


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable set by somebody else does not send our question elsewhere."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    async def work(port: int) -> None:
        assert (await fetch(f"http://localhost:{port}/", {"localhost"})).status == 200

    assert b"Host: localhost:" in serving(http(b"{}"), work)[0]
