"""Bad input at the door: a clear answer with a remedy, no traceback, and nothing half-done."""

from __future__ import annotations

import json
import sqlite3

import pytest

from orchestrator.cli.run import missed_lines
from tests.cli.conftest import Desk

HERO = "templates/winback/body.html.j2"
SHOP = ".orc/warehouse.sqlite"
SLOT = "2026-12-01T10:01"


def warehouse(desk: Desk, *statements: str) -> None:
    """Change the company's database behind our back."""
    with sqlite3.connect(desk.root / SHOP) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def applied(desk: Desk) -> None:
    """Plan and apply what the files say."""
    plan = json.loads(desk("plan", "--format", "json").out)["id"]
    assert desk("apply", plan).status == 0


@pytest.mark.parametrize("verb", [("preview",), ("send-test", "--to", "me@example.com")])
def test_a_letter_that_cannot_be_made_is_shown_at_its_place(desk: Desk, verb: tuple[str, ...]) -> None:
    """Who previews before checking gets the same findings as from check, not a defect."""
    desk.edit(HERO, "{% block hero %}", "{% block hero %}{{ persn.first_name }}")
    said = desk(verb[0], "winback", *verb[1:])
    assert said.status == 1
    assert "error[E607]" in said.err
    assert HERO in said.err
    assert "defect" not in said.err


@pytest.mark.parametrize(
    ("path", "grow"), [(HERO, "x"), ("campaigns/segments/customers.seg", "# "), ("campaigns/winback.yml", "# ")]
)
def test_a_file_of_ten_megabytes_is_refused_once(desk: Desk, path: str, grow: str) -> None:
    """The answer is one finding at that file; what it may declare is not called missing."""
    with (desk.root / path).open("a", encoding="utf-8") as file:
        file.write("\n" + grow + "x" * 10_000_000)
    found = json.loads(desk("check", "--format", "json").out)
    assert [(row["code"], row["file"]) for row in found] == [("Y006", path)]


def test_braces_around_an_expression_say_how_to_write_it(desk: Desk) -> None:
    """In YAML braces make keys; the answer says to leave them out."""
    desk.edit("campaigns/winback.yml", "audience: in segment gone_quiet", "audience: {in segment gone_quiet}")
    said = desk("check")
    assert said.status == 1
    assert "campaigns/winback.yml:7:1" in said.out
    assert "without braces" in said.out


def test_a_table_and_a_column_that_are_missing_are_named(desk: Desk) -> None:
    """The name is that of the database, not one of our own statement's; slots wait for the next run."""
    applied(desk)
    warehouse(desk, "alter table sessions rename to visits")
    said = desk("run", "--once", "--as-of", SLOT)
    assert said.status == 2
    assert "no table `sessions`" in said.err
    warehouse(desk, "alter table visits rename to sessions", "alter table customers rename column email to mail")
    said = desk("run", "--once", "--as-of", SLOT)
    assert said.status == 2
    assert "no column `email`" in said.err
    warehouse(desk, "alter table customers rename column mail to email")
    assert desk("run", "--once", "--as-of", SLOT).status == 0
    assert desk("audit", "--ledger").status == 0


def test_a_warehouse_that_is_no_database_is_called_that(desk: Desk) -> None:
    """The remedy is to look at the file, not at the types of the schema."""
    (desk.root / SHOP).write_text("no database at all", encoding="utf-8")
    said = desk("show", "engaged")
    assert said.status == 2
    assert "not a database" in said.err
    assert "ORC_WAREHOUSE_URL" in said.err


