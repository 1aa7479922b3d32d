"""Amazon Redshift (experimental)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import sqlalchemy as sa

from orchestrator.compile.dialects.base import Expr, bind
from orchestrator.compile.dialects.cloud import Cloud, n, s, w
from orchestrator.compile.dialects.cloud_spelled import SuperList


class Redshift(Cloud):
    """Redshift, which cannot try a cast: a text that is no moment ends the statement."""

    name = "redshift"
    title = "Redshift"
    types: ClassVar[Mapping[str, str]] = {
        "text": "VARCHAR(65535)",
        "numeric": "DECIMAL(38, 9)",
        "double": "DOUBLE PRECISION",
        "moment": "TIMESTAMP",
    }
    session = "SET TIMEZONE TO 'UTC'"

    def tried(self, words: Expr) -> Expr:
        """Cast."""
        return sa.cast(words, self.kind("moment"))

    def matches(self, value: Expr, pattern: str) -> Expr:
        """Ask for the place of a Perl pattern, anchored at both ends."""
        anchored = bind(f"^(?:{pattern})\\z", "pattern")
        return sa.func.regexp_instr(value, anchored, n(1), n(1), n(0), s("p"), type_=sa.Integer) > n(0)

    def in_json(self, value: Expr, items: Expr) -> Expr:
        """Unnest the list."""
        return SuperList(value, items)

    def counted(self, moment: Expr) -> Expr:
        """Ask for the difference."""
        start = w("TIMESTAMP '1970-01-01 00:00:00'")
        own = sa.cast(moment, self.kind("moment"))
        return sa.func.datediff(w("microsecond"), start, own, type_=sa.BigInteger)

    def day_number(self, day: Expr) -> Expr:
        """Ask for the difference."""
        start = w("DATE '1970-01-01'")
        return sa.func.datediff(w("day"), start, day, type_=sa.BigInteger)

    def date_of(self, days: Expr) -> Expr:
        """Add days."""
        start = w("DATE '1970-01-01'")
        return sa.func.dateadd(w("day"), sa.cast(days, sa.Integer), start, type_=sa.Date)

    def in_zone(self, seconds: Expr, zone: Expr) -> Expr:
        """Ask the engine's zones."""
        start = w("TIMESTAMP '1970-01-01 00:00:00'")
        moment = sa.func.dateadd(w("second"), seconds, start)
        local = sa.func.convert_timezone(s("UTC"), zone, moment)
        return sa.func.datediff(w("second"), start, local, type_=sa.BigInteger)
