"""The bytes of a message, from prebuilt headers and boundaries.

The e-mail package of the standard library takes fifteen times longer and lets a line break through that hides in
an encoded word; so headers are written and checked here. Lines end with CR LF and stay below 998 bytes.
"""

from __future__ import annotations

import binascii
import datetime as dt
import re
from email.utils import format_datetime
from functools import lru_cache
from typing import NamedTuple

from orchestrator.deliver.email.address import InvalidAddress, envelope_address
from orchestrator.model.delivery import Message, Part
from orchestrator.model.header import header_problem
from orchestrator.model.quoted import LONGEST_RAW_LINE, Slots, longest_line, quoted

BOUNDARY = "=_orc_alternative_=_"
"""Between the parts. ``=_`` cannot occur in a quoted-printable body, so it never occurs in a part."""

_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}\Z")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+\Z")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+\Z")
_OWN = {
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "bcc",
    "cc",
    "sender",
}
_MULTIPART = f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"\r\n'.encode()
_FIRST = _BETWEEN = f"\r\n--{BOUNDARY}\r\n".encode()
_LAST = f"\r\n--{BOUNDARY}--\r\n".encode()
_PLAIN, _RICH = (f'Content-Type: text/{kind}; charset="utf-8"\r\n'.encode() for kind in ("plain", "html"))
_EIGHT_BIT = b"Content-Transfer-Encoding: 8bit\r\n"
_IN_EIGHT_BIT = _EIGHT_BIT + b"\r\n"
_IN_QUOTED = b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
_HALF = "the text contains half a character (a lone surrogate)"
_MARK = BOUNDARY.encode()
_WORD_BYTES = 42
_SHORT = 240
"""Characters that are never more bytes than a line of a header may have."""


class InvalidMessage(ValueError):
    """Raised when a message cannot be sent as it is: ``code`` is the receipt's, the text says why."""

    def __init__(self, code: str, message: str) -> None:
        """Keep code and sentence."""
        super().__init__(message)
        self.code = code


class Mail(NamedTuple):
    """A message for the wire: the two addresses of the envelope and the bytes, not yet dot-stuffed.

    ``utf8`` needs a server that offers SMTPUTF8, ``eight_bit`` one that offers 8BITMIME.
    """

    sender: str
    to: str
    data: bytes
    utf8: bool = False
    eight_bit: bool = False


def assemble(message: Message, eight_bit: bool = False) -> Mail:
    """Give the bytes of a message; raises InvalidMessage when a header or an address cannot be sent as it is.

    With ``eight_bit`` a part whose lines are short enough travels as it is, else it is quoted-printable.
    """
    sender, utf8 = _sender(message.sender)
    to, utf8_to = _address(message.to, "recipient")
    utf8 = utf8 or utf8_to or bool(message.reply_to and _address(message.reply_to, "reply address")[1])
    if message.date is None or message.date.tzinfo is None:
        raise InvalidMessage("invalid_header", "the message has no date with a zone")
    if not _MESSAGE_ID.match(message.message_id):
        raise InvalidMessage("invalid_header", "the Message-ID is not of the form id@domain")
    lines = [
        _fixed(message.sender_name, sender, message.reply_to),
        _field("To", _mailbox(message.to_name, to)),
        _field("Subject", _text(message.subject, "Subject")),
        f"Date: {_date(message.date)}\r\nMessage-ID: <{message.message_id}>\r\n",
    ]
    for name, value in message.headers.items():
        _allowed(name)
        lines.append(_field(name, _text(value, name)))
    body, raw = _body(message, eight_bit)
    body.insert(0, "".join(lines).encode("utf-8"))
    return Mail(sender, to, b"".join(body), utf8, raw)


@lru_cache(maxsize=64)
def _sender(address: str) -> tuple[str, bool]:
    return _address(address, "sender")


def _address(address: str, who: str) -> tuple[str, bool]:
    try:
        return envelope_address(address)
    except InvalidAddress as error:
        raise InvalidMessage("invalid_address", f"the address of the {who} cannot be used: {error}") from None


def _body(message: Message, eight_bit: bool) -> tuple[list[bytes], bool]:
    """Give the headers of the content and the content in pieces, and whether any of it is 8-bit."""
    text, html = message.plain, message.rich
    if text is not None and html is not None:
        plain, raw = _coded(text, eight_bit)
        rich, raw_rich = _coded(html, eight_bit)
        raw = raw or raw_rich
        head = (_MULTIPART, _EIGHT_BIT if raw else b"", _FIRST, _PLAIN)
        return [*head, *plain, _BETWEEN, _RICH, *rich, _LAST], raw
    only = html if text is None else text
    if only is None:
        raise InvalidMessage("invalid_message", "the message has neither text nor HTML")
    data, raw = _coded(only, eight_bit)
    return [_RICH if text is None else _PLAIN, *data, b"\r\n"], raw


