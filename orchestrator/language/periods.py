"""Named periods of ``campaigns/project.yml``: spans from one day or instant to another, on the project's clocks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from orchestrator.language import kinds
from orchestrator.language.shapes import Keys, Reading
from orchestrator.model.condition import Date, DateTime, FromTo

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _point(value: Any) -> dt.date | dt.datetime:
    given = kinds.text(value)
    if not _DAY.fullmatch(given):
        return kinds.instant(given)
    try:
        day = dt.date.fromisoformat(given)
    except ValueError:
        kinds.wrong("E008", f"there is no day `{given}`", "write a day of the calendar, as in 2026-11-30")
    if not 1000 <= day.year <= 9998:
        kinds.wrong("E008", f"the year {day.year} is out of reach", "years go from 1000 to 9998")
    return day


Point = Annotated[dt.date | dt.datetime, PlainValidator(_point)]


class SpanKeys(Keys):
    """One span of a period: a last day is inside, a last instant is not."""

    start: Annotated[Point, Field(alias="from", examples=["from: 2026-11-23"])]
    end: Annotated[Point, Field(alias="to", examples=["to: 2026-11-30"])]


Periods = dict[kinds.Word, Annotated[list[SpanKeys], kinds.OneOrMore]]


def read_periods(reading: Reading[Any], given: Mapping[str, list[SpanKeys]]) -> dict[str, tuple[FromTo, ...]]:
    """Give the periods; a span that ends before it begins is a finding, and left out."""
    found: dict[str, tuple[FromTo, ...]] = {}
    for name, spans in given.items():
        kept = []
        for number, span in enumerate(spans):
            if _instant(span.start) > _instant(span.end) or (span.start == span.end and _timed(span.start)):
                place = reading.key_span("periods", name, number, "to")
                reading.add(place, "E010", f"this span of `{name}` ends before it begins", "change `from` or `to`")
                continue
            kept.append(FromTo(_node(span.start), _node(span.end)))
        if kept:
            found[name] = tuple(kept)
    return found


def _timed(point: dt.date) -> bool:
    return isinstance(point, dt.datetime)


def _instant(point: dt.date) -> dt.datetime:
    return point if isinstance(point, dt.datetime) else dt.datetime.combine(point, dt.time())


def _node(point: dt.date) -> Date | DateTime:
    return DateTime(point) if isinstance(point, dt.datetime) else Date(point)
