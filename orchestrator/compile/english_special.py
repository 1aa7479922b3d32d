"""Plain English for tests about what a value was before."""

from __future__ import annotations

from collections.abc import Callable

from orchestrator.compile.english_values import unit_words
from orchestrator.model.condition import Changed, Held, Value, Window

Said = Callable[[Value], str]
When = Callable[[Window], str]


def special_words(node: Held | Changed, value: Said, window: When) -> str:
    """Give the words for one of them."""
    match node:
        case Held():
            time = f"{node.count} {unit_words(node.unit, node.local, node.count)}"
            words = f"{value(node.of)} has been {value(node.value)} without a break for at least {time}"
            if node.negated:
                return f"it is not so that {words} (also true where the history starts later)"
            return f"{words} (where its history reaches back so far)"
        case Changed():
            start = "another known value" if node.before is None else value(node.before)
            when = "" if node.window is None else f" {window(node.window)}"
            return f"{value(node.of)} changed from {start} to {value(node.after)}{when}"
