"""Plain English for tests of lists, related rows and members of another entity."""

from __future__ import annotations

from orchestrator.compile.english_values import Clause, event_words, listed, name_words, takes_none, value_words
from orchestrator.model.condition import HasItem, HasItems, HasRelated, InSegmentOf, ListRef, Which

Related = HasItems | HasItem | HasRelated | InSegmentOf


def related_words(node: Related, clause: Clause) -> str:
    """Give the test as one clause; ``clause`` gives the words of a condition inside."""
    match node:
        case HasItems():
            return _entries(node, clause)
        case HasItem():
            of = name_words(node.of.path)
            where = f"for which {clause(node.where)}"
            if node.which is Which.NONE:
                return f"no entry of {of} is one {where}"
            if node.which is Which.EVERY:
                return f"{of} has at least one entry, and every one is one {where}"
            return f"at least one entry of {of} is one {where}"
        case HasRelated():
            return _rows(node, clause)
        case InSegmentOf():
            verb = "is not" if node.negated else "is"
            none = ", or there is none" if node.negated else ""
            return f"their {value_words(node.of, clause)} {verb} in segment `{node.ref}`{none}"


def _entries(node: HasItems, clause: Clause) -> str:
    of = name_words(node.of.path)
    if not isinstance(node.items, tuple):
        number = {Which.ANY: "at least one", Which.ALL: "all"}.get(node.which, "none")
        return f"{of} holds {number} of `{'' if isinstance(node.items, ListRef) else '$'}{node.items.name}`"
    joint = "and" if node.which is Which.ALL else "or"
    items = listed([value_words(item, clause) for item in node.items], joint)
    if node.which is Which.NONE:
        return f"{of} does not hold {items} (no list counts, too)"
    return f"{of} holds {items}"


def _rows(node: HasRelated, clause: Clause) -> str:
    name, where = node.event.name.replace("_", " "), node.event.where
    filtered = "" if where is None else f" (where {clause(where)})"
    quantity = node.quantity
    if quantity is not None:
        number = str(quantity.count) if quantity.high is None else f"{quantity.count} and {quantity.high}"
        note = " (none counts, too)" if takes_none(quantity) else ""
        return f"they have {quantity.kind.value} {number} {event_words(node.event, clause)}{note}"
    if node.which is Which.NONE:
        return f"they have no {event_words(node.event, clause)}"
    if node.which is Which.EVERY:
        inner = "" if where is None else f", and for every one {clause(where)}"
        return f"they have at least one `{name}`{inner}"
    return f"they have at least one `{name}`{filtered}"
