"""Is this a mailbox one can write to? Decided once per person, at the snapshot."""

from __future__ import annotations

import re

_PLAIN = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_BAD = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_ROUTE = re.compile(r"[%!]|=\?")


def check_address(address: str) -> str | None:
    """Give the mailbox without surrounding blanks, or None when no mail can be sent to it.

    Line breaks, control and direction characters are never trimmed away: such an address is refused, and so is one
    that some reader takes for a way to another mailbox (``%``, ``!``, an encoded word). The usual
    form is decided by one regular expression; anything unusual by email-validator (no DNS is asked).
    """
    if _BAD.search(address) or _ROUTE.search(address):
        return None
    mailbox = address.strip()
    if not mailbox or len(mailbox) > 254 or len(mailbox.rpartition("@")[0].encode("utf-8", "replace")) > 64:
        return None
    if _PLAIN.fullmatch(mailbox):
        return mailbox
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(mailbox, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        return None
