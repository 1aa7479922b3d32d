"""How literals are written: the text that reads back to the same value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from orchestrator.model.literal import Bool, Date, DateTime, Literal, Money, Number, Text

SHOWN = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
_UNSHOWN = re.compile(r"[\"\\\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")


def quoted(text: str) -> str:
    """Give a text between quotes, with what cannot be shown escaped."""
    return '"' + _UNSHOWN.sub(lambda match: SHOWN.get(match[0]) or f"\\u{ord(match[0]):04x}", text) + '"'


def grouped(number: int) -> str:
    """Give a whole number, from 10_000 on in groups of three."""
    return f"{number:_}" if abs(number) >= 10_000 else str(number)


def decimal(number: Decimal, whole: bool) -> str:
    """Give a number; one that could be misread as thousands gets one more digit."""
    if whole:
        return grouped(int(number))
    text = f"{number:f}"
    if "." not in text:
        return f"{text}.0"
    return f"{text}0" if _THOUSANDS.fullmatch(text) else text


def percent(share: Decimal) -> str:
    """Give a share as percent."""
    text = f"{(share * 100).normalize():f}"
    return f"{text}0%" if _THOUSANDS.fullmatch(text) else f"{text}%"


def literal(node: Literal) -> str:
    """Give the words of a literal."""
    match node:
        case Text():
            return quoted(node.value)
        case Number():
            return percent(node.value) if node.percent else decimal(node.value, node.whole)
        case Money():
            exponent = node.amount.as_tuple().exponent
            return f"{decimal(node.amount, isinstance(exponent, int) and exponent >= 0)} {node.currency}"
        case Bool():
            return "true" if node.value else "false"
        case Date():
            return node.value.isoformat()
        case DateTime():
            text = node.value.isoformat(timespec="seconds" if node.value.second else "minutes")
            return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def entries(items: Sequence[Literal]) -> str:
    """Give a list in brackets."""
    return f"({', '.join(literal(item) for item in items)})"
