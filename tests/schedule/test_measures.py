"""The daemon's page for machines, asked over real HTTP; its lines, which name nobody; and a reload by SIGHUP."""

from __future__ import annotations

import ast
import asyncio
import dataclasses
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import structlog
from structlog.testing import capture_logs

import orchestrator
from orchestrator.ledger import OccurrenceStatus
from orchestrator.model.delivery import Message, Outcome, Receipt
from orchestrator.model.errors import SettingsError
from orchestrator.model.settings import Settings
from orchestrator.run import House, Walked
from orchestrator.schedule import serve_forever
from orchestrator.schedule.listen import listening
from orchestrator.schedule.logs import EVENTS, configure, without_addresses
from orchestrator.schedule.measures import Measures
from tests.run.conftest import FILES, Wire

Build = Callable[..., House]


async def asked(port: int, line: str) -> tuple[int, str]:
    """Send one request by hand and give the status and the body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{line} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    return int(head.split(" ")[1]) if head else 0, body


def test_it_says_what_is_missing_and_refuses_anything_but_get() -> None:
    """Before the first beat a daemon is healthy and not ready; other paths, methods and long headers lead nowhere."""

    async def work() -> None:
        measures = Measures()
        async with listening(measures, ("127.0.0.1", 0)) as port:
            assert port
            assert await asked(port, "GET /healthz") == (200, "ok\n")
            status, body = await asked(port, "GET /readyz?verbose")
            assert (status, json.loads(body)) == (
                503,
                {"ready": False, "missing": ["the first beat has not ended yet"]},
            )
            measures.failed("the state database does not answer")
            assert json.loads((await asked(port, "GET /readyz"))[1])["missing"] == [
                "the state database does not answer"
            ]
            assert (await asked(port, "POST /metrics"))[0] == 405
            assert (await asked(port, "GET /etc/passwd"))[0] == 404
            assert await asked(port, f"GET /{'x' * 20_000}") == (0, "")
            assert (await asked(port, "GET /metrics"))[0] == 200
            with pytest.raises(SettingsError, match="nothing can listen"):
                async with listening(measures, ("127.0.0.1", port)):
                    raise AssertionError("two servers on one port")

    asyncio.run(work())


def test_a_daemon_counts_what_it_did_and_names_nobody(
    build: Build, wire: Wire, capsys: pytest.CaptureFixture[str]
) -> None:
    """One beat with every kind of answer: the numbers are those of the ledger, and no address or name is printed."""
    answers = [Outcome.ACCEPTED, Outcome.FAILED, Outcome.RETRY, Outcome.UNKNOWN]

    def answer(message: Message) -> Receipt:
        outcome = answers[int(message.to.removeprefix("p").partition("@")[0]) % 4]
        return Receipt(message.id, outcome, "550", f"no mailbox <{message.to}> here")

    wire.answer = answer
    broken = FILES["templates/hello.html.j2"].replace("<p>Dear", "<p>{{ person.first_name + 1 }}</p><p>Dear")
    hello = FILES["campaigns/hello.yml"].replace("hello.html", "broken.html").replace("name: hello", "name: broken")
    house = build(**{"campaigns__broken.yml": hello, "templates__broken.html.j2": broken})
    seen: list[str] = []

    async def work() -> None:
        measures = Measures()
        task = asyncio.create_task(serve_forever(house, beat=60, measures=measures))
        async with listening(measures, ("127.0.0.1", 0)) as port:
            assert port
            for _ in range(400):
                if not measures.missing:
                    break
                await asyncio.sleep(0.02)
            assert (await asked(port, "GET /readyz"))[0] == 200
            seen.append((await asked(port, "GET /metrics"))[1])
        os.kill(os.getpid(), signal.SIGTERM)
        await task

    configure(terminal=False)
    try:
        asyncio.run(work())
    finally:
        structlog.reset_defaults()
    page, lines = seen[0], capsys.readouterr().out
    for outcome in ("accepted", "failed", "retry", "unknown"):
        number = page.split(f'orc_messages_total{{outcome="{outcome}"}} ')[1].split("\n")[0]
        assert float(number) > 0, outcome
    assert f'orc_campaign_messages{{campaign="hello",state="accepted"}} {len(wire.taken)}.0' in page
    for outcome in ("accepted", "failed", "retry", "unknown"):
        total = page.split(f'orc_messages_total{{outcome="{outcome}"}} ')[1].split("\n")[0]
        assert f'orc_answers_total{{campaign="hello",outcome="{outcome}",provider="box"}} {total}' in page
    assert "orc_stopped 0.0" in page
    assert 'orc_slots_total{what="halted"} 1.0' in page
    events = [json.loads(line) for line in lines.splitlines()]
    assert {"started", "queued", "halted", "sent", "stopped"} <= {line["event"] for line in events} <= set(EVENTS)
    for canary in ("@example.com", "Ann1", "Ann2", house.settings.token_key):
        assert canary not in lines + page, canary


@pytest.mark.parametrize("state_url", ["sqlite"], indirect=True)
def test_names_of_campaigns_are_bounded(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that meets ever new campaigns counts the late ones together: its page does not grow for ever."""
    monkeypatch.setattr("orchestrator.schedule.measures.MOST_CAMPAIGNS", 3)
    ledger, measures = build().ledger, Measures()
    for n in range(6):
        walked = Walked()
        walked.sent.answers[f"c{n % 5}", "box", "accepted"] = 2
        measures.worked(ledger, walked)
    lines = [line for line in measures.text().decode().splitlines() if line.startswith("orc_answers_total{")]
    assert len(lines) == 4
    assert 'orc_answers_total{campaign="c0",outcome="accepted",provider="box"} 4.0' in lines
    assert 'orc_answers_total{campaign="",outcome="accepted",provider="box"} 4.0' in lines


