"""The moments at which a claim must hold before it is made: months, weekdays, hours of all kinds, and dates named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass

from orchestrator.compile.build import Builder
from orchestrator.compile.names import Mistake
from orchestrator.model import condition as c
from orchestrator.model.calendar import in_zone
from orchestrator.model.diagnostic import Span
from orchestrator.model.workspace import Workspace

FIRST = dt.datetime(2026, 5, 20, 6, tzinfo=dt.UTC)
"""A Wednesday morning in the middle of a month and of a quarter: most claims that are wrong fall here."""

OTHERS = tuple(
    dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[misc]
    for parts in (
        (2026, 1, 31, 23, 59, 59),
        (2026, 7, 5, 22, 30),
        (2026, 12, 31, 12),
        (2024, 2, 29, 3),
        (2026, 3, 1, 0, 30),
        (2026, 8, 10, 4),
        (2027, 1, 1),
        (2026, 10, 25, 1, 30),
        (2026, 9, 30, 17),
        (2026, 11, 24, 9),
        (2035, 4, 2, 15),
        (2099, 6, 15, 10),
    )
)
AROUND = (-401, -100, -32, -8, -1, 0, 1, 2, 8, 32, 100, 401, 4000)
"""Days from a date that an author wrote: its neighbours, and far from it."""


class Moments:
    """Builders of one workspace at each moment, made when they are asked for."""

    def __init__(self, workspace: Workspace) -> None:
        """Make the first one."""
        self.workspace = workspace
        self.first = Builder(workspace, FIRST)
        self._made: dict[dt.datetime, Builder] = {FIRST: self.first}

    def always(self, roots: tuple[object, ...], claim: Callable[[Builder], bool]) -> bool:
        """Tell whether a claim holds at every moment. ``roots`` are the trees that it speaks of."""
        try:
            if not claim(self.first) or not self.timeless(roots):
                return False
            dates = {date for date in self._literals(roots) if isinstance(date, dt.datetime)}
            near = sorted(date + dt.timedelta(days=days, seconds=1) for date in dates for days in AROUND)[:200]
            return all(claim(self._builder(moment)) for moment in (*OTHERS, *near))
        except (Mistake, OverflowError, RecursionError):
            return False

    def timeless(self, roots: tuple[object, ...]) -> bool:
        """Tell whether nothing below asks for the month, the weekday or the hour of now."""
        return None not in self._literals(roots)

    def _builder(self, moment: dt.datetime) -> Builder:
        if moment not in self._made:
            self._made[moment] = Builder(self.workspace, moment)
        return self._made[moment]

    def _literals(self, roots: tuple[object, ...]) -> list[dt.datetime | None]:
        return list(self._found(roots, set()))

    def _found(self, node: object, seen: set[str]) -> Iterator[dt.datetime | None]:
        """Yield every date and moment written below a node or in what it names, None for a part of now."""
        zone = self.workspace.project.zone
        match node:
            case None | Span():
                return
            case tuple():
                for item in node:
                    yield from self._found(item, seen)
                return
            case c.Date():
                yield in_zone(dt.datetime.combine(node.value, dt.time()), zone)
            case c.DateTime():
                value = node.value
                moment = in_zone(value, zone) if value.tzinfo is None else value.astimezone(dt.UTC)
                yield moment.replace(microsecond=0)
            case c.Part(of=c.Now()):
                yield None
            case c.SegmentRef() | c.ListRef() | c.Event():
                yield from self._named(node.name, seen)
            case c.Attr():
                yield from self._named(node.path[-1], seen)
        if is_dataclass(node):
            for field in fields(node):
                yield from self._found(getattr(node, field.name), seen)

    def _named(self, name: str, seen: set[str]) -> Iterator[dt.datetime | None]:
        definition = self.workspace.definitions.get(name)
        if definition is not None and name not in seen:
            seen.add(name)
            yield from self._found(definition, seen)
