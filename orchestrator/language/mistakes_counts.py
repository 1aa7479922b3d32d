"""Habits of other tools about how often: `once`, `3 times`, `>= 3 times`, `did not purchase at least 3 times`."""

from __future__ import annotations

from orchestrator.language.mistakes_scene import TIME_STARTS, Edit, Mistake, Scene

OTHERS = {"once": 1, "twice": 2, "thrice": 3}
OPPOSITE = {"at least": "fewer than", "more than": "at most", "at most": "more than", "fewer than": "at least"}
SIGNS = {">=": "at least", ">": "more than", "<=": "at most", "<": "fewer than"}


def times(count: str) -> str:
    """Give ``1 time``, ``3 times``."""
    return f"{count} {'time' if count == '1' else 'times'}"


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
    """`did not purchase at least 3 times`, `did not purchase once ever`."""
    for d in range(scene.at - 1, max(scene.at - 60, -1), -1):
        if not scene.says(d, "did", "not"):
            continue
        q = d + 3
        if scene.said(q) == "where":
            q = scene.partner(q + 1) + 1
        end = _count_end(scene, q)
        if end < 0 or not q <= scene.at <= end + 1:
            return None
        timed = scene.said(end + 1) in TIME_STARTS
        edits = _negated(scene, d, q, end, "" if timed else " ever")
        message = "`did not` takes no count: say the count that you mean"
        sure = timed and len(edits) == 1
        return Mistake(scene.word(q).start, scene.word(end).end, "E119", message, edits, sure=sure)
    return None


def _count_end(scene: Scene, q: int) -> int:
    """Give the index at which how often ends that begins at ``q``, or -1."""
    found = quantity(scene, q)
    if found is not None:
        return found[2]
    if scene.said(q) in ("between", "on"):
        ends = ("times", "time") if scene.said(q) == "between" else ("days", "day", "weeks", "months", "hours")
        return next((k for k in range(q + 2, q + 6) if scene.said(k) in ends), -1)
    return q + 1 if scene.word(q).kind == "number" and scene.said(q + 1) in ("time", "times") else -1


def _negated(scene: Scene, d: int, q: int, end: int, ever: str) -> tuple[Edit, ...]:
    """Give what `did not` with a count may mean; brackets where only they say the opposite."""
    event, last = scene.slice(d + 2, q - 1), max(scene.last_of(d), end)
    rest = f" {scene.raw(end + 1, last)}" if last > end else ever
    kind, count, _ = quantity(scene, q) or ("", scene.said(q), end)
    if kind in OPPOSITE:
        return (scene.edit(d, end, f"did {event} {OPPOSITE[kind]} {times(count)}{ever}"),)
    if scene.said(q) in ("between", "on"):
        return (scene.edit(d, last, f"not (did {scene.raw(d + 2, end)}{rest})"),)
    exactly = f"not (did {event} exactly {times(count)}{rest})"
    if scene.said(q) == "exactly":
        return (scene.edit(d, last, exactly),)
    fewer = f"did not {event}{rest}" if count == "1" else f"did {event} fewer than {times(count)}{rest}"
    return (
        scene.edit(d, last, fewer, "not even once" if count == "1" else "fewer"),
        scene.edit(d, last, exactly, "fewer, or more"),
    )


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


COUNTS = (not_so_often, count_behind, once, less_than, no_times)
