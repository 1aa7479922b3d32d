"""Habits of other tools about sequences: `and then`, `then did not`, counts of steps, `then x in 3 days`."""

from __future__ import annotations

from orchestrator.language.mistakes_scene import COUNT_STARTS, END, Edit, Mistake, Scene
from orchestrator.language.mistakes_time import is_unit


def _back(scene: Scene, *wanted: str) -> int:
    """Give the index of the nearest of these words in the condition in front of the stop, filters left out, or -1."""
    depth = 0
    for k in range(scene.at, -1, -1):
        said = scene.said(k)
        if said == ")" and k < scene.at:
            depth += 1
        elif said == "(":
            depth -= 1
            if depth < 0:
                return -1
        elif depth == 0 and said in wanted:
            return k
        elif depth == 0 and said in ("and", "or") and k < scene.at - 1:
            return -1
    return -1


def _shown(scene: Scene) -> int:
    """Give the offset of the verb of the sequence, from which on a proposal is shown."""
    return scene.word(_back(scene, "did")).start


def counted(scene: Scene) -> Mistake | None:
    """`did purchase at least 2 times ever then …`, `… then refund at least 2 times`."""
    then = _back(scene, "then")
    begin = _back(scene, "did") if then == scene.at else then
    if then < 0 or begin < 0 or scene.said(then - 1) in ("more", "fewer", "less"):  # `more then 3 times`
        return None
    for k in range(begin + 1, scene.at + 3):
        end = next((n for n in range(k + 1, k + 6) if scene.said(n) in ("time", "times")), -1)
        if scene.said(k) in COUNT_STARTS and end > 0:
            said = scene.slice(k, end)
            fewer = {"most", "fewer", "0"} & {scene.said(n) for n in range(k, end)}
            first, last = scene.word(k - 1).end, scene.word(end).end
            edits = () if fewer else (Edit(first, last, ""),)
            message = f"a sequence asks for one event at each step, and `{said}` counts"
            return Mistake(
                scene.word(k).start, last, "E146", message, edits, "no count here",
                ("count events with a condition of their own beside the sequence",), sure=False,
            )  # fmt: skip
    return None


def joined(scene: Scene) -> Mistake | None:
    """`did a ever and then b`, `did a ever followed by b`."""
    for k in (scene.at, scene.at - 1):
        if scene.said(k) == "then" and scene.said(k - 1) == "and":
            return _instead(scene, k - 1, k, "then")
        if scene.said(k) == "followed":
            return _instead(scene, k, k + 1 if scene.said(k + 1) == "by" else k, "then")
    return None


def verbs(scene: Scene) -> Mistake | None:
    """`then did b`, `then did not b`: the verb stands once, in front."""
    k = scene.at
    if scene.said(k) == "did" and scene.said(k - 1) in ("then", "not", "yet"):
        end = k + 1 if scene.said(k + 1) == "not" and scene.said(k - 1) == "then" else k
        edit = Edit(scene.word(k).start, scene.word(end).end, "not") if end > k else Edit(
            scene.word(k).start, scene.word(k + 1).start, ""
        )  # fmt: skip
        said = scene.slice(k - 1, end)
        message = f"the verb stands once, in front of the sequence, and not in `{said}`"
        return Mistake(scene.word(k).start, scene.word(end).end, "E147", message, (edit,))
    return None


def spans(scene: Scene) -> Mistake | None:
    """`then b in 3 days`, `then b in last 3 days`, `then b in the next 3 days`."""
    if _back(scene, "then") < 0:
        return None
    for k in (scene.at, scene.at - 1, scene.at - 2):
        if scene.said(k) not in ("in", "during", "for", "within"):
            continue
        number = next((n for n in range(k + 1, k + 4) if scene.word(n).kind == "number"), -1)
        between = {scene.said(n) for n in range(k + 1, number)} if number > 0 else {"-"}
        if between <= {"the", "last", "next", "following"} and is_unit(scene.said(number + 1)):
            said, text = scene.slice(k, number + 1), f"within {scene.slice(number, number + 1)}"
            message = f"the time between two steps is written `{text}`"
            edit = Edit(scene.word(k).start, scene.word(number + 1).end, text, show=_shown(scene))
            return None if said == text else Mistake(edit.start, edit.end, "E147", message, (edit,), sure=False)
    return None


def turned(scene: Scene) -> Mistake | None:
    """`then b within 1 day with same x`."""
    k = scene.at
    if scene.said(k) == "with" and scene.said(k + 1) == "same" and scene.said(k - 3) == "within":
        time, same = scene.slice(k - 3, k - 1), scene.slice(k, k + 2)
        edit = Edit(scene.word(k - 3).start, scene.word(k + 2).end, f"{same} {time}")
        return Mistake(edit.start, edit.end, "E147", "`with same …` stands in front of `within …`", (edit,))
    return None


def endless(scene: Scene) -> Mistake | None:
    """`then not b` without a time."""
    then = _back(scene, "then")
    if then < 0 or scene.said(then + 1) != "not" or scene.said(then + 2) == "yet" or then + 2 >= scene.at:
        return None
    if "WITHIN" not in scene.accepts:
        return None
    last = scene.word(scene.at - 1)
    word = scene.word(scene.at)
    end = last.end if word is END else word.start
    yet = Edit(scene.word(then + 1).end, scene.word(then + 1).end, " yet", "not until now", _shown(scene))
    gap = "" if word is END else " "
    within = Edit(
        end, end, f"{' ' if word is END else ''}within 3 days{gap}", "not in this time, which is over", _shown(scene)
    )
    message = "`then not` needs the time in which it did not happen: what comes tomorrow is not known"
    return Mistake(scene.word(then).start, last.end, "E147", message, (yet, within), sure=False)


def begun(scene: Scene) -> Mistake | None:
    """`did not a ever then b`: nothing can come after what did not happen."""
    if scene.said(scene.at) != "then":
        return None
    did = _back(scene, "did")
    if did < 0 or scene.said(did + 1) != "not":
        return None
    word = scene.word(scene.at)
    return Mistake(
        word.start, word.end, "E147", "a sequence begins with an event that happened: nothing follows `did not`",
        label="behind what?",
    )  # fmt: skip


def _instead(scene: Scene, first: int, last: int, text: str) -> Mistake:
    edit = Edit(scene.word(first).start, scene.word(last).end, text)
    said = scene.slice(first, last)
    return Mistake(
        edit.start, edit.end, "E147", f"the next step of a sequence is written `{text}`, not `{said}`", (edit,)
    )


STEPS = (counted, joined, verbs, turned, endless, begun, spans)
