"""Units of time and the literals of the language: the leaves of every tree, each with its place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from orchestrator.model.diagnostic import NOWHERE, Span


class Unit(StrEnum):
    """A unit of time. Minute and hour are exact; day and longer follow the calendar of a zone."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


A_THOUSAND_YEARS = {
    Unit.MINUTE: 525_960_000,
    Unit.HOUR: 8_766_000,
    Unit.DAY: 365_250,
    Unit.WEEK: 52_178,
    Unit.MONTH: 12_000,
    Unit.QUARTER: 4_000,
    Unit.YEAR: 1_000,
}
"""The longest span of each unit that the calendar is asked for."""


@dataclass(frozen=True, slots=True)
class Node:
    """Something that stands somewhere."""

    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Text(Node):
    """``"DE"``, unescaped."""

    value: str


@dataclass(frozen=True, slots=True)
class Number(Node):
    """``500``, ``1_000``, ``0.5`` or ``70%`` (0.7, ``percent`` true). ``whole`` without a point and ``%``."""

    value: Decimal
    whole: bool = True
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Money(Node):
    """``500 EUR``: major units and an ISO 4217 code."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Bool(Node):
    """``true`` or ``false``."""

    value: bool


@dataclass(frozen=True, slots=True)
class Date(Node):
    """``2026-12-01``: a whole day in the project's zone."""

    value: dt.date


@dataclass(frozen=True, slots=True)
class DateTime(Node):
    """``2026-12-01T10:00``: an instant; without an offset (``tzinfo`` None) in the project's zone."""

    value: dt.datetime


Literal = Text | Number | Money | Bool | Date | DateTime
