"""What may stand in a header of a message: no control characters, not even behind an encoded word."""

from __future__ import annotations

import base64
import binascii
import re

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_WORD = re.compile(r"=\?([^?\s]*)\?([bqBQ])\?([^?]*)\?=")


def decode_words(value: str) -> str:
    """Give ``value`` with its RFC 2047 encoded words decoded, as a mail program would show it."""

    def decoded(match: re.Match[str]) -> str:
        charset, kind, text = match.groups()
        try:
            if kind in "bB":
                raw = base64.b64decode(text + "=" * (-len(text) % 4))
            else:
                raw = binascii.a2b_qp(text.replace("_", " ").encode("latin-1", "replace"), header=True)
            return raw.decode(charset.partition("*")[0] or "ascii", "replace")
        except (binascii.Error, LookupError, ValueError):
            return match.group(0)

    return _WORD.sub(decoded, value)


def header_problem(value: str) -> str | None:
    """Give what is wrong with a header's text, None when nothing is.

    Line breaks and other control characters are refused, also where they hide in an encoded word (twice decoded,
    because a gateway may decode before a mail program does), and lone surrogates, which have no bytes.
    """
    if value.isascii() and value.isprintable() and "=?" not in value:
        return None  # nearly all, and seen in a quarter of the time
    text = value
    for _ in range(3):
        if match := _CONTROL.search(text):
            return f"it contains the control character U+{ord(match.group()):04X}"
        if "=?" not in text:
            break
        text = decode_words(text)
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return "it contains half a character (a lone surrogate)"
    return None
