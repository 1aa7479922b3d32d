"""Engines with exact decimals: money stays in major units, numbers stay as they were written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from orchestrator.compile.dialects.base import Dialect, Expr


class Exact(Dialect):
    """What PostgreSQL, MySQL and the cloud warehouses share."""

    def number(self, value: Decimal | int) -> Any:
        """Give an int where it is whole, else a Decimal."""
        return int(value) if value == int(value) and abs(Decimal(value)) < 2**63 else Decimal(value)

    def money(self, value: Decimal, currency: str | None) -> Any:
        """Give major units."""
        return self.number(value)

    def from_money(self, value: Expr, currency: str | None) -> Expr:
        """Give major units."""
        return value
