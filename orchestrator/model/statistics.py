"""What `orc doctor` last counted in the warehouse, so that `orc check` can say how many people a warning is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Cell:
    """The people of a segment or of a cell, and their share of the revenue (0 to 1; None where none is declared)."""

    people: int
    revenue: float | None = None


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts at ``as_of`` (UTC). Shares are 0 to 1.

    ``unknown`` maps ``customer.country`` and ``purchase.coupon`` to the share of rows without a value; ``never`` an
    event to the share of its people who have none; ``cells`` a segment or ``partition.cell`` to its people; ``zero``
    names the segments and cells with a rank whose last person inside has the value 0.
    """

    as_of: dt.datetime
    people: Mapping[str, int] = field(default_factory=dict)
    unknown: Mapping[str, float] = field(default_factory=dict)
    never: Mapping[str, float] = field(default_factory=dict)
    cells: Mapping[str, Cell] = field(default_factory=dict)
    zero: tuple[str, ...] = ()
