"""Text that does not parse, explained: what is wrong, where, and the text to paste.

Each rule looks at the place where reading stopped and names one habit of other tools. What it proposes is put into
the text and read again; only what reads further is shown. Then reading goes on behind it, for the next mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from orchestrator.language.mistakes_compare import COMPARE
from orchestrator.language.mistakes_counts import COUNTS
from orchestrator.language.mistakes_days import DAYS
from orchestrator.language.mistakes_define import DEFINE
from orchestrator.language.mistakes_expected import expected
from orchestrator.language.mistakes_logic import LOGIC
from orchestrator.language.mistakes_numbers import NUMBERS
from orchestrator.language.mistakes_points import POINTS
from orchestrator.language.mistakes_scene import Edit, Mistake, Scene, flat, stopped
from orchestrator.language.mistakes_steps import STEPS
from orchestrator.language.mistakes_time import TIME
from orchestrator.language.mistakes_words import FIRST
from orchestrator.language.segment_guard import Places
from orchestrator.model.diagnostic import Diagnostic, Fix, Related

Rule = Callable[[Scene], Mistake | None]

RULES: Sequence[Rule] = (*FIRST, *DEFINE, *STEPS, *POINTS, *DAYS, *TIME, *COUNTS, *NUMBERS, *COMPARE, *LOGIC)
MOST = 10
MOST_SHOWN = 3
MOST_CHARACTERS = 10_000  # beyond, only the place is told


def explain(text: str, path: str, start: int, end: int, symbol: str) -> tuple[Diagnostic, ...]:
    """Give the findings for ``text[start:end]``, which does not parse from ``symbol``; at least one."""
    places = Places(text, path)
    if end - start > MOST_CHARACTERS:
        stop = start + stopped(text[start:end], symbol)
        return (Diagnostic(places.span(stop, min(stop + 1, end)), "E100", "this cannot be read from here on"),)
    current, shift, behind = text[start:end], start, 0
    made: list[Diagnostic] = []
    for _ in range(MOST):
        scene = Scene(current, symbol)
        if scene.parses:
            break
        mistake, edits = _judge(scene)
        if made and min([mistake.start, *(edit.start for edit in edits)]) < behind:
            break  # it touches what was mended before: not the author's own words any more
        made.append(_finding(mistake, edits, scene, places, shift))
        if not edits:
            break
        chosen = edits[0]
        current = chosen.apply(current)
        behind = chosen.start + len(chosen.text)
        shift += chosen.end - chosen.start - len(chosen.text)
    return tuple(made)


def _judge(scene: Scene, once: bool = False) -> tuple[Mistake, tuple[Edit, ...]]:
    """Give the first mistake whose proposals stand, with those that do; ``once`` looks no mistake further."""
    for rule in RULES:
        mistake = rule(scene)
        if mistake is None:
            continue
        edits = _standing(scene, mistake.edits, once)
        if edits or not mistake.edits:
            return mistake, edits
    mistake = expected(scene)
    return mistake, _standing(scene, mistake.edits, once)


def _standing(scene: Scene, edits: tuple[Edit, ...], once: bool) -> tuple[Edit, ...]:
    """Give the proposals with which the text reads further; of several only those with which it reads furthest."""
    left = {edit: left for edit in edits if (left := _left(scene, edit, once)) is not None}
    return tuple(edit for edit in edits if edit in left and left[edit] == min(left.values()))


def _left(scene: Scene, edit: Edit, once: bool) -> int | None:
    """Give how much is not read once a proposal is made; None where that is no better than before.

    Where reading stops right behind the proposal, it is one only if there is another for what stands there.
    """
    after = Scene(edit.apply(scene.text), scene.symbol)
    if after.parses:
        return 0
    mended, left = edit.start + len(edit.text), len(after.text) - after.stop
    if after.stop <= mended or left >= len(scene.text) - scene.stop:
        return None
    close = not after.text[mended : after.stop].strip() and bool(after.text[after.stop :].strip())
    if close and not once and not _judge(after, once=True)[1]:
        return None
    return left


def _finding(mistake: Mistake, edits: tuple[Edit, ...], scene: Scene, places: Places, shift: int) -> Diagnostic:
    shown = edits[:MOST_SHOWN]
    fix = None
    if shown and len(edits) == 1:
        only, alone = shown[0], len(mistake.edits) == 1
        fix = Fix(places.span(only.start + shift, only.end + shift), only.text, safe=mistake.sure and alone)
    related: tuple[Related, ...] = ()
    if mistake.also is not None:
        begin, end, words = mistake.also
        related = (Related(places.span(begin + shift, end + shift), words),)
    return Diagnostic(
        places.span(mistake.start + shift, mistake.end + shift),
        mistake.code,
        mistake.message,
        tuple(_shown(scene, edit) for edit in shown),
        mistake.label,
        mistake.notes,
        fix=fix,
        related=related,
    )


def _shown(scene: Scene, edit: Edit) -> str:
    """Give the whole condition with the proposal made, on one line, and the remark behind it."""
    begin, end = scene.clause(edit.start, edit.end)
    begin = edit.show if edit.show >= 0 else begin
    text = flat(scene.text[begin : edit.start] + edit.text + scene.text[edit.end : end]).strip()
    return f"{text}  # {edit.remark}" if edit.remark else text
