"""Habits of other tools about time and counts: `in the last`, `last month`, `once`, `30 days ago`."""

from __future__ import annotations

import re

from orchestrator.language.mistakes_scene import TIME_STARTS, UNITS, Edit, Mistake, Scene

PREPOSITIONS = frozenset(("in", "within", "during", "over", "for", "on", "at"))
SHORT = {
    "d": ("days",),
    "h": ("hours",),
    "hr": ("hours",),
    "hrs": ("hours",),
    "min": ("minutes",),
    "mins": ("minutes",),
    "w": ("weeks",),
    "wk": ("weeks",),
    "wks": ("weeks",),
    "m": ("minutes", "months"),
    "mo": ("months",),
    "mth": ("months",),
    "mths": ("months",),
    "q": ("quarters",),
    "y": ("years",),
    "yr": ("years",),
    "yrs": ("years",),
}
OTHERS = {"once": 1, "twice": 2, "thrice": 3}
OPPOSITE = {"at least": "fewer than", "more than": "at most", "at most": "more than", "fewer than": "at least"}
SIGNS = {">=": "at least", ">": "more than", "<=": "at most", "<": "fewer than"}
_OTHER_DATE = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})")


def is_unit(word: str) -> bool:
    """Tell whether a word is a unit of time."""
    return word.removesuffix("s") in UNITS


def times(count: str) -> str:
    """Give ``1 time``, ``3 times``."""
    return f"{count} {'time' if count == '1' else 'times'}"


def spans(scene: Scene, i: int) -> tuple[int, str, list[Edit]] | None:
    """Read ``[the] last|past|next|previous [n] unit`` from ``i``: index of its end, its words, and two readings."""
    k = i + 1 if scene.said(i) == "the" else i
    word = scene.said(k)
    if word not in ("last", "past", "next", "previous", "this", "coming"):
        return None
    ahead = word in ("next", "coming")
    if scene.word(k + 1).kind == "number" and is_unit(scene.said(k + 2)):
        kept = "previous" if word == "previous" else "next" if ahead else "last"
        return k + 2, f"in {kept} {scene.slice(k + 1, k + 2)}", []
    if not is_unit(scene.said(k + 1)):
        return None
    unit = scene.said(k + 1).removesuffix("s")
    if word in ("this", "previous"):
        return k + 1, f"in {word} {unit}", []
    if ahead:
        return k + 1, f"in next 1 {unit}", []
    rolling = Edit(-1, -1, f"in last 1 {unit}", f"rolling: the past {unit} up to now")
    whole = Edit(-1, -1, f"in previous {unit}", f"calendar: the whole previous {unit}")
    return k + 1, "", [rolling, whole]


def window(scene: Scene) -> Mistake | None:
    """`in the last 30 days`, `within last 30 days`, `in last month`, `last 30 days`."""
    for k in range(scene.at, max(scene.at - 4, -1), -1):
        begins = scene.said(k) in PREPOSITIONS
        found = spans(scene, k + 1) if begins else spans(scene, k)
        if found is None or found[0] < scene.at:
            continue
        if not begins and scene.said(k - 1) in (*PREPOSITIONS, "the"):
            continue
        end, text, readings = found
        said = scene.slice(k, end)
        first, last = scene.word(k).start, scene.word(end).end
        if readings:
            edits = tuple(Edit(first, last, edit.text, edit.remark) for edit in readings)
            if "1 day" in readings[0].text:
                edits = (edits[0], Edit(first, last, "yesterday", "calendar: the whole day before today"))
            return Mistake(
                first, last, "E110", f"`{said}` can mean two things", edits, label="write the one you mean", sure=False
            )
        return Mistake(first, last, "E111", f"a span of time is written `{text}`", (Edit(first, last, text),))
    return None


def bare_span(scene: Scene) -> Mistake | None:
    """`within 30 days`, `in 30 days`."""
    for k in (scene.at, scene.at - 1):
        if scene.said(k) in PREPOSITIONS and scene.word(k + 1).kind == "number" and is_unit(scene.said(k + 2)):
            if scene.said(k + 3) in ("ago", "from"):
                return None
            span = scene.slice(k + 1, k + 2)
            edits = [scene.edit(k, k + 2, f"in last {span}", "in the past")]
            edits.append(scene.edit(k, k + 2, f"in next {span}", "in the future"))
            said = scene.slice(k, k + 2)
            return Mistake(
                edits[0].start,
                edits[0].end,
                "E111",
                f"`{said}` does not say in which direction",
                tuple(edits),
                sure=False,
            )
    return None