@pytest.mark.parametrize("state_url", ["sqlite"], indirect=True)
def test_slots_that_are_slow_to_count_are_counted_seldom(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counting that took two seconds is not done again in the next forty; quick counting is done at every beat."""
    ledger, measures = build().ledger, Measures()
    now, counted = [100.0], []
    takes = [2.0]

    def status(limit: int) -> list[OccurrenceStatus]:
        now[0] += takes[0]
        counted.append(now[0])
        return []

    monkeypatch.setattr("orchestrator.schedule.measures.time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(ledger, "status", status)
    measures.worked(ledger, Walked())
    for _ in range(4):
        now[0] += 15
        measures.worked(ledger, Walked())
    assert counted == [102.0, 149.0]
    takes[0] = 0.0
    for _ in range(5):
        now[0] += 15
        measures.worked(ledger, Walked())
    assert counted[2:] == [194.0, 209.0, 224.0, 239.0]


def test_addresses_are_taken_out_of_lines() -> None:
    """A server's answer that repeats the recipient does not reach the log."""
    line = {"event": "left waiting", "error": "550 <ann.o'neil@example.com> unknown, b@x.org too", "n": 3}
    assert "@" not in str(without_addresses(None, "", line))


def test_every_line_is_in_the_table() -> None:
    """Whoever searches logs finds the name of each line in one place."""
    root = Path(orchestrator.__file__).parent
    used = {
        argument.value
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "log"
        for argument in ast.walk(node.args[0])
        if isinstance(argument, ast.Constant)
    }
    assert used == set(EVENTS)


def test_settings_print_without_secrets() -> None:
    """Neither the key nor the URLs, which hold passwords, are in what a traceback or a log line would show."""
    shown = repr(Settings("postgresql://u:canary@h/d", "mysql://u:canary@h/d", Path("out"), "copy", "canary" * 6))
    assert "canary" not in shown
    assert "copy" in shown


def test_sighup_reads_the_settings_again(build: Build, wire: Wire) -> None:
    """A good change is taken, a broken one and one that needs a restart leave the old settings in force."""
    house = build()
    old = house.settings
    answers: list[Settings | SettingsError] = [
        dataclasses.replace(old, in_flight=3),
        SettingsError("in_flight is `many`", "give a number"),
        dataclasses.replace(old, state_url="sqlite:///elsewhere.db", in_flight=9),
    ]

    def reread() -> Settings:
        found = answers.pop(0)
        if isinstance(found, SettingsError):
            raise found
        return found

    async def work() -> None:
        task = asyncio.create_task(serve_forever(house, beat=60, reread=reread))
        for left in (2, 1, 0):
            await asyncio.sleep(0.3)
            os.kill(os.getpid(), signal.SIGHUP)
            for _ in range(400):
                if len(answers) == left:
                    break
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.1)
        os.kill(os.getpid(), signal.SIGTERM)
        await task

    with capture_logs() as lines:
        asyncio.run(work())
    assert [e["event"] for e in lines if "settings" in e["event"] or e["event"] == "reloaded"] == [
        "reloaded",
        "kept the old settings",
        "kept the old settings",
    ]
    assert (house.settings.in_flight, house.ledger.in_flight, house.settings.state_url) == (3, 3, old.state_url)
