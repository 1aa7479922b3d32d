"""An SMTP server that takes everything, offers PIPELINING, and counts: the other side of the sending benchmarks.

``python -m benchmarks.sink PORT [--log FILE]`` serves on 127.0.0.1 until it is killed; with a log each accepted
recipient is one line, written before the reply.
"""

from __future__ import annotations

import argparse
import asyncio
from typing import IO


class Session(asyncio.Protocol):
    """One connection: reads lines and bodies from a buffer and answers in order."""

    def __init__(self, log: IO[str] | None) -> None:
        self.log = log
        self.buffer = b""
        self.body = False
        self.to: list[str] = []
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer everything that is complete."""
        self.buffer += data
        out: list[bytes] = []
        while True:
            if self.body:
                end = self.buffer.find(b"\r\n.\r\n")
                if end < 0:
                    break
                self.buffer = self.buffer[end + 5 :]
                self.body = False
                if self.log is not None:
                    self.log.write("".join(f"{to}\n" for to in self.to))
                    self.log.flush()
                self.to = []
                out.append(b"250 taken\r\n")
                continue
            line, found, rest = self.buffer.partition(b"\r\n")
            if not found:
                break
            self.buffer = rest
            out.append(self.answer(line))
        if out and self.transport is not None:
            self.transport.write(b"".join(out))

    def answer(self, line: bytes) -> bytes:
        """Give the reply to one command."""
        verb = line[:4].upper()
        if verb == b"EHLO":
            return b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
        if verb == b"RCPT":
            self.to.append(line.partition(b"<")[2].partition(b">")[0].decode())
        if verb == b"DATA":
            self.body = True
            return b"354 go on\r\n"
        if verb == b"QUIT":
            return b"221 bye\r\n"
        return b"250 ok\r\n"


async def serve(port: int, log: str | None) -> None:
    """Serve until killed."""
    file = open(log, "a", encoding="utf-8") if log else None  # noqa: SIM115 (open as long as the process)
    server = await asyncio.get_running_loop().create_server(lambda: Session(file), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--log")
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.port, arguments.log))
