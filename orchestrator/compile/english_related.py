"""Plain English for tests of lists, related rows and members of another entity."""

from __future__ import annotations

from orchestrator.compile.english_names import Clause, called
from orchestrator.compile.english_values import event_words, listed, number_words, takes_none, value_words
from orchestrator.model.condition import Count, HasItem, HasItems, HasRelated, InSegmentOf, ListRef, Which

Related = HasItems | HasItem | HasRelated | InSegmentOf


def related_words(node: Related, clause: Clause) -> str:
    """Give the test as one clause; ``clause`` gives the words of a condition inside."""
    match node:
        case HasItems():
            return _entries(node, clause)
        case HasItem():
            of, where = called(*node.of.path), f"for which {clause(node.where)}"
            if node.which is Which.NONE:
                return f"{of} has no entry {where}"
            if node.which is Which.EVERY:
                return f"{of} has at least one entry, and for each of them {clause(node.where)}"
            return f"{of} has an entry {where}"
        case HasRelated():
            return _rows(node, clause)
        case InSegmentOf():
            verb = "is not" if node.negated else "is"
            none = ", or there is none" if node.negated else ""
            return f"their {value_words(node.of, clause)} {verb} in segment `{node.ref}`{none}"


def _entries(node: HasItems, clause: Clause) -> str:
    of = called(*node.of.path)
    if not isinstance(node.items, tuple):
        number = {Which.ANY: "at least one", Which.ALL: "all"}.get(node.which, "none")
        name = f"the list `{node.items.name}`" if isinstance(node.items, ListRef) else f"${node.items.name}"
        return f"{of} includes {number} of {name}"
    items = [value_words(item, clause) for item in node.items]
    if node.which is Which.NONE:
        none = f"includes neither {listed(items, 'nor')}" if len(items) > 1 else f"does not include {items[0]}"
        return f"{of} {none} (also true without a list)"
    return f"{of} includes {listed(items, 'and' if node.which is Which.ALL else 'or')}"


def _rows(node: HasRelated, clause: Clause) -> str:
    where, quantity = node.event.where, node.quantity
    if quantity is not None:
        none = " (or no)" if takes_none(quantity) and quantity.kind is not Count.EXACTLY else ""
        return f"they have {number_words(quantity)}{none} {event_words(node.event, clause)}"
    if node.which is Which.NONE:
        return f"they have no {event_words(node.event, clause)}"
    if node.which is Which.EVERY:
        inner = "" if where is None else f", and for each of them {clause(where)}"
        return f"they have at least one {called(node.event.name)}{inner}"
    return f"they have at least one {event_words(node.event, clause)}"
