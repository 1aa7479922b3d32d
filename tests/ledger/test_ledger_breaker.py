"""A breaker opens after too many failures in too short a time, for everybody, and lets one message out to try."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from ledger_desk import Desk

from orchestrator.ledger import Passage, open_ledger
from orchestrator.ledger.breaker import FAILURES, PROBE

FREE, ONE, SHUT = Passage.FREE, Passage.PROBE, Passage.SHUT


def test_nineteen_are_not_enough(desk: Desk) -> None:
    """The twentieth failure within a minute opens it; of another provider it says nothing."""
    assert not desk.ledger.failed("mail", FAILURES - 1, "lost")
    assert desk.ledger.passage("mail") is FREE
    assert desk.ledger.open_breakers() == []
    assert desk.ledger.failed("mail", 1, "lost")
    assert desk.ledger.passage("mail") is SHUT
    assert desk.ledger.passage("other") is FREE


def test_failures_far_apart_do_not_open_it(desk: Desk) -> None:
    """Twenty in sixty seconds count, not twenty in an hour; the window slides."""
    for _ in range(60):
        assert not desk.ledger.failed("mail", 1, "lost")
        desk.time += dt.timedelta(seconds=4)
    desk.time += dt.timedelta(minutes=10)
    for n in range(FAILURES):
        assert desk.ledger.failed("mail", 1, "lost") is (n == FAILURES - 1)
        desk.time += dt.timedelta(seconds=3)


def test_one_probe_a_minute_whoever_asks(desk: Desk) -> None:
    """Half-open: the first that asks after a minute may try with one message, nobody else."""
    desk.ledger.failed("mail", FAILURES, "connect: refused")
    other = open_ledger(str(desk.url), deployment="test", clock=lambda _: desk.time)
    desk.extra.append(other)
    for probes in range(1, 4):
        assert {one.passage("mail") for one in (desk.ledger, other)} == {SHUT}
        desk.time += PROBE
        assert [other.passage("mail"), desk.ledger.passage("mail"), other.passage("mail")] == [ONE, SHUT, SHUT]
        other.probed("mail", well=False)
        (found,) = desk.ledger.open_breakers()
        assert (found.probes, found.probe_at, found.reason) == (probes, desk.time + PROBE, "connect: refused")
    desk.time += PROBE
    assert other.passage("mail") is ONE
    other.probed("mail", well=True)
    assert desk.ledger.passage("mail") is FREE
    assert not desk.ledger.failed("mail", FAILURES - 1, "lost")


def test_a_late_failure_does_not_put_the_probe_off(desk: Desk) -> None:
    """Workers that were in the middle of a batch report late: the breaker is open already and stays as it is."""
    desk.ledger.failed("mail", FAILURES, "first")
    before = desk.ledger.open_breakers()
    desk.time += dt.timedelta(seconds=30)
    assert desk.ledger.failed("mail", 64, "second")
    assert desk.ledger.open_breakers() == before


@pytest.mark.parametrize("workers", [8])
def test_many_at_once(desk: Desk, workers: int) -> None:
    """Eight workers fail at the same moment and ask at the same moment: one breaker, one probe."""
    ledgers = [open_ledger(str(desk.url), deployment="test", clock=lambda _: desk.time) for _ in range(workers)]
    desk.extra.extend(ledgers)
    with ThreadPoolExecutor(workers) as pool:
        opened = list(pool.map(lambda one: one.failed("mail", 5, "lost"), ledgers))
        assert opened.count(False) == 3
        desk.time += PROBE
        asked = list(pool.map(lambda one: one.passage("mail"), ledgers))
    assert sorted(asked) == sorted([ONE] + [SHUT] * (workers - 1))
