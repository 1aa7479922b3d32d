"""Every transition of whole real runs is an edge of the model: runs in turmoil, and stories of crashes.

``python -m tests.long.model`` holds more of them against it, on PostgreSQL too, and walks through larger models.
"""

from __future__ import annotations

from pathlib import Path

from tests.crash.deployment import Story, seed
from tests.model.conformance import EDGES, moves, watch
from tests.run.turmoil import tell


def test_a_run_in_turmoil_keeps_to_the_model(tmp_path: Path) -> None:
    """Refusals, silence, cuts, clocks, operators: only edges of the model, most of them seen, and everything ends."""
    wrong, seen = tell(tmp_path, f"sqlite:///{tmp_path / 'state.db'}", seed=6, lives=6)
    assert wrong == []
    assert seen.keys() - EDGES == set()
    assert len(seen) >= 14


def test_crash_stories_keep_to_the_model(tmp_path: Path) -> None:
    """Deaths all over a story, and a second death while the next worker cleans up."""
    made = seed(tmp_path, f"sqlite:///{tmp_path / 'state.db'}")
    watch(made.state_url)
    made.keep()
    points = len(Story(made).tell().lives[0].names)
    seen = set(moves(made.state_url))
    for n in (points // 3, points // 2, 4 * points // 5):
        assert Story(made).tell(n, n // 2).wrong == []
        seen |= moves(made.state_url).keys()
    made.close()
    assert seen - EDGES == set()
    assert ("attempting", "unknown", 0, 0) in seen
    assert ("claimed", "pending", 1, 0) in seen


def test_the_trigger_sees_what_goes_around_the_ledger(tmp_path: Path) -> None:
    """A statement by hand is seen, and is no edge of the model."""
    made = seed(tmp_path, f"sqlite:///{tmp_path / 'state.db'}")
    watch(made.state_url)
    made.keep()
    Story(made).tell()
    with made.world._engine.begin() as connection:
        connection.exec_driver_sql("update orc_message set state = 'pending' where state = 'accepted'")
    found = moves(made.state_url).keys() - EDGES
    made.close()
    assert found == {("accepted", "pending", 0, 0)}
