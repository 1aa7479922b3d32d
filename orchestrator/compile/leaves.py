"""The terms that hold no other: constants, columns, and what a row of an event knows of its neighbours."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from orchestrator.model.schema import Field, Type


@dataclass(frozen=True, slots=True)
class Const:
    """A value that an author wrote or that follows from ``as_of``. Money is in major units, instants in UTC."""

    value: str | Decimal | bool | dt.date | dt.datetime
    type: Type
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the person's row, of the event's row that a filter looks at (``event``), or of the parent's."""

    field: Field
    event: bool = False
    parent: bool = False

    @property
    def type(self) -> Type:
        """Give the field's type."""
        return self.field.type


@dataclass(frozen=True, slots=True)
class Ordinal:
    """``nth``: 1 for the person's first event of that name, counted over all of them before ``as_of``."""

    type: Type = Type.INT


@dataclass(frozen=True, slots=True)
class Gap:
    """``days_since_previous``: elapsed time since the person's preceding event over 24 hours, with decimals."""

    type: Type = Type.DECIMAL


@dataclass(frozen=True, slots=True)
class Previous:
    """The value that the person's row before this one held, in a history; unknown for the first."""

    field: Field

    @property
    def type(self) -> Type:
        """Give the field's type."""
        return self.field.type
