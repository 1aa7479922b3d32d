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


class Slots(NamedTuple):
    """A part of a message as it was written: its pieces in order, and the encoded form of those that never change."""

    pieces: Sequence[str]
    static: Mapping[str, Coded]

    def quoted(self) -> bytes:
        """Give the part in quoted-printable; raises UnicodeEncodeError for a lone surrogate.

        The pieces must not contain carriage returns.
        """
        out: list[bytes] = []
        column = 0
        static = self.static.get
        for piece in self.pieces:
            known = static(piece)
            data, room, last = _CODED[piece] if known is None else known
            if column + room > LINE:
                out.append(_SOFT)
                column = 0
            out.append(data)
            column = last if last >= 0 else column + room - 1
        return b"".join(out)


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
    """Give one piece encoded; raises UnicodeEncodeError for a lone surrogate."""
    data = _encoded(text.encode())
    if len(data) < LINE and b"\n" not in data:
        return data, len(data) + 1, -1
    end = data.rfind(b"\n")
    if len(data) - end > LINE:  # no place is left for a soft break after it; such a line ends in a plain character
        at = len(data) - 1
        data, end = data[:at] + b"=\n" + data[at:], at + 1
    return data.replace(b"\n", b"\r\n"), data.find(b"\n"), len(data) - end - 1


_CODED: Memo[Coded] = Memo(coded)


def table(texts: Iterable[str]) -> dict[str, Coded]:
    """Give the encoded form of the texts that can be encoded for themselves."""
    out: dict[str, Coded] = {}
    for text in texts:
        try:
            out[text] = coded(text)
        except UnicodeEncodeError:
            continue
    return out
