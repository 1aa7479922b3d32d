"""``orc retry`` at the keyboard: who is meant, asked first, written down, sent by the next run."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import cast

from orchestrator.cli.status import _failures
from orchestrator.ledger import Ledger, OccurrenceStatus
from tests.cli.conftest import Desk
from tests.cli.test_cli_send import LAUNCH, applied


def test_those_whose_letter_could_not_be_written_get_another_try(desk: Desk) -> None:
    """A template that breaks for some people is mended and applied; the retry reaches them and nobody else."""
    template = "templates/launch/body.html.j2"
    before = (desk.root / template).read_text()
    greeting = "{{ person.first_name | default('customer', true) }}"
    desk.edit(template, greeting, greeting + "{{ '' if (person.first_name | default('x'))[0] != 'N' else 1 // 0 }}")
    applied(desk)
    assert desk("run", "--once", "--as-of", LAUNCH).status == 0
    letters = len(list(desk.root.rglob("*.eml")))
    said = desk("retry", "winter_launch", "--dry-run", "--format", "json")
    assert said.status == 0, said.err
    people = json.loads(said.out)["people"]
    assert people == 1
    (desk.root / template).write_text(before)
    applied(desk)
    shown = desk("retry", "winter_launch", "--yes")
    assert shown.status == 0, shown.err
    assert "render_error" in shown.out
    assert "+retry1: the next `orc run` sends it" in shown.out
    ran = desk("run", "--once")
    assert ran.status == 0, ran.err
    assert len(list(desk.root.rglob("*.eml"))) == letters + people, ran.out + ran.err + desk("status").out
    none = desk("retry", "winter_launch", "--yes")
    assert (none.status, "no message of winter_launch failed that is not tried" in none.err) == (2, True)
    assert desk("audit", "--ledger").status == 0


def test_a_campaign_that_does_not_exist_is_told(desk: Desk) -> None:
    """A slip of the key is answered with the nearest name."""
    applied(desk)
    said = desk("retry", "winter_lunch")
    assert said.status == 2
    assert "winter_launch" in said.err


def test_status_names_what_most_messages_failed_of() -> None:
    """Three sentences stand for all failures: they are the most frequent ones, however rare ones came first."""
    rows = [SimpleNamespace(detail=f"rare {n}") for n in range(5)] + [
        SimpleNamespace(detail="often, ann@example.com")
    ] * 9
    ledger = cast(Ledger, SimpleNamespace(messages=lambda *_, **__: rows))
    slot = cast(OccurrenceStatus, SimpleNamespace(occurrence=SimpleNamespace(id=1), total=lambda _state: len(rows)))
    assert _failures(ledger, slot)[0] == "often, …"
