"""BigQuery (experimental): parameters are marked ``@``, names stand in back-ticks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

import sqlalchemy as sa

from orchestrator.compile.dialects.base import Expr, bind
from orchestrator.compile.dialects.cloud import Cloud, n
from orchestrator.compile.dialects.cloud_spelled import InUnnest
from orchestrator.model.schema import TimeFormat


class BigQuery(Cloud):
    """BigQuery; a moment in UTC is a TIMESTAMP, one on a wall clock a DATETIME."""

    name = "bigquery"
    title = "BigQuery"
    types: ClassVar[Mapping[str, str]] = {
        "text": "STRING",
        "numeric": "BIGNUMERIC",
        "double": "FLOAT64",
        "moment": "TIMESTAMP",
    }
    quote = "`"
    escaped = (("\\", "\\\\"), ("`", "\\`"))
    mark = "@"
    try_cast = "SAFE_CAST"
    week = "ISOWEEK"
    piece = "COALESCE(SPLIT({}, {})[SAFE_ORDINAL({})], '')"

    def constant(self, value: dt.datetime, form: TimeFormat) -> Expr:
        """Give an instant, or a wall clock where the column has a zone of its own."""
        text = bind(value.replace(tzinfo=None).isoformat(" "), "at")
        return sa.cast(text, sa.TIMESTAMP if form.zone == "UTC" else sa.DATETIME)

    def matches(self, value: Expr, pattern: str) -> Expr:
        """Anchor the pattern at both ends."""
        return sa.func.regexp_contains(value, bind(f"(?s)^(?:{pattern})\\z", "pattern"), type_=sa.Boolean)

    def in_json(self, value: Expr, items: Expr) -> Expr:
        """Unnest the list."""
        return InUnnest(value, items)

    def sha(self, words: Expr) -> Expr:
        """Spell the bytes."""
        return sa.func.to_hex(sa.func.sha256(words))

    def counted(self, moment: Expr) -> Expr:
        """Count microseconds."""
        return sa.func.unix_micros(sa.cast(moment, sa.TIMESTAMP), type_=sa.BigInteger)

    def day_number(self, day: Expr) -> Expr:
        """Count days."""
        return sa.func.unix_date(day, type_=sa.BigInteger)

    def date_of(self, days: Expr) -> Expr:
        """Give the date."""
        return sa.func.date_from_unix_date(days, type_=sa.Date)

    def in_zone(self, seconds: Expr, zone: Expr) -> Expr:
        """Read the wall clock as if it were one of UTC."""
        local = sa.func.datetime(sa.func.timestamp_seconds(seconds), zone)
        return sa.func.unix_seconds(sa.func.timestamp(local), type_=sa.BigInteger)

    def whole(self, value: Expr, step: int) -> Expr:
        """Divide whole numbers: the sign for it gives floats."""
        return sa.func.div(value, n(step), type_=sa.BigInteger)
