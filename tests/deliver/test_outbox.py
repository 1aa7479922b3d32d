"""The outbox holds each message once and whole, and its gallery can be opened without a server and without danger."""

from __future__ import annotations

import asyncio
import errno
import html
import os
import re
import uuid
from pathlib import Path

import pytest

from orchestrator.deliver import GalleryRow, open_channel, write_gallery
from orchestrator.deliver.channel import deliver_all
from orchestrator.deliver.providers import outbox as module
from orchestrator.model.delivery import Message, Outcome, Receipt
from orchestrator.model.errors import DeliveryError, SettingsError
from orchestrator.model.project import Provider
from tests.deliver.servers import message


def send(folder: Path, messages: list[Message]) -> list[Receipt]:
    async def go() -> list[Receipt]:
        channel = open_channel(Provider("mail", "outbox"), None, folder)
        await channel.open()
        return await deliver_all(channel, messages)

    return asyncio.run(go())


def test_the_file_is_named_by_the_message(tmp_path: Path) -> None:
    """One message, one file, named by its id; no leftovers beside it."""
    one = message(1)
    (receipt,) = send(tmp_path, [one])
    assert (receipt.outcome, receipt.provider_id) == (Outcome.ACCEPTED, f"{one.id}.eml")
    assert [path.name for path in tmp_path.iterdir()] == [f"{one.id}.eml"]


def test_a_second_sending_is_visible_and_not_doubled(tmp_path: Path) -> None:
    """Writing the same message again leaves the first file as it is and is noted, also within one batch."""
    one = message(1)
    send(tmp_path, [one])
    before = (tmp_path / f"{one.id}.eml").read_bytes()
    again = message(1, subject="Other words")
    assert [r.code for r in send(tmp_path, [again, message(2), message(2)])] == ["written", "again", "again"]
    assert (tmp_path / f"{one.id}.eml").read_bytes() == before
    assert (tmp_path / "again.log").read_text().split() == [str(one.id), str(message(2).id)]


def test_a_full_disk_is_retry_and_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full the message is for later; what was written before stays, what was begun is removed."""
    usual, count = os.fsync, iter(range(100))

    def full(handle: int) -> None:
        if next(count) == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        usual(handle)

    monkeypatch.setattr(module.os, "fsync", full)
    receipts = {r.id: r for r in send(tmp_path, [message(1), message(2), message(3)])}
    assert [receipts[message(n).id].outcome for n in (1, 2, 3)] == [Outcome.ACCEPTED, Outcome.RETRY, Outcome.ACCEPTED]
    assert receipts[message(2).id].evidence == "No space left on device"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{message(n).id}.eml" for n in (1, 3))


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    """An outbox in an impossible place cannot be opened, and the settings it has are named."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(DeliveryError, match="cannot be written to"):
        send(tmp_path / "file" / "outbox", [])
    with pytest.raises(SettingsError, match="unknown setting 'foldr'"):
        open_channel(Provider("mail", "outbox", settings={"foldr": "x"}), None, tmp_path)


EVIL = '<script>alert(1)</script><img src=x onerror=alert(1)>"\'><a href="javascript:alert(1)">x</a></iframe><!--'


def test_the_gallery_runs_nothing(tmp_path: Path) -> None:
    """Scripts in a letter, a subject, a name or a variant are text or stay in a frame that runs none."""
    one = message(1, subject=EVIL, to_name=EVIL, html=EVIL, text=EVIL)
    send(tmp_path, [one])
    index = write_gallery(tmp_path, EVIL, [GalleryRow(str(one.id), EVIL, EVIL, EVIL, EVIL)])
    page = (tmp_path / "pages" / f"{one.id}.html").read_text(encoding="utf-8")
    for text in (index.read_text(encoding="utf-8"), page):
        outside = re.sub(r'srcdoc="[^"]*"', "", text)
        assert "<script" not in outside
        assert (
            "onerror=" not in re.sub(r"&[a-z#0-9]+;", "", outside).replace(html.escape(EVIL), "")
            or "<img" not in outside
        )
        assert "default-src &#x27;none&#x27;" in text
    assert '<iframe sandbox="" referrerpolicy="no-referrer"' in page
    frame = re.search(r'srcdoc="([^"]*)"', page)
    assert frame is not None
    assert html.unescape(frame.group(1)).endswith(EVIL)


def test_the_gallery_shows_what_was_sent(tmp_path: Path) -> None:
    """List, letter, text part, headers, variant: everything one wants to see, in the order of the rows."""
    sent = [message(n, subject=f"Grüße {n}", headers={"List-Unsubscribe": "<https://x.example/u/t>"}) for n in range(3)]
    send(tmp_path, sent)
    rows = [GalleryRow(str(m.id), "launch", "curious", f"c{n}") for n, m in reversed(list(enumerate(sent)))]
    index = write_gallery(tmp_path, "launch", rows).read_text(encoding="utf-8")
    assert [int(n) for n in re.findall(r"Grüße (\d)", index)] == [2, 1, 0]
    assert "3 messages" in index
    page = (tmp_path / "pages" / f"{sent[0].id}.html").read_text(encoding="utf-8")
    for part in (
        "Grüße 0",
        "person0@example.com",
        "curious",
        "c0",
        "https://x.example/u/t",
        "Hello 0\n.\n..dots",
        f"{sent[0].id}.eml",
    ):
        assert part in page


def test_a_large_outbox_shows_the_first_and_counts_the_rest(tmp_path: Path) -> None:
    """Thousands of messages make a page that still opens: the first 300 are shown, all are counted."""
    sent = [message(n) for n in range(310)]
    send(tmp_path, sent)
    index = write_gallery(tmp_path, "launch").read_text(encoding="utf-8")
    assert index.count("<li>") == 300
    assert "300 of 310 messages; the others are .eml files in this folder" in index
    assert len(list((tmp_path / "pages").iterdir())) == 300


def test_an_empty_gallery_and_a_text_letter(tmp_path: Path) -> None:
    """No message yet is a page that says so; a letter of text only opens on its text."""
    assert "No message yet" in write_gallery(tmp_path, "launch").read_text(encoding="utf-8")
    one = message(1, html=None)
    send(tmp_path, [one])
    write_gallery(tmp_path, "launch", [GalleryRow(str(one.id)), GalleryRow(str(uuid.UUID(int=1)))])
    page = (tmp_path / "pages" / f"{one.id}.html").read_text(encoding="utf-8")
    assert "<iframe" not in page
    assert 'id="show-text" checked' in page
