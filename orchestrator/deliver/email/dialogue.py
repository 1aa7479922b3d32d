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
from orchestrator.deliver.email.outcomes import Phase, answered, silent
from orchestrator.model.delivery import Message, Outcome, Receipt

LONGEST_LINE = 8192
LONGEST_ANSWER = 65_536
_QUEUED = re.compile(r"queued as (?:<)?([A-Za-z0-9._@-]{4,120})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass
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


class Dialogue(asyncio.Protocol):
    """Sends what ``pull`` gives, until it gives None; tells each receipt to ``tell``; then ``idle`` is done.

    ``again`` takes a job back whose connection was lost before its body: nothing of it was handed over.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        pull: Callable[[], Job | None],
        tell: Callable[[Receipt], None],
        again: Callable[[Job], None],
        pipelining: bool,
        timeout: float,
        data_timeout: float,
    ) -> None:
        """Take a connection over; times are seconds to wait for one answer."""
        self._transport = transport
        self._pull, self._tell, self._again = pull, tell, again
        self._pipelining = pipelining
        self._timeout, self._data_timeout = timeout, data_timeout
        self._loop = asyncio.get_running_loop()
        self._expected: deque[tuple[Phase, Job]] = deque()
        self._unsent: deque[tuple[Phase, Job, bytes]] = deque()
        self._buffer = b""
        self._lines: list[bytes] = []
        self._written = 0
        self._since = 0.0
        self._ticking: asyncio.TimerHandle | None = None
        self._dirty = False
        self._served = 0
        self._idle: asyncio.Future[None] | None = None
        self.lost = False
        transport.set_protocol(self)

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

    def _next(self, behind: bytes = b"") -> None:
        """Queue the envelope of the next message; ``behind`` is what must be written first."""
        job = self._pull()
        if job is None:
            if not self._expected and not self._unsent:
                self._done()
            return
        if self._dirty:
            self._dirty = False
            self._unsent.append((Phase.RSET, job, b"RSET\r\n"))
        utf8 = " SMTPUTF8" if job.mail.utf8 else ""
        self._unsent.append((Phase.MAIL, job, f"MAIL FROM:<{job.mail.sender}>{utf8}\r\n".encode()))
        self._unsent.append((Phase.RCPT, job, f"RCPT TO:<{job.mail.to}>\r\n".encode()))
        self._unsent.append((Phase.DATA, job, b"DATA\r\n"))

    def _pump(self) -> None:
        """Write what may be written now: everything with pipelining, else one command at a time."""
        out: list[bytes] = []
        while self._unsent and (self._pipelining or not self._expected):
            phase, job, data = self._unsent.popleft()
            self._expected.append((phase, job))
            self._written += len(data)
            if phase is Phase.BODY:
                job.dot_at = self._written
            out.append(data)
        if out and not self.lost:
            self._transport.write(b"".join(out))

    def _body(self, job: Job) -> None:
        data = job.mail.data
        if b"\n." in data:
            data = data.replace(b"\r\n.", b"\r\n..")
        if not data.endswith(b"\r\n"):
            data += b"\r\n"
        self._unsent.append((Phase.BODY, job, data + b".\r\n"))
        if self._pipelining:
            self._next()

    # ------------------------------------------------------------------ answers

    def data_received(self, data: bytes) -> None:
        """Read answers, several lines or several answers at once, or parts of one."""
        self._buffer += data
        *lines, self._buffer = self._buffer.split(b"\n")
        if len(self._buffer) > LONGEST_LINE:
            self._close("protocol", "the server's answer is too long")
            return
        for raw in lines:
            line = raw.rstrip(b"\r")
            self._lines.append(line)
            if (
                not line[:3].isdigit()
                or line[3:4] not in (b"", b" ", b"-")
                or sum(map(len, self._lines)) > LONGEST_ANSWER
            ):
                self._close("protocol", "the server's answer is not SMTP")
                return
            if line[3:4] != b"-":
                answer, self._lines = self._lines, []
                self._answer(int(line[:3]), b" ".join(part[4:] for part in answer).decode("utf-8", "replace"))
            if self.lost:
                return
        self._pump()

    def _answer(self, code: int, text: str) -> None:
        self._since = self._loop.time()
        if not self._expected:
            self._close(str(code), text)  # a server that speaks unasked is going away
            return
        phase, job = self._expected.popleft()
        if code == 421 and phase is not Phase.BODY:
            self._expected.appendleft((phase, job))
            self._close("421", text)
            return
        outcome = answered(phase, code)
        if phase is Phase.BODY:
            self._served += 1
            self._settle(job, _receipt(job, outcome or Outcome.UNKNOWN, str(code), text))
            if outcome is Outcome.UNKNOWN:
                self._close("protocol", "the server's answer to the message makes no sense")
        elif phase in (Phase.MAIL, Phase.RCPT, Phase.DATA):
            self._enveloped(phase, job, code, outcome, text)
        if code == 421:
            self._close("421", text)
        elif not self.lost and not self._expected and not self._unsent:
            self._next()

    def _enveloped(self, phase: Phase, job: Job, code: int, outcome: Outcome | None, text: str) -> None:
        if outcome is not None and job.verdict is None:
            job.verdict, job.refused = _receipt(job, outcome, str(code), text), phase
        if job.verdict is None:
            if phase is Phase.DATA:
                self._body(job)
            return
        if phase is not Phase.DATA and self._pipelining:
            return  # the answers to the rest of the envelope are still to come
        while self._unsent and self._unsent[0][1] is job:
            self._unsent.popleft()
        self._dirty = True
        self._settle(job, job.verdict)
        if phase is Phase.DATA and code == 354:
            if job.refused is Phase.RCPT:
                self._unsent.append((Phase.ABANDON, job, b".\r\n"))  # nobody is to receive it
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
        if self._expected:
            limit = self._data_timeout if self._expected[0][0] is Phase.BODY else self._timeout
            if self._loop.time() - self._since > limit:
                self._close("timeout", f"no answer within {limit:g} seconds")
                return
        pause = min(1.0, self._timeout / 4, self._data_timeout / 4)
        self._ticking = self._loop.call_later(pause, self._tick)

    def _close(self, code: str, text: str) -> None:
        if self.lost:
            return
        self.lost = True
        left = self._written - self._transport.get_write_buffer_size()
        hung = self._expected[0][1] if self._expected and code == "timeout" else None
        touched: dict[int, tuple[Phase, Job]] = {}
        for phase, job in (*self._expected, *((phase, job) for phase, job, _ in self._unsent)):
            touched.setdefault(id(job), (phase, job))
        self._expected.clear()
        self._unsent.clear()
        self._transport.abort()
        for phase, job in touched.values():
            if job.verdict is not None:
                self._settle(job, job.verdict)
            elif job.dot_at == -1:
                job.tries += 1
                refused = code == "421" and not self._served
                if job.tries < 2 and not refused and job is not hung and code != "aborted":
                    self._again(job)
                else:
                    self._settle(job, _receipt(job, Outcome.RETRY, code, text))
            else:
                self._settle(job, _receipt(job, silent(phase, left >= job.dot_at), code, text))
        self._done()

    def _done(self) -> None:
        if self._idle is not None and not self._idle.done():
            self._idle.set_result(None)


def _receipt(job: Job, outcome: Outcome, code: str, text: str) -> Receipt:
    """Give a receipt whose evidence has neither the recipient's address nor control characters."""
    shown = _CONTROL.sub(" ", text)
    if job.mail.to.casefold() in shown.casefold():
        shown = re.sub(re.escape(job.mail.to), "…", shown, flags=re.I)
    shown = shown[:300]
    queued = _QUEUED.search(text) if outcome is Outcome.ACCEPTED else None
    return Receipt(job.message.id, outcome, code, shown, queued.group(1) if queued else None)
