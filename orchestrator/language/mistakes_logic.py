"""Mistakes of order: `and` beside `or`, `not` in front, `where` behind the time, brackets, conditions left out."""

from __future__ import annotations

from orchestrator.language.grammars import LATER, RESERVED
from orchestrator.language.mistakes_scene import DEFINES, END, ENDS, TIME_STARTS, Edit, Mistake, Scene

# Words that join or open something: nobody means an attribute of that name.
NO_NAMES = frozenset(
    ("and", "or", "not", "in", "is", "of", "did", "does", "has", "where", "when", "by", "on", "from", "at")
)
COMPARED = frozenset(("is", "<", "<=", ">", ">="))
HAS_MORE = frozenset(
    (
        "no",
        "not",
        "every",
        "item",
        "any",
        "all",
        "none",
        "at",
        "exactly",
        "more",
        "fewer",
        "between",
        "been",
        "true",
        "false",
    )
)
CHAIN_ENDS = frozenset(("where", "when", "expect", "case", "otherwise"))
EVENT_STARTS = frozenset(("did", "of", "first", "last", "and", "or", "where", "when", "("))
MOST_ENDS = 4
NEGATED = {"is": "is not", "did": "did not", "contains": "does not contain", "has": "has no"}


# ------------------------------------------------------------------ and, or, not


def mixed(scene: Scene) -> Mistake | None:
    """`a and b or c`: both readings."""
    i = scene.at
    other = {"and": "or", "or": "and"}.get(scene.said(i))
    if other is None:
        return None
    first = scene.back(i, lambda word: word.text in CHAIN_ENDS or word.text == "(" or word.text == ",") + 1
    operators, last = _operators(scene, first)
    if i not in operators or not {"and", "or"} <= {scene.said(k) for k in operators}:
        return None
    bounds = [first, *(k + 1 for k in operators)]
    ends = [*(k - 1 for k in operators), last]
    parts = [scene.slice(a, b) for a, b in zip(bounds, ends, strict=True)]
    words = [scene.said(k) for k in operators]
    start, end = scene.word(first).start, scene.word(last).end
    edits = tuple(Edit(start, end, _tied(parts, words, tight)) for tight in ("and", "or"))
    earlier = next(scene.word(k) for k in operators if scene.said(k) == other)
    here = scene.word(i)
    return Mistake(
        here.start,
        here.end,
        "E102",
        "`and` and `or` are mixed without brackets",
        edits,
        label=f"`{here.text}` here",
        notes=("these are different audiences; write the one you mean",),
        sure=False,
        also=(earlier.start, earlier.end, f"`{other}` here"),
    )


def _operators(scene: Scene, first: int) -> tuple[list[int], int]:
    """Give the places of `and` and `or` that join conditions from ``first`` on, and the end of the last condition."""
    found: list[int] = []
    depth, open_ranges = 0, 0
    k = first
    while k < len(scene.words):
        said = scene.said(k)
        if said == "(":
            depth += 1
        elif said == ")":
            depth -= 1
            if depth < 0:
                break
        elif depth == 0:
            ends = said == "," or (said in CHAIN_ENDS and said != "where")
            if ends or (said in DEFINES and scene.begins_line(k)):
                break
            if said == "between":
                open_ranges += 1
            elif said == "and" and open_ranges:
                open_ranges -= 1
            elif said in ("and", "or"):
                found.append(k)
        k += 1
    return found, k - 1


def _tied(parts: list[str], words: list[str], tight: str) -> str:
    """Give the text in which ``tight`` binds more closely, with brackets around what belongs together."""
    groups: list[list[str]] = [[parts[0]]]
    for word, part in zip(words, parts[1:], strict=True):
        if word == tight:
            groups[-1].append(part)
        else:
            groups.append([part])
    loose = "or" if tight == "and" else "and"
    tied = [f"({f' {tight} '.join(group)})" if len(group) > 1 else group[0] for group in groups]
    return f" {loose} ".join(tied)


