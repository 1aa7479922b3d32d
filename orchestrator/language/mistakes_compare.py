"""Habits of other tools about comparing: `=`, `in ("DE")`, `like`, `is greater than`, `"DE" or "AT"`."""

from __future__ import annotations

from orchestrator.language.mistakes_scene import Edit, Mistake, Scene, Word

SIGNS = {
    "=": "is",
    "==": "is",
    "===": "is",
    "!=": "is not",
    "<>": "is not",
    "=>": ">=",
    "=<": "<=",
    "≥": ">=",
    "≤": "<=",
    "≠": "is not",
}
NOTHING = ("null", "none", "nil")
LITERALS = ("text", "number", "percent", "date")
VERBS = {
    "contain": "contains",
    "contains": "contains",
    "includes": "contains",
    "include": "contains",
    "containing": "contains",
    "start": "starts with",
    "starts": "starts with",
    "startswith": "starts with",
    "begins": "starts with",
    "begin": "starts with",
    "beginswith": "starts with",
    "end": "ends with",
    "ends": "ends with",
    "endswith": "ends with",
    "match": "matches",
    "matches": "matches",
}
NEGATIVE = {"contains": "contain", "starts with": "start with", "ends with": "end with", "matches": "match"}
LIKE = ("like", "ilike")
PHRASES: tuple[tuple[str, str], ...] = (
    ("is greater than or equal to", ">="),
    ("is less than or equal to", "<="),
    ("is greater than", ">"),
    ("is less than", "<"),
    ("is more than", ">"),
    ("is fewer than", "<"),
    ("is at least", ">="),
    ("is at most", "<="),
    ("is over", ">"),
    ("is above", ">"),
    ("is under", "<"),
    ("is below", "<"),
    ("is equal to", "is"),
    ("is equals", "is"),
    ("is not equal to", "is not"),
    ("greater than", ">"),
    ("less than", "<"),
    ("equal to", "is"),
    ("equals", "is"),
    ("at least", ">="),
    ("at most", "<="),
)


def nothing(scene: Scene) -> Mistake | None:
    """`= null`, `is NULL`, `is none`, `!= null`."""
    for k in (scene.at, scene.at - 1):
        sign = scene.said(k).lower()
        negated = sign in ("!=", "<>") or (sign == "is" and scene.said(k + 1).lower() == "not")
        end = k + 2 if sign == "is" and negated else k + 1
        if sign in (*SIGNS, "is") and scene.said(end).lower() in NOTHING and scene.said(end + 1) != "of":
            word = "is known" if negated else "is missing"
            edit = scene.edit(k, end, word)
            sure = scene.said(end).lower() != "none"  # which may be a word of theirs
            return Mistake(edit.start, edit.end, "E120", f"what is not there is written `{word}`", (edit,), sure=sure)
    return None


def sign(scene: Scene) -> Mistake | None:
    """`=`, `==`, `!=`, `<>`."""
    word = scene.word(scene.at)
    if word.text not in SIGNS:
        return None
    text = SIGNS[word.text]
    edits = (Edit(word.start, word.end, text),)
    if scene.word(scene.at).end == scene.word(scene.at + 1).start:
        edits = (Edit(word.start, word.end, f"{text} "),)
    if scene.word(scene.at - 1).end == word.start:
        edits = (Edit(word.start, word.end, f" {edits[0].text}"),)
    message = f"`{word.text}` is written `{text}`" if text != "is" else f"`{word.text}` does not compare: write `is`"
    return Mistake(word.start, word.end, "E108", message, edits)


