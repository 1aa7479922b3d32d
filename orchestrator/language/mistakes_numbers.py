"""Habits of other tools about numbers: `1,000`, `500 €`, `$500`, `20 percent`."""

from __future__ import annotations

import re

from orchestrator.language.mistakes_scene import Mistake, Scene

SEVERAL = ("$", "£", "¥")  # signs of several currencies
MONEY = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}


def thousands(scene: Scene) -> Mistake | None:
    """`ltv > 1,000 EUR`, `1.000,50 EUR`, `1 000 EUR`."""
    i = scene.at
    whole = scene.word(i - 1).kind == scene.word(i).kind == "number" and scene.said(i - 1).isdigit()
    if whole and len(scene.said(i)) == 3 and scene.said(i).isdigit():
        edit = scene.edit(i - 1, i, f"{scene.said(i - 1)}_{scene.said(i)}")
        return Mistake(edit.start, edit.end, "E115", f"this number is written `{edit.text}`", (edit,))
    if scene.said(i) != "," or "COMMA" in scene.accepts or scene.word(i - 1).kind != "number":
        return None
    last = i
    while scene.said(last) == "," and scene.word(last + 1).kind == "number" and (
        scene.word(last - 1).end == scene.word(last).start and scene.word(last).end == scene.word(last + 1).start
    ):  # fmt: skip
        last += 2
    said = scene.raw(i - 1, last - 1)
    plain = said.replace(",", "_")
    if re.fullmatch(r"\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}", said):
        texts: tuple[str, ...] = (plain,)
    elif re.fullmatch(r"\d{1,3},\d{3}", said):
        texts = (plain, f"{said.replace(',', '.')}0")
    elif re.fullmatch(r"\d{1,3}(\.\d{3})?,\d+", said):
        texts = (said.replace(".", "_").replace(",", "."),)
    else:
        return None
    edits = tuple(scene.edit(i - 1, last - 1, text) for text in texts)
    message = f"`{said}` can mean two numbers" if len(texts) > 1 else f"this number is written `{texts[0]}`"
    notes = ("the first is thousands, the second has a decimal point",) if len(texts) > 1 else ()
    return Mistake(edits[0].start, edits[0].end, "E115", message, edits, notes=notes, sure=len(texts) == 1)


def money(scene: Scene) -> Mistake | None:
    """`500 €`, `$500`, `500 eur`, `EUR 500`."""
    i = scene.at
    for number, other in ((i - 1, i), (i + 1, i), (i, i - 1), (i, i + 1)):
        word = scene.said(other)
        code = MONEY.get(word) or (word.upper() if len(word) == 3 and word.isascii() and word.isalpha() else "")
        if scene.word(number).kind == "number" and code and word not in ("and", "ago", "day"):
            first, last = sorted((number, other))
            edit = scene.edit(first, last, f"{scene.said(number)} {code}")
            if edit.text == scene.slice(first, last):
                continue
            sure = word not in SEVERAL
            return Mistake(edit.start, edit.end, "E140", f"money is written `{edit.text}`", (edit,), sure=sure)
    if scene.said(i).startswith("$") and scene.said(i)[1:].isdigit():
        edit = scene.edit(i, i, f"{scene.said(i)[1:]} USD")
        return Mistake(edit.start, edit.end, "E140", f"money is written `{edit.text}`", (edit,), sure=False)
    return None


def percent(scene: Scene) -> Mistake | None:
    """`top 20 %`, `20 percent`."""
    if scene.said(scene.at) in ("%", "percent") and scene.word(scene.at - 1).kind == "number":
        edit = scene.edit(scene.at - 1, scene.at, f"{scene.said(scene.at - 1)}%")
        return Mistake(edit.start, edit.end, "E140", f"a share is written `{edit.text}`", (edit,))
    return None


NUMBERS = (thousands, money, percent)
