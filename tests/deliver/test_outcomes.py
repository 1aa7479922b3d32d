"""The table of answers, row by row: what was expected here was written down without looking at the table."""

from __future__ import annotations

import random

import pytest

from orchestrator.deliver.email.outcomes import TABLE, Answer, Phase, answer_class, answered, silent, stated_wait
from orchestrator.model.delivery import Outcome

A, R, F, U = Outcome.ACCEPTED, Outcome.RETRY, Outcome.FAILED, Outcome.UNKNOWN
SPOKEN = [phase for phase in Phase if phase is not Phase.ABANDON]

# phase -> code -> (outcome, is the connection over); "-" in a code stands for every code of that hundred not named
ENVELOPE = {"1-": (R, True), "2-": (None, False), "3-": (R, True), "4-": (R, False), "5-": (F, False), "6-": (R, True)}
CLOSED = {"1-": (R, True), "2-": (None, False), "3-": (R, True), "4-": (R, True), "5-": (R, True), "6-": (R, True)}
OUR_FAULT = dict.fromkeys(("503", "530", "534", "535", "538"), (R, False)) | {"421": (R, True)}
EXPECTED: dict[str, dict[str, tuple[Outcome | None, bool]]] = {
    "connect": CLOSED,
    "rset": CLOSED,
    "mail": ENVELOPE | OUR_FAULT,
    "rcpt": ENVELOPE | OUR_FAULT,
    "data": ENVELOPE | OUR_FAULT | {"2-": (R, True), "354": (None, False)},
    "body": {"1-": (U, True), "2-": (A, False), "3-": (U, True), "4-": (R, False), "5-": (F, False), "6-": (U, True)}
    | OUR_FAULT,
}


@pytest.mark.parametrize("phase", SPOKEN)
def test_every_number_in_every_phase(phase: Phase) -> None:
    """A thousand numbers a phase."""
    rows = EXPECTED[phase.value]
    checked = 0
    for code in range(1000):
        expected = rows.get(str(code).zfill(3)) or rows.get(f"{code // 100}-")
        if expected is None:
            continue
        row = answered(phase, code)
        assert (row.outcome, row.ends) == expected, f"{phase} {code}"
        checked += 1
    assert checked >= 600


@pytest.mark.parametrize("phase", list(Phase))
def test_silence(phase: Phase) -> None:
    """Lost, timed out or unreadable is unknown only where the final dot may have left us."""
    assert silent(phase, True) is (U if phase is Phase.BODY else R)
    assert silent(phase, False) is R


def test_the_table_is_whole() -> None:
    """Each phase has one row for each class of answers; only a body that was cut off has one of its own."""
    places = [(phase, row.answer) for row in TABLE for phase in row.phases]
    assert len(places) == len(set(places))
    classes = set(Answer) - {Answer.CUT}
    assert set(places) == {(phase, answer) for phase in SPOKEN for answer in classes} | {(Phase.BODY, Answer.CUT)}
    assert {answer_class(code) for code in range(1000)} == classes - {Answer.SILENT}


def test_only_a_body_can_be_accepted_or_unknown() -> None:
    """Whatever happens before the final dot is a definite no."""
    for row in TABLE:
        if row.outcome in (A, U):
            assert row.phases == (Phase.BODY,)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4.7.1 Greylisted, try again in 300 seconds", 300),
        ("4.2.0 please try again in 5 minutes", 300),
        ("Please retry after 2 hours", 7200),
        ("greylisted for 60 seconds", 60),
        ("Retry-After: 90 s", 90),
        ("try again in 60 seconds; really, try again in 60 seconds", 60),
        ("try again in 60 seconds or retry after 10 minutes", None),
        ("try again in 0 seconds", None),
        ("try again in 3 days", None),
        ("try again in 90000 seconds", None),
        ("4.3.2 try again later", None),
        ("you sent 300 messages in 60 seconds", None),
        ("try again in 99999999999 seconds", None),
    ],
)
def test_a_stated_wait(text: str, seconds: float | None) -> None:
    """A time is taken from a refusal only when it states one, and only one."""
    assert stated_wait(text) == seconds


def test_any_text_gives_a_wait_of_at_most_a_day() -> None:
    """Whatever a server writes, the wait is None or above 0 and up to a day."""
    dice = random.Random(8)
    words = ["try", "again", "in", "after", "retry", "5", "-3", "300", "99999", "s", "minutes", "hours", "\x00", "é"]
    for _ in range(3000):
        found = stated_wait(" ".join(dice.choices(words, k=12)))
        assert found is None or 0 < found <= 86_400
