"""Parse tree to tests of what a value was before, and of where a place lies."""

from __future__ import annotations

from decimal import Decimal

from lark import Token

from orchestrator.language.segment_time import Times
from orchestrator.language.segment_tree import Branch, branch, branches, leaves
from orchestrator.language.segment_values import WINDOWS
from orchestrator.model import condition as c

GLUE = ("HAS", "NOT", "BEEN", "FOR", "AT", "LEAST", "CHANGED", "FROM", "TO")


class Special(Times):
    """Reads conditions about kinds of values that have words of their own."""

    def on_held(self, at: Branch) -> c.Held:
        """Read ``plan has been "Pro" for at least 6 months``."""
        count, unit, local = self.duration(branches(at)[-1])
        (value,) = self._literals(at)
        return c.Held(self.attr(branches(at)[0]), value, count, unit, local, "NOT" in leaves(at), span=self.span(at))

    def on_changed(self, at: Branch) -> c.Changed:
        """Read ``plan changed from "free" to "pro" in last 30 days``."""
        *before, after = self._literals(at)
        window = self.window(branch(at, *WINDOWS))
        return c.Changed(self.attr(branches(at)[0]), before[0] if before else None, after, window, span=self.span(at))

    def on_near(self, at: Branch) -> c.Near:
        """Read ``location is within 25 km of place lyon_store``."""
        words = leaves(at)
        number = branches(at)[-2]  # behind it stands the place only
        place: c.NamedPlace | c.LatLon = self.read(at.children[-1])
        distance = self.on_number(number)
        return c.Near(
            self.value(at.children[0]), distance, str(words["DIST"]), place, "NOT" in words, span=self.span(at)
        )

    def on_inside(self, at: Branch) -> c.Inside:
        """Read ``location is inside place paris``."""
        place = c.NamedPlace(str(at.children[-1]), span=self.span(at.children[-1]))
        return c.Inside(self.value(at.children[0]), place, "NOT" in leaves(at), span=self.span(at))

    def on_named_place(self, at: Branch) -> c.NamedPlace:
        """Read ``place lyon_store``."""
        return c.NamedPlace(str(at.children[-1]), span=self.span(at.children[-1]))

    def on_latlon(self, at: Branch) -> c.LatLon:
        """Read ``(45.76, 4.83)``: three digits behind the point are no thousands here (A40)."""
        latitude, longitude = (Decimal(self.quote(b).replace("_", "").replace(" ", "")) for b in branches(at))
        return c.LatLon(latitude, longitude, span=self.span(at))

    def _literals(self, at: Branch) -> list[c.Literal]:
        """Give the literals that stand behind the name, in their order."""
        kept = []
        for child in at.children[1:]:
            if child is None or (isinstance(child, Token) and child.type in GLUE):
                continue
            if isinstance(child, Token) or child.data in ("number", "money", "literal"):
                kept.append(self.literal(child))
        return kept
