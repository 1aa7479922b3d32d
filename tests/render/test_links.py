"""A link unsubscribes its own mailbox from its own topic, and nobody can make one up."""

from __future__ import annotations

import base64
import random
import uuid

import pytest

from orchestrator.model.errors import SettingsError
from orchestrator.model.people import address_hash
from orchestrator.render import Tokens, message_links, unsubscribe_headers

KEY = "k1:an-old-secret-of-some-length"
ID = uuid.UUID("5b1c6a52-6f0e-5a0f-9d5b-0c3b7e3f9a41")
HASH = address_hash("ada@example.com")


def mint(tokens: Tokens, purpose: str = "unsubscribe") -> str:
    return tokens.mint(purpose, ID, HASH, "email", "promotions", "a…@example.com")


def test_a_token_says_what_it_was_made_for() -> None:
    """Message, mailbox, channel, topic and masked address come back as they went in."""
    tokens = Tokens(KEY, "shop")
    claim = tokens.read("unsubscribe", mint(tokens))
    assert claim is not None
    assert (claim.message_id, claim.address_hash, claim.channel, claim.scope) == (ID, HASH, "email", "promotions")
    assert (claim.hint, claim.key_id) == ("a…@example.com", "k1")


def test_a_token_holds_for_one_purpose_deployment_and_key() -> None:
    """A token of another purpose, deployment or key is worth nothing."""
    tokens = Tokens(KEY, "shop")
    token = mint(tokens)
    assert tokens.read("click", token) is None
    assert Tokens(KEY, "staging").read("unsubscribe", token) is None
    assert Tokens("k1:another-secret-of-some-length", "shop").read("unsubscribe", token) is None


def test_keys_rotate() -> None:
    """Links signed with the old key work while it is listed; new ones carry the new key; then the old ones end."""
    old = mint(Tokens(KEY, "shop"))
    both = Tokens("k2:a-new-secret-of-some-length," + KEY, "shop")
    assert both.read("unsubscribe", old) is not None
    claim = both.read("unsubscribe", mint(both))
    assert claim is not None
    assert claim.key_id == "k2"
    assert Tokens("k2:a-new-secret-of-some-length", "shop").read("unsubscribe", old) is None


def test_a_link_of_an_earlier_release_holds() -> None:
    """A token is read in every later release: a letter may be years old when somebody unsubscribes."""
    first = (
        "AQJrMVscalJvDloPnVsMO34_mkGVhdsOBxf4RpnNeT_-mCSBKw8xdqxL-WzBmoQq5prmEU8HreZJWgTpp1n1affWWm28SD9NtoGPYV3LnGNV8rGz"
        "pAJmAGALw4lPcVWQjptir3E5"
    )
    second = (
        "AgJrMVscalJvDloPnVsMO34_mkHJe46dNzWcOkOiXZfcMrEGXbsrJ40pGP11bFPev7rX3uYn88q5QA4F5Mr7jQ-bT74LQAskH4SjDuBEehfy1Uz-"
        "D9DZccF195oc1qa_6h-_uRU6"
    )
    tokens = Tokens(KEY, "shop")
    assert mint(tokens) == second
    assert tokens.read("unsubscribe", first) == tokens.read("unsubscribe", second) is not None


def test_a_mask_is_used_once() -> None:
    """Two messages to one mailbox share no stretch of their tokens: a log tells nobody that it was the same one."""
    tokens = Tokens(KEY, "shop")
    one, two = (
        base64.urlsafe_b64decode(tokens.mint("unsubscribe", uuid.UUID(int=n), HASH, "email", "promotions", "") + "==")
        for n in (1, 2)
    )
    assert one[:19] == two[:19]  # version, key, and an id that differs in its last byte only
    assert not any(one[n : n + 3] == two[n : n + 3] for n in range(20, len(one) - 2))


def test_every_changed_byte_breaks_it() -> None:
    """No bit of a token can be changed, none left out, none added, and there is one spelling of each."""
    tokens = Tokens(KEY, "shop")
    token = mint(tokens)
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    for at in range(len(raw)):
        for bit in (1, 128):
            changed = raw[:at] + bytes([raw[at] ^ bit]) + raw[at + 1 :]
            assert tokens.read("unsubscribe", base64.urlsafe_b64encode(changed).decode().rstrip("=")) is None
    for other in (token[:-1], token + "A", token + "=", "A" + token, token.replace("_", "/") + "!", ""):
        assert other == token or tokens.read("unsubscribe", other) is None


def test_nobody_guesses_one() -> None:
    """Random texts of every length are refused, and nothing raises."""
    tokens, dice = Tokens(KEY, "shop"), random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=é/+. "
    for _ in range(5000):
        assert tokens.read("unsubscribe", "".join(dice.choices(letters, k=dice.randrange(200)))) is None


def test_a_token_tells_a_stranger_nothing() -> None:
    """Neither address, nor its hash, nor the topic can be read from a token without the key."""
    token = mint(Tokens(KEY, "shop"))
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert HASH[:4] not in raw
    assert b"promotions" not in raw
    assert b"example" not in raw


@pytest.mark.parametrize(
    "key", ["", "short", "k1:short", "k 1:long-enough-to-be-a-secret", "a:0123456789abcdef,a:fedcba9876543210"]
)
def test_a_weak_key_is_refused(key: str) -> None:
    """A key that is missing, short or listed twice stops the program with a way out."""
    with pytest.raises(SettingsError) as error:
        Tokens(key, "shop")
    assert error.value.remedy


def test_headers_are_those_of_rfc_8058() -> None:
    """One https URI in List-Unsubscribe, the one-click post beside it, and the page behind the same URL."""
    links = message_links(Tokens(KEY, "shop"), "https://mail.example/", ID, "ada@example.com", HASH, "email", "news")
    assert links.one_click == links.unsubscribe
    assert links.one_click.startswith("https://mail.example/u/")
    headers = unsubscribe_headers(links.one_click, "news.mail.example")
    assert headers == {
        "List-Unsubscribe": f"<{links.one_click}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": "<news.mail.example>",
    }
