"""The first of the million names of ``long.names``: every message is the one that was meant, or is not made."""

from __future__ import annotations

import uuid

import pytest

from long.names import MOMENT, many, try_name, writing, wrong_with
from orchestrator.deliver.email.mime import assemble
from orchestrator.model.delivery import Message


def test_names_make_the_message_that_was_meant_or_none() -> None:
    """Headers and envelope are those that were meant, whatever somebody calls himself."""
    ways, wrong = many(0, 1_500)
    assert not wrong, wrong[0]
    assert ways["sent"] > 400
    assert ways["render_error"] > 400


def test_the_readers_see_what_was_not_meant() -> None:
    """A header more, a recipient more, a bare line feed, a long line: each is found in a message that has it."""
    use, _ = writing()
    meant = Message(
        uuid.UUID(int=1), "ann@example.com", use.sender.address, "Hi", "<p>a</p>", "a",
        message_id="a@example.com", date=MOMENT,
    )  # fmt: skip
    mail = assemble(meant)
    assert wrong_with(mail, meant) is None
    for old, new in (
        (b"Subject: Hi", b"Subject: Hi\r\nBcc: evil@example.com"),
        (b"To: ann@example.com", b"To: ann@example.com, evil@example.com"),
        (b"Subject: Hi", b"Subject: Hi\nBcc: evil@example.com"),
        (b"Subject: Hi", b"Subject: Hi\rBcc: evil@example.com"),
        (b"Subject: Hi", b"Subject: " + b"x" * 990),
        (b"Subject: Hi", b"Subject: Hi\r\n \r\n"),
    ):
        assert old in mail.data
        assert wrong_with(mail._replace(data=mail.data.replace(old, new, 1)), meant) is not None
    assert wrong_with(mail._replace(to="evil@example.com"), meant) is not None


@pytest.mark.parametrize("eight_bit", [False, True])
def test_an_ordinary_name_is_sent(eight_bit: bool) -> None:
    """Nobody is refused for a quote, a comma, an emoji or another script."""
    for name in ("O'Neil", "Smith, John", '"Bob"', "日本太郎", "\U0001f600", "Zoë", "a@b.example", "{{ 7*7 }}", "."):
        assert try_name(name, eight_bit) == ("sent", None), name
