"""Holds the provider's log and the ledger against each other, and knows nothing of how either came about.

It reads :mod:`tests.long.year_log` and the ledger's tables by SQL; nothing of the product is imported. Each finding
is one line that names the rule and the place.
"""

from __future__ import annotations

import datetime as dt
import uuid
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from tests.long.year_log import Row, rows

FINAL = ("accepted", "failed", "skipped", "expired", "cancelled", "unknown")
OVER = ("done", "missed", "halted", "cancelled")
CLOCKS = dt.timedelta(minutes=4)
"""By how much the clock of the database may differ from true time, with the time that one batch takes."""


@dataclass(frozen=True)
class Rules:
    """What the categories of the simulated house promise. Hours are of the person's own clock."""

    caps: Mapping[str, tuple[int, dt.timedelta]]
    quiet: Mapping[str, tuple[int, int]]
    refusable: frozenset[str]
    """Categories that people can leave."""


@dataclass
class Message:
    """One row of the ledger, with what its occurrence says."""

    id: uuid.UUID
    occurrence: int
    campaign: str
    version: int
    person: str
    category: str
    variant: str | None
    state: str
    reason: str | None
    not_before: dt.datetime
    expires: dt.datetime | None
    attempts: list[str | None] = field(default_factory=list)


@dataclass
class Found:
    """What was counted, and every broken rule."""

    planned: int = 0
    states: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    taken: int = 0
    repeated: int = 0
    happened: Counter[str] = field(default_factory=Counter)
    occurrences: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def check(log: Path, ledger_url: str, rules: Rules) -> Found:
    """Give the numbers of a year and what is wrong with it."""
    engine = sa.create_engine(ledger_url)
    prefix = "" if engine.dialect.name == "sqlite" else "orc."
    found = Found()
    with engine.connect() as connection:
        messages = _messages(connection, prefix)
        _conserved(connection, prefix, messages, found)
        promises = _followed(log, messages, rules, found)
        _kept_promises(connection, prefix, promises, found)
    engine.dispose()
    _steady(messages, found)
    return found


def _moment(value: object) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return value if value.tzinfo else value.replace(tzinfo=dt.UTC)
    if isinstance(value, int):
        return dt.datetime.fromtimestamp(value / 1_000_000, dt.UTC)
    read = dt.datetime.fromisoformat(str(value))
    return read if read.tzinfo else read.replace(tzinfo=dt.UTC)


def _messages(connection: sa.Connection, prefix: str) -> dict[uuid.UUID, Message]:
    found = {}
    for row in connection.exec_driver_sql(
        "select m.id, m.occurrence_id, o.campaign, o.version, m.person, m.category, m.variant, m.state, m.reason, "
        f"m.not_before, m.expires_at from {prefix}orc_message m "
        f"join {prefix}orc_occurrence o on o.id = m.occurrence_id"
    ):
        key = uuid.UUID(str(row.id))
        expires = None if row.expires_at is None else _moment(row.expires_at)
        found[key] = Message(
            key, row.occurrence_id, row.campaign, row.version, row.person, row.category, row.variant, row.state,
            row.reason, _moment(row.not_before), expires,
        )  # fmt: skip
    for row in connection.exec_driver_sql(f"select message_id, outcome from {prefix}orc_attempt order by seq"):
        if (message := found.get(uuid.UUID(str(row.message_id)))) is not None:
            message.attempts.append(row.outcome)
    return found


def _conserved(connection: sa.Connection, prefix: str, messages: Mapping[uuid.UUID, Message], found: Found) -> None:
    """Planned rows are there, and each came to an end."""
    counted = Counter(message.occurrence for message in messages.values())
    for row in connection.exec_driver_sql(f"select id, campaign, slot, state, planned from {prefix}orc_occurrence"):
        found.occurrences[row.state] += 1
        if row.state not in OVER:
            found.wrong.append(f"unfinished: {row.campaign} {row.slot} is {row.state}")
        if row.planned is not None and row.planned != counted[row.id]:
            found.wrong.append(f"conservation: {row.campaign} {row.slot} planned {row.planned}, has {counted[row.id]}")
    for message in messages.values():
        found.planned += 1
        found.states[message.state] += 1
        if message.reason:
            found.reasons[message.reason] += 1
        if message.state not in FINAL:
            found.wrong.append(f"unfinished: {message.campaign}/{message.person} is {message.state}")


@dataclass
class _Held:
    """What may not leave any more, but for what was in flight when it was said."""

    since: dict[str, set[uuid.UUID]] = field(default_factory=dict)

    def breaks(self, key: str, message: uuid.UUID) -> bool:
        return key in self.since and message not in self.since[key]


