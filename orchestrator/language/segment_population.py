"""Parse tree to what is asked of a person among others: buckets, the smallest group, uniqueness.

Rules kept here: E118 for a number of groups and a share that divide nobody.
"""

from __future__ import annotations

from decimal import Decimal

from lark import Token

from orchestrator.language.segment_time import Times
from orchestrator.language.segment_tree import Branch, branch, leaves
from orchestrator.model import condition as c

MOST_BUCKETS = 1_000_000


class Populations(Times):
    """Reads them."""

    def on_bucket(self, at: Branch) -> c.Bucket:
        """Read ``bucket 5 by recency highest first``."""
        _, token, _, by, *_ = at.children
        if not isinstance(token, Token):
            raise TypeError(token)
        count = self.whole(token)
        if not 2 <= count <= MOST_BUCKETS:
            few = "one group divides nobody" if count < 2 else f"there may be at most {MOST_BUCKETS:_} groups"
            self.problem("E118", token, few, label="write 2 or more" if count < 2 else "write a smaller number")
            count = 2
        each, among = self.scope_of(at)
        return c.Bucket(count, self.value(by), "HIGHEST" in leaves(at), each, among, span=self.span(at))

    def on_cumulative(self, at: Branch) -> c.Cumulative:
        """Read ``in smallest group with 80% of lifetime_value``."""
        token = next(each for each in at.children if isinstance(each, Token) and each.type in ("PERCENT", "PARAM"))
        share = self.share(token)
        place = next(n for n, child in enumerate(at.children) if isinstance(child, Token) and child.type == "OF")
        each, among = self.scope_of(at)
        return c.Cumulative(share, self.value(at.children[place + 1]), each, among, span=self.span(at))

    def share(self, token: Token) -> Decimal:
        """Read a share of people, or a parameter that stands for one."""
        if token.type == "PARAM":
            return c.ShareParam(str(token)[1:], self.span(token))
        share: Decimal = self.on_PERCENT(token).value
        if not 0 < share <= 1:
            self.problem("E118", token, "a share is more than 0% and at most 100%")
            return Decimal(1) / 2
        return share

    def scope_of(self, at: Branch) -> tuple[c.Attr | None, c.SegmentRef | None]:
        """Read ``within each country among segment buyers``."""
        each, among = branch(at, "within_each"), branch(at, "among")
        return (
            None if each is None else self.attr(each.children[-1]),
            None if among is None else self.ref(among.children[-1]),
        )

    def is_unique(self, at: Branch) -> c.IsUnique:
        """Read ``email is unique``."""
        return c.IsUnique(self.value(at.children[0]), "NOT" in leaves(at), span=self.span(at))
