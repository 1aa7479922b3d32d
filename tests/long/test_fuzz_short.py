"""The first of the million texts of ``long.fuzz``: what is broken comes back as findings with places."""

from __future__ import annotations

from long.fuzz import many


def test_broken_texts_come_back_as_findings() -> None:
    """Nobody's text makes the parser or the loader raise, lose its place, or think for a second."""
    kinds, wrong, _, _ = many(0, 3_000)
    assert not wrong, wrong[0]
    assert set(kinds) == {"from_grammar", "from_file", "from_bytes", "from_yaml", "from_disk"}
