"""Parse tree to tests of what belongs to a person: entries of lists, related rows, members of another entity."""

from __future__ import annotations

from orchestrator.language.segment_conditions import Conditions
from orchestrator.language.segment_tree import Branch, branch, branches, leaves
from orchestrator.model import condition as c


class Related(Conditions):
    """Reads ``has …`` and ``… is in segment …``. Left to ``compile/``: names, types, plurals."""

    def on_has_value(self, at: Branch) -> c.HasItems:
        """Read ``tags has "vip"``."""
        return c.HasItems(self.attr(at.children[0]), (self.literal(at.children[-1]),), span=self.span(at))

    def on_has_items(self, at: Branch) -> c.HasItems:
        """Read ``tags has any of (…)``, ``has all of (…)``, ``has none of (…)``."""
        words = leaves(at)
        which = c.Which.ANY if "ANY" in words else c.Which.ALL if "ALL" in words else c.Which.NONE
        items: tuple[c.Literal, ...] | c.ListRef | c.Param = self.read(at.children[-1])
        return c.HasItems(self.attr(at.children[0]), items, which, span=self.span(at))

    def on_has_item(self, at: Branch) -> c.HasItem:
        """Read ``items has item where (…)``."""
        where = self.condition(branches(at)[-1].children[-1])
        return c.HasItem(self.attr(at.children[0]), where, _which(at), span=self.span(at))

    def on_has_related(self, at: Branch) -> c.HasRelated:
        """Read ``has device where (…)``, ``has no …``, ``has every …``, ``has at least 3 …``."""
        counted = branch(at, "quantity")
        event = self.event(branches(at)[-1])
        quantity = None if counted is None else self.quantity(counted)
        return c.HasRelated(event, _which(at), quantity, span=self.span(at))

    def on_ref_member(self, at: Branch) -> c.InSegmentOf:
        """Read ``account is in segment big_accounts``."""
        subject, ref = self.value(at.children[0]), self.ref(at.children[-1])
        return c.InSegmentOf(subject, ref, "NOT" in leaves(at), span=self.span(at))


def _which(at: Branch) -> c.Which:
    words = leaves(at)
    return c.Which.NONE if "NO" in words else c.Which.EVERY if "EVERY" in words else c.Which.ANY
