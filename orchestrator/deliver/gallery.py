"""A gallery of an outbox: one HTML page to open in a browser, from a file, without a server.

Each message is shown in a frame that runs no script and loads nothing from outside; the page itself has a
policy that forbids both. The first messages have a page each; the rest are counted and stay ``.eml`` files.
"""

from __future__ import annotations

import email
import email.policy
import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from importlib.resources import files
from pathlib import Path

FIRST = 300
"""Messages that are shown; more than a browser likes to hold are only counted."""

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: cid:; frame-src 'self' file: data:; "
    "form-action 'none'; base-uri 'none'"
)
_SHOWN = (
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Id",
)


@dataclass(frozen=True, slots=True)
class GalleryRow:
    """What the page says of one message beside its own headers. ``id`` is the message's id."""

    id: str
    campaign: str = ""
    variant: str = ""
    person: str = ""
    note: str = ""


def write_gallery(folder: Path, title: str, rows: Iterable[GalleryRow] | None = None) -> Path:
    """Write ``index.html`` over the ``.eml`` files of a folder and give its path.

    With ``rows`` the page shows these messages in this order, else all of the folder, the newest first. Raises
    OSError where the folder cannot be written to.
    """
    known = {row.id: row for row in rows or ()}
    found = sorted(folder.glob("*.eml"), key=lambda path: (-path.stat().st_mtime_ns, path.name))
    names = [id for id in known if (folder / f"{id}.eml").exists()] if known else [path.stem for path in found]
    pages = folder / "pages"
    pages.mkdir(exist_ok=True)
    entries = []
    for id in names[:FIRST]:
        message = email.message_from_bytes((folder / f"{id}.eml").read_bytes(), policy=email.policy.default)
        row = known.get(id, GalleryRow(id))
        (pages / f"{id}.html").write_text(_page(message, row), encoding="utf-8")
        entries.append(_entry(message, row))
    index = folder / "index.html"
    index.write_text(_index(title, entries, len(names), len(found)), encoding="utf-8")
    return index


def _asset(name: str) -> str:
    return (files("orchestrator.deliver") / "assets" / name).read_text(encoding="utf-8")


def _entry(message: EmailMessage, row: GalleryRow) -> str:
    to, subject = _header(message, "To"), _header(message, "Subject")
    tags = "".join(f"<span class=tag>{html.escape(text)}</span>" for text in (row.campaign, row.variant) if text)
    return (
        f'<li><a href="pages/{row.id}.html" target="letter"><span class=to>{html.escape(to)}</span>'
        f"<span class=subject>{html.escape(subject)}</span>{tags}</a></li>"
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message[name] or "")
    except (ValueError, IndexError):
        return ""


def _part(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else None


def _page(message: EmailMessage, row: GalleryRow) -> str:
    rich, plain = _part(message, "html"), _part(message, "plain")
    headers = "".join(
        f"<tr><th>{name}</th><td>{html.escape(_header(message, name))}</td></tr>" for name in _SHOWN if message[name]
    )
    facts = "".join(
        f"<span class=tag>{label} <b>{html.escape(value)}</b></span>"
        for label, value in (
            ("campaign", row.campaign),
            ("variant", row.variant),
            ("person", row.person),
            ("", row.note),
        )
        if value
    )
    frame = f'<meta http-equiv="Content-Security-Policy" content="{html.escape(_POLICY)}">' + (rich or "")
    views = ""
    if rich is not None:
        views += (
            '<section id="html"><iframe sandbox="" referrerpolicy="no-referrer" title="The letter" '
            f'srcdoc="{html.escape(frame)}"></iframe></section>'
        )
    if plain is not None:
        views += f'<section id="text"><pre>{html.escape(plain)}</pre></section>'
    views += (
        f'<section id="headers"><table>{headers}</table><p><a href="../{row.id}.eml">{row.id}.eml</a></p></section>'
    )
    return _filled(
        "letter.html",
        subject=html.escape(_header(message, "Subject")),
        to=html.escape(_header(message, "To")),
        sender=html.escape(_header(message, "From")),
        facts=facts,
        views=views,
        only="" if rich is not None else "checked",
        first="checked" if rich is not None else "",
        without="" if rich is not None else "hidden",
        textless="" if plain is not None else "hidden",
    )


def _index(title: str, entries: Sequence[str], chosen: int, there: int) -> str:
    total = max(chosen, there)
    more = f"{total:,} messages" if total != 1 else "1 message"
    if total > len(entries):
        more = f"{len(entries):,} of {more}; the others are .eml files in this folder"
    first = entries[0].split('href="')[1].split('"')[0] if entries else "about:blank"
    return _filled(
        "gallery.html",
        title=html.escape(title),
        count=more,
        entries="\n".join(entries) or "<li class=none>No message yet.</li>",
        first=first,
    )


def _filled(asset: str, **values: str) -> str:
    text = _asset(asset).replace("@@policy@@", html.escape(_POLICY))
    parts = text.split("@@")
    return "".join(part if n % 2 == 0 else values[part] for n, part in enumerate(parts))
