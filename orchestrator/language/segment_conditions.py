"""Parse tree to conditions.

Rules kept here: E118 for counts that nobody can reach, whole numbers between which a span of time lies. Left to
``compile/``: names, types, a missing window (E113), closed lists.
"""

from __future__ import annotations

from decimal import Decimal

from lark import Token, Tree

from orchestrator.language.segment_parameters import Parameters
from orchestrator.language.segment_population import Populations
from orchestrator.language.segment_raw import RawSqls
from orchestrator.language.segment_spans import Spans
from orchestrator.language.segment_special import Special
from orchestrator.language.segment_steps import Steps
from orchestrator.language.segment_tree import Branch, Leaf, Refused, branch, branches, leaves
from orchestrator.language.segment_values import WINDOWS
from orchestrator.model import condition as c

TEXT_OPS = {"contain": "contains", "start with": "starts with", "end with": "ends with", "match": "matches"}


class Conditions(Spans, Populations, Special, Steps, Parameters, RawSqls):
    """Reads conditions."""

    # ---------------------------------------------------------------- and, or, not

    def conditions(self, at: Branch) -> tuple[c.Condition, ...]:
        """Read all conditions of a branch; several may be refused, each with its own finding."""
        made: list[c.Condition] = []
        refused = False
        for child in branches(at):
            try:
                made.append(self.condition(child))
            except Refused:
                refused = True
        if refused:
            raise Refused
        return tuple(made)

    def on_everyone(self, at: Branch) -> c.Everyone:
        """Read ``everyone``."""
        return c.Everyone(span=self.span(at))

    def on_all_of(self, at: Branch) -> c.AllOf:
        """Read ``a and b`` and ``all of (a, b)``."""
        return c.AllOf(self.conditions(at), span=self.span(at))

    def on_any_of(self, at: Branch) -> c.AnyOf:
        """Read ``a or b`` and ``any of (a, b)``."""
        return c.AnyOf(self.conditions(at), span=self.span(at))

    def on_none_of(self, at: Branch) -> c.NoneOf:
        """Read ``none of (a, b)``."""
        return c.NoneOf(self.conditions(at), span=self.span(at))

    def on_at_least_of(self, at: Branch) -> c.SomeOf:
        """Read ``at least 2 of (…)``."""
        return self._some_of(at, most=False)

    def on_at_most_of(self, at: Branch) -> c.SomeOf:
        """Read ``at most 2 of (…)``."""
        return self._some_of(at, most=True)

    def _some_of(self, at: Branch, most: bool) -> c.SomeOf:
        token = leaves(at)["INT"]
        count, items = self.whole(token), self.conditions(at)
        if not most and not 1 <= count <= len(items):
            never = "everybody passes" if count < 1 else "nobody can pass"
            self.problem("E118", token, f"{_how_many(items)}: {never}")
            count = min(max(count, 1), len(items))
        if most and count >= len(items):
            self.problem("E118", token, f"{_how_many(items)}: everybody passes")
            count = max(len(items) - 1, 0)
        return c.SomeOf(count, items, most, span=self.span(at))

    def on_not_(self, at: Branch) -> c.Not:
        """Read ``not (…)``, ``not in segment x``."""
        return c.Not(self.condition(at.children[-1]), span=self.span(at))

    # ---------------------------------------------------------------- comparisons

    def on_cmp(self, at: Branch) -> c.Compare:
        """Read ``a < b``."""
        left, sign, right = at.children
        return c.Compare(str(sign), self.value(left), self.value(right), span=self.span(at))

    def on_is_(self, at: Branch) -> c.Is | c.IsMissing:
        """Read ``a is b``; ``a is null`` as what it means."""
        left, right, negated = at.children[0], at.children[-1], "NOT" in leaves(at)
        made = c.Is(self.value(left), self.value(right), negated, span=self.span(at))
        if isinstance(made.right, c.Attr) and made.right.name in ("null", "nil"):
            text = f"{self.quote(left)} is {'known' if negated else 'missing'}"
            self.problem("E120", at, f"what is not there is written `{text}`", help=(text,), fix=text)
            return c.IsMissing(made.left, negated, span=made.span)
        return made

    def on_one_of(self, at: Branch) -> c.OneOf:
        """Read ``a is one of (…)``."""
        items: tuple[c.Literal, ...] | c.ListRef | c.Param = self.read(at.children[-1])
        return c.OneOf(self.value(at.children[0]), items, "NOT" in leaves(at), span=self.span(at))

    def on_list(self, at: Branch) -> tuple[c.Literal, ...] | c.Param:
        """Read a list that is written out, or a parameter that stands for one."""
        child = at.children[0]
        return self.on_PARAM(child) if isinstance(child, Token) else self.on_items(child)

    def on_items(self, at: Branch) -> tuple[c.Literal, ...]:
        """Read the entries of a list."""
        return tuple(self.literal(child) for child in at.children if child is not None)

    def on_list_ref(self, at: Branch) -> c.ListRef:
        """Read the name of a list."""
        return c.ListRef(str(at.children[0]), span=self.span(at))

    def on_between(self, at: Branch) -> c.Between | c.IsTime:
        """Read ``a is between 1 and 5``, and ``… days ago`` or ``… days from now`` as a span of time."""
        words = leaves(at)
        subject, low, high = (child for child in at.children if child is not None and _type(child) not in GLUE)
        negated = "NOT" in words
        if "UNIT" not in words:
            return c.Between(self.value(subject), self.value(low), self.value(high), negated, span=self.span(at))
        unit = c.Unit(str(words["UNIT"]).removesuffix("s"))
        ends: list[int] = []
        for end in (low, high):
            number = self.value(end)
            if isinstance(number, c.Param):
                ends.append(c.CountParam(number.name, number.span))
                continue
            if not isinstance(number, c.Number) or not number.whole or number.value < 0:
                self.problem("E118", end, f"`{self.quote(end)}` is not a whole number of {unit.value}s")
                raise Refused
            ends.append(int(number.value))
        window = self.between_span(at, ends[0], ends[1], unit, "NOW" in words)
        return c.IsTime(self.value(subject), window, negated, span=self.span(at))

    def on_is_time(self, at: Branch) -> c.IsTime:
        """Read ``created_at is in last 30 days``."""
        window: c.Window = self.read(at.children[-1])
        return c.IsTime(self.value(at.children[0]), window, "NOT" in leaves(at), span=self.span(at))

    def on_state_of_value(self, at: Branch) -> c.IsMissing | c.IsUnique:
        """Read ``is missing``, ``is known`` and ``is unique``."""
        words = leaves(at)
        if "UNIQUE" in words:
            return self.is_unique(at)
        return c.IsMissing(self.value(at.children[0]), ("KNOWN" in words) != ("NOT" in words), span=self.span(at))

    def on_text_op(self, at: Branch) -> c.TextTest:
        """Read ``email ends with "…"``."""
        left, word, right = at.children
        return c.TextTest(c.TextOp(_spaced(word)), self.value(left), self.value(right), span=self.span(at))

    def on_not_text_op(self, at: Branch) -> c.TextTest:
        """Read ``name does not contain "…"``."""
        word = c.TextOp(TEXT_OPS[_spaced(leaves(at)["TEXTINF"])])
        left, right = at.children[0], at.children[-1]
        return c.TextTest(word, self.value(left), self.value(right), negated=True, span=self.span(at))

    def on_anniversary(self, at: Branch) -> c.Anniversary:
        """Read ``anniversary of birth_date is in next 7 days``."""
        window: c.Window = self.read(at.children[-1])
        return c.Anniversary(self.attr(branches(at)[0]), window, "NOT" in leaves(at), span=self.span(at))

    # ---------------------------------------------------------------- events

    def on_event(self, at: Branch) -> c.Event:
        """Read an event and its filter."""
        name, where = at.children
        filtered = self.condition(where.children[-1]) if isinstance(where, Tree) else None
        return c.Event(str(name), filtered, span=self.span(at))

    def on_did(self, at: Branch) -> c.Did:
        """Read ``did purchase at least 3 times in last 30 days``."""
        times = branch(at, "times", "distinct_units")
        quantity = None if times is None else self.quantity(branches(times)[0])
        event, window = self.event(branches(at)[0]), self.window(branch(at, *WINDOWS))
        days = branch(at, "distinct_units")
        unit, local = (None, False) if days is None else self.unit(branches(days)[-1])
        return c.Did(event, quantity, window, unit=unit, local=local, span=self.span(at))

    def on_did_not(self, at: Branch) -> c.Did:
        """Read ``did not purchase in last 30 days``."""
        event = self.event(branches(at)[0])
        return c.Did(event, None, self.window(branch(at, *WINDOWS)), negated=True, span=self.span(at))

    def quantity(self, at: Branch) -> c.Quantity:
        """Read ``at least 3``, ``between 3 and 5``."""
        words = leaves(at)
        kind = next(kind for kind, needed in KINDS if needed in words)
        counts = [self.count(child) for child in branches(at)]
        if kind is c.Count.BETWEEN:
            counts[:] = self.ordered(counts[0], counts[1], at)
        if kind is c.Count.FEWER_THAN and counts[0] < 1:
            self.problem("E118", at, "nobody did something fewer than 0 times")
            counts[0] = 1
        return c.Quantity(kind, counts[0], counts[1] if kind is c.Count.BETWEEN else None, span=self.span(at))

    # ---------------------------------------------------------------- segments, ranks, consent

    def on_segref(self, at: Branch) -> c.SegmentRef:
        """Read ``vip`` or ``lifecycle.at_risk``."""
        name, cell, args = at.children
        given = self.arguments(args) if isinstance(args, Tree) else ()
        return c.SegmentRef(str(name), None if cell is None else str(cell)[1:], given, span=self.span(at))

    def on_member(self, at: Branch) -> c.InSegment:
        """Read ``in segment vip``."""
        return c.InSegment(self.ref(at.children[-1]), span=self.span(at))

    def on_rank(self, at: Branch) -> c.Rank:
        """Read ``in top 20% by …``."""
        _, _, size, _, by, *_ = at.children  # `by` may be a bare number too: the size is told by its place
        if not isinstance(size, Token):
            raise TypeError(size)
        share: Decimal | None = None
        count: int | None = None
        if size.type == "PARAM" and self.declared.get(str(size)[1:]) != "decimal":
            count = c.CountParam(str(size)[1:], self.span(size))
        elif size.type in ("PERCENT", "PARAM"):
            share = self.share(size)
        else:
            count = self.whole(size)
            if count < 1:
                self.problem("E118", size, "nobody is in the top 0", label="write 1 or more")
                count = 1
        each, among = branch(at, "within_each"), branch(at, "among")
        return c.Rank(
            "TOP" in leaves(at),
            self.value(by),
            share,
            count,
            None if each is None else self.attr(each.children[-1]),
            None if among is None else self.ref(among.children[-1]),
            span=self.span(at),
        )

    def on_consent(self, at: Branch) -> c.Consent:
        """Read ``consents to email for promotions``."""
        return self._consent(at, negated=False)

    def on_no_consent(self, at: Branch) -> c.Consent:
        """Read ``does not consent to email for promotions``."""
        return self._consent(at, negated=True)

    def _consent(self, at: Branch, negated: bool) -> c.Consent:
        channel, topic = (str(word) for word in at.children if isinstance(word, Token) and word.type == "NAME")
        return c.Consent(channel, topic, self.window(branch(at, *WINDOWS)), negated, span=self.span(at))


KINDS = (
    (c.Count.AT_LEAST, "LEAST"),
    (c.Count.AT_MOST, "MOST"),
    (c.Count.EXACTLY, "EXACTLY"),
    (c.Count.MORE_THAN, "MORE"),
    (c.Count.FEWER_THAN, "FEWER"),
    (c.Count.BETWEEN, "BETWEEN"),
)


GLUE = {"IS", "NOT", "BETWEEN", "AND", "UNIT", "AGO", "FROM", "NOW"}


def _how_many(items: tuple[c.Condition, ...]) -> str:
    return "there is 1 condition" if len(items) == 1 else f"there are {len(items)} conditions"


def _type(at: Leaf) -> str:
    return at.type if isinstance(at, Token) else ""


def _spaced(word: Leaf) -> str:
    return " ".join(str(word).split())
