"""Hazards 2 and 3: killed at any instruction, a deployment loses and doubles nothing, and counts what it cannot know.

Here each distinct point is visited once, in the middle of its passings; ``python -m tests.long.crash_points`` visits
every passing of every point, and pairs of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crash.deployment import IN_FLIGHT, Seed, Story, seed
from tests.crash.ports import Points


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def start(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seed]:
    """Give what every story starts from, on each state database."""
    folder: Path = tmp_path_factory.mktemp("crash")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'state.db'}"
    else:
        make: Callable[[], str] = request.getfixturevalue("fresh_database")
        url = make()
    made = seed(folder, url)
    yield made
    made.close()


def visits(life: Points) -> list[int]:
    """Give the number of the middle passing of each distinct point."""
    passings: dict[str, list[int]] = {}
    for n, name in enumerate(life.names, 1):
        passings.setdefault(name, []).append(n)
    return sorted(numbers[len(numbers) // 2] for numbers in passings.values())


def test_an_untouched_story_passes_every_port(start: Seed) -> None:
    """Nobody dies: everything is settled, nothing is unknown, and all kinds of points were passed."""
    story = Story(start).tell()
    assert story.wrong == []
    assert sum(len(life.names) for life in story.lives) >= 120
    assert len(story.lives[0].kinds) >= 60
    passed = " ".join(story.lives[0].kinds)
    for port in ("state commit", "warehouse select", "socket write", "inside a body", "socket answer", "journal keep",
                 "disk fsync", "disk link", "outbox write"):  # fmt: skip
        assert port in passed
    # an attempt is a statement of its own on SQLite, and part of the transition's on PostgreSQL
    assert "insert orc_attempt" in passed or "update orc_message attempting" in passed
    states = {row.state.value for row in start.world.messages()}
    assert states == {"accepted", "failed", "skipped"}


def test_every_point_can_be_the_last(start: Seed) -> None:
    """Death before and after each statement, commit, write, answer and flush; the next one finishes the work."""
    wrong: dict[str, list[str]] = {}
    unknown = 0
    for n in visits(Story(start).tell().lives[0]):
        story = Story(start).tell(n)
        assert story.crashes == 1
        unknown = max(unknown, sum(row.state.value == "unknown" for row in start.world.messages()))
        if story.wrong:
            wrong[f"{n}: {story.lives[0].names[-1]}"] = story.wrong
    assert wrong == {}
    assert 0 < unknown <= IN_FLIGHT


def test_two_deaths_in_a_row(start: Seed) -> None:
    """The second worker dies as well, while it cleans up after the first or later."""
    points = len(Story(start).tell().lives[0].names)
    for n, m in ((points // 3, 5), (points // 2, 40), (points // 2, points // 4), (points - 30, 60)):
        assert Story(start).tell(n, m).wrong == [], (n, m)


def test_the_checker_notices(start: Seed) -> None:
    """A ledger that forgets is found out: what is taken out of it by hand is reported."""
    story = Story(start).tell()
    prefix = "" if start.sqlite else "orc."
    with start.world._engine.begin() as connection:
        lie = f"update {prefix}orc_message set state = 'failed', reason = 'refused' where state = 'accepted'"
        connection.exec_driver_sql(lie)
    story.check()
    assert any("and got it" in line for line in story.wrong)
