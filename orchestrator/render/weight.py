"""How heavy a letter's HTML and styles are, before a parser of somebody else works on them.

It is an estimate: it reads tags as they are mostly written, and is made for letters that want to use up the time or
the stack of whoever inlines their styles. Everything in it takes time in proportion to the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

MOST_ELEMENTS = 20_000
"""Elements that a letter may have."""
DEEPEST_ELEMENTS = 150
"""Elements inside one another that a letter with styles may have."""
LONGEST_STYLES = 100_000
"""Characters that the style sheets of a letter may have together."""
MOST_WRITTEN = 2_000_000
"""Characters of declarations that inlining may write: twice what a letter may have, for many replace one another."""
_STYLE = re.compile(r"<style\b", re.I)
_TAG = re.compile(r"<(/?)([A-Za-z][\w:-]*)([^<>]*)>")
_SHEET = re.compile(r"<style\b[^>]*>(.*?)</style", re.I | re.S)
_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
_SIMPLE = re.compile(r"\s*\.?[a-z][\w-]*(?:(?:\.|\s*[>+~]\s*\.?|\s+\.?)[a-z][\w-]*)*\s*")
"""A selector of tags and classes and nothing else."""
_WORD = re.compile(r"\.?[a-z][\w-]*")
_NAME = re.compile(r"<([A-Za-z][\w:-]*)")
_CLASSES = re.compile(r"\bclass\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+)", re.I)
_EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
_REPLACING = {"p", "li", "dd", "dt", "td", "th", "tr", "option"}
"""Elements of which one ends where the next begins."""


def elements(texts: Iterable[str]) -> int:
    """Give how many elements begin in some pieces of HTML."""
    return sum(len(_NAME.findall(text)) for text in texts)


def too_heavy(html: str) -> str:
    """Say why a page is too much work for an inliner of styles, an empty text when it is not."""
    plain = without(html, "<!--()", lambda _: "-->")
    bare = without(plain, r"<(style|script)\b", lambda which: rf"</{which}\s*>")
    styles, count = len(plain) - len(bare), elements([bare])
    if _STYLE.search(bare):
        return "a <style> is never closed"
    if _depth(bare) > DEEPEST_ELEMENTS:
        return f"its elements are nested more than {DEEPEST_ELEMENTS} deep"
    if styles > LONGEST_STYLES:
        return f"its styles are longer than {LONGEST_STYLES} characters"
    if styles * count > MOST_WRITTEN and _written(plain, bare, count) > MOST_WRITTEN:
        return f"they would be written more than {MOST_WRITTEN} characters long"
    return ""


def _written(plain: str, bare: str, count: int) -> int:
    """Give how many characters of declarations its rules would write, each on every element it may mean."""
    styles = without("".join(_SHEET.findall(plain)), r"/\*()", lambda _: r"\*/")
    here = Counter(name.lower() for name in _NAME.findall(bare))
    classes = [words.strip("\"'").lower() for words in _CLASSES.findall(bare)]
    here.update(f".{word}" for words in classes for word in words.split())
    readable = "\\" not in styles and not any("&" in words for words in classes)
    written = 0
    for rule in _QUOTED.sub("", styles).split("}"):
        head, _, body = rule.rpartition("{")
        meant = 0
        for selector in head.rpartition("{")[2].lower().split(","):
            if not readable or not _SIMPLE.fullmatch(selector):
                meant = count
                break
            said = [here[word] for word in _WORD.findall(selector)]
            meant += said[-1] if all(said) else 0
        written += len(body) * min(meant, count)
    return written


def _depth(html: str) -> int:
    """Give how many elements are open at once at most, 1 more than allowed when there are more."""
    opened: list[str] = []
    most = 0
    for closing, written, rest in _TAG.findall(html):
        name = written.lower()
        if closing:
            if name in opened:
                while opened.pop() != name:
                    pass
        elif not rest.endswith("/") and name not in _EMPTY:
            if name in _REPLACING and opened[-1:] == [name]:
                opened.pop()
            opened.append(name)
            most = max(most, len(opened))
            if most > DEEPEST_ELEMENTS:
                break
    return most


def without(text: str, opens: str, closes: Callable[[str], str]) -> str:
    """Give a text without what stands between two patterns; what is never closed is looked for once only."""
    opening, out, at = re.compile(opens, re.I), list[str](), 0
    closing: dict[str, re.Pattern[str] | None] = {}
    while found := opening.search(text, at):
        which = found.group(1).lower()
        pattern = closing.setdefault(which, re.compile(closes(which), re.I))
        end = pattern.search(text, found.end()) if pattern else None
        if end is None:
            closing[which] = None
        out.append(text[at : found.end() if end is None else found.start()])
        at = found.end() if end is None else end.end()
    return "".join([*out, text[at:]])
