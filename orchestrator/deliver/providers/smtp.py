"""SMTP: mail to a relay over a few connections that stay open between batches."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

from orchestrator.deliver.email.connection import CannotConnect, Connected, Server, connect, server_of
from orchestrator.deliver.email.dialogue import Dialogue, Job
from orchestrator.deliver.email.mime import InvalidMessage, assemble
from orchestrator.model.delivery import Message, Outcome, Receipt
from orchestrator.model.errors import DeliveryError


def open_smtp(name: str, settings: Mapping[str, str], _outbox: Path) -> Smtp:
    """Give the channel to an SMTP server; raises SettingsError."""
    return Smtp(name, server_of(name, settings))


class Smtp:
    """A channel to one SMTP server."""

    def __init__(self, name: str, server: Server) -> None:
        """Keep the settings; nothing is connected."""
        self.name, self.server = name, server
        self._lines: list[_Line | None] = [None] * server.connections
        self._waiting: deque[Job | Message] = deque()
        self._receipts: asyncio.Queue[Receipt] = asyncio.Queue()
        self._trouble: CannotConnect | None = None
        self._stop_at = 0.0

    async def open(self) -> None:
        """Connect once, so that a wrong host or password is known before anybody is written to."""
        try:
            self._lines[0] = await self._connected()
        except CannotConnect as error:
            raise DeliveryError(f"provider {self.name!r}: {error}", error.remedy) from None

    async def deliver(self, messages: Sequence[Message]) -> AsyncIterator[Receipt]:
        """Yield one receipt for each message; those not begun within ``patience`` are to be tried again."""
        self._waiting = deque(messages)
        self._receipts = asyncio.Queue()
        self._trouble = None
        self._stop_at = asyncio.get_running_loop().time() + self.server.patience
        workers = [asyncio.create_task(self._work(n)) for n in range(min(len(messages), self.server.connections))]
        left = asyncio.create_task(self._give_up(workers))
        try:
            for _ in messages:
                yield await self._receipts.get()
        finally:
            for task in (*workers, left):
                task.cancel()
            await asyncio.gather(*workers, left, return_exceptions=True)
            for line in self._lines:
                if line is not None and line.busy:
                    line.dialogue.abort()

    async def close(self) -> None:
        """Say goodbye on every connection."""
        for n, line in enumerate(self._lines):
            if line is not None:
                self._lines[n] = None
                await line.dialogue.quit()
        await asyncio.sleep(0)

    async def _work(self, n: int) -> None:
        """Keep one connection busy while messages wait; leave when there is none to be had."""
        while self._waiting:
            line = self._lines[n]
            if line is None or line.dialogue.lost:
                self._lines[n] = None
                try:
                    line = self._lines[n] = await self._connected()
                except CannotConnect as error:
                    self._trouble = error
                    return
            line.busy = True
            await line.dialogue.drain()
            line.busy = False

    async def _give_up(self, workers: Sequence[asyncio.Task[None]]) -> None:
        """When nobody works any more, tell of what still waits: it was not handed over."""
        done = await asyncio.gather(*workers, return_exceptions=True)
        bug = next((error for error in done if isinstance(error, Exception)), None)
        if bug is not None:
            self._later("internal", type(bug).__name__)
        elif self._trouble is not None:
            self._later(self._trouble.code, str(self._trouble))
        else:
            self._too_slow()

    async def _connected(self) -> _Line:
        return _Line(self, await connect(self.server))

    def next_job(self, line: _Line) -> Job | None:
        """Give the next message as bytes; tell of those that cannot be sent over this connection at all."""
        while self._waiting:
            if asyncio.get_running_loop().time() > self._stop_at:
                self._too_slow()
                return None
            one = self._waiting.popleft()
            if isinstance(one, Job):
                return one
            try:
                mail = assemble(one)
            except InvalidMessage as error:
                self._receipts.put_nowait(Receipt(one.id, Outcome.FAILED, error.code, str(error)))
                continue
            if mail.utf8 and not line.offers.utf8:
                text = "the address has letters that this server does not take"
                self._receipts.put_nowait(Receipt(one.id, Outcome.FAILED, "invalid_address", text))
            elif line.offers.size and len(mail.data) > line.offers.size:
                text = f"{len(mail.data)} bytes are more than the server takes"
                self._receipts.put_nowait(Receipt(one.id, Outcome.FAILED, "too_large", text))
            else:
                return Job(one, mail)
        return None

    def _too_slow(self) -> None:
        self._later("slow", f"not begun within {self.server.patience:g} seconds")

    def _later(self, code: str, text: str) -> None:
        """Tell of everything that still waits that it was not handed over."""
        while self._waiting:
            one = self._waiting.popleft()
            message = one.message if isinstance(one, Job) else one
            self._receipts.put_nowait(Receipt(message.id, Outcome.RETRY, code, text))

    def tell(self, receipt: Receipt) -> None:
        """Pass a receipt on."""
        self._receipts.put_nowait(receipt)

    def again(self, job: Job) -> None:
        """Put a message back in front whose connection was lost before its body."""
        self._waiting.appendleft(job)


class _Line:
    """One connection: what its server offers, and the dialogue on it."""

    def __init__(self, channel: Smtp, offers: Connected) -> None:
        self.offers = offers
        self.busy = False
        self.dialogue = Dialogue(
            offers.transport,
            lambda: channel.next_job(self),
            channel.tell,
            channel.again,
            offers.pipelining,
            channel.server.timeout,
            channel.server.data_timeout,
        )
