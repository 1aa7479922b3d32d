"""A small page for machines: ``/metrics``, ``/healthz`` and ``/readyz``, over HTTP/1.1, GET only.

It shares the daemon's loop, so an answer may wait while a batch is written to the ledger. A request may have 8 KiB of
headers and five seconds; more than 16 at once are turned away.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from orchestrator.model.errors import SettingsError
from orchestrator.schedule.measures import Measures

HEADERS = 8192
SECONDS = 5.0
AT_ONCE = 16
TEXT, JSON = "text/plain; version=0.0.4; charset=utf-8", "application/json"


@asynccontextmanager
async def listening(measures: Measures, address: tuple[str, int] | None) -> AsyncIterator[int | None]:
    """Answer at ``address`` for as long as the block runs; gives the port. Raises SettingsError when it is taken."""
    if address is None:
        yield None
        return
    busy = asyncio.Semaphore(AT_ONCE)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not busy.locked():
                async with busy, asyncio.timeout(SECONDS):
                    request = await reader.readuntil(b"\r\n\r\n")
                    writer.write(_response(measures, request.split(b"\r\n", 1)[0].decode("latin-1")))
                    await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever asked is gone, too slow, or no client of ours
        finally:
            writer.close()

    try:
        server = await asyncio.start_server(answer, *address, limit=HEADERS)
    except OSError as error:
        raise SettingsError(
            f"nothing can listen at {address[0]}:{address[1]}: {error}", "choose another port"
        ) from error
    async with server:
        yield server.sockets[0].getsockname()[1]


def _response(measures: Measures, line: str) -> bytes:
    method, _, rest = line.partition(" ")
    status, kind, body = "404 Not Found", TEXT, b"not here: /metrics, /healthz, /readyz\n"
    path = rest.partition(" ")[0].partition("?")[0]
    if method != "GET":
        status, body = "405 Method Not Allowed", b"GET only\n"
    elif path == "/metrics":
        status, body = "200 OK", measures.text()
    elif path == "/healthz":
        status, body = "200 OK", b"ok\n"
    elif path == "/readyz":
        status = "503 Service Unavailable" if measures.missing else "200 OK"
        kind, body = JSON, json.dumps({"ready": not measures.missing, "missing": measures.missing}).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body
