"""Mistakes around a condition: in the head of a definition, in a partition, in what is expected."""

from __future__ import annotations

from orchestrator.language.mistakes_scene import END, Edit, Mistake, Scene

CELLS = {
    "else": "otherwise",
    "default": "otherwise",
    "other": "otherwise",
    "if": "when",
    "where": "when",
    "elif": "case",
    "when": "case",
}


def head(scene: Scene) -> Mistake | None:
    """`segment vip = …`, `segment vip: …`, `segment vip if …`, `segment vip` and the condition without `where`."""
    if not {"WHERE", "OWNER"} <= scene.accepts:
        return None
    i = scene.at
    word = scene.word(i)
    if word.text == ",":
        return Mistake(word.start, word.end, "E143", "no comma stands here", (scene.edit(i, i, ""),))
    message = "the condition of a segment follows `where`"
    if word.text in ("=", ":", "if", "when", "as", "is"):
        last = i + 1 if scene.said(i + 1) == "where" else i
        edit = scene.edit(i, last, " where" if scene.word(i - 1).end == word.start else "where")
        return Mistake(word.start, word.end, "E143", message, (edit,))
    if word is END or word.kind != "word":
        return None
    return Mistake(word.start, word.end, "E143", message, (Edit(word.start, word.start, "where "),), sure=False)


def late_meta(scene: Scene) -> Mistake | None:
    """`owner crm` or a description behind the condition."""
    word = scene.word(scene.at)
    if "EXPECT" not in scene.accepts or word.text not in ("owner", "tags"):
        return None
    k = scene.back(scene.at, lambda found: found.text == "where")
    if scene.said(k) != "where":
        return None
    last = scene.at + 1
    while scene.said(last + 1) == ",":
        last += 2
    where = scene.word(k)
    between = scene.text[where.start : scene.word(scene.at - 1).end]
    edit = Edit(where.start, scene.word(last).end, f"{scene.slice(scene.at, last)}\n{between}")
    return Mistake(word.start, word.end, "E143", f"`{word.text}` stands in front of `where`", (edit,))


def cell(scene: Scene) -> Mistake | None:
    """`case a where …`, `else b`."""
    word = scene.word(scene.at)
    text = CELLS.get(word.text)
    if text is None or text.upper() not in scene.accepts:
        return None
    return Mistake(
        word.start, word.end, "E143", f"`{word.text}` is written `{text}` here", (scene.edit(scene.at, scene.at, text),)
    )


def size(scene: Scene) -> Mistake | None:
    """`size 1 to 5`, `size from 1 to 5`, `change under 5`."""
    i = scene.at
    word = scene.word(i)
    k = i if word.text == "from" else i - 1
    if scene.said(i - 1) == "size" and scene.word(k + 1).kind == "number" and scene.word(k + 3).kind == "number":
        text = f"between {scene.said(k + 1)} and {scene.said(k + 3)}"
        edit = scene.edit(i, k + 3, text)
        return Mistake(edit.start, edit.end, "E143", f"a size is expected `{text}`", (edit,))
    if scene.said(i - 1) == "under" and word.kind == "number":
        edit = scene.edit(i, i, f"{word.text}%")
        return Mistake(edit.start, edit.end, "E143", f"a change is a share: `{edit.text}`", (edit,))
    return None


def bare_list(scene: Scene) -> Mistake | None:
    """`list dach = "DE", "AT"`."""
    if scene.said(scene.at - 1) != "=" or "LPAR" not in scene.accepts or "DID" in scene.accepts:
        return None
    last = scene.at
    while scene.said(last + 1) == ",":
        last += 2
    if scene.word(scene.at).kind not in ("text", "number", "date", "percent"):
        return None
    edit = scene.edit(scene.at, last, f"({scene.slice(scene.at, last)})")
    return Mistake(edit.start, edit.end, "E109", "a list stands in round brackets", (edit,))


DEFINE = (head, late_meta, cell, size, bare_list)
