"""``orc refresh``: stored membership from the first refresh on, and what segments, plans and explanations say of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SLIPPED = """
segment rich where points >= 10
segment came where entered segment rich in last 7 days
segment went where left segment rich in last 7 days
partition stage
  case low when points < 5
  otherwise high
segment fell where entered segment stage.low ever and in segment stage.low
"""
PROJECT = "edition: 1\nname: small\nzone: Europe/Berlin\n"
SCHEMA = """
entities:
  customer:
    table: customers
    key: id
    attributes:
      points: int
"""


@pytest.fixture
def small(call: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Give ``orc`` in a workspace of four people whose points a test may change."""
    import sqlite3

    root = tmp_path / "small"
    files = {"project.yml": PROJECT, "schema.yml": SCHEMA, "segments/all.seg": SLIPPED}
    for name, text in files.items():
        path = root / "campaigns" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    warehouse = tmp_path / "small.db"
    monkeypatch.setenv("ORC_WAREHOUSE_URL", f"sqlite:///{warehouse}")

    def put(**points: int) -> None:
        with sqlite3.connect(warehouse) as connection:
            connection.execute("drop table if exists customers")
            connection.execute("create table customers (id text, points integer)")
            connection.executemany("insert into customers values (?, ?)", list(points.items()))
        connection.close()

    def orc(*words: str) -> Any:
        return call("-C", str(root), *words)

    orc.put = put  # type: ignore[attr-defined]
    return orc


def members(small: Any, segment: str, as_of: str) -> list[str]:
    """Give the ids of a segment's members."""
    said = small("members", segment, "--as-of", as_of)
    assert said.status == 0, said.err
    return sorted(said.out.split())


def refreshed(small: Any, as_of: str, *names: str) -> dict[str, tuple[int, int, int]]:
    """Refresh, and give (entered, left, total) by segment."""
    said = small("refresh", *names, "--as-of", as_of, "--format", "json")
    assert said.status == 0, said.err
    return {row["segment"]: (row["entered"], row["left"], row["total"]) for row in json.loads(said.out)["segments"]}


def test_refreshes_see_who_entered_and_left(small: Any) -> None:
    """The first takes everybody as there from the start; later ones write changes, once, at their moment."""
    small.put(P=10, Q=10, R=1, S=7)
    assert refreshed(small, "2026-11-01T00:00Z") == {"rich": (0, 0, 2), "stage.low": (0, 0, 1)}
    assert members(small, "came", "2026-11-02T00:00Z") == []
    small.put(P=10, Q=2, R=11, S=7)
    second = {"rich": (1, 1, 2), "stage.low": (1, 1, 1)}
    assert refreshed(small, "2026-11-05T00:00Z") == second
    assert members(small, "came", "2026-11-05T00:00Z") == []  # not before the moment of the refresh is over
    assert members(small, "came", "2026-11-06T00:00Z") == ["R"]
    assert members(small, "went", "2026-11-06T00:00Z") == ["Q"]
    assert members(small, "fell", "2026-11-06T00:00Z") == ["Q"]
    assert refreshed(small, "2026-11-05T00:00Z", "rich") == {"rich": (0, 0, 2)}  # the same again changes nothing
    small.put(P=10, Q=2, R=1, S=7)
    assert refreshed(small, "2026-11-07T00:00Z", "rich") == {"rich": (0, 1, 1)}
    assert members(small, "came", "2026-11-08T00:00Z") == ["R"]  # any entry counts, also of who has left again
    assert members(small, "went", "2026-11-08T00:00Z") == ["Q", "R"]
    assert members(small, "came", "2026-11-12T00:00Z") == ["R"]  # seven days after the refresh that saw it
    assert members(small, "came", "2026-11-12T00:00:01Z") == []


