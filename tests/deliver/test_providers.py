"""What every provider promises, whoever it hands its messages to."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from email.message import EmailMessage
from pathlib import Path

import pytest

from orchestrator.deliver import PROVIDERS, Channel, open_channel
from orchestrator.deliver.channel import deliver_all
from orchestrator.model.delivery import Outcome
from orchestrator.model.errors import SettingsError
from orchestrator.model.project import Provider
from tests.deliver.servers import Sink, message, running

Opened = tuple[Channel, Callable[[], list[bytes]]]


@contextlib.asynccontextmanager
async def outbox(folder: Path) -> AsyncIterator[Opened]:
    channel = open_channel(Provider("mail", "outbox"), None, folder)
    yield channel, lambda: [path.read_bytes() for path in sorted(folder.glob("*.eml"))]


@contextlib.asynccontextmanager
async def smtp(folder: Path, pipelining: bool = True) -> AsyncIterator[Opened]:
    async with running(Sink(pipelining=pipelining)) as sink:
        settings = {"host": "127.0.0.1", "port": sink.port, "tls": "none", "hostname": "us"}
        yield (
            open_channel(Provider("mail", "smtp", settings=settings), None, folder),
            lambda: [m for _, _, m in sink.accepted],
        )


def plain_smtp(folder: Path) -> AbstractAsyncContextManager[Opened]:
    return smtp(folder, pipelining=False)


WAYS = {"outbox": outbox, "smtp": smtp, "smtp, no pipelining": plain_smtp}
EACH = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
HOSTILE = {
    "subject": ["Bob\r\nBcc: evil@example.com", "=?utf-8?q?Bob=0D=0ABcc=3A_evil=40example.com?=",
                "a\nb", "a\x00b", "\udcff"],
    "to_name": ["Bob\r\nBcc: evil@example.com", "=?utf-8?b?Qm9iDQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?=", "a\x85b"],
    "to": ["a\r\nRCPT TO:<evil@example.com>", "a@b.example>\r\nDATA", "a b@c.example", "a@b@c.example",
           "@x", "a@", "<a@b.example>", '"a b"@c.example', "a@-b.example", "a@b..example", "x" * 65 + "@example.com"],
    "sender": ["news@shop.example>\r\nRCPT TO:<evil@example.com", ""],
    "sender_name": ["Shop\r\nBcc: evil@example.com"],
    "reply_to": ["a@b.example\r\nBcc: evil@example.com"],
    "message_id": ["a>\r\nBcc: evil@example.com", ""],
    "headers": [{"X-A": "a\r\nBcc: evil@example.com"}, {"Bcc": "evil@example.com"},
                {"X-A\r\nBcc": "x"}, {"X-A": "x" * 2000}, {"": "x"}],
    "text": ["\ud800"],
}  # fmt: skip


def test_every_shipped_kind_is_here() -> None:
    """A new provider meets these promises by being listed."""
    assert {name.split(",")[0] for name in WAYS} == set(PROVIDERS.names())


@EACH
def test_one_receipt_each_and_the_bytes_as_made(
    way: Callable[[Path], AbstractAsyncContextManager[Opened]], tmp_path: Path
) -> None:
    """Seventy messages give seventy receipts of theirs; what arrives says what was written."""

    async def go() -> tuple[list[Outcome], list[bytes], int]:
        async with way(tmp_path) as (channel, arrived):
            await channel.open()
            sent = [
                message(
                    n, subject=f"Grüße {n}", sender_name="Shop, Ltd", to_name="Zoë O'Hara", headers={"List-Id": "<n.x>"}
                )
                for n in range(70)
            ]
            receipts = await deliver_all(channel, sent)
            assert {r.id for r in receipts} == {m.id for m in sent}
            await channel.close()
            await channel.close()
            return [r.outcome for r in receipts], arrived(), len(receipts)

    found, arrived, count = asyncio.run(go())
    assert (set(found), count, len(arrived)) == ({Outcome.ACCEPTED}, 70, 70)
    parsed: EmailMessage = email.message_from_bytes(arrived[0], policy=email.policy.default)  # type: ignore[assignment]
    number = str(parsed["Message-ID"]).removeprefix("<").split("@")[0]
    assert parsed["Subject"] == f"Grüße {number}"
    assert str(parsed["To"]) == f"Zoë O'Hara <person{number}@example.com>"
    assert str(parsed["From"]) == '"Shop, Ltd" <news@shop.example>'
    assert parsed["List-Id"] == "<n.x>"
    assert [part.get_content_type() for part in parsed.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert all(len(line) <= 998 for line in arrived[0].split(b"\r\n"))
    assert arrived[0].count(b"\n") == arrived[0].count(b"\r\n") == arrived[0].count(b"\r")


@EACH
@pytest.mark.parametrize(("field", "value"), [(f, v) for f, values in HOSTILE.items() for v in values])
def test_nothing_is_smuggled_in(
    way: Callable[[Path], AbstractAsyncContextManager[Opened]], tmp_path: Path, field: str, value: object
) -> None:
    """A line break or worse in any field fails that message alone; the messages around it arrive."""

    async def go() -> tuple[list[tuple[Outcome, str]], list[bytes]]:
        async with way(tmp_path) as (channel, arrived):
            sent = [message(0), message(1, **{field: value}), message(2)]
            found = {r.id: (r.outcome, r.code) for r in await deliver_all(channel, sent)}
            await channel.close()
            return [found[m.id] for m in sent], arrived()

    found, arrived = asyncio.run(go())
    assert [outcome for outcome, _ in found] == [Outcome.ACCEPTED, Outcome.FAILED, Outcome.ACCEPTED]
    assert found[1][1] in ("invalid_address", "invalid_header", "invalid_message")
    assert len(arrived) == 2
    assert not any(b"evil" in data for data in arrived)


@EACH
def test_an_empty_batch_is_nothing(way: Callable[[Path], AbstractAsyncContextManager[Opened]], tmp_path: Path) -> None:
    """No message, no receipt, no error."""

    async def go() -> None:
        async with way(tmp_path) as (channel, _):
            await channel.open()
            assert await deliver_all(channel, []) == []
            await channel.close()

    asyncio.run(go())


def test_an_unknown_kind_names_the_known_ones(tmp_path: Path) -> None:
    """A provider of a kind that does not exist is a settings error with the list."""
    with pytest.raises(SettingsError) as error:
        open_channel(Provider("mail", "sendgird"), None, tmp_path)
    assert "outbox, smtp" in error.value.remedy


def test_settings_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`${NAME}` is read where the mail leaves; explicit settings win over the file's."""
    monkeypatch.setenv("ORC_TEST_FOLDER", str(tmp_path / "there"))
    channel = open_channel(Provider("mail", "outbox", settings={"folder": "${ORC_TEST_FOLDER}"}), None, tmp_path)
    assert channel.folder == tmp_path / "there"  # type: ignore[attr-defined]
    other = open_channel(
        Provider("mail", "outbox", settings={"folder": "${ORC_TEST_FOLDER}"}), {"folder": "x"}, tmp_path
    )
    assert other.folder == Path("x")  # type: ignore[attr-defined]