def not_in_front(scene: Scene) -> Mistake | None:
    """`not did purchase`, `not country is "DE"`, `not did purchase twice ever`, `not not x`, `has not purchase`."""
    i = scene.at
    if scene.says(i - 1, "has", "not") and scene.word(i + 1).kind == "word":
        timed = scene.said(i + 2) in TIME_STARTS
        edit = scene.edit(i - 1, i + 1, f"did not {scene.said(i + 1)}{'' if timed else ' ever'}")
        message = "what somebody never did is written `did not …`"
        return Mistake(edit.start, edit.end, "E125", message, (edit,), sure=timed)
    if scene.said(i - 1) != "not":
        return None
    if scene.said(i) == "not":
        edit = Edit(scene.word(i - 1).start, scene.word(i + 1).start, "")
        return Mistake(scene.word(i - 1).start, scene.word(i).end, "E125", "`not not` says nothing", (edit,))
    last = scene.last_of(i)
    verb = _verb(scene, i, last)
    if verb >= 0 and _plain(scene, verb, last):
        inside = scene.slice(i, verb - 1)
        text = f"{inside} {NEGATED[scene.said(verb)]}".strip()
        edit = scene.edit(i - 1, verb, text)
        return Mistake(edit.start, edit.end, "E125", f"negation is a verb: `{NEGATED[scene.said(verb)]}`", (edit,))
    if scene.word(i).kind not in ("word", "number") or last < i:
        return None
    around = scene.edit(i - 1, last, f"not ({scene.raw(i, last)})")
    if verb >= 0 or {scene.said(k) for k in range(i, last)} & COMPARED:
        message = "`not` stands in front of brackets: `not (…)`"
        return Mistake(around.start, around.end, "E125", message, (around,))
    edits = (scene.edit(i - 1, last, f"{scene.slice(i, last)} is not true"), around)
    return Mistake(around.start, around.end, "E125", "negation is a verb: `is not`, `did not`", edits, sure=False)


def _verb(scene: Scene, first: int, last: int) -> int:
    """Give the index of the verb of a condition, filters left out, or -1."""
    depth = 0
    for k in range(first, last + 1):
        depth += {"(": 1, ")": -1}.get(scene.said(k), 0)
        if depth == 0 and scene.said(k) in NEGATED:
            return k
    return -1


def _plain(scene: Scene, verb: int, last: int) -> bool:
    """Tell whether the negated verb means the whole condition: no count, no step, no list, and no `not` behind it."""
    said = {scene.said(k) for k in range(verb + 1, last + 1)}
    if scene.said(verb) == "did":
        return not said & {"time", "times", "then", "not", "once", "twice", "thrice"} and (
            "on" not in said or not said & {"least", "most", "exactly", "than"}
        )
    if scene.said(verb) == "has":
        first = scene.word(verb + 1)
        return scene.said(verb - 1) in ("not", "") and first.kind == "word" and first.text not in HAS_MORE
    return scene.said(verb + 1) != "not"


# ------------------------------------------------------------------ where, brackets, words out of place


def late_where(scene: Scene) -> Mistake | None:
    """`did purchase in last 30 days where (…)`: the filter belongs right behind the event."""
    i = scene.at
    if scene.said(i) != "where" or scene.said(i + 1) != "(":
        return None
    event, close = _event(scene, i), scene.partner(i + 1)
    if event < 0 or close < 0 or event >= i - 1:
        return None
    between = scene.slice(event + 1, i - 1)
    edit = Edit(scene.word(event).end, scene.word(close).end, f" {scene.slice(i, close)} {between}")
    return Mistake(scene.word(i).start, scene.word(i).end, "E114", "put `where (…)` right after the event", (edit,))


def _event(scene: Scene, i: int) -> int:
    """Give the index at which the name of the event in front of ``i`` ends, in the same condition, or -1."""
    k = i
    for _ in range(3):  # `in last 30 days`, `in first 7 days after first purchase`
        k = scene.back(k, lambda word: word.text in EVENT_STARTS)
        if scene.said(k - 1) not in ("in", "after", "before", "since"):
            break
    if scene.said(k) not in ("did", "of", "first", "last"):
        return -1
    name = k + 2 if scene.said(k + 1) == "not" else k + 1
    while scene.word(name + 1).kind == "prop":
        name += 1
    return name


