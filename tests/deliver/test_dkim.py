"""DKIM: what we sign, an independent library verifies; what cannot be signed is refused before anything is sent."""

from __future__ import annotations

import asyncio
import base64
import random
import sys
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from orchestrator.deliver import open_channel, ready
from orchestrator.deliver.channel import deliver_all
from orchestrator.deliver.email.dkim import relaxed_body, signer_for, signers_of
from orchestrator.deliver.email.mime import assemble
from orchestrator.model.delivery import Outcome
from orchestrator.model.errors import SettingsError
from orchestrator.model.project import Project, Provider
from tests.deliver.servers import Sink, message, running

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EDWARDS = ed25519.Ed25519PrivateKey.generate()
BOTH = pytest.mark.parametrize("key", [RSA, EDWARDS], ids=["rsa", "ed25519"])
HEADERS = {
    "List-Unsubscribe": "<https://mail.example.com/u/abcdefghijklmnopqrstuvwxyz0123456789>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "List-Id": "<news.shop.example>",
}


def pem(key: object) -> str:
    return key.private_bytes(  # type: ignore[attr-defined, no-any-return]
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def record(key: object) -> bytes:
    """Give the DNS record of a key."""
    public = key.public_key()  # type: ignore[attr-defined]
    if isinstance(key, rsa.RSAPrivateKey):
        raw = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(raw)
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return b"v=DKIM1; k=ed25519; p=" + base64.b64encode(raw)


def settings(key: object, domain: str = "shop.example") -> dict[str, str]:
    return {f"dkim.{domain}.selector": "orc1", f"dkim.{domain}.key": pem(key)}


def verified(data: bytes, key: object) -> bool:
    """Tell whether dkimpy takes the signature, with a DNS that knows one name."""

    def dns(name: bytes, timeout: int = 5) -> bytes | None:
        return record(key) if name.rstrip(b".") == b"orc1._domainkey.shop.example" else None

    return bool(dkim.verify(data, dnsfunc=dns))


@BOTH
@pytest.mark.parametrize("seed", range(12))
def test_what_we_sign_is_verified(key: object, seed: int) -> None:
    """Any text, any subject; and a change in a signed header or in the body is noticed."""
    dice = random.Random(seed)
    pieces = ["Zoë  Ünal ", "a" * 300, "\n", "\n\n", "\t", " ", ".", "=", "x y   z", "\r\n"]
    text, html = ("".join(dice.choices(pieces, k=20)) for _ in range(2))
    one = message(
        seed, text=text, html=html, subject="Grüße  an alle " + "x " * seed, headers=HEADERS, reply_to="a@b.example"
    )
    signer = signers_of("mail", settings(key))["shop.example"]
    data = signer.sign(assemble(one).data)
    assert verified(data, key)
    head, _, body = data.partition(b"\r\n\r\n")
    assert max(map(len, head.split(b"\r\n"))) <= 120
    assert not verified(data.replace(b"One-Click", b"Two-Click"), key)
    assert not verified(data.replace(b"/u/abc", b"/u/xyz"), key)
    assert not verified(head + b"\r\n\r\nmore" + body, key)
    assert not verified(b"From: somebody@else.example\r\n" + data, key)


@BOTH
def test_every_header_that_matters_is_covered(key: object) -> None:
    """Both unsubscribe headers are in ``h=`` (RFC 8058), and From twice, so that nobody adds another."""
    data = signers_of("mail", settings(key))["shop.example"].sign(assemble(message(1, headers=HEADERS)).data)
    tags = dict(part.strip().split(b"=", 1) for part in data.split(b"\r\nFrom:")[0].split(b":", 1)[1].split(b";"))
    covered = b"".join(tags[b"h"].split()).split(b":")
    assert covered.count(b"from") == 2
    assert {
        b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type", b"list-unsubscribe",
        b"list-unsubscribe-post", b"list-id",
    } <= set(covered)  # fmt: skip
    assert tags[b"d"] == b"shop.example"


@BOTH
def test_signed_mail_arrives_signed(key: object) -> None:
    """Over SMTP, dots doubled on the way; it is quoted-printable, because relays may rewrite 8-bit (RFC 6376, 5.3)."""

    async def go() -> list[bytes]:
        async with running(Sink()) as sink:
            own = {"host": "127.0.0.1", "port": sink.port, "tls": "none", "hostname": "us"}
            way = open_channel(Provider("mail", "smtp", settings={**own, **settings(key)}), None, Path("unused"))
            mails = [
                message(1, text="Zoë\n.\n"),
                message(2, sender="care@news.shop.example"),
                message(3, sender="a@b.example"),
            ]
            assert [r.outcome for r in await deliver_all(way, mails)] == [Outcome.ACCEPTED] * 3
            await way.close()
            return [data for _, _, data in sink.accepted]

    found = {data.partition(b"Subject: ")[2][:7]: data for data in asyncio.run(go())}
    assert verified(found[b"Hello 1"], key)
    assert verified(found[b"Hello 2"], key)
    assert found[b"Hello 1"].isascii()
    assert b"DKIM-Signature" not in found[b"Hello 3"]


def test_the_nearest_domain_signs() -> None:
    """A domain below one with a key is signed by it; a foreign one that only ends alike is not."""
    signers = signers_of("mail", settings(EDWARDS))
    assert signer_for(signers, "a@SHOP.example") is signers["shop.example"]
    assert signer_for(signers, "a@x.y.shop.example") is signers["shop.example"]
    assert signer_for(signers, "a@workshop.example") is None


def test_the_relaxed_body_of_the_standard() -> None:
    """The example of RFC 6376, 3.4.5."""
    assert relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n") == b" C\r\nD E\r\n"
    assert relaxed_body(b"\r\n\r\n") == b""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"key": "nonsense"}, "cannot be read"),
        ({"key": "-----BEGIN PRIVATE KEY-----\\nabc\\n-----END PRIVATE KEY-----"}, "cannot be read"),
        ({"key": "/there/is/no/such/file.pem"}, "cannot be read"),
        ({"key": pem(ec.generate_private_key(ec.SECP256R1()))}, "neither RSA nor Ed25519"),
        ({"selector": "a b"}, "needs a selector"),
        ({"selector": ""}, "needs a selector"),
        ({"key": ""}, "needs a selector and a key"),
    ],
)
def test_a_key_that_cannot_be_used_stops_before_the_first_message(given: dict[str, str], said: str) -> None:
    """The gate refuses, without a word of the key."""
    own = {"selector": "orc1", "key": pem(EDWARDS), **given}
    made = {"host": "127.0.0.1", **{f"dkim.shop.example.{name}": value for name, value in own.items()}}
    provider = Provider("mail", "smtp", settings=made)
    project = Project(1, "shop", public_url="https://m.example", unsubscribe="external", postal_address="1 Road")
    for refuse in (
        lambda: open_channel(provider, None, Path("unused")),
        lambda: asyncio.run(ready(provider, project, "d", "k" * 32)),
    ):
        with pytest.raises(SettingsError, match=said) as error:
            refuse()
        assert "BEGIN" not in str(error.value)


def test_a_key_may_be_in_a_file_or_on_one_line(tmp_path: Path) -> None:
    """A variable holds the path of a PEM file, or the PEM with its line ends written out."""
    (tmp_path / "key.pem").write_text(pem(RSA))
    for value in (str(tmp_path / "key.pem"), pem(RSA).replace("\n", "\\n")):
        signer = signers_of("m", {"dkim.shop.example.selector": "orc1", "dkim.shop.example.key": value})["shop.example"]
        assert verified(signer.sign(assemble(message(1)).data), RSA)


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """DKIM is an extra; nobody else needs it."""
    for name in [name for name in sys.modules if name.split(".")[0] == "cryptography"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(SettingsError) as error:
        signers_of("mail", settings_text())
    assert error.value.remedy == "pip install 'campaign-orchestrator[dkim]'"


def settings_text() -> dict[str, str]:
    return {"dkim.shop.example.selector": "orc1", "dkim.shop.example.key": "-----BEGIN"}
