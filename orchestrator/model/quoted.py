"""Quoted-printable (RFC 2045, 6.7) in pieces: what never changes is encoded once, values are encoded into their slots.

Each piece is encoded for itself and begins a line of its own: it ends with a line break, or with a soft one, which
means nothing. So the pieces need only be joined, whatever stands before and behind them. Only carriage returns would
depend on that: a part that has one is encoded whole.
"""

from __future__ import annotations

import re
from binascii import b2a_qp
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

from orchestrator.model.memo import Memo

LINE = 76
"""Bytes that a line of quoted-printable may have, its line break not counted."""
_SOFT = b"=\r\n"
_LINE_FEED = 10
_OVERFULL = re.compile(rb"^(.{74,75})(=20|=09)$", re.M)
LONGEST_RAW_LINE = 997
"""Bytes that a line of a part may have that travels as it is (RFC 5321, 4.5.3.1.6), its line break not counted."""
_VALUES = 512
"""Values of one template whose encoded forms are remembered."""


class Fixed(NamedTuple):
    """The encoded forms of the texts of a template that never change, and of the values that were shown lately.

    ``raw`` is None where the template's own text has a line that is too long to travel as it is.
    """

    quoted: Memo[bytes]
    raw: Memo[bytes] | None


class Slots(NamedTuple):
    """A part of a message as it was written: its pieces in order, and the encoded forms of those that never change."""

    pieces: Sequence[str]
    fixed: Fixed

    def __str__(self) -> str:
        return "".join(self.pieces)

    def quoted(self) -> list[bytes] | None:
        """Give the part in quoted-printable, in pieces to be joined; None where it has a carriage return.

        Then it is to be encoded whole.
        Raises UnicodeEncodeError for a lone surrogate.
        """
        try:
            data = list(map(self.fixed.quoted.__getitem__, self.pieces))
        except CarriageReturn:
            return None
        while data and not data[-1]:
            data.pop()
        if data:
            data[-1] = data[-1].removesuffix(_SOFT)
        return data

    def raw(self) -> bytes | None:
        """Give the part in UTF-8; None where a line is too long for 8BITMIME, where it has a NUL, or like ``quoted``.

        Raises UnicodeEncodeError for a lone surrogate.
        """
        if self.fixed.raw is None:
            return None
        try:
            data = b"".join(map(self.fixed.raw.__getitem__, self.pieces))
        except CarriageReturn:
            return None
        return None if b"\0" in data or longest_line(data) > LONGEST_RAW_LINE else data


class CarriageReturn(ValueError):
    """Raised for a piece whose encoding would depend on what follows it."""


def quoted(raw: bytes) -> bytes:
    """Give lines that end with a line feed in quoted-printable: lines of at most 76 bytes that end with CR LF."""
    return _encoded(raw).replace(b"\n", b"\r\n")


def _encoded(raw: bytes) -> bytes:
    """Give ``binascii``'s lines, mended where it encodes the blank at the end of a full line and passes 76 by two."""
    data = b2a_qp(raw)
    if b"=20\n" in data or b"=09\n" in data:
        return _OVERFULL.sub(rb"\1=\n\2", data)
    return data


def longest_line(data: bytes) -> int:
    """Give the bytes of the longest line, without its line break: CR LF or a line feed alone."""
    return max(map(len, data.split(b"\r\n" if b"\r" in data else b"\n")))


def coded(text: str) -> bytes:
    """Give one piece in quoted-printable, its lines ended by CR LF, the last one by a soft break where it has no end.

    Raises UnicodeEncodeError for a lone surrogate, CarriageReturn for one.
    """
    if "\r" in text:
        raise CarriageReturn
    data = _encoded(text.encode())
    if data and data[-1] != _LINE_FEED:
        if len(data) - data.rfind(b"\n") > LINE:  # no place for a soft break; such a line ends in a plain character
            data = data[:-1] + b"=\n" + data[-1:]
        data += b"=\n"
    return data.replace(b"\n", b"\r\n")


def raw(text: str) -> bytes:
    """Give one piece in UTF-8, its lines ended by CR LF; raises like :func:`coded`."""
    if "\r" in text:
        raise CarriageReturn
    return text.encode().replace(b"\n", b"\r\n")


def table(texts: Iterable[str], own: str = "") -> Fixed:
    """Give the encoded forms of the texts that can be encoded for themselves.

    ``own`` is the template's text without its values: where a line of it is too long, no letter travels as it is.
    """
    codes: dict[str, bytes] = {}
    raws: dict[str, bytes] = {}
    for text in texts:
        with suppress(UnicodeEncodeError, CarriageReturn):
            codes[text], raws[text] = coded(text), raw(text)
    short = longest_line(own.encode(errors="replace")) <= LONGEST_RAW_LINE
    return Fixed(Memo(coded, codes, _VALUES), Memo(raw, raws, _VALUES) if short else None)