def _followed(log: Path, messages: Mapping[uuid.UUID, Message], rules: Rules, found: Found) -> dict[str, int]:
    """Read the log from its beginning; give how many occurrences each campaign was to have."""
    wrong = found.wrong
    taken: Counter[uuid.UUID] = Counter()
    boxes: Counter[tuple[int, str]] = Counter()
    capped: dict[tuple[str, str], list[dt.datetime]] = defaultdict(list)
    left, paused, stopped = _Held(), _Held(), _Held()
    texts: dict[tuple[int, str], str] = {}
    promises: dict[str, int] = {}
    zones: dict[str, str] = {}
    latest = ""
    doubtful: set[uuid.UUID] = set()
    """What nobody can know: what the provider was silent about, and what was in flight when a worker died."""
    for row in rows(log):
        kind = row["kind"]
        found.happened[kind] += 1
        flying = {uuid.UUID(text) for text in row.get("in_flight", ())}
        if row["at"] < latest:
            wrong.append(f"the log goes back in time: {row['at']} after {latest}")
        latest = row["at"]
        if kind == "crowd":
            zones |= row["zones"]
        elif kind == "merged":
            promises |= row["promises"]
            texts |= {(row["version"], name): text for name, text in row["texts"].items()}
        elif kind == "ends":
            promises |= row["promises"]
        elif kind == "died":
            doubtful |= flying
        elif kind == "silent":
            doubtful.add(uuid.UUID(row["id"]))
        elif kind == "left":
            left.since.setdefault(row["to"].lower(), flying)
        elif kind in ("paused", "cancelled"):
            paused.since[row["campaign"]] = flying
        elif kind == "resumed":
            paused.since.pop(row["campaign"], None)
        elif kind == "stopped":
            stopped.since["*"] = flying
        elif kind == "started":
            stopped.since.clear()
        elif kind == "taken":
            message = messages.get(uuid.UUID(row["id"]))
            if message is None:
                wrong.append(f"nobody planned what {row['to']} got at {row['at']}")
                continue
            place, at = f"{message.campaign}/{message.person}", _moment(row["at"])
            taken[message.id] += 1
            boxes[message.occurrence, row["to"].lower()] += taken[message.id] == 1
            wrong += _one(message, row, at, texts, zones, rules, place)
            if left.breaks(row["to"].lower(), message.id) and message.category in rules.refusable:
                wrong.append(f"suppression: {place} got mail at {row['at']} after leaving")
            if paused.breaks(message.campaign, message.id):
                wrong.append(f"pause: {place} got mail at {row['at']}")
            if stopped.breaks("*", message.id):
                wrong.append(f"kill switch: {place} got mail at {row['at']}")
            if message.category in rules.caps and taken[message.id] == 1:
                capped[message.category, message.person].append(at)
    found.taken = sum(taken.values())
    wrong += _copies(messages, taken, found)
    wrong += [f"mailbox: {box} got {n} messages of occurrence {o}" for (o, box), n in boxes.items() if n > 1]
    unknown = [m for m in messages.values() if m.state == "unknown" and m.id not in doubtful]
    wrong += [f"unknown: {m.campaign}/{m.person}, and nothing happened to it" for m in unknown]
    for (category, person), times in capped.items():
        most, span = rules.caps[category]
        times.sort()
        for n, at in enumerate(times):
            within = n - bisect_left(times, at - span + CLOCKS) + 1
            if within > most:
                wrong.append(f"cap: {person} got {within} messages of {category} in the {span.days} days to {at}")
    return promises


def _one(
    message: Message,
    row: Row,
    at: dt.datetime,
    texts: Mapping[tuple[int, str], str],
    zones: Mapping[str, str],
    rules: Rules,
    place: str,
) -> Iterator[str]:
    """Yield what is wrong with one message by itself."""
    if message.state not in ("accepted", "unknown"):
        yield f"{place} is {message.state} ({message.reason}) and got it"
    if len(message.attempts) == 1 and at < message.not_before - CLOCKS:  # a later try has a later moment
        yield f"too early: {place} got it at {at}, not before {message.not_before}"
    if message.expires is not None and at > message.expires + CLOCKS:
        yield f"too late: {place} got it at {at}, after {message.expires}"
    name, variant, text = row["subject"].split(" ")
    if (name, variant) != (message.campaign, message.variant):
        yield f"mixed up: {place} in {message.variant} got {row['subject']}"
    if text != texts.get((message.version, message.campaign)):
        yield f"definition: {place} was planned with version {message.version} and got {text}"
    if message.category in rules.quiet:
        begins, ends = rules.quiet[message.category]
        zone = ZoneInfo(zones[message.person])
        hours = {(at + shift).astimezone(zone).hour for shift in (-CLOCKS, CLOCKS)}
        if all(hour >= begins or hour < ends for hour in hours):
            yield f"quiet hours: {place} got it at {at.astimezone(zone)}"


def _copies(messages: Mapping[uuid.UUID, Message], taken: Counter[uuid.UUID], found: Found) -> Iterator[str]:
    """Yield every message that came twice without a record of it, and every accepted one that never came."""
    for message in messages.values():
        copies = taken[message.id]
        doubtful = sum(outcome in (None, "unknown", "accepted") for outcome in message.attempts)
        found.repeated += copies > 1
        if copies > 1 and copies > doubtful:
            yield f"duplicate: {message.campaign}/{message.person} got {copies} copies in {doubtful} attempts"
        if message.state == "accepted" and not copies:
            yield f"lost: {message.campaign}/{message.person} is accepted and never came"


def _kept_promises(connection: sa.Connection, prefix: str, promises: Mapping[str, int], found: Found) -> None:
    """Every campaign had as many slots as its file says, once each."""
    had: Counter[str] = Counter()
    slots: Counter[tuple[str, str]] = Counter()
    for row in connection.exec_driver_sql(f"select campaign, slot, zone, local_slot from {prefix}orc_occurrence"):
        slots[row.campaign, f"{row.zone} {row.local_slot}"] += 1
        had[row.campaign] += 1
    found.wrong += [f"slot: {name} has {slot} {n} times" for (name, slot), n in slots.items() if n > 1]
    for name, expected in promises.items():
        if had[name] != expected:
            found.wrong.append(f"slots: {name} had {had[name]} occurrences instead of {expected}")


def _steady(messages: Mapping[uuid.UUID, Message], found: Found) -> None:
    """A person is in one arm of a campaign for as long as it runs."""
    arms: dict[tuple[str, str], str | None] = {}
    for message in messages.values():
        if message.variant is None:
            continue
        first = arms.setdefault((message.campaign, message.person), message.variant)
        if first != message.variant:
            found.wrong.append(f"arm: {message.campaign}/{message.person} moved from {first} to {message.variant}")
