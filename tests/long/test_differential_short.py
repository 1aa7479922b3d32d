"""What the long differential run says while it works."""

from __future__ import annotations

import pytest

from long.differential import Count, Difference


def test_the_count_tells_differences_at_once_and_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """A run that is stopped has said what it found and, every thousand questions, how many it asked."""
    count = Count()
    for _ in range(999):
        count.add(None)
    assert capsys.readouterr().out == ""
    count.add(Difference("sqlite fails", "segment s {}", "7", "no such function"))
    out = capsys.readouterr().out
    assert out.startswith("sqlite fails (seed 7)\nsegment s {}\nno such function\n")
    assert "1000 questions, 1 differ" in out


def test_a_stopped_run_ends_behind_its_question() -> None:
    """The question that is being answered is counted; an engine that is interrupted would look like a failure."""
    count = Count()
    count.add(None)
    count.stop()
    with pytest.raises(SystemExit):
        count.add(None)
    assert str(count).startswith("2 questions, 0 differ")
