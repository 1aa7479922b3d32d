"""What to say where no rule knows better: what stood there, what could have stood there, and a word alike."""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.language.mistakes_logic import LAST
from orchestrator.language.mistakes_scene import END, Edit, Mistake, Scene
from orchestrator.language.mistakes_words import all_keywords
from orchestrator.model.suggest import closest


def _terminals(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TIMES = _terminals("IN BEFORE AFTER ON FROM TODAY YESTERDAY TOMORROW LOCAL MORE BETWEEN")
_VALUES = _terminals(
    "NAME STRING INT DECIMAL PERCENT TRUE FALSE DATE DATETIME PARAM AGG COUNT FRACTION "
    "FIRST LAST UNIT LOCAL WEEKDAY LPAR MINUS"
)
_CONDITIONS = _VALUES | _terminals("ALL ANY NONE AT NOT IN HAS CONSENTS DOES ENTERED LEFT ANNIVERSARY SQL EVERYONE")

# From the most telling to the least: what is said, the terminals it needs, and those that are said with it.
GROUPS: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    (
        "a definition (`segment`, `partition`, `trait`, `event`, `list`)",
        _terminals("SEGMENT PARTITION TRAIT"),
        _terminals("EVENT LIST"),
    ),
    ("a condition", _terminals("DID EVERYONE"), _CONDITIONS),
    ("a time (`in last …`, `since …`, `ever`)", _terminals("EVER SINCE"), _TIMES),
    ("a number of times (`at least …`, `exactly …`)", _terminals("EXACTLY FEWER"), _terminals("AT MORE BETWEEN ON")),
    ("a value", _terminals("STRING NAME INT"), _VALUES),
    ("a unit of time (`days`, `weeks`, …)", _terminals("UNIT"), _terminals("LOCAL")),
    ("`where`", _terminals("WHERE"), frozenset()),
    (
        "a comparison (`is`, `<`, `>=`, …)",
        _terminals("IS CMP"),
        _terminals("TEXTOP DOES HAS CHANGED PLUS MINUS STAR SLASH PROP"),
    ),
    ("`is`", _terminals("IS"), frozenset()),
    ("`and`, `or`", _terminals("AND OR"), frozenset()),
    ("`and`", _terminals("AND"), frozenset()),
    ("`or`", _terminals("OR"), frozenset()),
    ("a name", _terminals("NAME"), frozenset()),
    ("a text in quotes", _terminals("STRING"), frozenset()),
    ("a number", _terminals("INT"), _terminals("DECIMAL MINUS")),
    ("a share (`20%`)", _terminals("PERCENT"), frozenset()),
    ("a day (`2026-12-01`)", _terminals("DATE"), _terminals("DATETIME")),
    ("`(`", _terminals("LPAR"), frozenset()),
    ("`)`", _terminals("RPAR"), frozenset()),
    ("`=`", _terminals("EQUAL"), frozenset()),
    ("`:`", _terminals("COLON"), frozenset()),
    ("`,`", _terminals("COMMA"), frozenset()),
    ("`times`", _terminals("TIMES"), frozenset()),
    ("`km`, `mi` or `m`", _terminals("DIST"), frozenset()),
    ("a property (`.amount`)", _terminals("PROP"), frozenset()),
)
QUIET = _terminals("THEN ACROSS DURING OUTSIDE SQL ENTRY HAS CHANGED ENTERED LEFT")
MOST = 4


def groups(accepts: Iterable[str]) -> list[str]:
    """Give at most four groups of what could stand there, in an author's words."""
    left = set(accepts)
    if "OWNER" in left:  # parameters come later
        left.discard("LPAR")
    said: list[str] = []
    for words, needed, covered in GROUPS:
        if needed <= left and len(said) < MOST:
            said.append(words)
            left -= needed | covered
    if not said:
        said = [f"`{name.lower()}`" for name in sorted(left) if name.lower() in all_keywords()][:MOST]
    elif len(said) < MOST:
        rest = sorted(name.lower() for name in left if name.lower() in all_keywords() and name not in QUIET)
        said += [f"`{name}`" for name in rest[: MOST - len(said)]]
    return said or ["the end"]


def expected(scene: Scene) -> Mistake:
    """Give what can be said about the place where reading stopped."""
    word = scene.word(scene.at)
    before = scene.word(scene.at - 1)
    note = f"expected here: {_listed(groups(scene.accepts))}"
    alike = _alike(scene)
    if alike is not None:
        return alike
    for rule in (*LAST, _left_out):
        found = rule(scene)
        if found is not None and _any_stands(scene, found):
            return found
    if word is END:
        place = before if before is not END else END
        start = max(place.start, 0)
        return Mistake(
            start,
            max(place.end, 0),
            "E100",
            "this ends too early",
            label="something is missing behind this",
            notes=(note,),
        )
    behind = f" behind `{before.text}`" if before is not END else ""
    return Mistake(word.start, word.end, "E100", f"`{word.text}` cannot stand here{behind}", notes=(note,))


def _listed(said: list[str]) -> str:
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} or {said[-1]}"


def _any_stands(scene: Scene, found: Mistake) -> bool:
    return any(_stands(scene, edit) for edit in found.edits)


def _reads(scene: Scene, edit: Edit) -> bool:
    return Scene(edit.apply(scene.text), scene.symbol).parses


def _stands(scene: Scene, edit: Edit) -> bool:
    after = Scene(edit.apply(scene.text), scene.symbol)
    return after.parses or (
        len(after.text) - after.stop < len(scene.text) - scene.stop and after.stop > edit.start + len(edit.text)
    )


GLUE = _terminals("of by segment where each item place times with same to for")
SIGNS = {"EQUAL": "=", "COLON": ":", "COMMA": ",", "LPAR": "(", "RPAR": ")"}


def _left_out(scene: Scene) -> Mistake | None:
    """The only word that can stand here, one without a meaning of its own, or a sign, if all reads with it."""
    here = scene.word(scene.at)
    if here is END or {"DID", "STRING"} & scene.accepts:
        return None
    words = [SIGNS.get(name, name.lower()) for name in sorted(scene.accepts - QUIET)]
    only = len([word for word in words if word in all_keywords()]) == 1
    for text in words:
        sign = text in SIGNS.values()
        alone = only and text in all_keywords()
        if not sign and not alone and text not in GLUE:
            continue
        edits = [Edit(here.start, here.start, f"{text} ")]
        if alone or (sign and here.text in (*SIGNS.values(), ";")):
            edits.append(Edit(here.start, here.end, text))
        for edit in edits:
            if _reads(scene, edit):
                put = edit.end == edit.start
                said = f"`{text}` is missing in front of `{here.text}`"
                message = said if put else f"`{text}` stands here, not `{here.text}`"
                return Mistake(here.start, here.end, "E100", message, (edit,), sure=False)
    return None


def _alike(scene: Scene) -> Mistake | None:
    """A word that is spelled almost like one that fits: here, or the word before, which was read as a name."""
    for k in (scene.at, scene.at - 1):
        word = scene.word(k)
        if word.kind != "word" or (word.text in all_keywords() and (k < scene.at or len(word.text) < 5)):
            continue
        edits = [Edit(word.start, word.end, text) for text in closest(word.text, all_keywords(), 5)]
        whole = word.text in all_keywords()
        standing = tuple(edit for edit in edits if (_reads(scene, edit) if whole else _stands(scene, edit)))[:2]
        if standing:
            message = f"`{word.text}` is not a word that fits here"
            return Mistake(
                word.start, word.end, "E100", message, standing, label=f"did you mean `{standing[0].text}`?", sure=False
            )
    return None
