"""The ledger's protocol as a machine that can be walked through completely: every order of every step.

Messages, workers that may die at any step, leases that may end at any time (also under a live worker), replies
that get lost, an operator, time that passes. ``test_ledger_model`` walks through all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import NamedTuple


class Message(NamedTuple):
    state: str = "pending"
    epoch: int = 0
    owner: int | None = None
    tries: int = 0
    delivered: int = 0  # what the other side has seen; the ledger does not know
    doubts: int = 0  # ambiguities that the ledger recorded
    unsure: int = 0  # of its attempts, those that nobody has given a definite answer about
    over: str = ""  # "ended": unknown, and no policy sends it again; "word": an operator said that it failed


class Worker(NamedTuple):
    step: str = "idle"  # idle, guard, send, record
    batch: tuple[tuple[int, int], ...] = ()  # (message, epoch)
    results: tuple[str, ...] = ()


class World(NamedTuple):
    messages: tuple[Message, ...]
    workers: tuple[Worker, ...]
    deaths: int = 0
    stopped: bool = False
    orders: int = 0  # what an operator did: bounded
    suppressed: bool = False
    cancelled: bool = False
    late: bool = False


RULES = ("stopped", "cancelled", "late", "suppressed")  # under each of these nothing passes the guard


@dataclass
class Limits:
    messages: int = 1
    workers: int = 2
    tries: int = 2
    deaths: int = 2
    epochs: int = 5
    orders: int = 0
    resend: bool = False
    cap: int | None = None
    alike: bool = False  # visit worlds that differ only in names once
    broken: str = ""  # a safety rule that is left out, to see that the walk notices


def same(world: World) -> World:
    """Give the one that stands for all worlds that differ only in which worker, or which message, is which.

    No rule looks at a number but to compare it, so that whatever can happen to one of them happens to the others.
    """
    made = []
    for rows in permutations(range(len(world.messages))):
        row_at = {old: new for new, old in enumerate(rows)}
        seen = [
            worker._replace(batch=tuple((row_at[n], epoch) for n, epoch in worker.batch)) for worker in world.workers
        ]
        owned = [tuple(world.messages[n].owner == w for n in rows) for w in range(len(seen))]
        order = sorted(range(len(seen)), key=lambda w: (seen[w], owned[w]))
        at: dict[int | None, int | None] = {old: new for new, old in enumerate(order)} | {None: None}
        messages = tuple(world.messages[n]._replace(owner=at[world.messages[n].owner]) for n in rows)
        made.append(world._replace(messages=messages, workers=tuple(seen[w] for w in order)))
    return min(made, key=repr)


def put(items: tuple, n: int, item: object) -> tuple:
    return (*items[:n], item, *items[n + 1 :])


def change(world: World, n: int, **values: object) -> World:
    return world._replace(messages=put(world.messages, n, world.messages[n]._replace(**values)))


def end(world: World, n: int, state: str, limits: Limits, **values: object) -> World:
    """Settle a message that was not accepted; one that may have arrived earlier is unknown instead."""
    if world.messages[n].unsure and limits.broken != "doubt":
        return change(world, n, state="unknown", over="ended", owner=None, **values)
    return change(world, n, state=state, owner=None, **values)


def claims(world: World, limits: Limits) -> Iterator[tuple[tuple[int, int], ...]]:
    free = [n for n, m in enumerate(world.messages) if m.state in ("pending", "retry") and m.epoch < limits.epochs]
    yield from (((n, world.messages[n].epoch + 1),) for n in free)
    if len(free) > 1:
        yield tuple((n, world.messages[n].epoch + 1) for n in free)


def step(world: World, w: int, limits: Limits) -> Iterator[World]:
    """Yield what one worker may do next."""
    worker = world.workers[w]

    def done(after: World, new: Worker) -> World:
        return after._replace(workers=put(after.workers, w, new))

    if worker.step == "idle" and not world.stopped and not world.cancelled:
        for batch in claims(world, limits):
            after = world
            for n, epoch in batch:
                after = change(after, n, state="claimed", epoch=epoch, owner=w)
            yield done(after, Worker("guard", batch))
    elif worker.step == "guard":
        after, left = world, []
        for n, epoch in worker.batch:
            m = after.messages[n]
            if (m.state, m.epoch, m.owner) != ("claimed", epoch, w) and limits.broken != "guard":
                continue
            used = sum(
                o.tries > 0 and o.state not in ("retry", "failed") for k, o in enumerate(after.messages) if k != n
            )
            if world.cancelled and limits.broken != "cancelled":
                after = end(after, n, "cancelled", limits)
            elif world.late and limits.broken != "late":
                after = end(after, n, "expired", limits)
            elif world.stopped and limits.broken != "stopped":
                after = change(after, n, state="pending", owner=None)
            elif (world.suppressed and limits.broken != "suppressed") or (
                limits.cap is not None and used >= limits.cap and limits.broken != "cap"
            ):
                after = end(after, n, "skipped", limits)
            else:
                after = change(after, n, state="attempting", tries=m.tries + 1)
                left.append((n, epoch))
        yield done(after, Worker("send", tuple(left)) if left else Worker())
        n, epoch = worker.batch[0]
        if (world.messages[n].state, world.messages[n].epoch) == ("claimed", epoch):
            rest = Worker("guard", worker.batch[1:]) if worker.batch[1:] else Worker()
            yield done(end(world, n, "failed", limits), rest)  # it cannot be rendered
            yield done(change(world, n, state="pending", owner=None), rest)  # given back
        after = world
        for n, epoch in worker.batch:
            if (world.messages[n].state, world.messages[n].epoch, world.messages[n].owner) == ("claimed", epoch, w):
                after = change(after, n, state="pending", owner=None)
        if after != world:
            yield done(after, worker)  # it gives up, and somebody lets go of its claims before it knows
    elif worker.step == "send":
        n = worker.batch[len(worker.results)][0]
        for result, arrives in (("yes", 1), ("lost", 1), ("lost", 0), ("no", 0), ("never", 0)):
            after = change(world, n, delivered=world.messages[n].delivered + arrives)
            results = (*worker.results, result)
            yield done(after, Worker("record" if len(results) == len(worker.batch) else "send", worker.batch, results))
    elif worker.step == "record":
        after = world
        for (n, epoch), result in zip(worker.batch, worker.results, strict=True):
            m = after.messages[n]
            fenced = m.state not in ("attempting", "unknown") or (m.epoch, m.owner) != (epoch, w)
            if fenced and limits.broken != "fence":
                continue
            if result == "lost":
                new = m.state != "unknown"
                after = change(after, n, state="unknown", doubts=m.doubts + new, unsure=m.unsure + new)
            else:
                after = change(after, n, unsure=m.unsure - (m.state == "unknown"))
                again = "retry" if m.tries < limits.tries else "failed"
                again = "cancelled" if world.cancelled else "expired" if world.late and again == "retry" else again
                to = {"yes": "accepted", "never": "failed", "no": again}[result]
                definite = to in ("accepted", "retry")
                after = change(after, n, state=to, owner=None) if definite else end(after, n, to, limits)
        yield done(after, Worker())
    if worker.step != "idle" and world.deaths < limits.deaths:
        yield done(world, Worker())._replace(deaths=world.deaths + 1)


def around(world: World, limits: Limits) -> Iterator[World]:
    """Yield what may happen beside the workers: leases end, policies and operators decide."""
    for n, m in enumerate(world.messages):
        if m.state == "claimed":
            yield change(world, n, state="pending", epoch=m.epoch + 1, owner=None)
            yield end(world, n, "failed", limits, epoch=m.epoch + 1)  # it has killed three workers
        if m.state == "attempting" and limits.broken == "reaper":
            yield change(world, n, state="pending", epoch=m.epoch + 1, owner=None)
        elif m.state == "attempting":
            yield change(world, n, state="unknown", doubts=m.doubts + 1, unsure=m.unsure + 1)
        if world.late and m.state in ("pending", "retry"):
            yield end(world, n, "expired", limits)
        again = limits.resend and m.tries < limits.tries and not m.over
        if m.state == "unknown" and again and not world.cancelled:
            yield change(world, n, state="retry", epoch=m.epoch + 1, owner=None)
    if world.orders < limits.orders:
        more = world._replace(orders=world.orders + 1)
        yield more._replace(stopped=not world.stopped)
        yield more._replace(suppressed=True)
        yield more._replace(late=True)
        cancelled = more._replace(cancelled=True)
        for n, m in enumerate(world.messages):
            if m.state in ("pending", "retry", "claimed"):
                cancelled = end(cancelled, n, "cancelled", limits)
            if m.state == "unknown":
                yield change(more, n, state="accepted", owner=None)
                yield change(more, n, state="failed", over="word", owner=None)
        yield cancelled
