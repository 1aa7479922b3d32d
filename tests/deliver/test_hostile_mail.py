"""Hostile mailboxes and bodies: each is refused by a name, or becomes a message that cannot be read otherwise."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestrator.audience import check_address
from orchestrator.deliver.email.address import InvalidAddress, envelope_address
from orchestrator.deliver.email.mime import InvalidMessage, assemble
from orchestrator.model.delivery import Outcome
from tests.deliver.servers import Sink, message
from tests.deliver.test_smtp import outcomes, send

#: (class, mailbox): no message is made for it, whether it comes from the warehouse or from a file
NO_MAILBOX = [
    ("line break", "ann@example.com\r\nBcc: e@example.com"),
    ("line break", "ann@example.com\n"),
    ("line break", "ann\r@example.com"),
    ("control", "a\0b@example.com"),
    ("control", "ann@example.com\x85"),
    ("control", "ann@example.com\u2028"),
    ("end of path", "ann@example.com>"),
    ("end of path", "ann@example.com> SIZE=1"),
    ("name", "Ann <ann@example.com>"),
    ("comment", "ann(c)@example.com"),
    ("comment", "ann@example.com(c)"),
    ("quoted", '"a b"@example.com'),
    ("quoted", '"a@evil.example"@example.com'),
    ("quoted", '"a\\"b"@example.com'),
    ("source route", "@relay.example:ann@example.com"),
    ("source route", "@a.example,@b.example:ann@example.com"),
    ("percent route", "ann%evil.example@example.com"),
    ("bang route", "evil.example!ann@example.com"),
    ("two at", "ann@evil.example@example.com"),
    ("encoded word", "=?utf-8?q?ann=40evil.example=3E?=@example.com"),
    ("encoded word", "ann@=?utf-8?q?x?=.com"),
    ("several", "ann@example.com, eve@example.com"),
    ("several", "ann@example.com;eve@example.com"),
    ("blank", "ann @example.com"),
    ("direction", "\u202eann@example.com"),
    ("direction", "ann@example.com\u200f"),
    ("invisible", "ann\u200b@example.com"),
    ("half a character", "\ud800@example.com"),
    ("half a character", "ann@\udfff.com"),
    ("dots", "ann..lee@example.com"),
    ("dots", ".ann@example.com"),
    ("dots", "ann.@example.com"),
    ("dots", "ann@example..com"),
    ("dots", "ann@example.com."),
    ("too long", "x" * 65 + "@example.com"),
    ("too long", "é" * 33 + "@example.com"),
    ("too long", "ann@" + "d" * 64 + ".com"),
    ("too long", "ann@" + ".".join(["d" * 60] * 5) + ".com"),
    ("too long", "x" * 70_000),
    ("too long", "ann@" + "x." * 35_000 + "com"),
    ("dash", "ann@-example.com"),
    ("dash", "ann@example-.com"),
    ("nothing", ""),
    ("nothing", "@"),
    ("nothing", "ann@"),
    ("nothing", "@example.com"),
]
#: (class, mailbox, in the envelope): odd, but one mailbox only, whoever reads it
ONE_MAILBOX = [
    ("leading dash", "--help@example.com", "--help@example.com"),
    ("shell", "`id`@example.com", "`id`@example.com"),
    ("quote", "o'neil@example.com", "o'neil@example.com"),
    ("tag", "ann+tag=x@example.com", "ann+tag=x@example.com"),
    ("longest", "x" * 64 + "@example.com", "x" * 64 + "@example.com"),
    ("look-alike", "ann@ex\u0430mple.com", "ann@xn--exmple-4nf.com"),
    ("other letters", "\u7528\u6237@b\u00fccher.example", "\u7528\u6237@xn--bcher-kva.example"),
]
DOTS = (
    "\n.\n",
    "\r\n.\r\n",
    "\r.\r",
    "\n.\r\n",
    "\r\n.\n",
    "\r\n.\r",
    "\r.\r\n",
    "\n.\n.\n",
    "\n..\n",
    ".\n",
    "\r\n\0.\r\n",
)
SECOND = "MAIL FROM:<evil@example.com>\r\nRCPT TO:<all@example.com>\r\nDATA\r\nSubject: smuggled\r\n\r\nhello\r\n.\r\n"


@pytest.mark.parametrize(("kind", "mailbox"), NO_MAILBOX)
def test_what_is_no_single_mailbox_is_never_written_to(kind: str, mailbox: str) -> None:
    """A person with it is skipped as invalid_address; no field of a message takes it."""
    assert check_address(mailbox) is None, kind
    with pytest.raises(InvalidAddress) as refused:
        envelope_address(mailbox)
    assert mailbox == "" or len(mailbox) < 3 or mailbox not in str(refused.value)
    for field in ("to", "sender", "reply_to"):
        if field == "reply_to" and not mailbox:
            continue  # an empty reply address is none
        with pytest.raises(InvalidMessage) as error:
            assemble(message(1, **{field: mailbox}) if field != "to" else message(1, to=mailbox or "@"))
        assert error.value.code == "invalid_address"


@pytest.mark.parametrize(("kind", "mailbox", "envelope"), ONE_MAILBOX)
def test_an_odd_mailbox_is_one_mailbox(kind: str, mailbox: str, envelope: str) -> None:
    """What is odd but allowed stands in envelope and header as it is, in ASCII where DNS needs that."""
    assert check_address(mailbox) == mailbox, kind
    assert envelope_address(mailbox)[0] == envelope
    assert f"To: {envelope}\r\n".encode() in assemble(message(1, to=mailbox)).data


@pytest.mark.parametrize("eight_bit", [True, False], ids=["8-bit", "quoted"])
@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "plain"])
def test_no_second_message_is_smuggled_behind_a_dot(eight_bit: bool, pipelining: bool) -> None:
    """However a body ends its line before a dot, a server that takes every line ending sees the messages we sent."""
    bodies = [f"Hello{dot}{SECOND}" for dot in DOTS]
    messages = [message(n, text=body, html=body) for n, body in enumerate(bodies)]
    sink = Sink(pipelining=pipelining, extensions=("8BITMIME",) if eight_bit else ())
    assert set(outcomes(send(sink, messages, connections=1))) == {Outcome.ACCEPTED}
    assert len(sink.accepted) == len(messages)
    assert all("evil" not in line and "all@" not in line for line in sink.log)
    for _, _, data in sink.accepted:
        alone = data.replace(b"\r\n", b"")
        assert b"\r" not in alone
        assert b"\n" not in alone


LOCALS = st.text("aZ09_+-.%!#'=?é \"@\n", min_size=0, max_size=70)
DOMAINS = st.text("aZ09-.é[]_\n", min_size=0, max_size=70)


@given(LOCALS, DOMAINS)
@settings(max_examples=400, deadline=None)
@example("a" * 64, "example.com")
@example("a" * 65, "example.com")
@example("ann", "example.com\n")
@example("ann.", "example.com")
@example("a", ".".join(["x" * 62] * 4) + ".co")
@example("a", ".".join(["x" * 62] * 4) + ".com")
def test_the_short_look_at_an_address_says_what_the_long_one_says(local: str, domain: str) -> None:
    """An address that is taken at once would have been taken as it is, and none is taken that would be refused."""

    def look() -> tuple[str, bool] | str:
        try:
            return envelope_address(f"{local}@{domain}")
        except InvalidAddress as error:
            return str(error)

    short = look()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("orchestrator.deliver.email.address._USUAL", re.compile(r"(?!)"))
        assert look() == short
