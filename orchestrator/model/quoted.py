"""Quoted-printable (RFC 2045, 6.7) in pieces: what never changes is encoded once, values are encoded into their slots.

Each piece is encoded for itself and says how much room it takes on the line that it is put on. Where a line would
pass 76 bytes, a soft line break is put before the piece. No piece ends in a bare space, so nothing depends on what
follows. Only carriage returns would: a part that has one is encoded whole.
"""

from __future__ import annotations

import re
from binascii import b2a_qp
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from orchestrator.model.memo import Memo

LINE = 76
"""Bytes that a line of quoted-printable may have, its line break not counted."""
_SOFT = b"=\r\n"
_OVERFULL = re.compile(rb"^(.{74,75})(=20|=09)$", re.M)
Coded = tuple[bytes, int, int]
"""A piece in quoted-printable, its lines ended by CR LF; the room that its first line takes, with the place for a soft
break after it where that is its only line; the length of its last line, -1 where it has one line only."""
Raw = tuple[bytes, int, int]
"""A piece in UTF-8, its lines ended by CR LF; the bytes of its first line; those of its last line, -1 where it has one
line only."""
LONGEST_RAW_LINE = 997
"""Bytes that a line of a part may have that travels as it is (RFC 5321, 4.5.3.1.6), its line break not counted."""
_ENDLESS = 1_000_000
"""What a piece says of its first line that cannot travel as it is: it has a NUL, or too long a line further on."""


class Fixed(NamedTuple):
    """The encoded forms of the texts of a template that never change."""

    quoted: Mapping[str, Coded]
    raw: Mapping[str, Raw]


class Slots(NamedTuple):
    """A part of a message as it was written: its pieces in order, and the encoded forms of those that never change."""

    pieces: Sequence[str]
    fixed: Fixed

    def __str__(self) -> str:
        return "".join(self.pieces)

    def quoted(self) -> bytes | None:
        """Give the part in quoted-printable, None where it has a carriage return: then it is encoded whole.

        Raises UnicodeEncodeError for a lone surrogate.
        """
        out: list[bytes] = []
        column = 0
        static = self.fixed.quoted.get
        try:
            for piece in self.pieces:
                data, room, last = static(piece) or _CODED[piece]
                if column + room > LINE:
                    out.append(_SOFT)
                    column = 0
                out.append(data)
                column = last if last >= 0 else column + room - 1
        except CarriageReturn:
            return None
        return b"".join(out)

    def raw(self) -> bytes | None:
        """Give the part in UTF-8; None where a line is too long for 8BITMIME, where it has a NUL, or like ``quoted``.

        Raises UnicodeEncodeError for a lone surrogate.
        """
        out: list[bytes] = []
        column = 0
        static = self.fixed.raw.get
        try:
            for piece in self.pieces:
                data, first, last = static(piece) or _RAW[piece]
                column += first
                if column > LONGEST_RAW_LINE:
                    return None
                out.append(data)
                if last >= 0:
                    column = last
        except CarriageReturn:
            return None
        return b"".join(out)


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


def coded(text: str) -> Coded:
    """Give one piece in quoted-printable; raises UnicodeEncodeError for a lone surrogate, CarriageReturn for one."""
    if "\r" in text:
        raise CarriageReturn
    data = _encoded(text.encode())
    if len(data) < LINE and b"\n" not in data:
        return data, len(data) + 1, -1
    end = data.rfind(b"\n")
    if len(data) - end > LINE:  # no place is left for a soft break after it; such a line ends in a plain character
        at = len(data) - 1
        data, end = data[:at] + b"=\n" + data[at:], at + 1
    return data.replace(b"\n", b"\r\n"), data.find(b"\n"), len(data) - end - 1


def raw(text: str) -> Raw:
    """Give one piece in UTF-8; raises like :func:`coded`."""
    if "\r" in text:
        raise CarriageReturn
    data = text.encode()
    if "\0" in text:
        return data, _ENDLESS, -1
    if "\n" not in text:
        return data, len(data), -1
    first, *middle, last = map(len, data.split(b"\n"))
    if max(middle, default=0) > LONGEST_RAW_LINE:
        first = _ENDLESS
    return data.replace(b"\n", b"\r\n"), first, last


_CODED: Memo[Coded] = Memo(coded)
_RAW: Memo[Raw] = Memo(raw)


def table(texts: Iterable[str]) -> Fixed:
    """Give the encoded forms of the texts that can be encoded for themselves."""
    codes: dict[str, Coded] = {}
    raws: dict[str, Raw] = {}
    for text in texts:
        try:
            codes[text], raws[text] = coded(text), raw(text)
        except (UnicodeEncodeError, CarriageReturn):
            continue
    return Fixed(codes, raws)
