"""Checks of versions: a version is held against another one, or against a text that is one."""

from __future__ import annotations

import re

from orchestrator.compile.reporter import Reporter
from orchestrator.compile.typed import Typed
from orchestrator.compile.versions import version_key
from orchestrator.model import condition as c
from orchestrator.model.schema import Type

_MESSAGE = '"{}" is not a version: numbers with points between them, as in "4.10" or "4.2-beta"'


def versions(left: Typed, right: Typed) -> bool:
    """Tell whether two values are compared as versions: one is a version, the other too or a written text."""
    kinds = (left, right)
    return any(t.type is Type.VERSION for t in kinds) and all(
        t.type is Type.VERSION or (t.type is Type.TEXT and t.literal) for t in kinds
    )


def readable(report: Reporter, *sides: tuple[c.Value, Typed]) -> bool:
    """Report a written text that is no version (E340); tell whether there is none."""
    for node, _ in sides:
        if isinstance(node, c.Text) and version_key(node.value) is None:
            near = _near(node.value)
            report.error("E340", node.span, _MESSAGE.format(node.value), None if near is None else f'"{near}"')
            return False
    return True


def named(report: Reporter, node: c.OneOf, items: tuple[c.Literal, ...]) -> bool:
    """Report a text of a named list that is no version (E340); tell whether there is none.

    The whole test is offered: nothing smaller can be pasted where the list's name stands.
    """
    texts = [item.value for item in items if isinstance(item, c.Text)]
    wrong = [text for text in texts if version_key(text) is None]
    if not wrong:
        return True
    mended = [text if version_key(text) is not None else _near(text) for text in texts]
    own, test = report.words(node.value.span), f"is {'not ' if node.negated else ''}one of"
    whole = own is not None and len(texts) == len(items) and None not in mended
    entries = ", ".join(f'"{text}"' for text in mended)
    if isinstance(node.items, c.ListRef):
        message = f"in the list `{node.items.name}`, {_MESSAGE.format(wrong[0])}"
        report.error("E340", node.items.span, message, f"{own} {test} ({entries})" if whole else None)
    return False


def _near(text: str) -> str | None:
    """Give the one number that stands in a text, as a version; None where there are several, or none."""
    found = re.findall(r"[0-9]+(?:[.,_][0-9]+)*", text)
    version = re.sub("[,_]", ".", found[0]) if len(found) == 1 else ""
    return version if version_key(version) is not None else None
