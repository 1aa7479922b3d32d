"""The pages of unsubscribing: one sheet of paper, one sentence, one button; no script, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Mapping
from importlib.resources import files

_STYLE = (files("orchestrator.serve") / "assets" / "page.css").read_text(encoding="utf-8")
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


def page_headers() -> Mapping[str, str]:
    """Give the headers of every page: nothing is loaded, framed, kept or told to other sites."""
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; "
            "frame-ancestors 'none'; base-uri 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }


def question_page(project: str, hint: str, topic: str) -> str:
    """Give the page that asks before anything happens."""
    who = f' to <b class="who">{html.escape(hint)}</b>' if hint else ""
    return _page(
        project,
        "Unsubscribe",
        f"<h1>Unsubscribe from {_topic(topic)}?</h1>"
        f"<p>We will send no more {_topic(topic)} mail{who}.</p>"
        '<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">'
        "<button>Unsubscribe</button></form>"
        '<p class="small">Nothing has changed yet. If you opened this page by accident, close it.</p>',
    )


def done_page(project: str, hint: str, topic: str) -> str:
    """Give the page that says it is done, also when it was done before."""
    who = f' for <b class="who">{html.escape(hint)}</b>' if hint else ""
    return _page(
        project,
        "Unsubscribed",
        '<span class="mark" aria-hidden="true">✓</span><h1>You are unsubscribed</h1>'
        f"<p>There will be no more {_topic(topic)} mail{who}.</p>"
        '<p class="small">It works at once. A letter that was already on its way may still arrive.</p>',
    )


def unknown_page(project: str) -> str:
    """Give the page for a link that is not ours, was cut off or was changed."""
    return _page(
        project,
        "Not found",
        "<h1>This link does not work</h1><p>It may have been cut off. Please open the newest letter and use the link "
        "at its end, or answer the letter and ask us.</p>",
    )


def busy_page(project: str) -> str:
    """Give the page for somebody who comes too often."""
    return _page(
        project,
        "Later",
        "<h1>One moment, please</h1><p>Too many requests came from here. Try again in a minute.</p>",
    )


def broken_page(project: str) -> str:
    """Give the page for a moment at which we cannot write anything down."""
    return _page(
        project,
        "Later",
        "<h1>That did not work</h1><p>We could not write it down just now. Please try again in a few minutes.</p>",
    )


def _topic(topic: str) -> str:
    return f"<b>{html.escape(topic.replace('_', ' '))}</b>"


def _page(project: str, title: str, body: str) -> str:
    words = project.replace("_", " ")
    name = html.escape(words[:1].upper() + words[1:])
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title} · {name}</title><style>{_STYLE}</style></head>"
        f'<body><main><p class="from">{name}</p>{body}</main></body></html>'
    )
