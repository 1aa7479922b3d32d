"""How facts and progress are printed."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest

from orchestrator.cli.ask import sure
from orchestrator.cli.clock import Rehearsal
from orchestrator.cli.progress import EVERY, Plain
from orchestrator.cli.say import counted, facts, number, people, table
from orchestrator.model.errors import UsageError


def test_numbers_are_read_by_people(capsys: pytest.CaptureFixture[str]) -> None:
    """Commas in large numbers, a dash for nothing, the right word for one."""
    assert (number(12410), number(None), number("x")) == ("12,410", "-", "x")
    assert (people(1), people(12410)) == ("1 person", "12,410 people")
    assert (counted(1, "campaign"), counted(0, "campaign"), counted(2, "entry", "entries")) == (
        "1 campaign",
        "0 campaigns",
        "2 entries",
    )
    table(("name", "n"), [("a", 1), ("long name", 1200)], right=(1,))
    assert capsys.readouterr().out == "name           n\na              1\nlong name  1,200\n"


def test_facts_are_json_that_loses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Moments are UTC texts, exact numbers stay exact."""
    moment = dt.datetime(2026, 12, 1, 10, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    facts({"at": moment, "amount": Decimal("0.10"), "day": dt.date(2026, 12, 1), "who": {"b", "a"}})
    assert json.loads(capsys.readouterr().out) == {
        "at": "2026-12-01T09:00:00Z",
        "amount": "0.10",
        "day": "2026-12-01",
        "who": ["a", "b"],
    }


def test_short_work_says_nothing_and_long_work_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log is not filled with what took a moment; what lasts is seen to go on, and to end."""
    now = [0.0]
    monkeypatch.setattr("orchestrator.cli.progress.time.monotonic", lambda: now[0])
    plain = Plain()
    plain("counting", 0, 3)
    plain("counting", 3, 3)
    for done in range(0, 101, 10):
        plain("sending", done, 100)
        now[0] += EVERY / 4
    assert capsys.readouterr().err == "sending: 40 of 100\nsending: 80 of 100\nsending: 100 of 100\n"


def test_a_rehearsal_s_clock_runs_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """It starts where it is put and goes on like any other."""
    now = [50.0]
    monkeypatch.setattr("orchestrator.cli.clock.time.monotonic", lambda: now[0])
    clock = Rehearsal(dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
    now[0] += 90
    assert clock.now() == dt.datetime(2026, 12, 1, 0, 1, 30, tzinfo=dt.UTC) == clock(None)
    clock.move(dt.datetime(2027, 1, 1, tzinfo=dt.UTC))
    assert clock.now() == dt.datetime(2027, 1, 1, tzinfo=dt.UTC)


def test_nobody_is_asked_where_nobody_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script gets an error instead of a question that it cannot answer."""
    sure("really?", yes=True)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(UsageError) as found:
        sure("really?", yes=False)
    assert "--yes" in found.value.remedy
