"""Habits of other tools about time and counts: `in the last`, `last month`, `once`, `30 days ago`."""

from __future__ import annotations

from orchestrator.language.mistakes_scene import UNITS, Edit, Mistake, Scene

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
SIGNS = frozenset((">=", ">", "<=", "<"))


def is_unit(word: str) -> bool:
    """Tell whether a word is a unit of time."""
    return word.removesuffix("s") in UNITS


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
        return k + 1, "", [Edit(-1, -1, f"in next 1 {unit}", f"rolling: the {unit} from now on")]
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
        if len(readings) == 1:
            edit = Edit(first, last, readings[0].text)
            message = f"`{said}` is written `{edit.text}`, from now on; of a calendar name the days"
            return Mistake(first, last, "E111", message, (edit,), sure=False)
        if readings:
            edits = tuple(Edit(first, last, edit.text, edit.remark) for edit in readings)
            if "last 1 day" in readings[0].text:
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
            said = scene.slice(k, k + 2)
            if _of_event(scene, k):  # which lies behind us
                edit = scene.edit(k, k + 2, f"in last {span}")
                message = f"`{said}` is written `{edit.text}`"
                return Mistake(edit.start, edit.end, "E111", message, (edit,), sure=False)
            edits = [scene.edit(k, k + 2, f"in last {span}", "in the past")]
            edits.append(scene.edit(k, k + 2, f"in next {span}", "in the future"))
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
    if before in ("last", "past"):
        first = j - 2 if scene.said(j - 2) == "in" else j - 1
        both = (scene.edit(first, j + 2, newer), scene.edit(first, j + 2, older))
        return Mistake(both[0].start, both[0].end, "E123", "`last` and `ago` say two things", both, sure=False)
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
    sure = _of_event(scene, first) or not any(newer in choice for choice in choices)
    return Mistake(edits[0].start, edits[0].end, "E123", message, edits, sure=sure)


def _of_event(scene: Scene, i: int) -> bool:
    """Tell whether a time is an event's: what lies ahead is lost where `> 30 days ago` becomes `in last 30 days`."""
    return scene.said(scene.back(i, lambda word: word.text in ("did", "and", "or", "where", "when", "is"))) == "did"


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


def distance(scene: Scene) -> Mistake | None:
    """`did purchase before 30 days`, `since 30 days`: a distance where a point of time stands."""
    k = scene.at - 1
    text = {"before": "more than {} ago", "since": "in last {}"}.get(scene.said(k))
    if text is None or scene.word(k + 1).kind != "number" or not is_unit(scene.said(k + 2)):
        return None
    edit = scene.edit(k, k + 2, text.format(scene.slice(k + 1, k + 2)))
    message = f"`{scene.said(k)}` takes a point of time; a distance from now is `{edit.text}`"
    return Mistake(edit.start, edit.end, "E123", message, (edit,), sure=False)


def local_between(scene: Scene) -> Mistake | None:
    """`created_at is between 5 and 40 local days from now`."""
    i = scene.at
    if scene.said(i) != "local" or not is_unit(scene.said(i + 1)) or scene.said(i - 4) != "between":
        return None
    edit = Edit(scene.word(i).start, scene.word(i + 1).start, "")
    message = "`local` has no place in a distance from now that is `between` two numbers"
    return Mistake(scene.word(i).start, scene.word(i).end, "E118", message, (edit,), sure=False)


def held(scene: Scene) -> Mistake | None:
    """`plan has been "pro" for 6 months`."""
    i = scene.at
    if scene.said(i - 1) != "for" or scene.word(i).kind != "number" or "AT" not in scene.accepts:
        return None
    edit = Edit(scene.word(i).start, scene.word(i).start, "at least ")
    message = f"how long something has been so is written `for at least {scene.slice(i, i + 1)}`"
    return Mistake(scene.word(i).start, scene.word(i + 1).end, "E111", message, (edit,), sure=False)


def older_than(scene: Scene) -> Mistake | None:
    """`created_at older than 30 days`, `is less than 30 days ago`."""
    for k in (scene.at, scene.at - 1, scene.at - 2):
        if scene.said(k) in ("older", "newer") and scene.says(k + 1, "than") and is_unit(scene.said(k + 3)):
            span = scene.slice(k + 2, k + 3)
            text = f"more than {span} ago" if scene.said(k) == "older" else f"in last {span}"
            verb = "" if scene.said(k - 1) in ("is", "not") else "is "
            edit = scene.edit(k, k + 3, verb + text)
            sure = scene.said(k) == "older"
            return Mistake(edit.start, edit.end, "E123", f"an age is written `{verb}{text}`", (edit,), sure=sure)
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


TIME = (
    window,
    ago,
    distance,
    local_between,
    held,
    older_than,
    bare_span,
    short_unit,
)
