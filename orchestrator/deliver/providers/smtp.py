"""SMTP: mail to a relay, or to the next one, over a few connections that stay open between batches."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from orchestrator.deliver.email.connection import CannotConnect, Connected, Server, connect, servers_of
from orchestrator.deliver.email.dialogue import Dialogue, Job, Manner
from orchestrator.deliver.email.dkim import Signer, signer_for, signers_of
from orchestrator.deliver.email.mime import InvalidMessage, Mail, assemble
from orchestrator.deliver.email.relays import Relay, to_ask
from orchestrator.model.delivery import SLOW, Message, Outcome, Receipt
from orchestrator.model.errors import DeliveryError


def open_smtp(name: str, settings: Mapping[str, str], _outbox: Path) -> Smtp:
    """Give the channel to one or several SMTP servers; raises SettingsError."""
    return Smtp(name, servers_of(name, settings), signers_of(name, settings))


class Smtp:
    """A channel to one SMTP server, or to the first of several that works."""

    def __init__(self, name: str, servers: Sequence[Server], signers: Mapping[str, Signer] | None = None) -> None:
        """Keep the settings; nothing is connected."""
        self._signers = signers or {}
        self.name, self.server = name, servers[0]
        self._relays = [Relay(server) for server in servers]
        self._lines: list[_Line | None] = [None] * self.server.connections
        self._waiting: deque[Job | Message] = deque()
        self._receipts: deque[Receipt] = deque()
        self._listening: asyncio.Future[None] | None = None
        self._trouble: CannotConnect | None = None
        self._stop_at = 0.0
        self._clock: Callable[[], float] = _now

    async def open(self) -> None:
        """Connect once, so that a wrong host or password is known before anybody is written to."""
        try:
            self._lines[0] = await self._connected()
        except CannotConnect as error:
            raise DeliveryError(f"provider {self.name!r}: {error}", error.remedy) from None

    async def deliver(self, messages: Sequence[Message]) -> AsyncIterator[Receipt]:
        """Yield one receipt for each message; those not begun within ``patience`` are to be tried again.

        Who is cancelled hears first what is known of the others: most of them had not left.
        """
        self._waiting = deque(messages)
        self._receipts = deque()
        self._trouble = None
        loop = asyncio.get_running_loop()  # asked once: it asks for the process id each time
        self._clock = loop.time
        self._stop_at = self._clock() + self.server.patience
        workers = [asyncio.create_task(self._work(n)) for n in range(min(len(messages), self.server.connections))]
        left = asyncio.create_task(self._give_up(workers))
        try:
            for _ in messages:
                if not self._receipts:
                    self._listening = loop.create_future()
                    await self._listening
                yield self._receipts.popleft()
        except asyncio.CancelledError:
            await self._end(*workers, left)
            self._later(SLOW, "not begun in time")
            while self._receipts:
                yield self._receipts.popleft()
            raise
        finally:
            await self._end(*workers, left)

    async def _end(self, *tasks: asyncio.Task[None]) -> None:
        """End the work and settle what is in flight."""
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
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
            if line is not None and not line.dialogue.lost and self._better_than(line.relay):
                await line.dialogue.quit()
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
            if line.dialogue.gone or (line.dialogue.lost and not line.dialogue.served):
                line.relay.failed(_now())
            if line.dialogue.out_of_step:
                line.relay.pipelining = False

    async def _give_up(self, workers: Sequence[asyncio.Task[None]]) -> None:
        """When nobody works any more, tell of what still waits: it was not handed over."""
        done = await asyncio.gather(*workers, return_exceptions=True)
        bug = next((error for error in done if isinstance(error, Exception)), None)
        if bug is not None:
            self._later("internal", type(bug).__name__)
        elif self._trouble is not None:
            self._later(self._trouble.code, str(self._trouble), outage=True)
        else:
            self._too_slow()

    def _better_than(self, relay: Relay) -> bool:
        """Tell whether a server that stands before this one may be asked again."""
        return relay is not self._relays[0] and to_ask(self._relays, _now())[0] is not relay

    async def _connected(self) -> _Line:
        """Connect to the first server that works; raises the trouble of the last one asked."""
        trouble = CannotConnect("connect", f"provider {self.name!r} has no server")
        for relay in to_ask(self._relays, _now()):
            relay.probed = relay.failures > 0
            try:
                line = _Line(self, relay, await connect(relay.server))
            except CannotConnect as error:
                relay.failed(_now())
                trouble = error
            else:
                relay.worked()
                return line
            finally:
                relay.probed = False
        raise trouble

    def next_job(self, offers: Connected) -> Job | None:
        """Give the next message as bytes; tell of those that cannot be sent over this connection at all."""
        while self._waiting:
            if self._clock() > self._stop_at:
                self._too_slow()
                return None
            one = self._waiting.popleft()
            job = one if isinstance(one, Job) else None
            message = one.message if isinstance(one, Job) else one
            try:
                mail = job.mail if job and not job.mail.eight_bit else self._mail(message, offers)
                _fits(mail, offers)
            except InvalidMessage as error:
                self._say(Receipt(message.id, Outcome.FAILED, error.code, str(error)))
                continue
            return Job(message, mail, job.tries if job else 0)
        return None

    def _mail(self, message: Message, offers: Connected) -> Mail:
        """Give a message as bytes, signed where its sender's domain has a key; raises InvalidMessage."""
        if not self._signers:
            return assemble(message, offers.eight_bit)
        signer = signer_for(self._signers, message.sender)
        if signer is None:
            return assemble(message, offers.eight_bit)
        mail = assemble(message)  # a server further on may rewrite 8-bit, and with it what was signed
        return mail._replace(data=signer.sign(mail.data))

    def _too_slow(self) -> None:
        self._later(SLOW, f"not begun within {self.server.patience:g} seconds")

    def _later(self, code: str, text: str, outage: bool = False) -> None:
        """Tell of everything that still waits that it was not handed over."""
        while self._waiting:
            one = self._waiting.popleft()
            message = one.message if isinstance(one, Job) else one
            self._say(Receipt(message.id, Outcome.RETRY, code, text, outage=outage))

    def tell(self, relay: Relay, receipt: Receipt) -> None:
        """Pass a receipt on."""
        if receipt.outage:
            relay.struck(_now())
        self._say(receipt)

    def _say(self, receipt: Receipt) -> None:
        self._receipts.append(receipt)
        if self._listening is not None and not self._listening.done():
            self._listening.set_result(None)

    def again(self, job: Job) -> None:
        """Put a message back in front whose connection was lost before its body."""
        self._waiting.appendleft(job)

    def manner(self, relay: Relay, offers: Connected) -> Manner:
        """Give how to speak with a server."""
        server, others = relay.server, len(self._relays) - 1
        pipelining = offers.pipelining and relay.pipelining
        return Manner(pipelining, server.timeout, server.data_timeout, max(2, others + 1), alone=not others)


class _Line:
    """One connection: whose it is, what its server offers, and the dialogue on it."""

    def __init__(self, channel: Smtp, relay: Relay, offers: Connected) -> None:
        self.relay, self.offers = relay, offers
        self.busy = False
        self.dialogue = Dialogue(
            offers.transport,
            partial(channel.next_job, offers),
            partial(channel.tell, relay),
            channel.again,
            channel.manner(relay, offers),
        )


def _fits(mail: Mail, offers: Connected) -> None:
    """Raise InvalidMessage where the server does not take such a message."""
    if mail.utf8 and not offers.utf8:
        raise InvalidMessage(
            "invalid_address", "an address has letters outside ASCII before the @, and the server offers no SMTPUTF8"
        )
    if offers.size and len(mail.data) > offers.size:
        raise InvalidMessage("too_large", f"{len(mail.data)} bytes are more than the server takes")


def _now() -> float:
    return asyncio.get_running_loop().time()
