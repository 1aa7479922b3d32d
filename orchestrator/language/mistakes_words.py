"""Mistakes of letters: quotes that are not straight, capitals, `&&`, `didn't`, texts that never end."""

from __future__ import annotations

import re
from functools import cache

from orchestrator.language.grammars import grammar_text, keywords
from orchestrator.language.mistakes_compare import nothing
from orchestrator.language.mistakes_scene import UNITS, Edit, Mistake, Scene, Word

CONTRACTIONS = {
    "didn't": "did not", "doesn't": "does not", "don't": "does not", "isn't": "is not", "hasn't": "did not",
    "haven't": "did not", "wasn't": "is not",
}  # fmt: skip
CONNECT = {"&&": "and", "||": "or", "&": "and", "|": "or", "!": "not"}


@cache
def all_keywords() -> frozenset[str]:
    """Give every word of the language."""
    units = [unit + plural for unit in UNITS for plural in ("", "s")]
    more = [
        "sum",
        "avg",
        "min",
        "max",
        "median",
        "times",
        "time",
        "contains",
        "starts",
        "ends",
        "with",
        "matches",
        "contain",
    ]
    return frozenset([*(name.lower() for name in keywords(grammar_text())), *units, *more])


def quotes(scene: Scene) -> Mistake | None:
    """`'DE'`, `“DE”`."""
    word = scene.word(scene.at)
    if word.kind == "sign" and word.text in ("'", "’", "‘"):
        return Mistake(word.start, word.end, "E103", "this quote is never closed", label="opened here")
    if word.kind not in ("single", "curly") or len(word.text) < 2:
        return None
    inside = word.text[1:-1].replace("\\", "\\\\").replace('"', '\\"')
    edit = Edit(word.start, word.end, f'"{inside}"')
    return Mistake(word.start, word.end, "E122", 'a text stands between straight double quotes: `"…"`', (edit,))


def address(scene: Scene) -> Mistake | None:
    """`email is ann@example.com`."""
    i = first = last = scene.at
    if scene.said(i) != "@":
        return None
    while first > 0 and scene.word(first - 1).end == scene.word(first).start:
        first -= 1
    while scene.word(last + 1).start == scene.word(last).end:
        last += 1
    if not first < i < last:
        return None
    edit = scene.edit(first, last, f'"{scene.raw(first, last)}"')
    return Mistake(edit.start, edit.end, "E122", f"a text stands between quotes: `{edit.text}`", (edit,))


def unclosed(scene: Scene) -> Mistake | None:
    """A text that does not end on its line; the one that was meant may have swallowed the opening of the next."""
    line_end = scene.text.find("\n", scene.stop)
    line_end = len(scene.text) if line_end < 0 else line_end
    word = next((w for w in scene.words if w.kind == "unclosed" and scene.stop <= w.end and w.start <= line_end), None)
    if word is None:
        return None
    opened = word
    if word.start > scene.stop:
        opened = next((w for w in reversed(scene.words) if w.kind == "text" and w.end <= scene.stop), word)
    first = re.match(r'"[^\s(),"]+', opened.text)
    ends = dict.fromkeys([*([len(first[0])] if first else []), len(opened.text.rstrip())])
    edits = tuple(Edit(opened.start + end, opened.start + end, '"') for end in ends)
    if not any(Scene(edit.apply(scene.text), scene.symbol).stop > edit.end for edit in edits):
        edits = ()
    start = opened.start
    return Mistake(start, start + 1, "E103", "this text is never closed", edits, "opened here", sure=False)


def strange_space(scene: Scene) -> Mistake | None:
    """A space that looks like one and is none, as office programs write it."""
    word = scene.word(scene.at)
    if word.kind == "sign" and word.text.isspace():
        edit = Edit(word.start, word.end, " ")
        return Mistake(word.start, word.end, "E101", f"this space is not a plain one (U+{ord(word.text):04X})", (edit,))
    return None


