"""Windows beside the plain ones: each of several calendar units, spans hung on a point, and named periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.model.literal import Node, Unit

if TYPE_CHECKING:
    from orchestrator.model.value import Point


@dataclass(frozen=True, slots=True)
class InEach(Node):
    """``in each of previous 4 quarters``: the test holds in every one of the complete units before this one."""

    unit: Unit
    count: int
    local: bool = False


@dataclass(frozen=True, slots=True)
class Beside(Node):
    """``in first 7 days after P``, or (``before``) ``in last 7 days before P``.

    It begins as ``since P`` does (strictly after an event, from the start of a day) and lasts for the duration.
    """

    count: int
    unit: Unit
    point: Point
    before: bool = False
    local: bool = False


@dataclass(frozen=True, slots=True)
class During(Node):
    """``during sale_periods`` or (``outside``) ``outside sale_periods``: the spans that project.yml lists."""

    name: str
    outside: bool = False
