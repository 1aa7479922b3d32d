"""A mailbox as it may stand in an envelope: nothing in it can start a new command."""

from __future__ import annotations

import re

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_ROUTE = re.compile(r"[%!]|=\?")
_NAME = (
    r"(?=.{1,253}\Z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\Z"
)
_DOMAIN = re.compile(_NAME)
_USUAL = re.compile(r"(?=[^@]{1,64}@)[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@" + _NAME)
"""Nearly all addresses, seen in one look: they are sent as they are."""
_LITERAL = re.compile(r"\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9A-Fa-f:.]+)\]\Z")


_OTHER = re.compile(r"[^\x00-\x7f]")


class InvalidAddress(ValueError):
    """Raised when an address cannot be written to; the text says why, without the address."""


def envelope_address(address: str) -> tuple[str, bool]:
    """Give the address for the envelope, and whether it needs SMTPUTF8; raises InvalidAddress.

    A domain in other letters becomes its ASCII form (IDNA 2008); a local part in other letters stays and needs
    a server that offers SMTPUTF8. Quoted local parts, source routes (also those with % and !), what a reader could
    take for an encoded word, spaces and control characters are refused.
    """
    if _USUAL.match(address):
        return address, False
    local, at, domain = address.rpartition("@")
    if not at or not local or len(local.encode("utf-8", "replace")) > 64 or len(domain) > 253:
        raise InvalidAddress("it is not of the form name@domain")
    if _ROUTE.search(local):
        raise InvalidAddress("the part before @ could be read as a way to another mailbox")
    international = not local.isascii()
    plain = _OTHER.sub("x", local) if international else local
    if not _LOCAL.match(plain) or (international and _unprintable(local)):
        raise InvalidAddress("the part before @ has characters that are not sent")
    if not domain.isascii():
        import idna

        try:
            domain = idna.encode(domain, uts46=True, transitional=False).decode("ascii")
        except idna.IDNAError:
            raise InvalidAddress("the domain cannot be written in ASCII") from None
    if not _DOMAIN.match(domain) and not _LITERAL.match(domain):
        raise InvalidAddress("the part behind @ is not a domain")
    return f"{local}@{domain}", international


def _unprintable(text: str) -> bool:
    return any(char.isspace() or not char.isprintable() for char in text)