def _coded(part: Part, eight_bit: bool) -> tuple[list[bytes], bool]:
    """Give the encoding's header, an empty line and the part in it, in pieces; True where it is 8-bit (RFC 6152).

    Only the values of ``Slots`` are encoded. A text, and a part with a carriage return somewhere, is encoded whole.
    """
    if isinstance(part, Slots):
        try:
            if eight_bit and (whole := part.raw()) is not None and _MARK not in whole:
                return [_IN_EIGHT_BIT, whole], True
            if (pieces := part.quoted()) is not None:
                pieces.insert(0, _IN_QUOTED)
                return pieces, False
        except UnicodeEncodeError:
            raise InvalidMessage("invalid_message", _HALF) from None
    raw = _utf8(str(part))
    if eight_bit and longest_line(raw) <= LONGEST_RAW_LINE and b"\0" not in raw and _MARK not in raw:
        return [_IN_EIGHT_BIT, raw.replace(b"\n", b"\r\n")], True
    return [_IN_QUOTED, quoted(raw)], False


def _utf8(text: str) -> bytes:
    """Give a text in UTF-8, its lines ended by a line feed alone."""
    try:
        raw = text.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidMessage("invalid_message", _HALF) from None
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in raw else raw


@lru_cache(maxsize=256)
def _allowed(name: str) -> None:
    """Raise where a header cannot be called so, or is one of those that are written here."""
    if not _HEADER_NAME.match(name) or name.lower() in _OWN:
        raise InvalidMessage("invalid_header", f"a header cannot be called {name[:40]!r}")


@lru_cache(maxsize=256)
def _fixed(name: str, sender: str, reply_to: str | None) -> str:
    """Give the headers that are the same for a whole campaign."""
    lines = [_field("From", _mailbox(name, sender))]
    if reply_to:
        lines.append(_field("Reply-To", _address(reply_to, "reply address")[0]))
    return "".join(lines) + "MIME-Version: 1.0\r\n"


@lru_cache(maxsize=16)
def _date(moment: dt.datetime) -> str:
    return format_datetime(moment)


def _mailbox(name: str, address: str) -> str:
    if not name:
        return address
    if problem := header_problem(name):
        raise InvalidMessage("invalid_header", f"a name cannot be sent: {problem}")
    if not name.isascii() or "=?" in name:
        return f"{_words(name)} <{address}>"
    if _ATOMS.match(name):
        return f"{name} <{address}>"
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + f'" <{address}>'


def _text(value: str, name: str) -> str:
    if problem := header_problem(value):
        raise InvalidMessage("invalid_header", f"the {name} cannot be sent: {problem}")
    return value if value.isascii() and "=?" not in value else _words(value)


def _words(text: str) -> str:
    """Give encoded words (RFC 2047), each of whole characters and at most 75 bytes."""
    words: list[str] = []
    chunk = text.encode("utf-8")
    if len(chunk) <= _WORD_BYTES:
        return _word(chunk)
    chunk = b""
    for char in text:
        encoded = char.encode("utf-8")
        if len(chunk) + len(encoded) > _WORD_BYTES:
            words.append(_word(chunk))
            chunk = b""
        chunk += encoded
    return "\r\n ".join([*words, _word(chunk)])


def _word(raw: bytes) -> str:
    return f"=?utf-8?b?{binascii.b2a_base64(raw, newline=False).decode()}?="


def _field(name: str, value: str) -> str:
    """Give a header, folded at spaces where a line would pass 78 bytes; raises where it would pass 998."""
    line = f"{name}: {value}"
    if len(line) <= 78 or "\r\n" in value or (" " not in value and len(line) <= _SHORT):
        return line + "\r\n"
    folded, current = [], f"{name}:"
    for word in value.split(" "):
        if len(current) + 1 + len(word) > 78 and current.strip() and not current.endswith(":"):
            folded.append(current)
            current = ""
        current += " " + word
    folded.append(current)
    if any(len(part.encode()) > 990 for part in folded) or any(not part.strip() for part in folded):
        raise InvalidMessage("invalid_header", f"the {name} is too long for a header")
    return "\r\n".join(folded) + "\r\n"
