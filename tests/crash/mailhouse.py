"""A mail server without a network: it takes bytes, writes down what it accepts before it answers, and survives.

The real dialogue of the product talks to it over :class:`Pipe`, whose every write and every answer is a point, with
one more in the middle of a body.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from orchestrator.deliver.email.connection import Connected
from tests.crash.ports import Points

_ID = re.compile(rb"^message-id:\s*<([0-9a-f-]+)@", re.I | re.M)


@dataclass
class Mailhouse:
    """What was accepted, as (message id, mailbox), in order; ``refuses`` maps a mailbox to the answer to its RCPT.

    ``noticed`` is called after each acceptance: what the rest of the world does at that moment.
    """

    taken: list[tuple[str, str]] = field(default_factory=list)
    refuses: dict[str, list[str]] = field(default_factory=dict)
    noticed: Callable[[], None] = lambda: None

    def connect(self, points: Points) -> Connected:
        """Give a fresh connection to this server."""
        return Connected(Pipe(self, points), pipelining=True, utf8=True, eight_bit=True, size=0)


class Pipe(asyncio.Transport):
    """One connection: bytes written go to the server at once, its answers come with the loop's next turn."""

    def __init__(self, house: Mailhouse, points: Points) -> None:
        super().__init__()
        self._house, self._points = house, points
        self._loop = asyncio.get_running_loop()
        self._protocol: asyncio.Protocol | None = None
        self._buffer = b""
        self._to: str | None = None
        self._body = False
        self._open = True

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        assert isinstance(protocol, asyncio.Protocol)
        self._protocol = protocol

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._points("socket write, before")
        half = len(data) // 2
        self._take(bytes(data[:half]))
        if self._body:
            self._points("socket write, cut inside a body")
        self._take(bytes(data[half:]))
        self._points("socket write, after")

    def close(self) -> None:
        self._open = False

    abort = close

    def _take(self, data: bytes) -> None:
        self._buffer += data
        while True:
            end = b"\r\n.\r\n" if self._body else b"\r\n"
            at = self._buffer.find(end)
            if at < 0:
                return
            piece, self._buffer = self._buffer[:at], self._buffer[at + len(end) :]
            if answer := self._content(piece) if self._body else self._command(piece.decode()):
                self._loop.call_soon(self._answer, f"{answer}\r\n".encode())

    def _command(self, line: str) -> str:
        verb = line.split(" ")[0].upper()
        if verb == "RCPT":
            box = line.split("<")[1].split(">")[0]
            answers = self._house.refuses.get(box)
            if answers:
                return answers.pop(0)
            self._to = box
        elif verb == "DATA":
            self._body = self._to is not None
            return "354 go on" if self._body else "554 5.5.1 no valid recipients"
        elif verb in ("MAIL", "RSET"):
            self._to = None
        elif verb == "QUIT":
            return ""
        return "250 2.0.0 Ok"

    def _content(self, body: bytes) -> str:
        found = _ID.search(body)
        assert found is not None
        assert self._to is not None
        self._house.taken.append((found[1].decode(), self._to))
        self._body, self._to = False, None
        self._house.noticed()
        return "250 2.0.0 Ok: queued as 4F1A2B3C"

    def _answer(self, data: bytes) -> None:
        if self._open and self._protocol is not None and not self._points.dead:
            self._points("socket answer, before")
            self._protocol.data_received(data)
            self._points("socket answer, after")