def in_list(scene: Scene) -> Mistake | None:
    """`in ("DE")`, `not in (…)`, `is in (…)`, `is any of (…)`, `in dach`."""
    forms = (
        ("is", "not", "in"),
        ("is", "in"),
        ("not", "in"),
        ("is", "not", "any", "of"),
        ("is", "any", "of"),
        ("is", "none", "of"),
        ("in",),
    )
    for k in range(max(scene.at - 3, 0), scene.at + 1):
        for words in forms:
            after = k + len(words)
            if tuple(scene.said(k + n).lower() for n in range(len(words))) != words or not k <= scene.at <= after + 1:
                continue
            listed = scene.said(after) in ("(", "$") or (
                scene.word(after).kind == "word" and scene.said(after + 1) != "of"
            )
            if not listed or scene.said(after) in (
                "segment",
                "top",
                "bottom",
                "last",
                "next",
                "the",
                "this",
                "previous",
            ):
                continue
            negated = "not" in words or "none" in words
            text = "is not one of" if negated else "is one of"
            edit = scene.edit(k, after - 1, text)
            said = " ".join(words)
            return Mistake(edit.start, edit.end, "E109", f"`{said} (…)` is written `{text} (…)`", (edit,))
    return None


def square(scene: Scene) -> Mistake | None:
    """`in ["DE", "AT"]`."""
    first = next((k for k in range(scene.at, scene.at + 4) if scene.said(k) == "["), -1)
    close = next((k for k in range(first, len(scene.words)) if scene.said(k) == "]"), -1)
    if first < 0 or close < 0:
        return None
    text = f"({scene.slice(first + 1, close - 1)})"
    negated = False
    while scene.said(first - 1) in ("is", "not", "in", "any", "one", "none", "of"):
        first -= 1
        negated = negated or scene.said(first) in ("not", "none")
        text = text if text.startswith("is") else f"is one of {text}"
    text = text.replace("is one", "is not one", 1) if negated else text
    edit = scene.edit(first, close, text)
    return Mistake(edit.start, edit.end, "E109", "a list stands in round brackets", (edit,))


def one_or_other(scene: Scene) -> Mistake | None:
    """`country is "DE" or "AT"`, `is ("DE", "AT")`, `is one of "DE", "AT"`."""
    i = scene.at
    k = next((k for k in range(i, max(i - 60, -1), -1) if scene.said(k) == "is"), -1)
    if k < 0:
        return None
    start = k + 1
    negated = scene.said(start) == "not"
    start += negated
    start += 2 if scene.says(start, "one", "of") else 0
    begin = start
    start += scene.said(start) == "("
    items: list[Word] = []
    j, last = start, start
    while scene.word(j).kind in LITERALS:
        items.append(scene.word(j))
        last = j
        joined = scene.said(j + 1) in (",", "or", "and") and scene.word(j + 2).kind in LITERALS
        j += 2
        if not joined:
            break
    if not items or (len(items) < 2 and scene.said(start - 1) != "of") or not start <= i <= last + 1:
        return None
    last += begin != start and scene.said(last + 1) == ")"
    text = f"is {'not ' if negated else ''}one of ({', '.join(item.text for item in items)})"
    edit = scene.edit(k, last, text)
    return Mistake(edit.start, edit.end, "E138", "several values stand in a list", (edit,))


def like(scene: Scene) -> Mistake | None:
    """`name like "A%"`, `not like "%x%"`."""
    for k in range(scene.at + 2, max(scene.at - 3, -1), -1):
        if scene.said(k).lower() not in LIKE or scene.word(k + 1).kind not in ("text", "single"):
            continue
        negated = scene.said(k - 1).lower() == "not"
        first = k - 1 if negated else k
        first -= 1 if scene.said(first - 1) in ("is", "does") else 0
        pattern = scene.said(k + 1)[1:-1]
        inner = pattern.strip("%")
        if "%" in inner or "_" in inner:
            return Mistake(
                scene.word(k).start, scene.word(k).end, "E121", "there is no `like`: write `matches` with a pattern"
            )
        opened, closed = pattern.startswith("%"), pattern.endswith("%")
        verb = "contains" if opened and closed else "starts with" if closed else "ends with" if opened else ""
        if not verb:
            text = f"is {'not ' if negated else ''}"
        else:
            text = f"does not {NEGATIVE[verb]} " if negated else f"{verb} "
        edit = scene.edit(first, k + 1, f'{text}"{inner}"')
        word = scene.said(k).lower()
        sure = word == "like"
        notes = () if sure else ("`DE` and `de` are two texts here",)
        message = f"there is no `{word}`: say what the text does"
        return Mistake(edit.start, edit.end, "E121", message, (edit,), notes=notes, sure=sure)
    return None