def where_twice(scene: Scene) -> Mistake | None:
    """`where a where b`; `did purchase where amount > 5`."""
    i = scene.at
    if scene.said(i) == "where" and "AND" in scene.accepts:
        if _event(scene, i) >= 0:
            return _bare_where(scene, i)
        edit = scene.edit(i, i, "and")
        return Mistake(edit.start, edit.end, "E114", "a second condition follows `and`", (edit,))
    if scene.said(i - 1) != "where" or scene.said(i) in ("(", "") or "LPAR" not in scene.accepts:
        return None
    ends = _filter_ends(scene, i, TIME_STARTS | {"and", "or", ")", "at", "exactly", "fewer", "expect", "case"})
    edits = [Edit(scene.word(i).start, scene.word(k).end, f"({scene.raw(i, k)})") for k in ends]
    return Mistake(
        scene.word(i).start,
        scene.word(i).end,
        "E114",
        "the filter of an event stands in brackets",
        tuple(edits),
        sure=False,
    )


def _bare_where(scene: Scene, i: int) -> Mistake | None:
    """`did visit in last 30 days where device is "phone"`: the filter, without its brackets, behind the time."""
    event = _event(scene, i)
    between = scene.slice(event + 1, i - 1)
    if not between:
        return None
    start = scene.word(event).end
    edits = [
        Edit(start, scene.word(k).end, f" where ({scene.slice(i + 1, k)}) {between}")
        for k in _filter_ends(scene, i + 1, ENDS | {")"})
    ]
    here = scene.word(i)
    return Mistake(here.start, here.end, "E114", "put `where (…)` right after the event", tuple(edits))


def _filter_ends(scene: Scene, first: int, ends: frozenset[str]) -> list[int]:
    """Give where a filter without brackets may end, at most four places."""
    found: list[int] = []
    depth = 0
    for k in range(first, len(scene.words)):
        depth += {"(": 1, ")": -1}.get(scene.said(k), 0)
        after = scene.said(k + 1)
        if depth < 0 or len(found) == MOST_ENDS:
            break
        last = k + 1 == len(scene.words) or (after in DEFINES and scene.begins_line(k + 1))
        if depth == 0 and (last or after in ends):
            found.append(k)
        if last:
            break
    return found


def brackets(scene: Scene) -> Mistake | None:
    """A bracket that is never closed, or never opened."""
    i = scene.at
    word = scene.word(i)
    if word.text == ")" and scene.opener(i) < 0:
        edit = Edit(word.start, word.end, "")
        return Mistake(word.start, word.end, "E107", "this bracket was never opened", (edit,), sure=False)
    opened = scene.opener(i)
    if opened < 0 or ("RPAR" not in scene.accepts and word is not END):
        return None
    if word is not END and word.text not in ("expect", "case", "otherwise", *DEFINES):
        return None
    end = scene.word(i - 1).end
    bracket = scene.word(opened)
    edits = (Edit(end, end, ")", show=bracket.start),) if "RPAR" in scene.accepts else ()
    return Mistake(bracket.start, bracket.end, "E106", "this bracket is never closed", edits, "opened here", sure=False)


def missing_condition(scene: Scene) -> Mistake | None:
    """A segment without a condition, `and` with nothing behind it."""
    word = scene.word(scene.at)
    ends = word is END or word.text in ("expect", "case", "otherwise", ")", *DEFINES)
    if not ends:
        return None
    behind = scene.word(scene.at - 1)
    if (
        "WHERE" in scene.accepts
        and "DID" not in scene.accepts
        and "OWNER" in scene.accepts
        and "EQUAL" not in scene.accepts
    ):
        k = next((k for k in range(scene.at - 1, -1, -1) if scene.said(k) == "segment"), 0)
        name = scene.word(k + 1)
        edit = Edit(behind.end, behind.end, "\nwhere everyone", "if you mean all of them", scene.word(k).start)
        return Mistake(name.start, name.end, "E129", f"segment `{name.text}` has no condition", (edit,), sure=False)
    if "EVERYONE" not in scene.accepts:
        return None
    if behind.text in ("and", "or"):
        edit = Edit(scene.word(scene.at - 2).end, behind.end, "")
        return Mistake(behind.start, behind.end, "E129", f"nothing follows `{behind.text}`", (edit,), sure=False)
    place = max(behind.end, 0)
    edit = Edit(place, place, " everyone" if place else "everyone", "if you mean all of them")
    start = behind.start if behind is not END else 0
    return Mistake(start, place, "E129", "a condition is missing here", (edit,), sure=False)


