"""What an SMTP server's answer means for a message: one table, tested row by row and printed into the manual.

Everything up to the final dot is a definite no, whatever happens: nothing was handed over. After the final dot
only an answer settles it; silence and nonsense leave it unknown (RFC 1047).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

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


class Answer(StrEnum):
    """A class of replies, or of their absence."""

    YES = "2xx"
    GO_ON = "354"
    GONE = "421"
    OURS = "503, 530, 534, 535, 538"
    LATER = "other 4xx"
    NEVER = "other 5xx"
    STRANGE = "any other number"
    SILENT = "no readable answer: lost, timed out, not SMTP"
    CUT = "no answer, and the final dot had not left"


@dataclass(frozen=True, slots=True)
class Row:
    """What an answer in some phases means. ``outcome`` None: the dialogue goes on. ``ends``: the connection is over."""

    phases: tuple[Phase, ...]
    answer: Answer
    outcome: Outcome | None
    why: str
    ends: bool = False


_BEFORE = (Phase.MAIL, Phase.RCPT, Phase.DATA)
_ENVELOPE = (Phase.MAIL, Phase.RCPT)
_NO_BODY = "nothing was handed over"

TABLE = (
    Row((Phase.CONNECT,), Answer.YES, None, "the server is ready"),
    Row((Phase.CONNECT,), Answer.GO_ON, Outcome.RETRY, "no connection, no message", ends=True),
    Row((Phase.CONNECT,), Answer.GONE, Outcome.RETRY, "no connection, no message", ends=True),
    Row((Phase.CONNECT,), Answer.OURS, Outcome.RETRY, "about our credentials, not about a message", ends=True),
    Row((Phase.CONNECT,), Answer.LATER, Outcome.RETRY, "no connection, no message", ends=True),
    Row((Phase.CONNECT,), Answer.NEVER, Outcome.RETRY, "the server wants nobody, not this message", ends=True),
    Row((Phase.CONNECT,), Answer.STRANGE, Outcome.RETRY, "no connection, no message", ends=True),
    Row((Phase.CONNECT,), Answer.SILENT, Outcome.RETRY, "no connection, no message", ends=True),
    Row(_ENVELOPE, Answer.YES, None, "the next command's answer counts"),
    Row((Phase.DATA,), Answer.GO_ON, None, "the body goes out"),
    Row(_BEFORE, Answer.GONE, Outcome.RETRY, "the server goes away; " + _NO_BODY, ends=True),
    Row(_BEFORE, Answer.OURS, Outcome.RETRY, "about the connection or our credentials, not about the message"),
    Row(_BEFORE, Answer.LATER, Outcome.RETRY, "refused for now"),
    Row(_BEFORE, Answer.NEVER, Outcome.FAILED, "refused for good"),
    Row((Phase.DATA,), Answer.YES, Outcome.RETRY, "out of step: only 354 asks for a body", ends=True),
    Row(_ENVELOPE, Answer.GO_ON, Outcome.RETRY, "out of step: nobody asked to send a body", ends=True),
    Row(_BEFORE, Answer.STRANGE, Outcome.RETRY, "out of step; " + _NO_BODY, ends=True),
    Row(_BEFORE, Answer.SILENT, Outcome.RETRY, _NO_BODY, ends=True),
    Row((Phase.BODY,), Answer.YES, Outcome.ACCEPTED, "the server has taken the message"),
    Row((Phase.BODY,), Answer.GONE, Outcome.RETRY, "the server says that it did not take it", ends=True),
    Row((Phase.BODY,), Answer.OURS, Outcome.RETRY, "the server says that it did not take it"),
    Row((Phase.BODY,), Answer.LATER, Outcome.RETRY, "refused for now"),
    Row((Phase.BODY,), Answer.NEVER, Outcome.FAILED, "refused for good"),
    Row((Phase.BODY,), Answer.GO_ON, Outcome.UNKNOWN, "makes no sense behind a body", ends=True),
    Row((Phase.BODY,), Answer.STRANGE, Outcome.UNKNOWN, "makes no sense behind a body", ends=True),
    Row((Phase.BODY,), Answer.SILENT, Outcome.UNKNOWN, "it may have been taken (RFC 1047)", ends=True),
    Row((Phase.BODY,), Answer.CUT, Outcome.RETRY, "a body without its final dot is no message", ends=True),
    Row((Phase.RSET,), Answer.YES, None, "the connection is clean again"),
    *(
        Row((Phase.RSET,), answer, Outcome.RETRY, "the connection is not clean; " + _NO_BODY, ends=True)
        for answer in Answer
        if answer not in (Answer.YES, Answer.CUT)
    ),
)
"""Each phase and each class of answers has one row; ``ABANDON`` has none, for its message is settled before."""

_ROWS = {(phase, row.answer): row for row in TABLE for phase in row.phases}


def answer_class(code: int) -> Answer:
    """Give the class of a reply's number."""
    if code in (354, 421):
        return Answer(str(code))
    if code in (503, 530, 534, 535, 538):
        return Answer.OURS
    return {2: Answer.YES, 4: Answer.LATER, 5: Answer.NEVER}.get(code // 100, Answer.STRANGE)


@cache
def answered(phase: Phase, code: int) -> Row:
    """Give the row of an answer; raises KeyError for ``ABANDON``."""
    return _ROWS[phase, answer_class(code)]


def silent(phase: Phase, dot_may_have_left: bool) -> Outcome:
    """Give what a lost connection, a timeout or an unreadable answer makes of the message in that phase."""
    if phase is Phase.ABANDON:
        return Outcome.RETRY
    cut = phase is Phase.BODY and not dot_may_have_left
    return _ROWS[phase, Answer.CUT if cut else Answer.SILENT].outcome or Outcome.RETRY


_WAIT = re.compile(
    r"\b(?:(?:try|retry)(?:ing)?(?: again)?(?: later)?,? (?:in|after)|retry-after:?|grey-?listed for)"
    r" (\d{1,5}) ?(s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b",
    re.IGNORECASE,
)
_SECONDS = {"s": 1, "m": 60, "h": 3600}
LONGEST_WAIT = 86_400.0


def stated_wait(text: str) -> float | None:
    """Give the seconds after which a refusal asks to be tried again; None where it states no one time up to a day."""
    found = {int(number) * _SECONDS[unit[0].lower()] for number, unit in _WAIT.findall(text)}
    seconds = float(found.pop()) if len(found) == 1 else 0.0
    return seconds if 0 < seconds <= LONGEST_WAIT else None