def text_verb(scene: Scene) -> Mistake | None:
    """`email contain "x"`, `not contains`, `contains not`, `does not contains`, `begins with`."""
    for k in range(scene.at + 1, max(scene.at - 4, -1), -1):
        verb = VERBS.get(scene.said(k).lower())
        if verb is None:
            continue
        first, last = k, k + (scene.said(k + 1) == "with")
        negated = scene.said(last + 1) == "not"
        last += negated
        if scene.said(first - 1) == "not":
            negated, first = True, first - 1
            first -= scene.said(first - 1) in ("does", "do", "is")
        if not first <= scene.at <= last + 1:
            continue
        text = f"does not {NEGATIVE[verb]}" if negated else verb
        edit = scene.edit(first, last, text)
        if edit.text == scene.slice(first, last):
            return None
        return Mistake(edit.start, edit.end, "E126", f"this is written `{text}`", (edit,))
    return None


def phrase(scene: Scene) -> Mistake | None:
    """`age is at least 18`, `is greater than 5`, `equals`."""
    for said, text in PHRASES:
        words = said.split()
        for k in range(scene.at, max(scene.at - len(words) - 2, -1), -1):
            if not scene.says(k, *words) or not k <= scene.at <= k + len(words) + 1:
                continue
            edit = scene.edit(k, k + len(words) - 1, text)
            return Mistake(edit.start, edit.end, "E108", f"`{said}` is written `{text}`", (edit,))
    return None


def across(scene: Scene) -> Mistake | None:
    """`count of purchase ever across everyone`: only sums, means and the like of a property go over people."""
    i = scene.at
    if scene.said(i) != "across" or scene.said(i + 1) not in ("everyone", "segment"):
        return None
    last = i + 1
    if scene.said(last) == "segment":
        last += 1
        while scene.word(last + 1).kind == "prop":
            last += 1
        if scene.said(last + 1) == "(":
            last = max(last, scene.partner(last + 1))
    words = scene.slice(i, last)
    message = (
        f"`{words}` stands behind `sum`, `avg`, `min`, `max` or `median` of an event's property: nothing else is "
        "worked out over several people"
    )
    edit = Edit(scene.word(i - 1).end, scene.word(last).end, "")
    label = "as in `avg of purchase.amount ever across everyone`"
    return Mistake(scene.word(i).start, edit.end, "E148", message, (edit,), label, sure=False)


def bare_between(scene: Scene) -> Mistake | None:
    """`age between 18 and 30`, `age not between …`."""
    i = scene.at
    if scene.said(i) == "not" and scene.said(i + 1) == "between":
        edit = scene.edit(i, i + 1, "is not between")
    elif scene.said(i) == "between":
        edit = scene.edit(i, i, "is between")
    else:
        return None
    return Mistake(edit.start, edit.end, "E130", f"a range is written `{edit.text} … and …`", (edit,))


def function(scene: Scene) -> Mistake | None:
    """`count(purchase) > 3`, `sum(purchase.amount)`."""
    k = scene.at - 1
    if scene.said(scene.at) != "(" or scene.said(k) not in ("count", "sum", "avg", "min", "max"):
        return None
    close = scene.partner(scene.at)
    inside = scene.slice(scene.at + 1, close - 1)
    if close < 0 or not inside or inside == "*":
        return None
    distinct = scene.said(scene.at + 1) == "distinct"
    name = inside.removeprefix("distinct ")
    edit = scene.edit(k, close, f"{scene.said(k)} {'distinct ' if distinct else ''}of {name}")
    return Mistake(
        edit.start, edit.end, "E134", f"`{scene.said(k)}` is not a function: write `{scene.said(k)} of …`", (edit,)
    )


