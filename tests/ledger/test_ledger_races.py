"""Many workers at once, connections that die, commits whose reply is lost."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from unittest import mock

import pytest
import sqlalchemy as sa
from ledger_desk import NOON, Desk, epochs, planned, receipt, rule
from sqlalchemy.engine import RootTransaction

from orchestrator.ledger import Ledger, MessageState, Recorded
from orchestrator.model.campaign import Duration
from orchestrator.model.condition import Unit
from orchestrator.model.errors import StateError
from orchestrator.model.people import address_hash
from orchestrator.model.project import Cap


def at_once(desk: Desk, n: int, work: Callable[[Ledger, int], object]) -> list[object]:
    """Run the work in n threads, each with a ledger of its own, started together."""
    ledgers = [desk.another() for _ in range(n)]
    gate = threading.Barrier(n)

    def one(i: int) -> object:
        gate.wait()
        return work(ledgers[i], i)

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(one, range(n)))


def test_eight_daemons_plan_each_slot_once(desk: Desk) -> None:
    """However many daemons wake up together, a slot is one row, made by one of them."""

    def plan(ledger: Ledger, _: int) -> int:
        end = NOON + dt.timedelta(hours=1)
        return sum(
            ledger.plan_occurrence("spring", f"s{n}", NOON, end, version=1, local_slot=f"s{n}") for n in range(40)
        )

    assert sum(at_once(desk, 8, plan)) == 40  # type: ignore[arg-type]
    assert len(desk.ledger.occurrences(limit=100)) == 40


def test_every_occurrence_is_taken_by_one_daemon(desk: Desk) -> None:
    """Daemons that take slots at the same moment get different ones."""
    for n in range(12):
        desk.slot(slot=f"s{n}[UTC]")

    def take(ledger: Ledger, i: int) -> list[int]:
        taken = []
        while occurrence := ledger.take_occurrence(f"w{i}"):
            taken.append(occurrence.id)
        return taken

    everything = [number for taken in at_once(desk, 4, take) for number in taken]  # type: ignore[attr-defined]
    assert len(everything) == len(set(everything)) == 12


def test_workers_together_send_everything_once(desk: Desk) -> None:
    """Four workers on one state attempt each message exactly once."""
    desk.snapshot([planned(str(n)) for n in range(300)])

    def work(ledger: Ledger, i: int) -> list[object]:
        sent = []
        for _ in range(100):
            claims = ledger.claim(f"w{i}", 20)
            if not claims:
                break
            left = ledger.guard(f"w{i}", [(claim, rule()) for claim in claims])
            sent += left
            ledger.record(f"w{i}", [receipt(c) for c in claims if c.id in left], epochs(claims))
        return sent

    sent = Counter(i for part in at_once(desk, 4, work) for i in part)  # type: ignore[attr-defined]
    assert len(sent) == 300
    assert set(sent.values()) == {1}
    assert desk.ledger.audit() == []


def test_a_cap_holds_against_guards_at_the_same_moment(desk: Desk) -> None:
    """Twelve campaigns that want the same people at once: three messages each, and not one more."""
    three = rule(caps=(Cap(3, Duration(7, Unit.DAY)),))
    for n in range(12):
        desk.snapshot([planned(str(person)) for person in range(5)], f"c{n}")
    batches = [desk.ledger.claim(f"w{i}", 5) for i in range(12)]

    def guard(ledger: Ledger, i: int) -> int:
        return len(ledger.guard(f"w{i}", [(claim, three) for claim in reversed(batches[i])]))

    assert sum(at_once(desk, 12, guard)) == 15  # type: ignore[arg-type]
    rows = desk.ledger.messages(state=MessageState.ATTEMPTING)
    assert set(Counter(row.person for row in rows).values()) == {3}
    assert desk.ledger.audit() == []


@pytest.mark.parametrize("decision", ["stop", "pause", "suppress", "withdraw", "cancel", "stop while recording"])
def test_a_decision_waits_for_guards_under_way(desk: Desk, decision: str) -> None:
    """When `stop` has returned, no guard that did not see it can still commit."""
    ledger = desk.another()
    decide = {
        "stop": lambda: ledger.stop("ann"),
        "pause": lambda: ledger.pause("spring", "ann"),
        "suppress": lambda: ledger.suppress("email", "*", address_hash("a@x.com"), "x", "y"),
        "withdraw": lambda: ledger.record_withdrawal("1", "email", "promotions", "y"),
        "cancel": lambda: ledger.cancel("spring", "ann"),
    }[decision.split()[0]]
    thread = threading.Thread(target=decide)
    desk.snapshot([planned("1")])
    pairs = [(claim, rule()) for claim in desk.ledger.claim("w1")]
    waited: list[bool] = []

    def clock(connection: sa.Connection) -> dt.datetime:
        """Tell the time to a guard that has begun: here it decides."""
        if not thread.ident:
            thread.start()
            time.sleep(0.3)
            waited.append(thread.is_alive())
        return desk.time

    desk.ledger._clock = clock
    if decision.endswith("recording"):
        desk.ledger.record_and_guard("w1", [], {}, pairs)
    else:
        desk.ledger.guard("w1", pairs)
    assert waited == [True]
    thread.join(10)
    assert not thread.is_alive()


@contextmanager
def lost_reply(arrives: bool) -> Iterator[None]:
    """Let the connection break at the next commit, after or before the server carried it out."""
    real, done = RootTransaction.commit, []

    def commit(self: RootTransaction) -> None:
        if done:
            return real(self)
        done.append(True)
        real(self) if arrives else self.rollback()
        broken = ConnectionError("server closed the connection unexpectedly")
        raise sa.exc.OperationalError("commit", {}, broken, connection_invalidated=True)

    with mock.patch.object(RootTransaction, "commit", commit):
        yield
        assert done


@pytest.mark.parametrize("arrives", [True, False])
def test_a_guard_whose_reply_is_lost_knows_what_it_did(desk: Desk, arrives: bool) -> None:
    """A commit without a reply is looked up by its attempts: nobody is attempted twice, nobody is forgotten."""
    desk.snapshot([planned("1"), planned("2")])
    claims = desk.ledger.claim("w1")
    desk.ledger.suppress("email", "*", claims[1].address_hash, "x", "y")
    with lost_reply(arrives):
        assert desk.ledger.guard("w1", [(claim, rule()) for claim in claims]) == [claims[0].id]
    assert desk.sql("select count(*) from {}orc_attempt")[0][0] == 1
    assert desk.ledger.audit() == []


@pytest.mark.parametrize("arrives", [True, False])
def test_a_claim_whose_reply_is_lost_is_not_made_twice(desk: Desk, arrives: bool) -> None:
    """Nothing stays claimed that the worker does not know of, to end later as if somebody had died of it."""
    desk.snapshot([planned(str(n)) for n in range(6)])
    with lost_reply(arrives):
        claims = desk.ledger.claim("w1", limit=2)
    assert len(claims) == 2
    assert desk.sql("select count(*) from {}orc_message where state = 'claimed'")[0][0] == 2


@pytest.mark.parametrize("arrives", [True, False])
def test_a_record_whose_reply_is_lost_is_recorded_once(desk: Desk, arrives: bool) -> None:
    """Results and the next guard survive a lost reply with the right numbers."""
    desk.snapshot([planned(str(n)) for n in range(4)])
    claims = desk.ledger.claim("w1")
    first, second = claims[:2], [(claim, rule()) for claim in claims[2:]]
    desk.ledger.guard("w1", [(claim, rule()) for claim in first])
    with lost_reply(arrives):
        done, left = desk.ledger.record_and_guard("w1", [receipt(c) for c in first], epochs(first), second)
    assert done == Recorded(accepted=2)
    assert left == [claim.id for claim, _ in second]
    assert desk.ledger.audit() == []


@pytest.mark.parametrize("arrives", [True, False])
def test_a_snapshot_whose_reply_is_lost_is_opened_once(desk: Desk, arrives: bool) -> None:
    """The end of a snapshot is true whether or not we heard it."""
    desk.slot()
    occurrence = desk.ledger.take_occurrence("w1")
    desk.ledger.begin_snapshot(occurrence)
    desk.ledger.enqueue(occurrence, [planned("1")], 1)
    with lost_reply(arrives):
        assert desk.ledger.finish_snapshot(occurrence, 1)
    assert desk.ledger.occurrence(occurrence.id).state == "sending"


@pytest.mark.postgres
@pytest.mark.parametrize("state_url", ["postgresql"], indirect=True)
def test_connections_that_the_server_ended_are_opened_again(desk: Desk) -> None:
    """A restart of the database in between costs nothing but a moment."""
    desk.snapshot([planned("1")])
    other = desk.another()
    end = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
    other.read(lambda c: c.exec_driver_sql(end + " and pid <> pg_backend_pid()").all())
    assert len(desk.send()) == 1


@pytest.mark.postgres
@pytest.mark.parametrize("state_url", ["postgresql"], indirect=True)
def test_a_connection_that_dies_in_the_middle_is_tried_again(desk: Desk) -> None:
    """A transaction whose server process is killed is run again from its beginning."""
    other, seen = desk.another(), []

    def work(connection: sa.Connection) -> int:
        pid = connection.exec_driver_sql("select pg_backend_pid()").scalar_one()
        seen.append(pid)
        if len(seen) == 1:
            other.read(lambda c: c.exec_driver_sql(f"select pg_terminate_backend({pid})").all())
            time.sleep(0.1)
        return connection.exec_driver_sql("select 1").scalar_one()

    assert desk.ledger.write(work) == 1
    assert len(seen) == 2


@pytest.mark.parametrize("state_url", ["sqlite"], indirect=True)
def test_another_process_that_keeps_the_lock_is_named(desk: Desk) -> None:
    """A SQLite file that somebody else holds for too long is reported, not waited for without end."""
    other = desk.another()

    @sa.event.listens_for(other._engine, "checkout")
    def impatient(connection: object, *_: object) -> None:
        connection.execute("pragma busy_timeout = 50")

    def hold(_: sa.Connection) -> None:
        with pytest.raises(StateError, match="keeps the state database locked"):
            other.stop("ann")

    desk.ledger.write(hold)
