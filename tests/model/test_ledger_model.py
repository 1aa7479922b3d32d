"""Every order of every step, and the real ledger held against it."""

from __future__ import annotations

import datetime as dt
import random
import sys
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from ledger_model import RULES, Limits, Message, Worker, World, around, same, step

from orchestrator.ledger import Claimed, Ledger, MessageState, Reason, migrate, open_ledger
from orchestrator.model.delivery import Outcome, Receipt
from tests.model.conformance import EDGES

sys.path.append(str(Path(__file__).parents[1] / "ledger"))
from ledger_desk import NOON, Desk, planned, rule


@dataclass
class Found:
    states: int = 0
    ends: int = 0
    most_delivered: int = 0
    wrong: dict[str, World] = field(default_factory=dict)
    edges: set[tuple[str, str, int, int]] = field(default_factory=set)  # from, to, epoch raised, tries raised


def explore(limits: Limits) -> Found:
    """Visit every state that can be reached and give what was found."""
    start = World((Message(),) * limits.messages, (Worker(),) * limits.workers)
    found, seen, queue = Found(), {start}, deque([start])
    while queue:
        world = queue.popleft()
        found.states += 1
        after = [new for w in range(limits.workers) for new in step(world, w, limits)] + list(around(world, limits))
        for new in after:
            for old_m, new_m in zip(world.messages, new.messages, strict=True):
                if old_m.state != new_m.state:
                    raised = (new_m.epoch - old_m.epoch, new_m.tries - old_m.tries)
                    found.edges.add((old_m.state, new_m.state, *raised))
                    if old_m.state in ("accepted", "failed", "skipped", "expired", "cancelled"):
                        found.wrong.setdefault("something settled moved", new)
                    if (old_m.state, new_m.state) == ("claimed", "attempting"):
                        for rule in RULES:
                            if getattr(world, rule):
                                found.wrong.setdefault(f"let out although {rule}", new)
            new = same(new) if limits.alike else new
            if new not in seen:
                seen.add(new)
                queue.append(new)
        check(world, limits, found, end=not after and all(worker.step == "idle" for worker in world.workers))
    return found


def check(world: World, limits: Limits, found: Found, end: bool) -> None:
    """Write down what is wrong with one state."""
    found.ends += end
    for m in world.messages:
        found.most_delivered = max(found.most_delivered, m.delivered)
        if m.delivered > (1 + m.doubts if limits.resend else 1):
            found.wrong.setdefault("somebody got it twice, and nobody wrote down a doubt", world)
        if m.state == "accepted" and m.delivered == 0 and not world.orders:
            found.wrong.setdefault("accepted without having arrived", world)
        ended = m.state in ("failed", "skipped", "expired", "cancelled") and m.over != "word"
        if (ended and m.delivered) or (m.state in ("pending", "retry") and m.delivered > m.doubts):
            found.wrong.setdefault("arrived, but written down as not", world)
        stuck = m.state in ("claimed", "attempting") or (m.state in ("pending", "retry") and m.epoch < limits.epochs)
        if end and stuck and not world.stopped:
            found.wrong.setdefault("lost without a word", world)
    denied = [m.over == "word" for m in world.messages]  # an operator said that it never arrived
    got = sum(m.delivered > 0 and not no for m, no in zip(world.messages, denied, strict=True))
    if limits.cap is not None and got > limits.cap:
        found.wrong.setdefault("more than the cap", world)


WALKS = {
    "two workers, two deaths": Limits(),
    "an operator who decides": Limits(orders=2, deaths=1),
    "the policy resend": Limits(resend=True, orders=1),
    "batches of two": Limits(messages=2, deaths=1, tries=1, epochs=2, orders=1),
    "a cap over two messages": Limits(messages=2, deaths=1, tries=1, epochs=3, cap=1),
    "two messages, three workers, a cap, an operator": Limits(
        messages=2, workers=3, deaths=1, tries=1, epochs=1, cap=1, orders=1, alike=True
    ),
    "three workers": Limits(workers=3, deaths=1, epochs=3),
}


@pytest.mark.parametrize("name", WALKS)
def test_nobody_gets_it_twice_and_nobody_is_lost(name: str) -> None:
    """In every reachable state: at most one delivery beyond recorded doubts, nothing stuck, nothing written wrongly."""
    found = explore(WALKS[name])
    assert found.wrong == {}
    assert found.states > 500
    assert found.most_delivered == (2 if WALKS[name].resend else 1)