def test_a_moment_before_the_last_refresh_is_refused(small: Any) -> None:
    """The past is not written again; nothing is changed."""
    small.put(P=10)
    refreshed(small, "2026-11-05T00:00Z", "rich")
    small.put(P=1)
    said = small("refresh", "rich", "--as-of", "2026-11-04T00:00Z")
    assert said.status == 2
    assert "rich was refreshed as of 2026-11-05T00:00:00Z, and 2026-11-04T00:00:00Z is before it" in said.err
    assert refreshed(small, "2026-11-06T00:00Z", "rich") == {"rich": (0, 1, 0)}


def test_what_is_refreshed_is_what_somebody_asks_about(small: Any) -> None:
    """Without names those that `entered` and `left` name; all with --all; by name any segment, partition or cell."""
    small.put(P=10)
    assert set(refreshed(small, "2026-11-01T00:00Z")) == {"rich", "stage.low"}
    assert set(refreshed(small, "2026-11-02T00:00Z", "stage", "came")) == {"stage", "came"}
    said = small("refresh", "--all", "--as-of", "2026-11-03T00:00Z")
    for name in ("rich", "came", "went", "fell", "stage", "stage.low", "stage.high"):
        assert f"\n{name} " in said.out
    assert "first refresh" in said.out
    assert small("refresh", "nobody").status == 2


def test_a_mistake_in_what_is_asked_has_its_place(small: Any, tmp_path: Path) -> None:
    """A cell that is not there is shown where somebody asked for it, as `orc check` shows it."""
    path = tmp_path / "small" / "campaigns" / "segments" / "odd.seg"
    path.write_text("segment odd where entered segment stage.middle in last 7 days\n", encoding="utf-8")
    said = small("refresh")
    assert said.status == 1
    assert "campaigns/segments/odd.seg:1:" in said.out + said.err


def test_whoever_reads_is_told_how_old_it_is(small: Any) -> None:
    """explain says that a segment was never refreshed, or when."""
    small.put(P=10)
    said = small("explain", "came", "--as-of", "2026-11-02T00:00Z")
    words = " ".join(said.out.split())
    assert "rich was never refreshed, so nobody has entered or left it: run `orc refresh rich`" in words
    assert "FROM orc_membership_change AS e" in words.replace('"', "")
    refreshed(small, "2026-11-01T00:00Z")
    said = small("explain", "came", "--as-of", "2026-11-02T00:00Z", "--format", "json")
    assert json.loads(said.out)["notes"] == [
        "who entered or left rich is known up to its last refresh, 2026-11-01T00:00:00Z"
    ]


def test_who_asks_for_people_is_told_how_old_the_membership_is(small: Any) -> None:
    """`members` says it beside the ids, `show` below the words (A29); nobody is silent about a missing refresh."""
    small.put(anna=12)
    never = "note: rich was never refreshed, so nobody has entered or left it: run `orc refresh rich`"
    listed = small("members", "came", "--as-of", "2026-11-20T12:00")
    assert (listed.out, listed.err.splitlines()[-1]) == ("", never)
    assert never in small("show", "came", "--as-of", "2026-11-20T12:00").out
    assert small("members", "rich", "--as-of", "2026-11-20T12:00").err == ""
    small("refresh", "rich", "--as-of", "2026-11-20T12:00")
    assert "known up to its last refresh, 2026-11-20T11:00:00Z" in small("members", "came").err
    assert "2026-11-20T11:00:00Z" in json.loads(small("show", "came", "--format", "json").out)["notes"][0]


def test_a_sample_is_marked_in_what_compile_prints(small: Any, tmp_path: Path) -> None:
    """The statement cannot say who is drawn, so a comment does."""
    path = tmp_path / "small" / "campaigns" / "segments" / "held.seg"
    path.write_text('segment held where in sample 5% salt "2026H2" and points > 1\n', encoding="utf-8")
    said = small("compile", "held", "--as-of", "2026-11-02T00:00Z")
    assert "computed outside SQL" in said.out
    assert "sha256(2026H2:id)" in said.out
