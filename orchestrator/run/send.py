"""Steps 5 to 7 of the walk: claim, write, guard, hand over, record, batch after batch.

The order of one batch is the promise: what was handed over before is recorded before, or in the same commit as,
the guard of the next batch; nothing is handed over that the guard did not mark as attempted first. A batch has
at most ``in_flight`` messages, so a crash leaves at most that many unknown.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack

from orchestrator.deliver import Channel, open_channel
from orchestrator.ledger import FAILURES, Claimed, Passage, Recorded
from orchestrator.model.delivery import STALLED, Message, Outcome, Receipt
from orchestrator.model.errors import DeliveryError, OrchestratorError, StateError
from orchestrator.model.people import without_addresses
from orchestrator.model.project import Provider
from orchestrator.run.consent import still_consenting
from orchestrator.run.house import House
from orchestrator.run.journal import Journal, journal_folder
from orchestrator.run.letters import provider_of
from orchestrator.run.loop import next_turn
from orchestrator.run.mark import HighWater, Seen
from orchestrator.run.scribe import Ready, Scribe
from orchestrator.run.sent import Sent

CLAIM = 500
LEASE = 300.0
GUARDED = 120.0
"""Seconds for which a guarded batch belongs to this worker; it hands over for at most ``PATIENCE`` of them."""
PATIENCE = 90.0
BELIEVED = 1.0
AGAIN = (0.5, 2.0, 5.0, 15.0)
"""Pauses in seconds before the ledger is asked again to record; then the worker gives up, with its journal kept."""


async def send(house: House, owner: str, stop: Callable[[], bool]) -> Sent:
    """Send everything that may be sent now, until nothing is left or ``stop`` says so.

    Raises StateError when the ledger cannot record: what was handed over is then kept in a journal file, and
    nothing more leaves. A provider whose breaker is open is left alone by all workers, one message a minute aside;
    its messages stay as they are, its error is in ``errors`` of the result, and the others go on.
    """
    async with AsyncExitStack() as stack:
        worker = _Worker(house, owner, stack)
        total: int | None = None
        try:
            while not stop() and (claims := house.ledger.claim(owner, CLAIM, LEASE, worker.resting)):
                total = house.ledger.open_messages() if total is None else total
                worker.sent.claimed += len(claims)
                await worker.work(claims, stop)
                house.progress("sending", min(worker.sent.claimed, total), total)
        except (OrchestratorError, asyncio.CancelledError) as error:
            worker.give_up(error)
            raise
        finally:  # whatever went wrong next, what was answered before is known
            worker.settle()
        worker.sent.errors.extend(worker.down.values())
        return worker.sent


class _Worker:
    """One worker's channels, and the receipts that wait to be recorded with the next guard."""

    def __init__(self, house: House, owner: str, stack: AsyncExitStack) -> None:
        self.house = house
        self.owner = owner
        self.stack = stack
        self.sent = Sent()
        self.down: dict[str, DeliveryError] = {}
        self.resting: set[tuple[int, str]] = set()
        """Steps of occurrences (occurrence, step) whose provider is left alone."""
        self._closed: dict[str, float] = {}
        """Until when a breaker is believed to be closed, by provider (monotonic seconds)."""
        self._scribe = Scribe(house, owner, self.sent)
        self._channels: dict[str, Channel] = {}
        self._receipts: list[Receipt] = []
        self._epochs: dict[uuid.UUID, int] = {}
        self._journal = Journal(journal_folder(house.settings), owner)
        self._mark = HighWater(journal_folder(house.settings), house.settings.deployment)

    async def work(self, claims: Sequence[Claimed], stop: Callable[[], bool]) -> None:
        """Write, guard, hand over and record everything that was claimed; give back what is left on ``stop``.

        A batch is written just before it leaves, while the processor has its letters at hand. What waits behind a
        slow server is lent on in time: for nobody else it would seem that this worker died of it.
        """
        lent = time.monotonic()
        claims = self._scribe.begin(still_consenting(self.house, self.owner, self._wanted(claims)))
        by_provider: dict[str, list[Claimed]] = {}
        for claim in claims:
            by_provider.setdefault(provider_of(self.house, claim), []).append(claim)
        size = self.house.settings.in_flight
        batches = [some[n : n + size] for some in by_provider.values() for n in range(0, len(some), size)]
        for n, some in enumerate(batches):
            await next_turn()  # where nothing of a batch may leave, this alone lets a signal be heard
            if stop():
                self.house.ledger.give_back(self.owner, [claim for left in batches[n:] for claim in left])
                return
            if time.monotonic() - lent > LEASE / 3:
                self.house.ledger.lend_on(self.owner, [claim for left in batches[n:] for claim in left], LEASE)
                lent = time.monotonic()
            batch = self._scribe.written(some)
            rest = await self._with_breaker(batch) if batch else []
            self.resting |= {(one.claim.occurrence, one.claim.step) for one in rest}
            self.house.ledger.give_back(self.owner, [one.claim for one in rest])

    def _wanted(self, claims: Sequence[Claimed]) -> Sequence[Claimed]:
        """Give back, before anything is written, what goes to providers that are left alone; give the others.

        Of a provider that may be tried by one message, one stays: the others are claimed again when it answered.
        """
        ledger = self.house.ledger
        known = {one.provider: one for one in ledger.open_breakers()}
        if not known and not self.down:
            return claims
        now = ledger.now()
        wanted: list[Claimed] = []
        back: list[Claimed] = []
        trying: set[str] = set()
        for claim in claims:
            provider = provider_of(self.house, claim)
            if provider in known and known[provider].probe_at > now and provider not in self.down:
                self._leave_alone(provider)
            if provider in self.down:
                self.resting.add((claim.occurrence, claim.step))
                back.append(claim)
            elif provider in known and provider in trying:
                back.append(claim)
            else:
                trying.add(provider)
                wanted.append(claim)
        ledger.give_back(self.owner, back)
        return wanted

    async def _with_breaker(self, batch: Sequence[Ready]) -> Sequence[Ready]:
        """Send a batch as far as its provider's breaker lets it, and give what it did not let through."""
        provider = batch[0].use.step.provider
        if provider in self.down:
            return batch
        passage = self._passage(provider)
        if passage is Passage.PROBE:
            if not await self._let_out(provider, batch[:1], probe=True):
                return batch[1:]
            batch, passage = batch[1:], Passage.FREE
        if passage is Passage.SHUT:
            self._leave_alone(provider)
            return batch
        if batch:
            await self._let_out(provider, batch)
        return []

    def _passage(self, provider: str) -> Passage:
        """Ask the provider's breaker; one that was seen closed is believed to be so for ``BELIEVED`` seconds."""
        if time.monotonic() < self._closed.get(provider, 0.0):
            return Passage.FREE
        passage = self.house.ledger.passage(provider)
        if passage is Passage.FREE:
            self._closed[provider] = time.monotonic() + BELIEVED
        return passage

    async def _let_out(self, provider: str, batch: Sequence[Ready], probe: bool = False) -> bool:
        """Send a batch, tell the breaker what came of it, and tell whether the provider may have more."""
        ledger = self.house.ledger
        try:
            await self._batch(batch)
        except DeliveryError as error:
            ledger.give_back(self.owner, [one.claim for one in batch])
            self.resting |= {(one.claim.occurrence, one.claim.step) for one in batch}
            ledger.failed(provider, FAILURES, str(error))
            self.down[provider] = error
            return False
        bad = [r for r in self._receipts if r.outage or r.outcome is Outcome.UNKNOWN]
        if probe:
            well = bool(self._receipts) and not bad
            ledger.probed(provider, well)
            if not well:
                self._leave_alone(provider)
            return well
        if bad:
            self._closed.pop(provider, None)
            kinds = Counter(f"{r.code} {r.evidence}".strip() for r in bad)
            reason = f"{len(bad)} messages without an answer that counts, most of them: "
            reason += without_addresses(kinds.most_common(1)[0][0])
            if ledger.failed(provider, len(bad), reason):
                self._leave_alone(provider)
                return False
        return True

    def _leave_alone(self, provider: str) -> None:
        """Keep from a provider whose breaker is open, and say why."""
        known = {one.provider: one for one in self.house.ledger.open_breakers()}
        if provider in known:
            one = known[provider]
            self.down[provider] = DeliveryError(
                f"provider `{provider}` is left alone since {one.opened_at:%H:%M:%S} UTC, and tried with one message "
                f"from {one.probe_at:%H:%M:%S} on: {one.reason}",
                "look at the provider, then at `orc unknown list`; what is left is sent when it answers again",
            )

    def settle(self) -> None:
        """Record what is still unrecorded, unless the ledger refused it already and it lies in the journal."""
        if self._receipts and not self._journal.path.exists():
            self._recorded(lambda: (self.house.ledger.record(self.owner, self._receipts, self._epochs), []))

    def give_up(self, error: BaseException) -> None:
        """Let go of what is claimed, now or at the next start: no message is to blame for this end."""
        try:
            if not isinstance(error, StateError):
                self.house.ledger.let_go(self.owner)
                return
        except StateError:
            pass
        self._journal.leave()

    async def _batch(self, batch: Sequence[Ready]) -> None:
        channel = await self._channel(batch[0].use.project.providers[batch[0].use.step.provider])
        pairs = [(one.claim, one.use.rules) for one in batch]
        deadline = time.monotonic() + PATIENCE  # before the guard: its lease must outlive the handing over
        unsure: list[tuple[Recorded, list[uuid.UUID]]] = []
        try:
            allowed = self._recorded(
                lambda: self.house.ledger.record_and_guard(
                    self.owner, self._receipts, self._epochs, pairs, lease_seconds=GUARDED, unsure=unsure
                )
            )
        except StateError:
            self._not_handed_over([i for _, ids in unsure for i in ids], {claim.id: claim.epoch for claim, _ in pairs})
            raise
        self.sent.held += len(batch) - len(allowed)
        may = set(allowed)
        going = {one.message.id: one for one in batch if one.message.id in may}
        self._epochs = {i: one.claim.epoch for i, one in going.items()}
        self._scribe.begun([one.claim for one in going.values()])
        messages = [one.message for one in going.values()]
        if messages:
            self._rise(messages)
        found: dict[uuid.UUID, Receipt] = {}
        try:
            if going:
                await _hand_over(channel, messages, deadline, found)
        finally:  # whatever ended it, no answer is lost
            self._receipts = list(found.values())
            for receipt in self._receipts:
                use = going[receipt.id].use
                self.sent.answers[use.campaign.name, use.step.provider, receipt.outcome.value] += 1

    def _not_handed_over(self, ids: Sequence[uuid.UUID], epochs: Mapping[uuid.UUID, int]) -> None:
        """Keep on disk that nothing left after a guard whose commit got no reply: a definite no for each."""
        why = "the state database did not say whether it may leave"
        if ids and not (self._receipts and not self._journal.path.exists()):
            with contextlib.suppress(OSError):  # then they are unknown when their lease ends
                self._journal.keep([Receipt(i, Outcome.RETRY, "no_ledger", why, outage=True) for i in ids], epochs)

    def _rise(self, messages: Sequence[Message]) -> None:
        """Raise the high-water mark; when the disk takes no more, nothing is handed over: a definite no for each."""
        last = messages[-1].id
        try:
            self._mark.rise(Seen(last, self._epochs[last]))
        except OSError as error:
            where = self._mark.path.parent
            why = f"{where} cannot be written to ({error.strerror})"
            self._receipts = [Receipt(m.id, Outcome.RETRY, "no_disk", why, outage=True) for m in messages]
            raise StateError(why, "make room there; nothing more is sent until then") from error

    def _recorded(self, commit: Callable[[], tuple[Recorded, list[uuid.UUID]]]) -> list[uuid.UUID]:
        """Run the commit that records what is waiting; keep it on disk for as long as the ledger cannot."""
        for pause in (*AGAIN, None):
            try:
                recorded, allowed = commit()
            except StateError as error:
                lost = self._kept()
                if pause is None:
                    if not lost:
                        raise
                    raise StateError(f"{error}; {lost}", error.remedy) from error
                time.sleep(pause)
                continue
            self.sent.add(recorded)
            self._journal.done()
            self._receipts, self._epochs = [], {}
            return allowed
        raise AssertionError("the loop returns or raises")

    def _kept(self) -> str:
        """Keep what waits to be recorded in the journal; give what to say when the disk does not take it."""
        if not self._receipts or self._journal.path.exists():
            return ""
        try:
            self._journal.keep(self._receipts, self._epochs)
        except OSError as error:
            return f"nor can {self._journal.path.parent} keep {len(self._receipts)} results ({error.strerror})"
        return ""

    async def _channel(self, provider: Provider) -> Channel:
        if provider.name not in self._channels:
            channel = open_channel(provider, None, self.house.settings.outbox)
            await channel.open()
            self.stack.push_async_callback(channel.close)
            self._channels[provider.name] = channel
        return self._channels[provider.name]


async def _hand_over(
    channel: Channel, messages: Sequence[Message], deadline: float, found: dict[uuid.UUID, Receipt]
) -> None:
    """Hand messages over and put one receipt for each into ``found``; what has none by ``deadline`` is unknown.

    What is raised in between leaves there what was answered before. A process that was stopped beyond the deadline
    after its guard hands nothing over: that is a definite no.
    """
    left = deadline - time.monotonic()
    if left <= 0:
        found |= {m.id: Receipt(m.id, Outcome.RETRY, STALLED, "the worker stood still") for m in messages}
        return
    mine = {message.id for message in messages}
    code = "no_receipt"
    try:
        async with asyncio.timeout(left):
            async for receipt in channel.deliver(messages):
                if receipt.id in mine:
                    found[receipt.id] = receipt
    except TimeoutError:
        code = "timeout"
    without = [message.id for message in messages if message.id not in found]
    found |= {i: Receipt(i, Outcome.UNKNOWN, code, "the provider gave no receipt") for i in without}
