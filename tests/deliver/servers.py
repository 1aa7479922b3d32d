"""SMTP servers that misbehave on purpose, and messages to send to them."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from orchestrator.model.delivery import Message

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


def message(n: int = 0, to: str | None = None, **changes: Any) -> Message:
    """Give a message that can be sent; ``changes`` are fields of it, its parts called ``html`` and ``text``."""
    fields: dict[str, Any] = {
        "id": uuid.uuid5(uuid.NAMESPACE_DNS, str(n)),
        "to": to or f"person{n}@example.com",
        "sender": "news@shop.example",
        "subject": f"Hello {n}",
        "html": f"<p>Hello {n}</p>\n.\n..dots\n",
        "text": f"Hello {n}\n.\n..dots\n",
        "message_id": f"{n}@shop.example",
        "date": NOW,
    }
    fields |= changes
    return Message(rich=fields.pop("html"), plain=fields.pop("text"), **fields)


class Drop(Exception):
    """Raised by a script to close the connection at once."""


Script = Callable[["Sink", str, str, int], "str | None"]


@dataclass
class Sink:
    """A server of its own port. ``script(sink, verb, argument, n)`` gives an answer instead of the usual one.

    ``verb`` is connect, ehlo, mail, rcpt, data, body or rset; ``n`` counts that verb from 1 over all connections.
    An answer may hold several lines; None is the usual answer; "" is silence, a ``~`` at
    its end cuts it off and falls silent; raising Drop closes.
    ``chunks`` cuts every answer into pieces of that many bytes.
    """

    script: Script | None = None
    pipelining: bool = True
    extensions: tuple[str, ...] = ("8BITMIME", "SMTPUTF8")
    chunks: int = 0
    port: int = 0
    accepted: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    connections: int = 0
    reads: int = 0
    log: list[str] = field(default_factory=list)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        sender, recipients = "", list[str]()
        try:
            await self._say(writer, "connect", "", "220 sink ESMTP")
            while line := await reader.readline():
                text = line.decode().rstrip("\r\n")
                self.log.append(text)
                verb, _, argument = text.partition(" ")
                verb = verb.lower()
                if verb == "ehlo":
                    offers = ["sink", *self.extensions, *(["PIPELINING"] if self.pipelining else [])]
                    lines = [f"250-{offer}" for offer in offers[:-1]] + [f"250 {offers[-1]}"]
                    await self._say(writer, "ehlo", argument, "\r\n".join(lines))
                elif verb == "mail":
                    answer = await self._say(
                        writer, "mail", argument, "250 2.1.0 Ok" if not sender else "503 5.5.1 nested"
                    )
                    if answer.startswith("250"):
                        sender, recipients = argument, []
                elif verb == "rcpt":
                    if (
                        await self._say(writer, "rcpt", argument, "250 2.1.5 Ok" if sender else "503 no sender")
                    ).startswith("250"):
                        recipients.append(argument)
                elif verb == "data":
                    usual = "354 go on" if recipients else "554 5.5.1 no valid recipients"
                    if not (await self._say(writer, "data", argument, usual)).startswith("354"):
                        continue
                    body = await reader.readuntil(b"\r\n.\r\n") if recipients else await reader.readuntil(b".\r\n")
                    self.log.append("<body>")
                    answer = await self._say(
                        writer,
                        "body",
                        ",".join(recipients),
                        "250 2.0.0 Ok: queued as 4F1A2B3C" if recipients else "554 none",
                    )
                    if answer.startswith("250") and recipients:
                        self.accepted.append((sender, recipients, body[:-3].replace(b"\r\n..", b"\r\n.")))
                    sender, recipients = "", []
                elif verb == "rset":
                    sender, recipients = "", []
                    await self._say(writer, "rset", "", "250 2.0.0 Ok")
                elif verb == "quit":
                    await self._say(writer, "quit", "", "221 bye")
                    break
                else:
                    await self._say(writer, verb, argument, "500 what")
        except (Drop, ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _say(self, writer: asyncio.StreamWriter, verb: str, argument: str, usual: str) -> str:
        self.counts[verb] = self.counts.get(verb, 0) + 1
        answer = self.script(self, verb, argument, self.counts[verb]) if self.script else None
        answer = usual if answer is None else answer
        if answer and answer.endswith("~"):
            writer.write(answer[:-1].encode())
            await asyncio.sleep(30)
        elif answer:
            data = (answer + "\r\n").encode()
            for at in range(0, len(data), self.chunks or len(data)):
                writer.write(data[at : at + (self.chunks or len(data))])
                await writer.drain()
                if self.chunks:
                    await asyncio.sleep(0)
        else:
            await asyncio.sleep(30)
        return answer


@contextlib.asynccontextmanager
async def running(sink: Sink) -> AsyncIterator[Sink]:
    """Run a sink on a free port of this machine."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        with contextlib.suppress(asyncio.CancelledError):
            await sink._serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**22)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