def reserved(scene: Scene) -> Mistake | None:
    """A word of the language where a name stands."""
    word = scene.word(scene.at)
    if word.text == "was" and scene.word(scene.at + 1).kind in ("text", "number", "percent", "date"):
        k = scene.at
        became = scene.edit(k, k + 1, f"changed to {scene.said(k + 1)} ever", "became so")
        both = (scene.edit(k, k, "is", "now"), became)
        message = "`was` does not say when"
        note = "what somebody has been for a time is `has been … for at least …`"
        return Mistake(word.start, word.end, "E128", message, both, notes=(note,), sure=False)
    if word.text in LATER:
        return Mistake(
            word.start, word.end, "E128", f"`{word.text}` is reserved for later", label="choose another word"
        )
    before = scene.word(scene.at - 1)
    compared = scene.said(scene.at + 1) in COMPARED
    if before.text in RESERVED - NO_NAMES and word.text in COMPARED:
        word = before
    elif (
        word.text not in RESERVED - NO_NAMES
        or "NAME" not in scene.accepts
        or ("STRING" in scene.accepts and not compared)
    ):
        return None
    edits = (Edit(word.start, word.start, f"{_owner(scene)}."),) if "DID" in scene.accepts or word is before else ()
    message = f"`{word.text}` is a word of the language and cannot be a name"
    notes = ("an attribute of that name is written with its owner in front",) if edits else ("choose another name",)
    return Mistake(word.start, word.end, "E127", message, edits, notes=notes, sure=False)


def _owner(scene: Scene) -> str:
    """Give the entity that the definition around is of, ``customer`` where it names none."""
    for k in range(scene.at - 1, -1, -1):
        word = scene.word(k)
        if word.text not in DEFINES or (k and "\n" not in scene.text[scene.word(k - 1).end : word.start]):
            continue
        head, depth = k + 2, 0
        while scene.said(head) == "(" or depth:  # parameters
            depth += {"(": 1, ")": -1}.get(scene.said(head), 0)
            head += 1
            if scene.word(head) is END:
                break
        return scene.said(head + 1) if scene.said(head) == "of" else "customer"
    return "customer"


def doubled(scene: Scene) -> Mistake | None:
    """`and and`, `is is`."""
    word, before = scene.word(scene.at), scene.word(scene.at - 1)
    if word.kind == "word" and word.text == before.text != "not":
        edit = Edit(before.end, word.end, "")
        return Mistake(word.start, word.end, "E100", f"`{word.text}` stands here twice", (edit,))
    return None


def side_by_side(scene: Scene) -> Mistake | None:
    """Two conditions with nothing between them; a comma or a semicolon."""
    word = scene.word(scene.at)
    if "AND" not in scene.accepts or word is END:
        return None
    last = scene.word(scene.at + 1) is END
    if word.text in (",", ";", "."):
        edits = tuple(scene.edit(scene.at, scene.at, text) for text in ([""] if last else [" and", " or"]))
    elif last and word.text != "everyone":
        return None
    else:
        edits = (Edit(word.start, word.start, "and "), Edit(word.start, word.start, "or "))
        if "COMMA" in scene.accepts:
            end = scene.word(scene.at - 1).end
            edits = (Edit(end, end, ","),)
    message = (
        "nothing follows here"
        if last
        else f"two conditions need {'a comma' if len(edits) < 2 else '`and` or `or`'} between them"
    )
    if Scene(edits[0].apply(scene.text), scene.symbol).stop < scene.word(scene.at + 2).end:
        return None  # what follows is no condition
    return Mistake(word.start, word.end, "E142", message, edits, sure=False)


LOGIC = (doubled, mixed, not_in_front, late_where, where_twice, brackets, missing_condition, reserved)
LAST = (side_by_side,)
