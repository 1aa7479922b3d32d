"""One SMTP connection after its handshake, as a state machine without tasks: a message costs one write, one read.

With PIPELINING (RFC 2920) the envelope of the next message travels behind the body of this one; without it every
command waits for its answer. A message is settled by :mod:`outcomes`, and the answer's text is its evidence.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.deliver.email.mime import Mail
from orchestrator.deliver.email.outcomes import Phase, answered, silent, stated_wait
from orchestrator.model.delivery import Message, Outcome, Receipt

LONGEST_LINE = 8192
LONGEST_ANSWER = 65_536
ROOM = 16_384
"""Bytes that are read at once: answers are short."""
LARGE = 65_536
"""A body of so many bytes travels alone, so that one which was cut off is known not to have been whole."""
_HIDDEN = re.compile("\0+")
_QUEUED = re.compile(r"queued as (?:<)?([A-Za-z0-9._@-]{4,120})")
_DOT = re.compile(rb"\n\.")
_ENDS = (b"", b" ", b"-")
_USUAL = {b"250": 250, b"354": 354}
_YES = re.compile(rb"(?:250 (.*)\n)?250 .*\n250 .*\n354 .*\n\Z")
"""Yes to a body, where one was sent, and to the whole envelope behind it."""


@dataclass(slots=True)
class Job:
    """A message on its way through one connection. ``tries`` counts connections that were lost under it."""

    message: Message
    mail: Mail
    tries: int = 0
    verdict: Receipt | None = None
    refused: Phase | None = None
    settled: bool = False
    dot_at: int = -1
    """Bytes of the connection after which the final dot has left; -1 before the body is written."""


_Step = tuple[Phase, Job]
"""What an answer is expected to, and whose it is."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How to speak on a connection. Times are seconds to wait for one answer.

    ``lives`` is how many connections a message may lose before its body; ``alone`` says that there is no other
    server, so that one that goes away before it took anything is not asked again at once.
    """

    pipelining: bool
    timeout: float
    data_timeout: float
    lives: int = 2
    alone: bool = True


class Dialogue(asyncio.Protocol):
    """Sends what ``pull`` gives, until it gives None; tells each receipt to ``tell``; then ``idle`` is done.

    ``again`` takes a job back whose connection was lost before its body: nothing of it was handed over.
    Afterwards ``lost`` tells whether the connection is over, ``gone`` whether its server said that it goes away,
    ``served`` how many bodies it answered, ``out_of_step`` whether its answers stopped fitting to pipelined commands.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        pull: Callable[[], Job | None],
        tell: Callable[[Receipt], None],
        again: Callable[[Job], None],
        manner: Manner,
    ) -> None:
        """Take a connection over."""
        self._transport = transport
        self._pull, self._tell, self._again = pull, tell, again
        self._manner, self._pipelining = manner, manner.pipelining
        self._loop = asyncio.get_running_loop()
        self._expected: deque[_Step] = deque()
        self._unsent: deque[tuple[tuple[_Step, ...], bytes]] = deque()
        self._buffer = b""
        self._lines: list[bytes] = []
        self._code = b""
        self._size = 0
        self._written = 0
        self._since = 0.0
        self._ticking: asyncio.TimerHandle | None = None
        self._dirty = False
        self.served = 0
        self._stuck = False
        self._idle: asyncio.Future[None] | None = None
        self.lost = self.gone = self.out_of_step = False
        transport.set_protocol(self)
        transport.set_write_buffer_limits(high=0)
        if hasattr(transport, "max_size"):  # asyncio's own loop asks for 256 KB of memory before each read
            transport.max_size = ROOM

    async def drain(self) -> None:
        """Send until there is nothing to pull or the connection is lost; never raises for either."""
        if self.lost:
            return
        self._idle = self._loop.create_future()
        self._since = self._loop.time()
        self._tick()
        self._next()
        self._pump()
        try:
            await self._idle
        finally:
            if self._ticking is not None:
                self._ticking.cancel()
                self._ticking = None

    async def quit(self) -> None:
        """Say goodbye and close; what is in flight is abandoned."""
        if not self.lost and not self._expected:
            self._transport.write(b"QUIT\r\n")
        self.lost = True
        self._transport.close()

    def abort(self) -> None:
        """Close at once and settle what is in flight."""
        self._close("aborted", "the connection was closed by us")

    # ------------------------------------------------------------------ sending

    def _next(self) -> None:
        """Queue the envelope of the next message."""
        job = self._pull()
        if job is None:
            if not self._expected and not self._unsent:
                self._done()
            return
        if self._dirty:
            self._dirty = False
            self._unsent.append((((Phase.RSET, job),), b"RSET\r\n"))
        sender, to, _, utf8, eight_bit = job.mail
        options = (" BODY=8BITMIME" if eight_bit else "") + (" SMTPUTF8" if utf8 else "")
        envelope = f"MAIL FROM:<{sender}>{options}\r\nRCPT TO:<{to}>\r\nDATA\r\n".encode()
        steps = ((Phase.MAIL, job), (Phase.RCPT, job), (Phase.DATA, job))
        if self._pipelining:
            self._unsent.append((steps, envelope))
        else:
            lines = envelope.splitlines(keepends=True)
            self._unsent += (((step,), line) for step, line in zip(steps, lines, strict=True))

    def _pump(self) -> None:
        """Write what may be written now: everything with pipelining, else one command at a time."""
        out: list[bytes] = []
        expected, unsent, written = self._expected, self._unsent, self._written
        while unsent and (self._pipelining or not expected):
            steps, data = unsent.popleft()
            expected += steps
            out.append(data)
            written += len(data)
            phase, job = steps[0]
            if phase is Phase.BODY:
                dot = b".\r\n" if data[-2:] == b"\r\n" else b"\r\n.\r\n"
                out.append(dot)
                written += len(dot)
                job.dot_at = written
        if out and not self.lost:
            self._written = written
            self._transport.write(b"".join(out))

    def _body(self, job: Job) -> None:
        data = job.mail.data
        if _DOT.search(data):  # five times as fast as ``in`` for bytes of this length
            data = _DOT.sub(b"\n..", data)
        self._unsent.append((((Phase.BODY, job),), data))
        if self._pipelining and len(data) < LARGE:
            self._next()

    def pause_writing(self) -> None:
        """Note that something written has not left us."""
        self._stuck = True

    def resume_writing(self) -> None:
        """Note that everything written has left us."""
        self._stuck = False

    # ------------------------------------------------------------------ answers

    def data_received(self, data: bytes) -> None:
        """Read answers, several lines or several answers at once, or parts of one."""
        if not self._buffer and not self._lines and self._usual(data):
            return
        lines = ((self._buffer + data) if self._buffer else data).split(b"\n")
        self._buffer = lines.pop()
        for line in lines:
            if line[3:4] == b" " and line[:3] in _USUAL and not self._lines:  # without detours
                self._answer(_USUAL[line[:3]], line[4:])
            elif not self._line(line.rstrip(b"\r")):
                return
            if self.lost:
                return
        if len(self._buffer) > LONGEST_LINE:  # looked at last: what came whole before it counts
            self._close("protocol", "the server's answer is too long")
            return
        self._pump()

    def _usual(self, data: bytes) -> bool:
        """Take a yes to all that was sent, where it comes in one piece; give False where anything else comes."""
        found, expected = _YES.match(data), self._expected
        if found is None or not expected or expected[-1][0] is not Phase.DATA:
            return False
        said: bytes | None = found[1]
        behind_a_body = len(expected) == 4 and expected[0][0] is Phase.BODY
        if not (len(expected) == 3 if said is None else behind_a_body):
            return False
        self._since = self._loop.time()
        if said is not None:
            self.served += 1
            sent = expected.popleft()[1]
            self._settle(sent, _receipt(sent, Outcome.ACCEPTED, "250", _text(said)))
        job = expected[-1][1]
        expected.clear()
        self._body(job)
        self._pump()
        return True

    def _line(self, line: bytes) -> bool:
        """Take a line of an answer; give False when it is not SMTP, which ends the connection."""
        self._size += len(line)
        self._lines.append(line[4:])
        same = len(self._lines) == 1 or line[:3] == self._code
        if not line[:3].isdigit() or line[3:4] not in _ENDS or not same or self._size > LONGEST_ANSWER:
            self._close("protocol", "the server's answer is not SMTP")
            return False
        self._code = line[:3]
        if line[3:4] != b"-":
            text = b" ".join(self._lines)
            self._lines, self._size = [], 0
            self._answer(int(self._code), text)
        return True

    def _answer(self, code: int, said: bytes) -> None:
        self._since = self._loop.time()
        if not self._expected:
            self._close(str(code), _text(said))  # a server that speaks unasked is going away
            return
        phase, job = self._expected.popleft()
        if phase is Phase.BODY:
            self.served += 1
            self._delivered(job, code, said)
        elif phase is Phase.ABANDON:
            if code == 421:
                self._close("421", _text(said))
        else:
            row = answered(phase, code)
            if row.ends:
                self._expected.appendleft((phase, job))
                self.out_of_step = self._pipelining and code != 421
                self._close(str(code), _text(said))
            elif phase is not Phase.RSET and (row.outcome is not None or job.verdict or phase is Phase.DATA):
                self._enveloped(phase, job, code, row.outcome, said)
        if not self.lost and not self._expected and not self._unsent:
            self._next()

    def _delivered(self, job: Job, code: int, said: bytes) -> None:
        row = answered(Phase.BODY, code)
        outcome = row.outcome or Outcome.UNKNOWN
        self._settle(job, _receipt(job, outcome, str(code), _text(said), outage=row.ends))
        if row.ends:
            self.out_of_step = self._pipelining and code != 421
            self._close(str(code), _text(said))

    def _enveloped(self, phase: Phase, job: Job, code: int, outcome: Outcome | None, said: bytes) -> None:
        if outcome is not None and job.verdict is None:
            job.verdict, job.refused = _receipt(job, outcome, str(code), _text(said)), phase
        if job.verdict is None:
            self._body(job)
            return
        if phase is not Phase.DATA and self._pipelining:
            return  # the answers to the rest of the envelope are still to come
        while self._unsent and self._unsent[0][0][0][1] is job:
            self._unsent.popleft()
        self._dirty = True
        self._settle(job, job.verdict)
        if phase is Phase.DATA and code == 354:
            if job.refused is Phase.RCPT:
                self._unsent.append((((Phase.ABANDON, job),), b".\r\n"))  # nobody is to receive it
            else:
                self._close("protocol", "the server wants a message whose sender it refused")

    def _settle(self, job: Job, receipt: Receipt) -> None:
        if not job.settled:
            job.settled = True
            self._tell(receipt)

    # ------------------------------------------------------------------ the end of a connection

    def connection_lost(self, exc: Exception | None) -> None:
        """Settle what was in flight."""
        self._close("lost", "the connection was lost")

    def eof_received(self) -> bool:
        """Treat the server's end of file as the end of the connection."""
        self._close("closed", "the server closed the connection")
        return False

    def _tick(self) -> None:
        manner = self._manner
        if self._expected:
            phase = self._expected[0][0]
            limit = manner.data_timeout if phase is Phase.BODY else manner.timeout
            if self._loop.time() - self._since > limit:
                first = phase is Phase.BODY or (phase in (Phase.RSET, Phase.MAIL) and not self.served)
                self.out_of_step = self._pipelining and not first
                self._close("timeout", f"no answer within {limit:g} seconds")
                return
        pause = min(1.0, manner.timeout / 4, manner.data_timeout / 4)
        self._ticking = self._loop.call_later(pause, self._tick)

    def _close(self, code: str, text: str) -> None:
        if self.lost:
            return
        self.lost = True
        self.gone = code == "421"
        left = self._written - max(self._transport.get_write_buffer_size(), int(self._stuck))
        hung = self._expected[0][1] if self._expected and code == "timeout" and not self.out_of_step else None
        touched: dict[int, _Step] = {}
        for phase, job in (*self._expected, *(step for steps, _ in self._unsent for step in steps)):
            touched.setdefault(id(job), (phase, job))
        self._expected.clear()
        self._unsent.clear()
        self._transport.abort()
        for phase, job in touched.values():
            if job.verdict is not None:
                self._settle(job, job.verdict)
            elif job.dot_at == -1:
                job.tries += 1
                refused = self.gone and not self.served and self._manner.alone
                if job.tries < self._manner.lives and not refused and job is not hung and code != "aborted":
                    self._again(job)
                else:
                    self._settle(job, _receipt(job, Outcome.RETRY, code, text, outage=True))
            else:
                self._settle(job, _receipt(job, silent(phase, left >= job.dot_at), code, text, outage=True))
        self._done()

    def _done(self) -> None:
        if self._idle is not None and not self._idle.done():
            self._idle.set_result(None)


def _text(said: bytes) -> str:
    return said.decode("utf-8", "replace").rstrip("\r")


def _receipt(job: Job, outcome: Outcome, code: str, text: str, outage: bool = False) -> Receipt:
    """Give a receipt whose evidence has neither the recipient's address nor anything that a terminal obeys."""
    shown = text
    if not text.isprintable():
        shown = _HIDDEN.sub(" ", "".join([char if char.isprintable() else "\0" for char in text]))
    if "@" in shown and job.mail.to.casefold() in shown.casefold():
        shown = re.sub(re.escape(job.mail.to), "…", shown, flags=re.I)
    queued, wait = None, None
    if outcome is Outcome.ACCEPTED:
        found = _QUEUED.search(text) if "queued as" in text else None
        queued = found.group(1) if found else None
    elif outcome is Outcome.RETRY:
        wait = stated_wait(text)
    return Receipt(job.message.id, outcome, code, shown[:300], queued, wait, outage)
