"""How the tests of this room make a letter in one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.model.campaign import Step, Variant
from orchestrator.model.project import Project
from orchestrator.model.utm import Utm
from orchestrator.render import Letter, Parts, compile_letter

PROJECT = Project(1, "shop", zone="Europe/Berlin", currency="EUR", postal_address="Shop, Street 1, Town")
LINKS = {"unsubscribe": "https://mail.example/u/token"}


def letter(
    template: str | None = None, files: Mapping[str, str] | None = None, /, utm: Utm | None = None, **parts: Any
) -> Letter:
    """Give the compiled letter of one variant; ``template`` is the text of ``body.html.j2``."""
    templates = dict(files or {})
    if template is not None:
        templates["body.html.j2"] = template
        parts.setdefault("template", "body.html.j2")
    variant = Variant("only", **parts)
    step = Step("hello", "email", "mail", "promotional", (variant,), utm=utm, campaign="spring")
    return compile_letter(templates, step, variant, PROJECT)


def write(made: Letter, **facts: Any) -> Parts:
    """Write a letter to one person."""
    return made.render(facts, {"name": "spring", "title": "Spring"}, {}, LINKS)


def html(template: str, files: Mapping[str, str] | None = None, **facts: Any) -> str:
    """Give what stands between <body> and </body>."""
    shown = write(letter(template, files, subject="s"), **facts).html
    assert shown is not None
    return shown.split("<body>")[1].split("</body>")[0]


def line(template: str, **facts: Any) -> str:
    """Give a rendered subject."""
    return write(letter("<p>x</p>", subject=template), **facts).subject