def ago(scene: Scene) -> Mistake | None:
    """`< 30 days ago`, `before 30 days ago`, `from 60 days ago to 30 days ago`."""
    for j in range(scene.at + 2, scene.at - 3, -1):
        if not (scene.word(j).kind == "number" and is_unit(scene.said(j + 1)) and scene.said(j + 2) == "ago"):
            continue
        made = _ago(scene, j)
        if made is not None:
            return made
    return None


def _ago(scene: Scene, j: int) -> Mistake | None:
    span, before = scene.slice(j, j + 1), scene.said(j - 1)
    older, newer = f"more than {span} ago", f"in last {span}"
    message = "a distance from now is `in last …`, `more than … ago` or `between … and … ago`"
    second = j + 4
    pair = scene.said(j + 3) in ("to", "and") and is_unit(scene.said(second + 1)) and scene.said(second + 2) == "ago"
    if before in ("from", "between") and pair and scene.said(j + 1) == scene.said(second + 1):
        low, high = sorted((int(scene.said(second).replace("_", "")), int(scene.said(j).replace("_", ""))))
        edit = scene.edit(j - 1, second + 2, f"between {low} and {high} {scene.said(j + 1)} ago")
        return Mistake(edit.start, edit.end, "E123", message, (edit,))
    first, choices = j, [newer, older]
    for words, choice in AROUND:
        begin = j - len(words)
        if begin >= 0 and scene.says(begin, *words):
            first, choices = begin, [newer if choice == "newer" else older]
            if words[0] in SIGNS and not (begin and scene.says(begin - 1, "is")):
                choices = [f"is {choices[0]}"]
            break
    if before in ("is", "on", "=", "=="):
        return Mistake(scene.word(j).start, scene.word(j + 2).end, "E123", message)
    edits = tuple(scene.edit(first, j + 2, choice) for choice in choices)
    return Mistake(edits[0].start, edits[0].end, "E123", message, edits)


AROUND: tuple[tuple[tuple[str, ...], str], ...] = (
    (("less", "than"), "newer"),
    (("fewer", "than"), "newer"),
    (("at", "most"), "newer"),
    (("older", "than"), "older"),
    (("at", "least"), "older"),
    (("before",), "older"),
    (("until",), "older"),
    (("after",), "newer"),
    (("since",), "newer"),
    (("<",), "older"),
    (("<=",), "older"),
    ((">",), "newer"),
    ((">=",), "newer"),
)


def older_than(scene: Scene) -> Mistake | None:
    """`created_at older than 30 days`, `is less than 30 days ago`."""
    for k in (scene.at, scene.at - 1, scene.at - 2):
        if scene.said(k) in ("older", "newer") and scene.says(k + 1, "than") and is_unit(scene.said(k + 3)):
            span = scene.slice(k + 2, k + 3)
            text = f"more than {span} ago" if scene.said(k) == "older" else f"in last {span}"
            verb = "" if scene.said(k - 1) in ("is", "not") else "is "
            edit = scene.edit(k, k + 3, verb + text)
            return Mistake(edit.start, edit.end, "E123", f"an age is written `{verb}{text}`", (edit,))
    return None


def day_compared(scene: Scene) -> Mistake | None:
    """`created_at > today`, `>= this month`."""
    k = scene.at - 1
    sign = scene.said(k)
    if sign in SIGNS and scene.said(scene.at) in (
        "today",
        "yesterday",
        "tomorrow",
        "now",
        "this",
        "previous",
        "first",
        "last",
    ):
        word = {"<": "is before", ">": "is after", ">=": "is since", "<=": "is not after"}[sign]
        edit = scene.edit(k, k, word)
        return Mistake(
            edit.start, edit.end, "E123", f"`{sign}` compares numbers; days are compared with `{word}`", (edit,)
        )
    return None


