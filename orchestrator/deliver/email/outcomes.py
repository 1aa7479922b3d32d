"""What an SMTP server's answer means for a message: one table, tested row by row.

Everything up to the final dot is a definite no, whatever happens: nothing was handed over. After the final dot
only an answer settles it; silence and nonsense leave it unknown (RFC 1047).
"""

from __future__ import annotations

from enum import StrEnum

from orchestrator.model.delivery import Outcome


class Phase(StrEnum):
    """Where in the dialogue an answer belongs. ``BODY`` is everything from the first byte to the final dot."""

    CONNECT = "connect"
    RSET = "rset"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    ABANDON = "abandon"
    """The lone dot that ends a transaction without a recipient; its answer means nothing to anybody."""


_OURS = {421, 451, 452, 454, 503, 530, 534, 535, 538}
"""Codes about the connection or our credentials, not about the message: worth another try however they begin."""


def answered(phase: Phase, code: int) -> Outcome | None:
    """Give what an answer makes of the message, None where the dialogue goes on."""
    if phase is Phase.BODY:
        if 200 <= code < 300:
            return Outcome.ACCEPTED
        if code in _OURS or 400 <= code < 500:
            return Outcome.RETRY
        return Outcome.FAILED if 500 <= code < 600 else Outcome.UNKNOWN
    good = code == 354 if phase is Phase.DATA else 200 <= code < 300
    if good:
        return None
    return Outcome.FAILED if 500 <= code < 600 and code not in _OURS else Outcome.RETRY


def silent(phase: Phase, dot_may_have_left: bool) -> Outcome:
    """Give what a lost connection, a timeout or an unreadable answer makes of the message in that phase."""
    return Outcome.UNKNOWN if phase is Phase.BODY and dot_may_have_left else Outcome.RETRY
