"""The form of what belongs to a person: entries of a list, and rows that point at somebody of another entity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.model.schema import Type

if TYPE_CHECKING:
    from orchestrator.compile.features import Column, Measured, Pred


@dataclass(frozen=True, slots=True)
class Entries:
    """The number of entries of a list that pass a filter; 0 where there is no list (A3)."""

    of: Column | Measured
    name: str
    filter: Pred
    type: Type = Type.INT


@dataclass(frozen=True, slots=True)
class Listing:
    """Some entry of a list passes the filter, in which ``event`` columns are the entry's own."""

    of: Column | Measured
    name: str
    filter: Pred


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The column holds the key of somebody of another entity for whom a predicate is true."""

    entity: str
    key: Column
    pred: Pred