def test_databases_that_are_down_are_named_with_their_setting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Warehouse or state: one sentence, which setting to look at, and nothing begun."""
    nowhere = "postgresql://nobody@127.0.0.1:9/none"
    applied(desk)
    monkeypatch.setenv("ORC_WAREHOUSE_URL", nowhere)
    for words in (("plan",), ("members", "engaged"), ("run", "--once", "--as-of", SLOT)):
        said = desk(*words)
        assert said.status == 2
        assert "does not answer" in said.err
        assert "ORC_WAREHOUSE_URL" in said.err
    monkeypatch.delenv("ORC_WAREHOUSE_URL")
    monkeypatch.setenv("ORC_STATE_URL", nowhere)
    monkeypatch.setenv("ORC_DEPLOYMENT", "elsewhere")
    for words in (("plan",), ("status",), ("run", "--once"), ("migrate",)):
        said = desk(*words)
        assert said.status == 2
        assert "does not answer" in said.err
        assert "ORC_STATE_URL" in said.err
    monkeypatch.delenv("ORC_STATE_URL")
    monkeypatch.delenv("ORC_DEPLOYMENT")
    assert json.loads(desk("audit", "--ledger", "--format", "json").out)["messages"] == 0


def test_slots_that_were_missed_take_one_line_a_campaign() -> None:
    """A clock that jumps over weeks does not print hundreds of lines."""
    slots = [("news", f"2026-12-{day:02}T09:00[{zone}]") for day in range(1, 29) for zone in ("UTC", "Europe/Oslo")]
    lines = missed_lines([*slots, ("launch", "2026-12-01T10:00[UTC]")])
    assert lines == [
        "missed: news 56 slots, 2026-12-01T09:00 to 2026-12-28T09:00",
        "missed: launch 2026-12-01T10:00[UTC]",
        "found too late: `late:` of a campaign says how old a slot may be, and if the last of several is sent or all",
    ]


def test_a_rehearsal_moves_on_with_as_of(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """After `run --once --as-of` the status of a rehearsing copy stands at that moment, and never goes back."""
    monkeypatch.delenv("ORC_REHEARSAL")
    (desk.root / "profiles.yml").write_text("deployment: here\nrehearsal: 2026-11-30T09:00:00Z\n", encoding="utf-8")
    applied(desk)
    for moment in ("2026-12-01T12:00Z", "2026-11-30T12:00Z"):
        assert desk("run", "--once", "--as-of", moment).status == 0
        assert json.loads(desk("status", "--format", "json").out)["now"] == "2026-12-01T12:00:00Z"


def test_status_says_until_when_an_open_message_waits(desk: Desk) -> None:
    """Quiet hours keep a message back; whoever looks sees until when."""
    desk.edit("campaigns/project.yml", "caps: [3 per 7 days]", "caps: [3 per 7 days]\n    quiet_hours: 09:00-14:00")
    applied(desk)
    said = desk("run", "--once", "--as-of", SLOT)
    assert "kept back by the last look" in said.out
    slots = json.loads(desk("status", "--format", "json").out)["slots"]
    assert any(row["waiting"] and row["waiting"]["messages"] > 0 for row in slots)
    assert "open: not before 2026-12-01T13:00:00Z" in " ".join(desk("status").out.split())


def test_a_letter_that_fails_for_one_customer_only_fails_alone(desk: Desk) -> None:
    """The others get theirs; status says which line of which template it was, without naming anybody's data."""
    desk.edit("templates/launch/body.html.j2", "{% block hero %}", "{% block hero %}{{ 100 // person.points }}")
    warehouse(desk, "update customers set points = points + 1")
    ids = [i for i in desk("members", "engaged", "--as-of", SLOT).out.split() if i]
    warehouse(desk, f"update customers set points = 0 where id in ({', '.join(repr(i) for i in ids[:6])})")
    applied(desk)
    said = desk("run", "--once", "--as-of", SLOT)
    assert said.status == 0
    assert "could not be written" in said.out
    slots = json.loads(desk("status", "winter_launch", "--format", "json").out)["slots"]
    failed = sum(row["messages"].get("failed", 0) for row in slots)
    assert 0 < failed <= 6
    assert sum(row["messages"].get("accepted", 0) for row in slots) > 0
    (sentence,) = {sentence for row in slots for sentence in row["failures"]}
    assert "templates/launch/body.html.j2:" in sentence
    assert "templates/launch/body.html.j2" in desk("status", "winter_launch").out
    assert desk("audit", "--ledger").status == 0


def test_odd_addresses_are_left_out_with_their_reason(desk: Desk) -> None:
    """Nulls, empty texts, a shared mailbox and line breaks in an address: each person is a row with a reason."""
    ids = [i for i in desk("members", "engaged", "--as-of", SLOT).out.split() if i]
    names = ("none", "empty", "same", "broken")
    groups = {name: ids[12 * n : 12 * n + 12] for n, name in enumerate(names)}
    value = {
        "none": "null",
        "empty": "''",
        "same": "'shared@example.com'",
        "broken": "'x@example.com' || char(13) || char(10) || 'Bcc: y@example.com'",
    }
    for name, some in groups.items():
        listed = ", ".join(repr(i) for i in some)
        warehouse(desk, f"update customers set email = {value[name]}, first_name = null where id in ({listed})")
    applied(desk)
    assert desk("run", "--once", "--as-of", SLOT).status == 0
    reasons: dict[str, int] = {}
    for row in json.loads(desk("status", "winter_launch", "--format", "json").out)["slots"]:
        for reason, n in row["reasons"].items():
            reasons[reason] = reasons.get(reason, 0) + n
    assert reasons["no_address"] > 0
    assert reasons["invalid_address"] > 0
    assert reasons["duplicate_address"] > 0
    letters = [path.read_bytes() for path in (desk.root / ".orc" / "outbox").glob("*.eml")]
    assert letters
    assert not any(b"y@example.com" in letter for letter in letters)
    assert sum(b"To: shared@example.com" in x and b"winter collection" in x for x in letters) <= 1
    assert desk("audit", "--ledger").status == 0


@pytest.mark.parametrize("code", ["DE", "NO", "AT"])
def test_a_country_without_quotes_gets_them(desk: Desk, code: str) -> None:
    """Also where its two letters are a word of the language: Norway is not a misspelled `not`."""
    desk.edit("campaigns/segments/customers.seg", "where did purchase ever", f"where country is {code}")
    (found,) = json.loads(desk("check", "--format", "json").out)
    assert found["code"] == "E122"
    assert found["message"] == f'a text stands between quotes: `"{code}"`'
