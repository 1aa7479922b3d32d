"""A text that does not parse, cut into simple words, and the place where the parser stopped.

The words here know nothing of the grammar: they also cut what the grammar cannot read (``=``, ``'DE'``, ``AND``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lark import UnexpectedCharacters, UnexpectedInput
from lark.utils import TextSlice

from orchestrator.language.grammars import parser

_WORD = re.compile(
    r"""(?P<comment>\#[^\n]*)
      | (?P<text>"(?:\\.|[^"\\\n])*")
      | (?P<unclosed>"[^\n]*)
      | (?P<curly>[“”„«»‘’‚][^“”„«»‘’‚"\n]*[“”„«»‘’‚"])
      | (?P<date>\d{4}-\d\d-\d\d(?:T[\d:]*(?:Z|[+-]\d\d:\d\d)?)?)
      | (?P<percent>\d[\d_]*(?:\.\d+)?%)
      | (?P<number>\d[\d_]*(?:\.\d+)?)
      | (?P<word>[^\W\d]\w*(?:['’]t\b)?)
      | (?P<single>'(?:[^'\n])*')
      | (?P<prop>\.[^\W\d]\w*)
      | (?P<sign><=|>=|==|!=|<>|=<|&&|\|\||=>|\S|[^\S \t\r\n])
    """,
    re.VERBOSE,
)
CLAUSE_ENDS = frozenset("and or where when ( ) , expect case otherwise".split())  # noqa: SIM905
ENDS = frozenset(("and", "or", ",", "expect", "case", "otherwise"))
RANGE = frozenset(("between", "and", "or", "where", "(", ")"))
DEFINES = frozenset(("segment", "partition", "trait", "event", "list"))
TIME_STARTS = frozenset(
    ("in", "ever", "since", "before", "after", "on", "from", "today", "yesterday", "more", "during")
)
COUNT_STARTS = frozenset(("at", "exactly", "more", "fewer", "between"))
UNITS = ("minute", "hour", "day", "week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Word:
    """One simple word: its kind, its text, and its offsets in the text."""

    kind: str
    text: str
    start: int
    end: int


END = Word("end", "", -1, -1)


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement of ``start:end`` that an author may have meant, with a remark to stand behind it.

    ``show`` is where to start showing it, if that is further in front than the condition around it.
    """

    start: int
    end: int
    text: str
    remark: str = ""
    show: int = -1

    def apply(self, text: str) -> str:
        """Give the text with the replacement made."""
        return text[: self.start] + self.text + text[self.end :]


@dataclass(frozen=True, slots=True)
class Mistake:
    """What a rule found: the place to point at, what is wrong, and texts that may have been meant.

    Where ``edits`` are given and none of them parses, the rule was mistaken itself and is passed over. ``sure``
    tells that the first edit can only be what was meant; ``also`` is a second place with its words.
    """

    start: int
    end: int
    code: str
    message: str
    edits: tuple[Edit, ...] = ()
    label: str = ""
    notes: tuple[str, ...] = ()
    sure: bool = True
    also: tuple[int, int, str] | None = None


class Scene:
    """A text, the start symbol, and where reading it stopped: ``at`` is the index of the word that did not fit."""

    def __init__(self, text: str, symbol: str) -> None:
        """Parse the text as far as it goes."""
        self.text, self.symbol = text, symbol
        self.error = _stop(text, symbol)
        self.words = [
            Word(match.lastgroup or "", match[0], match.start(), match.end())
            for match in _WORD.finditer(text)
            if match.lastgroup != "comment"
        ]
        self.stop = _offset(self.error, text) if self.error else len(text)
        self.at = next((i for i, word in enumerate(self.words) if word.end > self.stop), len(self.words))

    @property
    def parses(self) -> bool:
        """Tell whether the whole text was read."""
        return self.error is None

    @cached_property
    def accepts(self) -> frozenset[str]:
        """Give the terminals that could stand where reading stopped; exact, not the row of the table."""
        interactive: Any = parser().parse_interactive(TextSlice(self.text, 0, len(self.text)), start=self.symbol)
        states = interactive.parser_state.state_stack
        before = list(states)
        try:
            for token in interactive.lexer_thread.lex(interactive.parser_state):
                interactive.feed_token(token)
                before = list(states)
        except UnexpectedInput:
            states[:] = before  # undo what was reduced for a word that then did not fit
        return frozenset(interactive.accepts())

    def word(self, i: int) -> Word:
        """Give the word at an index, or a word that is nothing."""
        return self.words[i] if 0 <= i < len(self.words) else END

    def said(self, i: int) -> str:
        """Give the text of the word at an index, ``""`` outside."""
        return self.word(i).text

    def says(self, i: int, *texts: str) -> bool:
        """Tell whether the words from an index on are these."""
        return all(self.said(i + k) == text for k, text in enumerate(texts))

    def edit(self, first: int, last: int, text: str, remark: str = "") -> Edit:
        """Give the replacement of the words ``first`` to ``last``, both of them included."""
        return Edit(self.word(first).start, self.word(last).end, text, remark)

    def slice(self, first: int, last: int) -> str:
        """Give the words ``first`` to ``last`` on one line."""
        if last < first:
            return ""
        return join(self.words[first : last + 1], self.text)

    def partner(self, i: int) -> int:
        """Give the index of the bracket that closes the one at ``i``, or -1."""
        depth = 0
        for k in range(i, len(self.words)):
            depth += {"(": 1, ")": -1}.get(self.said(k), 0)
            if depth == 0:
                return k
        return -1

    def opener(self, i: int) -> int:
        """Give the index of the bracket that is open at ``i``, or -1."""
        depth = 0
        for k in range(i - 1, -1, -1):
            said = self.said(k)
            if said == ")":
                depth += 1
            elif said == "(":
                if depth == 0:
                    return k
                depth -= 1
            elif depth == 0 and said in DEFINES and k and "\n" in self.text[self.word(k - 1).end : self.word(k).start]:
                return -1
        return -1

    def back(self, i: int, stop: Callable[[Word], bool]) -> int:
        """Go back from ``i`` over whole brackets while ``stop`` is false; give the index of the stop, or -1."""
        depth = 0
        for k in range(i - 1, -1, -1):
            said = self.said(k)
            if said == ")":
                depth += 1
            elif said == "(":
                if depth == 0:
                    return -1 if not stop(self.word(k)) else k
                depth -= 1
            elif depth == 0 and stop(self.word(k)):
                return k
        return -1

    def last_of(self, i: int) -> int:
        """Give the index of the last word of the condition that starts at ``i``."""
        depth = ranges = 0
        for k in range(i, len(self.words)):
            said = self.said(k)
            depth += {"(": 1, ")": -1}.get(said, 0)
            if said == "between" and depth == 0:
                ranges += 1
            elif said == "and" and depth == 0 and ranges:
                ranges -= 1
            elif depth < 0 or (depth == 0 and (said in ENDS or (said in DEFINES and self.begins_line(k)))):
                return k - 1
        return len(self.words) - 1

    def begins_line(self, k: int) -> bool:
        """Tell whether the word at ``k`` is the first one of its line."""
        return k == 0 or "\n" in self.text[self.word(k - 1).end : self.word(k).start]

    def raw(self, first: int, last: int) -> str:
        """Give the words ``first`` to ``last`` as they stand, with their lines and comments."""
        return self.text[self.word(first).start : self.word(last).end]

    def left(self, i: int) -> int:
        """Give the index at which the value before ``i`` starts: a name with its properties, or one word."""
        k = i - 1
        while k > 0 and self.word(k).kind == "prop":
            k -= 1
        return k

    def _parts(self, k: int) -> bool:
        """Tell whether the word at ``k`` stands between two conditions."""
        said = self.said(k)
        if said in DEFINES:
            return self.begins_line(k)
        if said == "where":  # of a definition, not of an event
            return not {self.said(k - 2), self.said(k - 3)} & {
                "did",
                "not",
                "of",
                "first",
                "last",
                "has",
                "no",
                "every",
            }
        if said == "and":  # the one of a range joins no conditions
            before = next((self.said(j) for j in range(k - 1, -1, -1) if self.said(j) in RANGE), "")
            return before != "between"
        return said in CLAUSE_ENDS

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """Give the offsets of the condition around an edit, for showing it."""
        first = next((k for k, word in enumerate(self.words) if word.end > start), len(self.words) - 1)
        while first > 0 and not self._parts(first - 1):
            first -= 1
        if first > 0 and self.said(first - 1) in DEFINES:
            first -= 1
        last = max((k for k, word in enumerate(self.words) if word.start < end), default=first)
        depth = 0
        begin = self.word(first).start
        for k in range(max(first, 0), len(self.words)):
            said = self.said(k)
            depth += {"(": 1, ")": -1}.get(said, 0)
            ends = k + 1 == len(self.words) or (depth == 0 and self.said(k + 1) != "(" and self._parts(k + 1))
            if k >= last and (ends or depth < 0):
                bound = self.word(k).end if depth >= 0 else self.word(k - 1).end
                return min(begin, start), max(bound, end)
        return min(begin, start), end


def join(words: list[Word], text: str) -> str:
    """Give words on one line, with single spaces where there was any room between them."""
    made = ""
    for k, word in enumerate(words):
        apart = k > 0 and words[k - 1].end != word.start
        made += f" {word.text}" if apart else word.text
    return made


def flat(text: str) -> str:
    """Give a piece of text on one line without its comments."""
    return join([Word("", m[0], m.start(), m.end()) for m in _WORD.finditer(text) if m.lastgroup != "comment"], text)


def stopped(text: str, symbol: str) -> int:
    """Give the offset at which reading stops."""
    error = _stop(text, symbol)
    return len(text) if error is None else _offset(error, text)


def _stop(text: str, symbol: str) -> UnexpectedInput | None:
    try:
        parser().parse(TextSlice(text, 0, len(text)), start=symbol)
    except UnexpectedInput as error:
        return error
    return None


def _offset(error: UnexpectedInput, text: str) -> int:
    token = getattr(error, "token", None)
    if isinstance(error, UnexpectedCharacters) or token is None:
        return error.pos_in_stream or 0
    if token.type == "$END":
        return len(text)
    return token.start_pos or 0
