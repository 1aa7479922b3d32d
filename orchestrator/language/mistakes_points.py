"""Mistakes about the first and the last event, places, and members: `last purchase in …`, `near`, `in the segment`."""

from __future__ import annotations

from orchestrator.language.mistakes_scene import Edit, Mistake, Scene
from orchestrator.language.mistakes_time import is_unit

OPENED = frozenset(("and", "or", "where", "when", "(", ",", "not", ""))
POINTED = frozenset(("after", "before", "since", "on", "from", "to"))
DISTANCES = {
    "kilometers": "km", "kilometres": "km", "kilometer": "km", "kilometre": "km", "kms": "km",
    "miles": "mi", "mile": "mi", "meters": "m", "metres": "m", "meter": "m", "metre": "m",
}  # fmt: skip


def property_of_point(scene: Scene) -> Mistake | None:
    """`created_at is after last view.happened_at`: a point is the moment of an event."""
    i = scene.at
    word = scene.word(i)
    if word.kind != "prop" or scene.said(i - 2) not in ("first", "last") or scene.said(i - 3) not in POINTED:
        return None
    event = scene.slice(i - 2, i - 1)
    message = f"behind `{scene.said(i - 3)}` stands the event itself: `{event}`"
    if word.text == ".happened_at":
        return Mistake(word.start, word.end, "E149", message, (Edit(word.start, word.end, ""),))
    note = f"give `{event}{word.text}` a name with `trait` to compare with it"
    return Mistake(word.start, word.end, "E149", message, notes=(note,))


def event_alone(scene: Scene) -> Mistake | None:
    """`last purchase is more than 30 days ago`, `first purchase in last 30 days`, `last purchase.items has …`."""
    i = scene.at
    if scene.said(i) == "has" and scene.word(i - 1).kind == "prop" and scene.said(i - 3) in ("first", "last"):
        said = scene.slice(i - 3, i - 1)
        note = f"write `trait {scene.said(i - 3)}_{scene.said(i - 1)[1:]}: list = {said}` and ask the trait"
        return Mistake(
            scene.word(i - 3).start, scene.word(i).end, "E149", f"`has` asks an attribute or a trait, and not `{said}`",
            notes=(note,),
        )  # fmt: skip
    if "PROP" not in scene.accepts or scene.said(i - 2) not in ("first", "last") or scene.said(i - 3) not in OPENED:
        return None
    said = scene.slice(i - 2, i - 1)
    if scene.said(i) not in ("is", "in", "since", "before", "after", "on", "more", "today", "yesterday", "from"):
        return None
    verb = "" if scene.said(i) == "is" else " is"
    end = scene.word(i - 1).end
    message = f"`{said}` is an event: say which of its properties, as in `{said}.happened_at`"
    edit = Edit(end, end, f".happened_at{verb}")
    return Mistake(scene.word(i - 2).start, end, "E149", message, (edit,), sure=False)


def near(scene: Scene) -> Mistake | None:
    """`location is near place paris`, `within 5 kilometers`."""
    i = scene.at
    short = DISTANCES.get(scene.said(i).lower())
    if short is not None and scene.word(i - 1).kind == "number":
        edit = scene.edit(i, i, short)
        return Mistake(edit.start, edit.end, "E135", f"this distance is written `{short}`", (edit,))
    for k in (i, i - 1):
        if scene.said(k) != "near" or not (scene.said(k + 1) in ("place", "(") or scene.word(k + 1).kind == "word"):
            continue
        first = k - 1 if scene.said(k - 1) == "is" else k
        place = "" if scene.said(k + 1) in ("place", "(") else " place"
        edit = scene.edit(first, k, f"is within 5 km of{place}", "write your own distance")
        return Mistake(scene.word(k).start, scene.word(k).end, "E111", "`near` says no distance", (edit,), sure=False)
    return None


def within_of(scene: Scene) -> Mistake | None:
    """`due is within 3 days of now`, `within 3 days of created_at`."""
    i = scene.at
    if scene.said(i - 2) != "within" or not is_unit(scene.said(i)) or scene.said(i + 1) != "of":
        return None
    last, span = scene.last_of(i), scene.slice(i - 1, i)
    point = scene.slice(i + 2, last)
    if not point:
        return None
    now = point in ("now", "today")
    texts = (f"in last {span}", f"in next {span}") if now else (
        f"in last {span} before {point}", f"in first {span} after {point}"
    )  # fmt: skip
    edits = tuple(scene.edit(i - 2, last, text) for text in texts)
    message = f"`{scene.slice(i - 2, i + 1)}` does not say on which side"
    return Mistake(edits[0].start, edits[0].end, "E111", message, edits, sure=False)


def in_the(scene: Scene) -> Mistake | None:
    """`in the top 10% by points`, `in the segment vip`."""
    i = scene.at
    if scene.said(i) not in ("the", "a") or scene.said(i - 1) != "in":
        return None
    if scene.said(i + 1) not in ("top", "bottom", "segment", "smallest"):
        return None
    edit = Edit(scene.word(i).start, scene.word(i + 1).start, "")
    message = f"this is written `in {scene.said(i + 1)} …`"
    return Mistake(scene.word(i - 1).start, scene.word(i + 1).end, "E109", message, (edit,))


def order(scene: Scene) -> Mistake | None:
    """`in top 10% by points desc`."""
    i = scene.at
    down = scene.said(i).lower() in ("desc", "descending")
    if not down and scene.said(i).lower() not in ("asc", "ascending"):
        return None
    k = scene.back(i, lambda word: word.text in ("top", "bottom", "and", "or", "where", "when"))
    if scene.said(k) not in ("top", "bottom"):
        return None
    same = (scene.said(k) == "top") is down
    end = scene.word(i - 1).end
    other = {"top": "bottom", "bottom": "top"}[scene.said(k)]
    edits = (Edit(end, scene.word(i).end, ""), scene.edit(k, i, f"{other} {scene.slice(k + 1, i - 1)}"))
    message = "`top` begins with the highest, `bottom` with the lowest: no order stands behind it"
    return Mistake(scene.word(i).start, scene.word(i).end, "E109", message, edits[:1] if same else edits, sure=same)


def passed_on(scene: Scene) -> Mistake | None:
    """`in segment base($n = $k)`."""
    i = scene.at
    if scene.said(i) not in ("$", f"${scene.said(i)[1:]}") or not scene.said(i).startswith("$"):
        return None
    opened = scene.opener(i)
    if scene.said(i - 1) != "=" or opened < 2 or scene.said(opened - 2) not in ("segment", "."):
        return None
    end = scene.word(i + 1).end if scene.said(i) == "$" else scene.word(i).end
    return Mistake(
        scene.word(i).start, end, "E150", "a parameter cannot be passed on to another segment",
        label="write the value out",
    )  # fmt: skip


POINTS = (property_of_point, event_alone, near, within_of, in_the, order, passed_on)
