"""What the server offers decides how a message is written: 8-bit, quoted-printable, letters in an address."""

from __future__ import annotations

import email
import email.policy
import random

import pytest

from orchestrator.deliver.email.mime import BOUNDARY, InvalidMessage, assemble
from orchestrator.model.delivery import Outcome
from tests.deliver.servers import Sink, message
from tests.deliver.test_smtp import outcomes, send

A, F = Outcome.ACCEPTED, Outcome.FAILED
PIECES = ["Zoë", "日本", "\n", "\r\n", "\r", ".", "\n.\n", "\n..", "=", " \n", "\t", "\0", "From x", "\x7f"]
PIECES += ["a" * 500, "a" * 998, "a" * 999, "é" * 499, "é" * 500, f"--{BOUNDARY}"]


def bodies(data: bytes) -> dict[str, str]:
    """Give the decoded parts by subtype, lines ended by a line feed."""
    parsed = email.message_from_bytes(data, policy=email.policy.default)
    return {
        part.get_content_subtype(): part.get_payload(decode=True).decode().replace("\r\n", "\n")  # type: ignore[union-attr]
        for part in parsed.walk()
        if not part.is_multipart()
    }


@pytest.mark.parametrize("seed", range(150))
def test_both_encodings_carry_the_same_text(seed: int) -> None:
    """Whatever a body holds: lines of 998 bytes at most, no bare CR or LF, and the same text after decoding."""
    dice = random.Random(seed)
    text, html = ("".join(dice.choices(PIECES, k=dice.randrange(1, 12))) for _ in range(2))
    one = message(1, text=text, html=html)
    quoted, raw = assemble(one), assemble(one, eight_bit=True)
    assert not quoted.eight_bit
    for mail in (quoted, raw):
        lines = mail.data.split(b"\r\n")
        assert max(map(len, lines)) <= 998
        assert not any(b"\r" in line or b"\n" in line for line in lines)
        assert b"\0" not in mail.data
        expected = {"plain": text, "html": html}
        for kind, found in bodies(mail.data).items():
            wanted = expected[kind].replace("\r\n", "\n").replace("\r", "\n")
            assert found.rstrip("\n") == wanted.rstrip("\n")
    if not raw.data.isascii():
        assert raw.eight_bit


def test_a_server_that_offers_8bitmime_gets_the_letters_themselves() -> None:
    """The body travels as it is, dots doubled, and MAIL says so; without the offer it is quoted-printable as ever."""
    one = message(1, text="Zoë\n.\n..\n", html="<p>日本</p>")
    for offers, raw in ((("8BITMIME",), True), (("SIZE",), False)):
        sink = Sink(extensions=offers)
        assert outcomes(send(sink, [one], connections=1)) == [A]
        (mail,) = [line for line in sink.log if line.startswith("MAIL")]
        _, _, data = sink.accepted[0]
        assert ("BODY=8BITMIME" in mail) is raw
        assert ("日本".encode() in data) is raw
        assert {kind: text.rstrip("\n") for kind, text in bodies(data).items()} == {
            "plain": "Zoë\n.\n..", "html": "<p>日本</p>",
        }  # fmt: skip


@pytest.mark.parametrize("field", ["to", "sender", "reply_to"])
def test_letters_before_the_at_need_smtputf8(field: str) -> None:
    """Recipient, sender and reply address alike: sent as they are where it is offered, refused by name elsewhere."""
    one = message(1, **{field: "zoë@example.com"})
    sink = Sink()
    assert outcomes(send(sink, [one], connections=1)) == [A]
    assert any(line.startswith("MAIL") and "SMTPUTF8" in line for line in sink.log)
    assert "zoë@example.com".encode() in sink.accepted[0][2]
    for offers in (("8BITMIME",), (), ("SMTPUTF8",)):
        plain = Sink(extensions=offers or ("SIZE",))
        (receipt,) = send(plain, [one], connections=1)
        assert (receipt.outcome, receipt.code) == (F, "invalid_address")
        assert "SMTPUTF8" in receipt.evidence
        assert "zo" not in receipt.evidence
        assert not any(line.startswith(("MAIL", "RCPT")) for line in plain.log)


def test_a_domain_in_other_letters_is_written_in_ascii() -> None:
    """It needs no SMTPUTF8: IDNA makes it readable for every server."""
    sink = Sink(extensions=("SIZE",))
    assert outcomes(send(sink, [message(1, to="zoe@bücher.example")], connections=1)) == [A]
    assert sink.accepted[0][1] == ["TO:<zoe@xn--bcher-kva.example>"]


def test_half_a_character_is_refused_in_both() -> None:
    """A lone surrogate cannot be sent, 8-bit or not."""
    for eight_bit in (False, True):
        with pytest.raises(InvalidMessage, match="half a character"):
            assemble(message(1, text="\ud800"), eight_bit)