def is_sign(scene: Scene) -> Mistake | None:
    """`points is > 5`."""
    i = scene.at
    if scene.said(i - 1) != "is" or scene.said(i) not in ("<", "<=", ">", ">="):
        return None
    edit = scene.edit(i - 1, i, scene.said(i))
    return Mistake(edit.start, edit.end, "E108", f"`is {edit.text}` is written `{edit.text}`", (edit,))


def quoted_name(scene: Scene) -> Mistake | None:
    """`in segment "vip"`: what our files declare stands without quotes."""
    word = scene.word(scene.at)
    name = word.text[1:-1]
    if (
        word.kind not in ("text", "single")
        or "NAME" not in scene.accepts
        or "STRING" in scene.accepts
        or not name.isidentifier()
    ):
        return None
    edit = Edit(word.start, word.end, name)
    return Mistake(word.start, word.end, "E122", "a name stands without quotes", (edit,))


def bare_name(scene: Scene) -> Mistake | None:
    """`where is_vip and …`: a name alone is no condition."""
    left = scene.left(scene.at)
    if "IS" not in scene.accepts or scene.word(left).kind != "word":
        return None
    if left and scene.said(left - 1) not in BEFORE:
        return None
    name = scene.slice(left, scene.at - 1)
    ends = scene.said(scene.at) in ("and", "or", ")", ",", "") or scene.word(scene.at).kind == "end"
    if ends or scene.said(scene.at) in ("expect", "case", "otherwise", "segment", "partition", "trait"):
        edits = (scene.edit(left, scene.at - 1, f"{name} is true"),)
        return Mistake(
            edits[0].start, edits[0].end, "E134", f"`{name}` alone is no condition: compare it", edits, sure=False
        )
    if scene.said(scene.at) in EVENT_TIME and left == scene.at - 1:
        first = scene.word(left).start
        both = (Edit(first, first, "did "), Edit(scene.word(left).end, scene.word(left).end, " is"))
        message = f"`{name}` needs a verb: `did` for an event, `is` for an attribute"
        return Mistake(first, scene.word(left).end, "E141", message, both, sure=False)
    return None


BEFORE = frozenset(("and", "or", "where", "when", "(", ",", "not"))
EVENT_TIME = frozenset(
    ("in", "ever", "since", "before", "after", "at", "exactly", "more", "fewer", "where", "today", "yesterday")
)


def missing_in(scene: Scene) -> Mistake | None:
    """`segment vip`, `top 20% by …` without `in`; `customer in segment vip`."""
    i = scene.at
    word = scene.word(i)
    before = scene.word(i - 1)
    if before.text in ("top", "bottom") and word.kind in ("percent", "number"):
        edit = Edit(before.start, before.start, "in ")
        return Mistake(before.start, before.end, "E109", f"this is written `in {before.text} …`", (edit,))
    if word.text in ("segment", "top", "bottom") and "IN" in scene.accepts:
        edit = Edit(word.start, word.start, "in ")
        return Mistake(word.start, word.end, "E109", f"this is written `in {word.text} …`", (edit,))
    if word.text == "in" and scene.said(i + 1) in ("segment", "top", "bottom") and scene.word(i - 1).kind == "word":
        verb = scene.said(i - 1) == "is"
        edits: tuple[Edit, ...] = (scene.edit(i - 1 - verb, i, "in", "the people asked about"),)
        if scene.said(i + 1) == "segment" and not verb:
            edits += (scene.edit(i, i, "is in", f"their {scene.said(i - 1)}"),)
        message = f"this is written `in {scene.said(i + 1)} …` alone"
        return Mistake(edits[0].start, edits[0].end, "E109", message, edits, sure=False)
    return None


COMPARE = (
    across,
    sign,
    is_sign,
    square,
    in_list,
    like,
    text_verb,
    bare_between,
    phrase,
    one_or_other,
    function,
    quoted_name,
    missing_in,
    bare_name,
)
