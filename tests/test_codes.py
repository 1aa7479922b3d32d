"""Every code that the source can say has a page, and no page is about a code that nobody says."""

from __future__ import annotations

import re
from pathlib import Path

import orchestrator
from orchestrator.cli.explain import pages

ROOT = Path(orchestrator.__file__).parent
CODE = re.compile(r'"([EWYD]\d{3})"')


def said() -> dict[str, str]:
    """Give each code that stands outside of the tables of pages, with a file that says it."""
    found: dict[str, str] = {}
    for path in ROOT.rglob("*.py"):
        if "codes" in path.stem:
            continue
        for code in CODE.findall(path.read_text(encoding="utf-8")):
            found[code] = path.name
    return found


def test_every_code_has_a_page() -> None:
    """`orc explain CODE` never disappoints."""
    missing = {code: place for code, place in said().items() if code not in pages()}
    assert not missing


def test_a_page_says_something() -> None:
    """A title and a reason; where both examples stand, they differ."""
    for code, page in pages().items():
        assert page.title, code
        assert len(page.explanation) >= 20, code
        assert not page.bad or page.bad != page.good, code
