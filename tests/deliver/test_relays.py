"""Several relays: what cannot be had from one is had from the next, and what may have been taken never moves."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from orchestrator.deliver import open_channel
from orchestrator.deliver.channel import deliver_all
from orchestrator.deliver.email.connection import Server, servers_of
from orchestrator.deliver.email.relays import LONGEST_REST, REST, STRIKES, Relay, to_ask
from orchestrator.model.delivery import Message, Outcome, Receipt
from orchestrator.model.errors import DeliveryError, SettingsError
from orchestrator.model.project import Provider
from tests.deliver.servers import Drop, Script, Sink, message, running
from tests.deliver.test_smtp import at, outcomes
from tests.deliver.test_smtp_chaos import Moody

A, R, F, U = Outcome.ACCEPTED, Outcome.RETRY, Outcome.FAILED, Outcome.UNKNOWN
DEAD = 1  # a port where nobody answers


def several(ports: Sequence[int], **settings: Any) -> Any:
    """Give a channel to relays on these ports, with short times."""
    known: dict[str, Any] = {"timeout": 0.4, "data_timeout": 0.4, "hostname": "us", "connections": 2}
    for n, port in enumerate(ports, 1):
        known |= {f"relays.{n}.host": "127.0.0.1", f"relays.{n}.port": port, f"relays.{n}.tls": "none"}
    return open_channel(Provider("mail", "smtp", settings={**known, **settings}), None, Path("unused"))


def send(sinks: Sequence[Sink], messages: Sequence[Message], **settings: Any) -> list[Receipt]:
    """Send to some relays, in the order of the messages; a sink whose port is DEAD does not run."""

    async def go() -> list[Receipt]:
        async with AsyncExitStack() as stack:
            for sink in sinks:
                if sink.port != DEAD:
                    await stack.enter_async_context(running(sink))
            way = several([sink.port for sink in sinks], **settings)
            receipts = await deliver_all(way, messages)
            await way.close()
            return receipts

    found = {receipt.id: receipt for receipt in asyncio.run(go())}
    assert len(found) == len(messages)
    return [found[one.id] for one in messages]


def always(verb: str, answer: str | None) -> Script:
    """Give a script that answers a verb in one way; None closes."""

    def script(sink: Sink, said: str, argument: str, n: int) -> str | None:
        if said == verb and answer is None:
            raise Drop
        return answer if said == verb else None

    return script


TWENTY = [message(n) for n in range(20)]


@pytest.mark.parametrize(
    "first",
    [
        Sink(port=DEAD),
        Sink(always("connect", "421 4.3.2 busy")),
        Sink(always("connect", "554 5.3.2 nobody")),
        Sink(always("connect", None)),
        Sink(always("ehlo", "421 4.3.2 busy")),
        Sink(always("mail", "421 4.3.2 busy")),
        Sink(always("mail", None)),
        Sink(always("data", "421 4.3.2 busy")),
    ],
    ids=["refused", "421", "554", "closes", "421 to EHLO", "421 to MAIL", "closes at MAIL", "421 to DATA"],
)
def test_a_relay_that_cannot_be_used_is_passed_over(first: Sink) -> None:
    """All messages are accepted by the second, each once."""
    second = Sink()
    assert set(outcomes(send([first, second], TWENTY))) == {A}
    assert len(second.accepted) == 20
    assert not first.accepted


def test_the_first_is_preferred() -> None:
    """While it works, nobody asks the second."""
    first, second = Sink(), Sink()
    assert set(outcomes(send([first, second], TWENTY))) == {A}
    assert (len(first.accepted), second.connections) == (20, 0)


@pytest.mark.parametrize("answer", [None, "rubbish", ""])
def test_what_may_have_been_taken_never_moves(answer: str | None) -> None:
    """A message whose final dot had left stays unknown, whatever the next relay would say."""
    first, second = Sink(at("body", answer, 1)), Sink()
    found = send([first, second], TWENTY, connections=1)
    assert outcomes(found) == [U] + [A] * 19
    assert not any("person0@" in rcpts[0] for _, rcpts, _ in second.accepted)


def test_a_definite_no_is_not_asked_again_elsewhere() -> None:
    """A refused recipient is refused: fail-over is for connections, not for opinions."""
    first, second = Sink(at("rcpt", "550 5.1.1 unknown", 1)), Sink()
    assert outcomes(send([first, second], TWENTY[:2], connections=1)) == [F, A]
    assert second.connections == 0


def test_when_none_works_nothing_was_handed_over() -> None:
    """All are tried, opening says so, and each message is for later."""
    found = send([Sink(port=DEAD), Sink(always("connect", "421 busy"))], TWENTY[:3])
    assert outcomes(found) == [R] * 3
    assert all(receipt.outage for receipt in found)
    with pytest.raises(DeliveryError):
        asyncio.run(several([DEAD, DEAD]).open())


def test_the_first_is_asked_again_after_its_rest() -> None:
    """It comes back, and the next batch goes over it; the connections to the other one are closed."""

    async def go() -> None:
        first, second = Sink(), Sink()
        async with running(second):
            way = several([DEAD, second.port], connections=1)
            assert set(outcomes(await deliver_all(way, TWENTY[:4]))) == {A}
            async with running(first):
                way._relays[0].server = servers_of(
                    "mail", {"host": "127.0.0.1", "port": str(first.port), "tls": "none"}
                )[0]
                assert set(outcomes(await deliver_all(way, TWENTY[4:8]))) == {A}
                assert first.connections == 0
                way._relays[0].rests_until = 0.0
                assert set(outcomes(await deliver_all(way, TWENTY[8:12]))) == {A}
                assert len(first.accepted) == 4
                await way.close()

    asyncio.run(go())


def test_only_one_tries_a_relay_that_failed() -> None:
    """The others stay with the next one meanwhile; each failure doubles the rest, up to ten minutes."""
    one, two = (Relay(Server(host, 25, "none")) for host in "ab")
    one.failed(0.0)
    assert one.rests_until == REST
    assert to_ask([one, two], 1.0) == [two, one]
    assert to_ask([one, two], REST) == [one, two]
    one.probed = True
    assert to_ask([one, two], REST) == [two, one]
    for _ in range(9):
        one.failed(0.0)
    assert one.rests_until == LONGEST_REST
    one.worked()
    one.probed = False
    assert to_ask([one, two], 0.0) == [one, two]


def test_too_many_broken_connections_are_a_failure() -> None:
    """Twenty within a minute; nineteen, or twenty in an hour, are not."""
    relay = Relay(Server("a", 25, "none"))
    for n in range(STRIKES * 3):
        relay.struck(n * 180.0)
    assert relay.failures == 0
    for n in range(STRIKES - 1):
        relay.struck(20_000.0 + n)
    assert relay.failures == 0
    relay.struck(20_019.5)
    assert relay.failures == 1


def test_relays_with_different_offers() -> None:
    """A message begun in 8-bit is written again for a relay that does not offer it."""
    first, second = Sink(at("data", None, 1)), Sink(extensions=("SIZE",))
    first.script = always("data", "421 4.3.2 going")
    found = send([first, second], [message(1, text="Zoë"), message(2, text="Zoë")], connections=1)
    assert outcomes(found) == [A, A]
    assert all(data.isascii() for _, _, data in second.accepted)


@pytest.mark.parametrize("seed", range(25))
def test_no_receipt_is_untrue_with_several_relays(seed: int) -> None:
    """Two or three moody servers: accepted was taken once, anything else but unknown was never taken."""
    dice = random.Random(seed)
    moods = [Moody(seed * 7 + n) for n in range(dice.choice([2, 3]))]
    sinks = [Sink(mood, pipelining=dice.random() < 0.6) for mood in moods]
    messages = TWENTY[: dice.choice([1, 5, 20])]
    found = send(sinks, messages, connections=dice.choice([1, 3]), timeout=0.08, data_timeout=0.08, patience=20)
    taken = sum((mood.took for mood in moods), Counter[str]())
    for one, receipt in zip(messages, found, strict=True):
        times = taken[f"TO:<{one.to}>"]
        assert times <= 1
        if receipt.outcome is A:
            assert times == 1
        elif receipt.outcome is not U:
            assert times == 0


@pytest.mark.parametrize(
    "settings",
    [
        {"relays.1.host": "a", "host": "b"},
        {"relays.1.host": "a", "password": "b"},
        {"relays.1.port": "25"},
        {"relays.1.host": "a", "relays.2.host": "b", "relays.2.tls": "maybe"},
        {"relays.1.host": "a", "relays.1.connections": "2", "relays.1.hosst": "b"},
        {"relays.1.host": "a", "relays.1.username": "me", "relays.1.tls": "none"},
    ],
)
def test_a_setting_that_is_wrong_is_named(settings: dict[str, str]) -> None:
    """With the provider, and with the relay where it is one's."""
    with pytest.raises(SettingsError) as error:
        servers_of("mail", settings)
    assert "'mail" in str(error.value)