def short_unit(scene: Scene) -> Mistake | None:
    """`30d`, `3 mths`."""
    word, number = scene.word(scene.at), scene.word(scene.at - 1)
    if number.kind != "number":
        return None
    units = SHORT.get(word.text.lower())
    if units is None and "UNIT" in scene.accepts and "TIMES" not in scene.accepts:
        edit = Edit(number.end, number.end, " day" if number.text == "1" else " days")
        return Mistake(
            number.start, number.end, "E135", f"`{number.text}` of what? a unit of time is missing", (edit,), sure=False
        )
    if units is None:
        return None
    edits = tuple(
        Edit(number.start, word.end, f"{number.text} {unit.removesuffix('s') if number.text == '1' else unit}")
        for unit in units
    )
    return Mistake(number.start, word.end, "E135", f"units of time are written out: `{edits[0].text}`", edits)


def until(scene: Scene) -> Mistake | None:
    """`did purchase until 2026-12-01`, `till`."""
    if scene.said(scene.at) in ("until", "till") and "UNTIL" not in scene.accepts:
        edit = scene.edit(scene.at, scene.at, "before")
        return Mistake(edit.start, edit.end, "E111", f"`{scene.said(scene.at)}` is written `before`", (edit,))
    return None


def date_range(scene: Scene) -> Mistake | None:
    """`did purchase between 2026-01-01 and 2026-02-01`."""
    for k in (scene.at, scene.at - 1):
        pair = scene.said(k + 2) == "and" and scene.word(k + 1).kind == scene.word(k + 3).kind == "date"
        if scene.said(k) == "between" and pair and scene.said(k - 1) not in ("is", "not"):
            edit = scene.edit(k, k + 3, f"from {scene.said(k + 1)} to {scene.said(k + 3)}")
            return Mistake(edit.start, edit.end, "E130", "days of an event are a span: `from … to …`", (edit,))
    return None


def other_date(scene: Scene) -> Mistake | None:
    """`1.12.2026`, `12/01/2026`, `2026-1-5`."""
    for match in _OTHER_DATE.finditer(scene.text):
        if not match.start() <= scene.stop <= match.end() or scene.word(scene.at).kind in ("text", "date"):
            continue
        a, sign, b, c = match.groups()
        if len(a) == 4:
            orders = [(a, b, c)]
        elif len(c) == 4:
            orders = [(c, b, a)] if sign == "." else [(c, a, b), (c, b, a)]
        else:
            return None
        found = [f"{year}-{int(m):02}-{int(d):02}" for year, m, d in orders if 1 <= int(m) <= 12 and 1 <= int(d) <= 31]
        edits = tuple(Edit(match.start(), match.end(), text) for text in dict.fromkeys(found))
        return Mistake(
            match.start(), match.end(), "E105", "a day is written year-month-day", edits, sure=len(edits) == 1
        )
    return None


def quantity(scene: Scene, i: int) -> tuple[str, str, int] | None:
    """Read ``at least 3 times`` from ``i``: its kind, its number, and the index of its end."""
    if scene.said(i) in OTHERS:
        return "exactly", str(OTHERS[scene.said(i)]), i
    two = f"{scene.said(i)} {scene.said(i + 1)}"
    kind, k = (two, i + 2) if two in OPPOSITE else ("exactly", i + 1) if scene.said(i) == "exactly" else ("", i)
    if scene.said(k) in OTHERS:
        return kind, str(OTHERS[scene.said(k)]), k
    if not kind or scene.word(k).kind != "number":
        return None
    return kind, scene.said(k), k + 1 if scene.said(k + 1) in ("time", "times") else k


def not_so_often(scene: Scene) -> Mistake | None:
    """`did not purchase at least 3 times`."""
    for d in range(scene.at - 1, max(scene.at - 60, -1), -1):
        if not scene.says(d, "did", "not"):
            continue
        q = d + 3
        if scene.said(q) == "where":
            q = scene.partner(q + 1) + 1
        found = quantity(scene, q)
        if found is None or not q <= scene.at <= found[2] + 1:
            return None
        kind, count, end = found
        event = scene.slice(d + 2, q - 1)
        ever = "" if scene.said(end + 1) in TIME_STARTS else " ever"
        if kind == "exactly" and count == "1":
            edits: tuple[Edit, ...] = (scene.edit(d, end, f"did not {event}{ever}"),)
        else:
            kinds = [OPPOSITE[kind]] if kind in OPPOSITE else ["fewer than", "more than"]
            edits = tuple(scene.edit(d, end, f"did {event} {kind} {times(count)}{ever}") for kind in kinds)
        message = "`did not` takes no count: say the count that you mean"
        return Mistake(scene.word(q).start, scene.word(end).end, "E119", message, edits, sure=len(edits) == 1)
    return None


