"""Values made of many events beside the plain aggregates: shares of them, and the time between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from orchestrator.model.literal import Node, Unit

if TYPE_CHECKING:
    from orchestrator.model.value import Event, Window


class Fn(StrEnum):
    """What an aggregate makes of many events."""

    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"
    COUNT = "count"
    COUNT_DISTINCT = "count distinct"


@dataclass(frozen=True, slots=True)
class Share(Node):
    """``fraction of session where (…) in last 90 days``: 0 to 1, unknown without any event in the window.

    The filter of ``event`` tells what is counted above the line; below it are all events of that name.
    """

    event: Event
    window: Window | None


@dataclass(frozen=True, slots=True)
class Spacing(Node):
    """``median days between purchase ever``: elapsed time between neighbours among the events of filter and window.

    A day is 24 hours. Fewer than two events have nothing between them: unknown.
    """

    fn: Fn
    unit: Unit
    event: Event
    window: Window | None
    local: bool = False