def contraction(scene: Scene) -> Mistake | None:
    """`didn't purchase`."""
    word = scene.word(scene.at)
    text = CONTRACTIONS.get(word.text.lower().replace("’", "'"))
    if text is None:
        return None
    edits = (Edit(word.start, word.end, text),)
    sure = text != "did not" or word.text.lower().startswith("did")  # `hasn't` may be `has no`
    sure = sure and not word.text.lower().startswith("was")
    return Mistake(word.start, word.end, "E125", f"`{word.text}` is written `{text}`", edits, sure=sure)


def connectors(scene: Scene) -> Mistake | None:
    """`&&`, `||`, `!`."""
    word = scene.word(scene.at)
    text = CONNECT.get(word.text)
    if text is None:
        return None
    apart = text if scene.text[word.end : word.end + 1].isspace() else f"{text} "
    return Mistake(
        word.start, word.end, "E124", f"`{word.text}` is written `{text}`", (Edit(word.start, word.end, apart),)
    )


def comment(scene: Scene) -> Mistake | None:
    """`-- why`, `// why`."""
    for k in range(scene.at + 1, max(scene.at - 3, 0), -1):
        sign, next_sign = scene.word(k - 1), scene.word(k)
        if sign.text in ("-", "/") and next_sign.text == sign.text and sign.end == next_sign.start:
            edit = Edit(sign.start, next_sign.end, "#")
            return Mistake(sign.start, next_sign.end, "E144", "a comment starts with `#`", (edit,))
    return None


def capitals(scene: Scene) -> Mistake | None:
    """`AND`, `DID`, `Country`; and `DE` without quotes."""
    word = scene.word(scene.at)
    if word.kind not in ("word", "prop") or word.text == word.text.lower():
        return None
    if len(word.text) == 3 and scene.word(scene.at + 1).kind == "number":
        return None  # an amount with its currency in front
    lower = word.text.lower()
    if (lower in all_keywords() and not _is_code(scene)) or lower in ("true", "false"):
        found = [
            w
            for w in scene.words[scene.at :]
            if w.kind == "word" and w.text.lower() in all_keywords() and w.text != w.text.lower()
        ]
        last = found[-1]
        text = _lowered(scene.words, word.start, last.end, scene.text)
        return Mistake(
            word.start,
            word.end,
            "E116",
            f"words of the language are lower case: `{lower}`",
            (Edit(word.start, last.end, text),),
        )
    before = scene.said(scene.at - 1)
    if before in ("is", "not", "(", ",", "contains", "with", "has", "matches"):
        until = scene.at
        while scene.word(until + 1).kind == "word" and scene.said(until + 1)[:1].isupper():
            until += 1
        edit = scene.edit(scene.at, until, f'"{scene.slice(scene.at, until)}"')
        return Mistake(edit.start, edit.end, "E122", f"a text stands between quotes: `{edit.text}`", (edit,))
    edit = Edit(word.start, word.end, lower)
    return Mistake(word.start, word.end, "E116", f"names are lower case: `{lower}`", (edit,))


def _is_code(scene: Scene) -> bool:
    """Tell whether a word of two capitals stands where a value does: `country is NO` means Norway."""
    word, after = scene.word(scene.at), scene.said(scene.at + 1).lower()
    values = scene.said(scene.at - 1) in ("is", "not", "(", ",") and "STRING" in scene.accepts
    return values and len(word.text) == 2 and word.text.isupper() and after in ("", "and", "or", ")", ",")


def _lowered(words: list[Word], start: int, end: int, text: str) -> str:
    made = text[start:end]
    for k, word in enumerate(words):
        amount = k > 0 and words[k - 1].kind == "number" and len(word.text) == 3
        if word.kind == "word" and start <= word.start < end and word.text.lower() in all_keywords() and not amount:
            made = made[: word.start - start] + word.text.lower() + made[word.end - start :]
    return made


FIRST = (unclosed, quotes, address, comment, strange_space, contraction, connectors, nothing, capitals)