@pytest.mark.parametrize("rule", ["guard", "fence", "reaper"])
def test_the_walk_notices_a_missing_rule(rule: str) -> None:
    """Without the guard's comparison, the fence, or the reaper's doubt, the walk finds what goes wrong."""
    assert explore(Limits(broken=rule, deaths=1, resend=rule == "fence", tries=3)).wrong


def test_the_walk_notices_a_doubt_that_is_forgotten() -> None:
    """A message that was sent again, and refused then, may have arrived the first time: it must not stand as failed."""
    found = explore(Limits(broken="doubt", deaths=1, resend=True))
    assert set(found.wrong) == {"arrived, but written down as not"}


@pytest.mark.parametrize("rule", ["stopped", "late", "suppressed", "cap"])
def test_the_walk_notices_a_missing_look_of_the_guard(rule: str) -> None:
    """Whatever the guard does not look at any more, the walk finds a message that it should have kept.

    A cancellation is not among them: it takes the claims away itself, and the guard's own look is a second one.
    """
    cap = 1 if rule == "cap" else None
    found = explore(Limits(messages=2, tries=1, epochs=2, deaths=0, orders=1, cap=cap, broken=rule))
    assert set(found.wrong) == {"more than the cap" if rule == "cap" else f"let out although {rule}"}


def test_taking_alike_for_one_loses_nothing() -> None:
    """Whether worlds that differ only in names are visited once or each: the same transitions, the same worst case."""
    names = {"messages": 2, "tries": 1, "epochs": 2, "deaths": 1, "cap": 1}
    every, one = explore(Limits(**names)), explore(Limits(**names, alike=True))
    assert one.edges == every.edges
    assert one.most_delivered == every.most_delivered
    assert one.states < every.states


@cache
def known_edges() -> set[tuple[str, str, int, int]]:
    """Give every transition that some walk makes."""
    return set().union(*(explore(limits).edges for limits in WALKS.values()))


def test_the_list_of_edges_is_the_models() -> None:
    """Real runs are held against the list; so it must be all that the walks make, and no more."""
    assert known_edges() == EDGES


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """Give a ledger whose clock the walk moves."""
    made = f"sqlite:///{tmp_path}/state.db"
    url = made if request.param == "sqlite" else request.getfixturevalue("fresh_database")()
    migrate(url, "test")
    given = Desk(url, None)  # type: ignore[arg-type]
    given.ledger = open_ledger(url, clock=lambda _: given.time)
    yield given
    for ledger in [given.ledger, *given.extra]:
        ledger.close()


