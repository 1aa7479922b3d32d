"""The grammar file, expanded, and the parser that is built from it and kept in the user's cache folder.

In ``grammar/segment.lark`` a terminal in capitals without a definition is its own keyword in lower case;
``@HARD@`` stands for the reserved words and ``@KEYWORDS@`` for the definitions of all keywords.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from lark import Lark
from lark import __version__ as lark_version

from orchestrator.language.root import cache_folder

STARTS = ("start", "expression", "trait_value", "expectation", "trigger_event")
OPTIONS: dict[str, Any] = {
    "parser": "lalr",
    "lexer": "contextual",
    "start": list(STARTS),
    "propagate_positions": True,
    "maybe_placeholders": True,
}

# Kept for a later edition: no sentence uses them yet, and no name may.
LATER = frozenset({"unless", "was", "while"})

# Words that some state of the parser could take for a name as well; a test derives them again.
AMBIGUOUS = frozenset(
    re.findall(
        r"\w+",
        "after all and anniversary any at avg before between bucket consents count day days did does during entered "
        "entry ever every everyone exactly false fewer first fraction from has hour hours in inside known last left "
        "local max median min minute minutes missing month months more no none not now on one outside previous quarter "
        "quarters since sum this time times today tomorrow true unique week weekday weeks within "
        "year years yesterday yet",
    )
)
# Reserved although no state needs it, so that a message points at the word itself.
POINTED_AT = frozenset(re.findall(r"\w+", "by expect is of or otherwise partition segment then trait until when where"))

RESERVED = AMBIGUOUS | POINTED_AT | LATER

_SILENT = re.compile(r'//[^\n]*|"(?:\\.|[^"\\\n])*"i?|/(?![/*])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n])+/[imslux]*')


def grammar_text() -> str:
    """Give the grammar as it is written in ``grammar/segment.lark``."""
    shipped = resources.files("orchestrator") / "_grammar" / "segment.lark"
    if shipped.is_file():
        return shipped.read_text(encoding="utf-8")
    return (Path(__file__).parents[2] / "grammar" / "segment.lark").read_text(encoding="utf-8")


def keywords(text: str) -> list[str]:
    """Give the terminals that the grammar uses and does not define, in the order of the alphabet."""
    bare = _SILENT.sub(" ", text)
    defined = set(re.findall(r"^([A-Z][A-Z_]*)(?:\.\d+)?\s*:", bare, re.MULTILINE))
    imported = set(re.findall(r"^%import\s+\w+\.([A-Z_]+)", bare, re.MULTILINE))
    return sorted(set(re.findall(r"(?<![@\w])[A-Z][A-Z_]+(?![@\w])", bare)) - defined - imported)


def expand(text: str, reserved: frozenset[str] = RESERVED) -> str:
    """Give the grammar that Lark reads: keywords defined, the reserved words kept from being names."""
    lines = [f"{name}: /{name.lower()}\\b/" for name in keywords(text)]
    hard = "|".join(sorted(reserved)) or "(?!)"
    return text.replace("@HARD@", hard).replace("@KEYWORDS@", "\n".join(lines))


@cache
def parser() -> Lark:
    """Give the parser with its five start symbols, from the cache folder when it is there."""
    text = expand(grammar_text())
    version = f"{lark_version}-py{sys.version_info[0]}{sys.version_info[1]}"
    digest = hashlib.sha256(f"{version}\n{sorted(OPTIONS.items())}\n{text}".encode()).hexdigest()[:20]
    try:
        path = cache_folder() / f"segment-{version}-{digest}.bin"
    except RuntimeError:  # no home folder
        return Lark(text, **OPTIONS)
    kept = _load(path)
    if kept is not None:
        return kept
    made = Lark(text, **OPTIONS)
    _keep(made, path)
    return made


def _load(path: Path) -> Lark | None:
    """Give the parser kept at ``path``; None when there is none, when it is damaged, or when it is not ours."""
    try:
        with path.open("rb") as file:
            if hasattr(os, "getuid") and os.fstat(file.fileno()).st_uid != os.getuid():
                return None
            return Lark.load(file)
    except Exception:  # whatever is wrong with a cache, the grammar itself is at hand
        return None


def _keep(made: Lark, path: Path) -> None:
    """Write the parser beside its place and move it there; a folder that cannot be written is no problem."""
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".segment-", delete=False) as file:
            temporary = file.name
            made.save(file)
        os.replace(temporary, path)
    except OSError:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
