"""Encryption and login, against the SMTP server of aiosmtpd, which is somebody else's code."""

from __future__ import annotations

import asyncio
import shlex
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope

from orchestrator.deliver import open_channel
from orchestrator.deliver.channel import deliver_all
from orchestrator.model.delivery import Outcome
from orchestrator.model.errors import DeliveryError
from orchestrator.model.project import Provider
from tests.deliver.servers import message

pytestmark = [
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed"),
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
]


class Taken:
    """Keeps what the server took."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        return "250 2.0.0 Ok: queued as 4F1A2B"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1, made for this test run."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 "
        f"-addext subjectAltName=IP:127.0.0.1 -keyout {key} -out {cert}"
    )
    subprocess.run(shlex.split(command), check=True, capture_output=True)
    return cert, key


BOTH = pytest.mark.parametrize("tls", ["starttls", "tls"])


def send(
    tls: str, certificate: tuple[Path, Path], taken: Taken, trusted: bool = True, password: str = "secret"
) -> list[Outcome]:
    """Send twenty messages to a server that wants TLS and a login; give their outcomes."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)

    def login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"orc", b"secret"), handled=False)

    def serving() -> SMTP:
        more: dict[str, Any] = {"tls_context": context, "require_starttls": True} if tls == "starttls" else {}
        known = {"authenticator": login, "auth_required": True, "auth_require_tls": tls == "starttls"}
        return SMTP(taken, hostname="sink", **known, **more)

    async def go() -> list[Outcome]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(serving, "127.0.0.1", 0, ssl=context if tls == "tls" else None)
        settings = {"host": "127.0.0.1", "port": str(server.sockets[0].getsockname()[1]), "tls": tls, "hostname": "us"}
        settings |= {"username": "orc", "password": password} | ({"ca": str(certificate[0])} if trusted else {})
        async with server:
            channel = open_channel(Provider("mail", "smtp", settings=settings), None, Path("unused"))
            try:
                await channel.open()
                return [receipt.outcome for receipt in await deliver_all(channel, [message(n) for n in range(20)])]
            finally:
                await channel.close()
                await asyncio.sleep(0.05)

    return asyncio.run(go())


@BOTH
def test_mail_goes_encrypted_and_logged_in(tls: str, certificate: tuple[Path, Path]) -> None:
    """With the right certificate and password all messages arrive, each to its one recipient."""
    taken = Taken()
    assert set(send(tls, certificate, taken)) == {Outcome.ACCEPTED}
    assert sorted(e.rcpt_tos for e in taken.envelopes) == sorted([f"person{n}@example.com"] for n in range(20))


@BOTH
def test_an_unknown_certificate_is_refused(tls: str, certificate: tuple[Path, Path]) -> None:
    """A server that cannot prove who it is gets neither password nor mail."""
    taken = Taken()
    with pytest.raises(DeliveryError) as error:
        send(tls, certificate, taken, trusted=False)
    assert error.value.remedy
    assert taken.envelopes == []


@BOTH
def test_a_wrong_password_is_said(tls: str, certificate: tuple[Path, Path]) -> None:
    """A refused login stops before any message, and the password is in no text."""
    with pytest.raises(DeliveryError, match="refuses the login") as error:
        send(tls, certificate, Taken(), password="not-the-secret")
    assert "not-the-secret" not in f"{error.value} {error.value.remedy} {error.value.__cause__}"


@pytest.mark.parametrize(
    ("tls", "said", "remedy"),
    [("starttls", "offers no STARTTLS", "tls: none"), ("none", "offers no login", "leave username out")],
)
def test_what_a_server_does_not_offer_is_said(tls: str, said: str, remedy: str) -> None:
    """A server that answers and cannot encrypt, or knows no login, is not called unreachable."""

    async def go() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: SMTP(Taken(), hostname="sink"), "127.0.0.1", 0)
        port = str(server.sockets[0].getsockname()[1])
        settings = {"host": "127.0.0.1", "port": port, "tls": tls, "username": "orc", "password": "secret"}
        async with server:
            channel = open_channel(Provider("mail", "smtp", settings=settings), None, Path("unused"))
            with pytest.raises(DeliveryError, match=said) as error:
                await channel.open()
            assert remedy in error.value.remedy
            assert "secret" not in f"{error.value} {error.value.remedy}"
            await channel.close()

    asyncio.run(go())