def once(scene: Scene) -> Mistake | None:
    """`once`, `3 times`, `>= 3 times`, `at least once`."""
    i = scene.at
    word = scene.said(i)
    if word in OTHERS:
        count = str(OTHERS[word])
        if scene.said(i - 1) in ("least", "most", "than", "exactly"):
            edit = scene.edit(i, i, times(count))
            return Mistake(edit.start, edit.end, "E112", f"`{word}` is written `{times(count)}`", (edit,))
        return _often(scene, i, i, count, word)
    if scene.word(i).kind == "number" and scene.said(i + 1) in ("time", "times", "x"):
        return _often(scene, i, i + 1, word, scene.slice(i, i + 1))
    if word in SIGNS and scene.word(i + 1).kind == "number":
        end = i + 2 if scene.said(i + 2) in ("time", "times", "x") else i + 1
        text = f"{SIGNS[word]} {times(scene.said(i + 1))}"
        edit = scene.edit(i, end, text)
        return Mistake(edit.start, edit.end, "E112", f"how often is written `{text}`", (edit,))
    return None


def _often(scene: Scene, first: int, last: int, count: str, said: str) -> Mistake:
    edits = (
        scene.edit(first, last, f"exactly {times(count)}", "no more and no fewer"),
        scene.edit(first, last, f"at least {times(count)}", "or more often"),
    )
    return Mistake(
        edits[0].start,
        edits[0].end,
        "E112",
        f"`{said}` can mean two things",
        edits,
        label="write the one you mean",
        sure=False,
    )


def count_behind(scene: Scene) -> Mistake | None:
    """`did purchase in last 30 days more than 3 times`: how often stands in front of when."""
    for q in (scene.at, scene.at - 1, scene.at - 2, scene.at - 3):
        found = quantity(scene, q)
        if found is None or not q <= scene.at <= found[2]:
            continue
        d = scene.back(q, lambda word: word.text in ("did", "and", "or", "where", "when", "("))
        if scene.said(d) != "did":
            return None
        begin = d + 2
        if scene.said(begin) == "where":
            begin = scene.partner(begin + 1) + 1
        if q <= begin:
            return None
        kind, count, end = found
        edit = scene.edit(begin, end, f"{kind} {times(count)} {scene.slice(begin, q - 1)}")
        return Mistake(scene.word(q).start, scene.word(end).end, "E112", "how often stands in front of when", (edit,))
    return None


def less_than(scene: Scene) -> Mistake | None:
    """`less than 3 times`, `no more than 3 times`, `up to 3 times`, `more then 3 times`."""
    forms = (
        (("no", "more", "than"), "at most"),
        (("no", "less", "than"), "at least"),
        (("no", "fewer", "than"), "at least"),
        (("less", "than"), "fewer than"),
        (("up", "to"), "at most"),
        (("more", "then"), "more than"),
        (("fewer", "then"), "fewer than"),
        (("minimum",), "at least"),
        (("maximum",), "at most"),
        (("over",), "more than"),
        (("under",), "fewer than"),
    )
    for k in (scene.at, scene.at - 1):
        for words, text in forms:
            if scene.says(k, *words) and scene.word(k + len(words)).kind == "number":
                edit = scene.edit(k, k + len(words) - 1, text)
                return Mistake(edit.start, edit.end, "E112", f"how often is written `{text}`", (edit,))
    return None


def no_times(scene: Scene) -> Mistake | None:
    """`did purchase at least 3 in last 30 days`."""
    number = scene.word(scene.at - 1)
    if number.kind == "number" and "TIMES" in scene.accepts:
        edit = Edit(number.end, number.end, " time" if number.text == "1" else " times")
        return Mistake(number.start, number.end, "E112", "how often ends with `times`", (edit,))
    return None


TIME = (
    window,
    ago,
    older_than,
    bare_span,
    day_compared,
    short_unit,
    date_range,
    other_date,
    not_so_often,
    count_behind,
    once,
    less_than,
    no_times,
    until,
)
