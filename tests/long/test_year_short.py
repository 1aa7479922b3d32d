"""A short year in every run of the tests, and a checker that sees each kind of fault."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.long import year_world
from tests.long.year import one
from tests.long.year_check import check
from tests.long.year_log import rows
from tests.long.year_world import RULES

Log = list[dict[str, object]]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a short year in which nothing was wrong."""
    folder = tmp_path_factory.mktemp("year")
    found, year = one(folder, "", 4, 16, 3, 3, 500, beats=10)
    assert found.wrong == []
    assert year.troubles == []
    assert found.taken > 200
    assert found.happened["merged"] > 3
    assert {"accepted", "skipped"} <= set(found.states)
    return folder


def test_a_year_without_the_time_for_it_ends_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was begun is sent to its end and checked; what recurs has the slots of the days that were."""
    monkeypatch.setattr(year_world, "RECURRING", 2)
    found, year = one(tmp_path, "", 4, 24, 9, 2, 500, beats=10, seconds=0)
    assert found.wrong == []
    assert year.stopped_on == 1
    assert 0 < len(year.plan) < 24
    assert any(c.stays == 0 for c in year.plan)
    assert found.occurrences.total() == sum(c.occurrences for c in year.plan)
    assert found.taken > 50


def wrong(lived: Path, tmp_path: Path, log: Callable[[Log], object] | None, sql: str) -> list[str]:
    """Give what the checker says of a copy of that year, with its log or its ledger changed."""
    source = sqlite3.connect(lived / "state.db")
    with sqlite3.connect(tmp_path / "state.db") as copy:
        source.backup(copy)
        copy.executescript(f"pragma ignore_check_constraints = on; {sql}")
    source.close()
    written: Log = list(rows(lived / "log.jsonl"))
    if log is not None:
        log(written)
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in written), encoding="utf-8")
    return check(tmp_path / "log.jsonl", f"sqlite:///{tmp_path / 'state.db'}", RULES).wrong


def first(log: Log, kind: str = "taken") -> int:
    """Give the place of the first row of a kind."""
    return next(n for n, row in enumerate(log) if row["kind"] == kind)


def twice(log: Log) -> None:
    """The first message comes a second time."""
    log.insert(first(log) + 1, log[first(log)])


def lose(log: Log) -> None:
    """The first message never came."""
    del log[first(log)]


def strange(log: Log) -> None:
    """Somebody gets what nobody planned."""
    n = first(log)
    log.insert(n, {**log[n], "id": "00000000-0000-0000-0000-000000000001"})


def before(kind: str, **more: object) -> Callable[[Log], None]:
    """Give a change: something happened right before the first message that can be refused."""

    def put(log: Log) -> None:
        n = max(k for k, row in enumerate(log) if row["kind"] == "taken")
        campaign = str(log[n]["subject"]).split(" ")[0]
        row = {"kind": kind, "at": log[n]["at"], "in_flight": [], "to": log[n]["to"], "campaign": campaign, **more}
        log.insert(n, row)

    return put


def say(**more: object) -> Callable[[Log], None]:
    """Give a change: the first message says something else."""

    def put(log: Log) -> None:
        log[first(log)].update(more)

    return put


def same_box(log: Log) -> None:
    """Two messages of one occurrence reach one mailbox."""
    n = first(log)
    other = next(k for k in range(n + 1, len(log)) if log[k].get("subject") == log[n]["subject"])
    log[other]["to"] = log[n]["to"]


EACH = "where id in (select min(id) from orc_message where state = 'accepted' group by occurrence_id)"
ONE = "(select id from orc_message where state = 'accepted' limit 1)"


@pytest.mark.parametrize(
    ("log", "sql", "said"),
    [
        (None, "", ""),
        (twice, "", "duplicate: "),
        (lose, "", "lost: "),
        (strange, "", "nobody planned"),
        (before("left"), "", "suppression: "),
        (before("paused"), "", "pause: "),
        (before("stopped"), "", "kill switch: "),
        (say(subject="c99999 plain r1"), "", "mixed up: "),
        (None, f"update orc_message set state = 'failed' where id = {ONE}", "is failed"),
        (None, f"update orc_message set state = 'pending' where id = {ONE}", "unfinished: "),
        (None, f"update orc_message set state = 'unknown' where id = {ONE}", "unknown: "),
        (None, f"delete from orc_message where id = {ONE}", "conservation: "),
        (None, "update orc_message set expires_at = '2025-12-31 00:00:00.000000'", "too late: "),
        (None, "update orc_message set not_before = '2027-12-31 00:00:00.000000'", "too early: "),
        (None, "update orc_occurrence set version = 99", "definition: "),
        (None, "update orc_message set category = 'tips'", "quiet hours: "),
        (None, f"update orc_message set category = 'promotional', person = 'x' {EACH}", "cap: "),
        (None, "update orc_occurrence set state = 'sending' where id = 1", "unfinished: "),
        (None, "update orc_occurrence set campaign = 'c99999' where id = 1", "slots: "),
        (
            None,
            f"update orc_message set person = 'x', category = 'service', variant = 'a' || occurrence_id {EACH}",
            "arm: ",
        ),
        (same_box, "", "mailbox: "),
    ],
)
def test_every_kind_of_fault_is_seen(
    lived: Path, tmp_path: Path, log: Callable[[Log], object] | None, sql: str, said: str
) -> None:
    """A rule that is broken in the log or in the ledger is named; the year as it was has no finding."""
    if sql == "" and log is None:
        assert wrong(lived, tmp_path, log, sql) == []
        return
    assert any(said in line for line in wrong(lived, tmp_path, log, sql))
