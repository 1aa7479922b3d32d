"""The comparison itself is held to account: faults planted in one dialect or in the shared meaning are noticed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from comparing import Difference, run, understood_once
from engines import IN_MEMORY, open_store

from orchestrator.compile import build, query
from orchestrator.compile.build import Builder
from orchestrator.compile.dialects.sqlite import SQLite
from orchestrator.compile.features import EVERYBODY

SEED, SENTENCES = 3, 12


def kinds(seen: list[Difference | None] | None = None) -> set[str]:
    """Run a small world on the engines in memory and give what was said to differ."""
    each = (lambda _: None) if seen is None else seen.append
    return {found.kind for found in run(SEED, SENTENCES, [*map(open_store, IN_MEMORY)], stop=False, each=each)}


def test_without_a_fault_all_agree_and_every_question_is_told() -> None:
    """The world of these tests has no disagreement of its own."""
    seen: list[Difference | None] = []
    assert kinds(seen) == set()
    assert len(seen) > SENTENCES
    assert set(seen) == {None}


def test_a_fault_of_one_dialect_is_noticed_for_that_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A complement that leaves unknown values out differs on SQLite, and on SQLite alone."""
    monkeypatch.setattr(SQLite, "is_not_true", lambda _, test: ~test)
    assert kinds() == {"sqlite (apart) and the reference differ"}


def test_a_fault_of_the_shared_meaning_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What all engines share is compared with the reference: windows that hold every moment differ."""
    monkeypatch.setattr(Builder, "window", lambda *_: EVERYBODY)
    assert "sqlite (apart) and the reference differ" in kinds()


def test_meaning_is_shared_for_one_question_only() -> None:
    """One builder serves all engines within a question; others, and later questions, make their own."""
    moment, other = dt.datetime(2026, 11, 1, tzinfo=dt.UTC), dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    made: Any = _Project()
    with understood_once(made, moment):
        one = query.Builder(made, moment)
        assert query.Builder(made, moment) is one
        assert query.Builder(made, other) is not one
        assert query.Builder(_Project(), moment) is not one  # type: ignore[arg-type]
    assert query.Builder is build.Builder


class _Project:
    """As much of a workspace as a builder reads when it is made."""

    def __init__(self) -> None:
        self.project = self
        self.zone, self.week_starts = "UTC", 0