class Play:
    """Random steps of workers, time and operators on a real ledger; workers may die between any two calls."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.random, self.seed = desk, random.Random(seed), seed
        self.claims: dict[str, list[Claimed]] = {"w1": [], "w2": [], "w3": []}
        self.left: dict[str, list[Claimed]] = {"w1": [], "w2": [], "w3": []}
        self.sink: dict[object, int] = {}
        self.delivered_by_doubt: set[object] = set()
        self.edges: set[tuple[str, str, int, int]] = set()
        self.last = self.look()

    @property
    def ledger(self) -> Ledger:
        return self.desk.ledger

    def look(self) -> dict[str, tuple[str, int, int]]:
        rows = self.desk.sql("select id, state, epoch, tries from {}orc_message")
        return {str(row[0]).replace("-", ""): tuple(row[1:]) for row in rows}

    def note(self) -> None:
        now = self.look()
        for i, (state, epoch, tries) in now.items():
            before = self.last.get(i)
            if before and before[0] != state:
                self.edges.add((before[0], state, epoch - before[1], tries - before[2]))
        self.last = now

    def receipts(self, worker: str) -> list[Receipt]:
        made = []
        for claim in self.left[worker]:
            outcome = self.random.choices(list(Outcome), [6, 2, 1, 1])[0]
            arrives = outcome is Outcome.ACCEPTED or (outcome is Outcome.UNKNOWN and self.random.random() < 0.5)
            self.sink[claim.id] = self.sink.get(claim.id, 0) + arrives
            made.append(Receipt(claim.id, outcome, "x"))
        return made

    def turn(self) -> None:
        worker = self.random.choice(list(self.claims))
        step = self.random.choices(
            ["claim", "guard", "record", "both", "die", "fail", "back", "give_up", "wait", "reap", "finish", "order"],
            [8, 8, 8, 4, 2, 1, 1, 1, 4, 4, 2, 1],
        )[0]
        getattr(self, step)(worker)
        self.note()

    def claim(self, worker: str) -> None:
        self.claims[worker] += self.ledger.claim(worker, self.random.randint(1, 5), 60)

    def guard(self, worker: str) -> None:
        if not self.left[worker]:
            batch, self.claims[worker] = self.claims[worker], []
            ids = self.ledger.guard(worker, [(claim, rule()) for claim in batch], 90)
            self.left[worker] = [claim for claim in batch if claim.id in ids]

    def record(self, worker: str) -> None:
        receipts, epochs = self.receipts(worker), {claim.id: claim.epoch for claim in self.left[worker]}
        if self.random.random() < 0.9:  # else: died between the reply and the record
            self.ledger.record(worker, receipts, epochs, self.random.random)
        self.left[worker] = []

    def both(self, worker: str) -> None:
        receipts, epochs = self.receipts(worker), {claim.id: claim.epoch for claim in self.left[worker]}
        batch, self.claims[worker] = self.claims[worker], []
        pairs = [(claim, rule()) for claim in batch]
        _, ids = self.ledger.record_and_guard(worker, receipts, epochs, pairs, jitter=self.random.random)
        self.left[worker] = [claim for claim in batch if claim.id in ids]

    def die(self, worker: str) -> None:
        self.claims[worker], self.left[worker] = [], []

    def fail(self, worker: str) -> None:
        if self.claims[worker]:
            self.ledger.fail(worker, [(self.claims[worker].pop(), Reason.RENDER_ERROR, "no")])

    def back(self, worker: str) -> None:
        self.ledger.give_back(worker, self.claims[worker])
        self.claims[worker] = []

    def give_up(self, worker: str) -> None:
        self.ledger.let_go(worker)
        if self.random.random() < 0.5:  # else: it goes on with claims that are not its own any more
            self.claims[worker] = []

    def wait(self, _: str) -> None:
        self.desk.wait(self.random.choice([1, 20, 61, 95, 1000, 4000]))

    def reap(self, _: str) -> None:
        self.ledger.reap(900)

    def finish(self, _: str) -> None:
        self.ledger.finish_occurrences()

    def order(self, _: str) -> None:
        orders: list[Callable[[], object]] = [
            lambda: self.ledger.stop("op"),
            lambda: self.ledger.resume_all("op"),
            lambda: self.ledger.pause("c1", "op"),
            lambda: self.ledger.resume("c1", "op"),
            lambda: self.ledger.suppress("email", "*", planned(str(self.random.randint(0, 20))).address_hash, "x", "y"),
            lambda: self.ledger.cancel("c2", "op") if self.random.random() < 0.2 else None,
        ]
        self.random.choice(orders)()


@pytest.mark.parametrize("seed", range(3))
def test_the_real_ledger_makes_only_steps_of_the_model(desk: Desk, seed: int) -> None:
    """Random play on a real database: every transition is one of the model's, nobody is delivered twice."""
    rows = [planned(str(n), expires_at=NOON + dt.timedelta(hours=6) if n % 2 else None) for n in range(20)]
    for campaign in ("c1", "c2", "c3"):
        desk.snapshot(rows, campaign)
    play = Play(desk, seed)
    for _ in range(120):
        play.turn()
    desk.ledger.resume_all("op")
    desk.ledger.resume("c1", "op")
    for _ in range(8):  # everybody dies, one healthy worker is left
        desk.wait(3601)
        desk.ledger.reap()
        play.note()
        play.claims["w1"], play.left["w1"] = desk.ledger.claim("w1", 60), []
        play.note()
        play.guard("w1")
        play.note()
        receipts = [Receipt(claim.id, Outcome.ACCEPTED) for claim in play.left["w1"]]
        for claim in play.left["w1"]:
            play.sink[claim.id] = play.sink.get(claim.id, 0) + 1
        desk.ledger.record("w1", receipts, {claim.id: claim.epoch for claim in play.left["w1"]})
        play.left["w1"] = []
        desk.ledger.finish_occurrences()
        play.note()
    assert play.edges <= known_edges()
    assert max(play.sink.values()) == 1
    accepted = {row.id for row in desk.ledger.messages(state=MessageState.ACCEPTED)}
    assert accepted <= {i for i, n in play.sink.items() if n == 1}
    unknown = {row.id for row in desk.ledger.unknown()}
    assert {i for i, n in play.sink.items() if n} <= accepted | unknown
    assert desk.ledger.open_messages() == 0
    assert desk.ledger.audit() == []
