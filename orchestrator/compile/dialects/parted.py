"""Texts taken apart by ``split_part``, which several engines know under that name."""

from __future__ import annotations

import sqlalchemy as sa

from orchestrator.compile.dialects.base import Dialect, Expr, bind
from orchestrator.compile.versions import DIGITS, NUMBERS, PATTERN, RELEASED
from orchestrator.model.condition import TextOp


def version_key_by_parts(dialect: Dialect, value: Expr) -> Expr:
    """Give the text by which a version sorts, in the order of code points; unknown for what is no version."""
    plain = _part(value, "+", 1)
    numbers = _part(plain, "-", 1)
    suffix = sa.func.substr(plain, sa.func.length(numbers) + _n(2))
    found: Expr = sa.func.lpad(_part(numbers, ".", 1), _n(DIGITS), _s("0"))
    for place in range(2, NUMBERS + 1):
        found = found.op("||", precedence=6)(sa.func.lpad(_part(numbers, ".", place), _n(DIGITS), _s("0")))
    ending = sa.case((suffix == _s(""), _s(RELEASED)), else_=sa.func.lower(suffix.collate("C")))
    form = dialect.searched(TextOp.MATCHES, value, bind(PATTERN, "version"), PATTERN)
    return sa.case((form, found.op("||", precedence=6)(ending)), else_=sa.null()).collate("C")


def _part(text: Expr, mark: str, place: int) -> Expr:
    return sa.func.split_part(text, _s(mark), _n(place))


def _n(number: int) -> Expr:
    return sa.literal_column(str(number))


def _s(text: str) -> Expr:
    return sa.literal_column(f"'{text}'")
