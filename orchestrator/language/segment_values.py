"""Parse tree to values: literals, names, arithmetic, aggregates, and spans of time used as numbers."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from lark import Token, Tree

from orchestrator.language.segment_tree import Branch, Leaf, Reader, branch, branches, leaves
from orchestrator.model import condition as c
from orchestrator.model.diagnostic import Span

N = TypeVar("N", bound=c.Node)

ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "t": "\t"}
CLASSES = {"d": "[0-9]", "w": "[A-Za-z0-9_]", "s": "[ ]"}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
_THOUSANDS = re.compile(r"([1-9]\d{0,2})\.(\d{3})")
_DATE_LIKE = re.compile(r"\d{1,4}([/-])\d{1,2}\1\d{1,4}")
MOST_DIGITS = 18
WINDOWS = ("event_window", "between_ago", "in_each")


class Values(Reader):
    """Reads values. Rules kept here: E104 escapes, E105 dates, E115 thousands, E117 digits, E131 bare aggregates."""

    # ---------------------------------------------------------------- literals

    def on_STRING(self, at: Token) -> c.Text:
        """Read a text; a wrong escape is a finding."""

        def unescape(match: re.Match[str]) -> str:
            sign = match[1]
            if sign in ESCAPES:
                return ESCAPES[sign]
            if len(sign) == 5 and sign != "u0000" and not "d800" <= sign[1:].lower() <= "dfff":
                return chr(int(sign[1:], 16))
            start, end = (at.start_pos or 0) + 1 + match.start(), (at.start_pos or 0) + 1 + match.end()
            column = (at.column or 1) + 1 + match.start()
            line = at.line or 1
            span = Span(self.path, line, column, line, column + end - start, start, end)
            if len(sign) == 5:
                message = f"no text holds `{match[0]}`: no database keeps that sign"
                self.problem("E104", span, message, label="leave it out")
                return ""
            notes: tuple[str, ...] = (
                'a text may hold \\" for a quote, \\\\ for a backslash, \\n, \\t, and \\u20ac for any letter',
            )
            if sign in CLASSES:
                notes += (f"in a pattern of `matches`, `\\{sign}` is written `{CLASSES[sign]}`",)
            fix = "'" if sign == "'" else f"\\\\{sign}"
            message = f"`{match[0]}` means nothing inside a text"
            self.problem("E104", span, message, notes=notes, fix=fix, sure=sign == "'")
            return sign

        raw = str(at)[1:-1]
        return c.Text(_ESCAPE.sub(unescape, raw) if "\\" in raw else raw, span=self.span(at))

    def digits(self, at: Leaf, word: str) -> Decimal:
        """Give the number in ``word``; too many digits and thousands written with a point are findings."""
        plain = word.replace("_", "")
        if sum(sign.isdigit() for sign in plain) > MOST_DIGITS:
            self.problem("E117", at, f"a number may have at most {MOST_DIGITS} digits")
            return Decimal(1)
        thousands = _THOUSANDS.fullmatch(word)
        if thousands:
            whole, behind = thousands.groups()
            self.problem(
                "E115",
                at,
                f"`{word}` can mean two numbers",
                help=(f"{whole}_{behind}", f"{whole}.{behind.rstrip('0') or '0'}" if behind[2] == "0" else f"{word}0"),
                notes=("the first is thousands, the second has a decimal point",),
            )
        return Decimal(plain)

    def whole(self, at: Token) -> int:
        """Give a whole number without a sign."""
        return int(self.digits(at, str(at)))

    def on_number(self, at: Branch) -> c.Number:
        """Read a number with its sign, which the tree does not keep."""
        token = next(child for child in at.children if isinstance(child, Token))
        made = self.digits(token, str(token))
        span = self.span(at)
        if self.text[span.start] == "-":
            made = -made
        return c.Number(made, whole=token.type == "INT", span=span)

    def on_PERCENT(self, at: Token) -> c.Number:
        """Read ``70%`` as 0.7."""
        return c.Number(self.digits(at, str(at)[:-1]) / 100, whole=False, percent=True, span=self.span(at))

    def on_money(self, at: Branch) -> c.Money:
        """Read ``500 EUR``."""
        number, currency = at.children
        return c.Money(self.on_number(_tree(number)).value, str(currency), span=self.span(at))

    def on_TRUE(self, at: Token) -> c.Bool:
        """Read ``true``."""
        return c.Bool(True, span=self.span(at))

    def on_FALSE(self, at: Token) -> c.Bool:
        """Read ``false``."""
        return c.Bool(False, span=self.span(at))

    def on_DATE(self, at: Token) -> c.Date:
        """Read a day that exists; else a finding, and the nearest day of that month."""
        return c.Date(self._day(at, str(at)), span=self.span(at))

    def on_DATETIME(self, at: Token) -> c.DateTime:
        """Read an instant; naive where the author wrote no offset."""
        day = self._day(at, str(at)[:10])
        try:
            moment = dt.datetime.fromisoformat(day.isoformat() + str(at)[10:])
        except ValueError:
            self.problem("E105", at, f"there is no time `{str(at)[11:]}`", help=(f"{day.isoformat()}T00:00",))
            moment = dt.datetime.combine(day, dt.time())
        return c.DateTime(moment, span=self.span(at))

    def _day(self, at: Token, word: str) -> dt.date:
        year, month, day = (int(part) for part in word.split("-"))
        if not 1000 <= year <= 9998:
            self.problem("E105", at, f"the year {word[:4]} is out of reach", notes=("years go from 1000 to 9998",))
            return dt.date(2000, 1, 1)
        if not 1 <= month <= 12:
            self.problem("E105", at, f"there is no month {month}", notes=("a day is written year-month-day",))
            return dt.date(year, 1, 1)
        last = monthrange(year, month)[1]
        if not 1 <= day <= last:
            nearest = dt.date(year, month, min(max(day, 1), last))
            self.problem("E105", at, f"there is no day {word}", help=(nearest.isoformat() + str(at)[10:],))
            return nearest
        return dt.date(year, month, day)

    # ---------------------------------------------------------------- names and arithmetic

    def on_PARAM(self, at: Token) -> c.Param:
        """Read ``$min`` where a list or a point stands."""
        return c.Param(str(at)[1:], span=self.span(at))

    def on_param_ref(self, at: Branch) -> c.Param:
        """Read ``$min`` as a value."""
        return c.Param(str(at.children[0])[1:], span=self.span(at))

    def on_attr(self, at: Branch) -> c.Attr:
        """Read a dotted name."""
        path = tuple(str(child).lstrip(".") for child in at.children)
        if path[0] == "trigger" and len(path) > 1:
            raise self.later("trigger", at)
        return c.Attr(path, span=self.span(at))

    def on_add(self, at: Branch) -> c.Value:
        """Read a chain of ``+ - * /``, which leans to the left, without going as deep as it is long."""
        chain: list[Branch] = []
        current: Leaf = at
        while isinstance(current, Tree) and str(current.data) in SIGNS:
            chain.append(current)
            first = current.children[0]
            if self._bracketed(current, first):
                current = first
                break
            current = first
        if _DATE_LIKE.fullmatch(self.text[self.span(at).start : self.span(at).end]):
            self.problem("E105", at, f"`{self.quote(at)}` is a calculation", notes=("a day is written 2026-12-31",))
        made = self.value(current)
        for step in reversed(chain):
            made = c.Arithmetic(SIGNS[str(step.data)], made, self.value(step.children[1]), span=self.span(step))
        return made

    def _bracketed(self, outer: Branch, inner: Leaf) -> bool:
        """Tell whether the left side stands in brackets; they cost depth, and depth is limited."""
        return self.span(outer).start != self.span(inner).start

    on_sub = on_mul = on_div = on_add

    # ---------------------------------------------------------------- aggregates

    def on_agg(self, at: Branch) -> c.Aggregate | c.Across:
        """Read ``sum of purchase.amount …``."""
        word = leaves(at)["AGG"]
        made = self._aggregate(at, c.Fn(str(word)))
        if not made.prop:
            name = leaves(at)["NAME"]
            self.problem(
                "E131",
                name,
                f"`{word} of {name}` does not say of which property",
                label="write `event.property`: what events hold is added up",
            )
        return self.across(at, made)

    def across(self, at: Branch, made: c.Aggregate) -> c.Aggregate | c.Across:
        """Read ``across everyone`` behind an aggregate; without it, give the aggregate itself."""
        found = branch(at, "across")
        if found is None:
            return made
        among = None if "EVERYONE" in leaves(found) else self.ref(found.children[-1])
        before = [child for child in at.children if child is not None and child is not found]
        own = replace(made, span=self.span(before[0]).to(self.span(before[-1])))
        return c.Across(own, among, span=self.span(at))

    def on_count_of(self, at: Branch) -> c.Aggregate:
        """Read ``count of visit …``."""
        return self._aggregate(at, c.Fn.COUNT)

    def on_count_distinct(self, at: Branch) -> c.Aggregate:
        """Read ``count distinct of visit.page …``."""
        return self._aggregate(at, c.Fn.COUNT_DISTINCT)

    def on_pick(self, at: Branch) -> c.Pick:
        """Read ``first purchase.coupon …``."""
        event, prop = self._subject(at)
        return c.Pick(edge(at), event, prop, self.window(branch(at, *WINDOWS)), span=self.span(at))

    def _aggregate(self, at: Branch, fn: c.Fn) -> c.Aggregate:
        event, prop = self._subject(at)
        return c.Aggregate(fn, event, prop, self.window(branch(at, *WINDOWS)), span=self.span(at))

    def _subject(self, at: Branch) -> tuple[c.Event, tuple[str, ...]]:
        """Give the event of an aggregate, with its filter, and the property behind it."""
        name = next(child for child in at.children if isinstance(child, Token) and child.type == "NAME")
        props = [child for child in at.children if isinstance(child, Token) and child.type == "PROP"]
        where = branch(at, "filter")
        filtered = None if where is None else self.condition(where.children[-1])
        span = self.span(name) if where is None else self.span(name).to(self.span(where))
        return c.Event(str(name), filtered, span=span), tuple(str(prop)[1:] for prop in props)

    # ---------------------------------------------------------------- time as a number

    def unit(self, at: Leaf) -> tuple[c.Unit, bool]:
        """Give a unit and whether it counts in the person's zone."""
        words = leaves(_tree(at))
        return c.Unit(str(words["UNIT"]).removesuffix("s")), "LOCAL" in words

    def on_elapsed(self, at: Branch) -> c.Elapsed:
        """Read ``days since created_at`` and ``days since last purchase``."""
        unit, local = self.unit(at.children[0])
        last = at.children[-1]
        of: c.Attr | c.Anchor
        if _tree(last).data == "attr":
            of = self.attr(last)
        else:
            of = c.Anchor(edge(at), self.event(last), span=self.span(at.children[2]).to(self.span(last)))
        return c.Elapsed(unit, of, local, span=self.span(at))

    def on_remaining(self, at: Branch) -> c.Remaining:
        """Read ``days until renews_at``."""
        unit, local = self.unit(at.children[0])
        of = self.attr(at.children[-1])
        return c.Remaining(unit, of, "ANNIVERSARY" in leaves(at), local, span=self.span(at))

    def on_part(self, at: Branch) -> c.Part:
        """Read ``month of now``."""
        unit, local = self.unit(at.children[0])
        return c.Part(unit, self._moment(at), local, span=self.span(at))

    def on_weekday(self, at: Branch) -> c.Part:
        """Read ``weekday of now``."""
        return c.Part(None, self._moment(at), "LOCAL" in leaves(at), span=self.span(at))

    def _moment(self, at: Branch) -> c.Attr | c.Now:
        last = at.children[-1]
        return c.Now(span=self.span(last)) if isinstance(last, Token) else self.attr(last)


SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/"}


def edge(at: Branch) -> c.Edge:
    """Tell whether a branch says ``first`` or ``last``."""
    return c.Edge.FIRST if "FIRST" in leaves(at) else c.Edge.LAST


def _tree(at: Leaf) -> Branch:
    if isinstance(at, Token):
        raise TypeError(f"expected a branch, not the word {at!r}")
    return at


__all__ = ["WINDOWS", "Values", "branches", "edge"]
