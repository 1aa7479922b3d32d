"""What lies outside the company's database: names, mistakes with their places, and the statements for each home."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from orchestrator.audience import ids
from orchestrator.compile import check, check_one, english, members_query, stored_segments
from orchestrator.language import load_texts
from orchestrator.model.condition import SegmentRef
from orchestrator.model.errors import SettingsError
from orchestrator.model.schema import EventTable, Table, TimeFormat
from orchestrator.model.workspace import Workspace
from orchestrator.review import run_tests

AS_OF = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)


def said(made: Workspace) -> list[tuple[str, str]]:
    """Give the errors of a workspace."""
    return [(d.code, d.message) for d in check(made) if d.is_error]


MISTAKES = {
    "did purchase since last receive_message": "E320",
    "did receive_message since created_at": "E320",
    "did receive_message where (campaign is customer.country) ever": "E320",
    "did receive_message where (local hour of happened_at < 5) ever": "E320",
    "in top 10% by count of click_message ever": "E320",
    "count of click_message ever > count of visit ever": "E320",
    "count of click_message ever + age > 3": "E320",
    "did receive_mesage ever": "E213",
    "did receive_message where (colour is 1) ever": "E202",
    "did receive_message": "E113",
    "did receive_message in next 3 days": "E309",
    'did receive_message where (in sample 5% salt "x") ever': "E210",
    "did receive_message where (entered segment buyers ever) ever": "E210",
    "entered segment nobody in last 7 days": "E201",
    "entered segment buyers": "E113",
    "left segment buyers in next 7 days": "E309",
    "entered segment buyers since created_at": "E320",
    "receive_message.clicked is true": "E202",
}


@pytest.mark.parametrize("sentence", MISTAKES)
def test_a_mistake_has_its_code_and_place(shop: Callable[..., Workspace], sentence: str) -> None:
    """What cannot be asked is refused where it stands, and a query is refused the same."""
    made = shop(f"segment buyers where did purchase ever\nsegment asked where {sentence}\n")
    found = [d for d in check(made) if d.is_error]
    assert [d.code for d in found] == [MISTAKES[sentence]]
    assert found[0].span.line == 2


def test_the_names_of_campaigns_are_a_closed_list(shop: Callable[..., Workspace]) -> None:
    """A campaign that git does not have is a typing mistake, with the one that was meant."""
    made = shop('segment asked where did receive_message where (campaign is "spring_lanch") ever\n')
    assert not said(made)  # a workspace without campaigns knows no names
    named = replace(made, campaigns=dict.fromkeys(("spring_launch", "autumn")))  # type: ignore[arg-type]
    assert named.known.events["receive_message"].properties["campaign"].values == ("autumn", "spring_launch")
    found = [d for d in check_one(named, "asked") if d.is_error]
    assert [(d.code, d.help) for d in found] == [("E203", ('"spring_launch"',))]


def test_a_value_of_our_records_has_the_projects_clocks(shop: Callable[..., Workspace]) -> None:
    """Our records hold no zones, so a value that is handed out cannot be counted on the person's."""
    found = check(shop("trait heard: int = count of receive_message in last 3 local days\n"))
    assert [d.code for d in found if d.is_error] == ["E320"]


def test_no_event_of_the_schema_takes_a_name_of_ours(shop: Callable[..., Workspace]) -> None:
    """The language's own events are words of the language."""
    made = shop("segment asked where everyone\n")
    own = EventTable("open_message", "customer", Table("opens"), "customer_id", "at", TimeFormat(), {})
    taken = replace(made, schema=replace(made.schema, events={**made.schema.events, "open_message": own}))
    assert [code for code, _ in said(taken)] == ["E204"]
    assert [code for code, _ in said(shop("event convert = purchase\n"))] == ["E204"]


def test_the_statement_of_the_state_has_its_schema_and_binds_its_values(shop: Callable[..., Workspace]) -> None:
    """On PostgreSQL our tables lie in `orc`; no value stands in the text, and nobody's row comes first."""
    made = shop('segment asked where did click_message where (channel is "email") in last 30 days and age > 3\n')
    query = members_query(made, SegmentRef("asked"), AS_OF, "duckdb")
    assert "orc" not in query.sql()
    for dialect, table in (("postgresql", 'orc."orc_event"'), ("sqlite", '"orc_event"')):
        ours = query.state(dialect)
        assert ours is not None
        text = ours.sql().replace('"orc".', "orc.")
        assert table in text
        assert "'email'" not in text
        assert "email" in ours.parameters().values()
    assert query.together is not None


def test_what_the_warehouse_answers_alone_has_one_statement(shop: Callable[..., Workspace]) -> None:
    """Nothing changes for a sentence without our own records: no joining, no second statement."""
    query = members_query(shop("segment asked where did purchase ever\n"), SegmentRef("asked"), AS_OF, "sqlite")
    assert query.joined is None
    assert query.together is None
    assert query.state("sqlite") is None


def test_a_sure_part_narrows_what_the_warehouse_gives(shop: Callable[..., Workspace]) -> None:
    """Tests of the company's data stand in the statement; only the rest is looked at person by person."""
    made = shop("segment asked where age > 3 and not (did purchase ever and did click_message ever)\n")
    sql = members_query(made, SegmentRef("asked"), AS_OF, "sqlite").sql()
    assert 'WHERE p."age" > ' in sql
    assert sql.count("flag__") == 1
    either = shop("segment asked where did click_message ever and age > 3 or did visit ever and age < 2\n".replace(
        "did click_message ever and age > 3 or did visit ever and age < 2",
        "(did click_message ever and age > 3) or (did visit ever and age < 2)",
    ))  # fmt: skip
    where = members_query(either, SegmentRef("asked"), AS_OF, "sqlite").sql().rpartition("WHERE")[2]
    assert '"age" > ' in where or '"age" < ' in where


def test_a_state_out_of_reach_is_said_with_a_remedy(shop: Callable[..., Workspace]) -> None:
    """A warehouse's connection that leads to no state database gives no wrong audience."""
    made = shop("segment asked where did click_message ever\n")
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql("create table customers (id, age)")
        with pytest.raises(SettingsError, match="there is no state database to ask"):
            list(ids(connection, members_query(made, SegmentRef("asked"), AS_OF, "sqlite")))


def test_words_and_references(shop: Callable[..., Workspace]) -> None:
    """They are said in English, and what must be refreshed is known."""
    made = shop(
        "segment buyers where did purchase ever\n"
        'segment asked where entered segment buyers in last 7 days and in sample 5% salt "2026H2"\n'
        "segment other where in segment asked or not left segment buyers ever\n"
    )
    assert not said(made)
    words = english(made, "asked")
    assert "they entered segment `buyers` in the last 7 days, as refreshes saw it" in words
    assert 'the lasting sample of 5% drawn with the salt "2026H2"' in words
    assert stored_segments(made) == ("buyers",)
    assert stored_segments(made, ["other"]) == ("buyers",)
    assert stored_segments(made, ["buyers"]) == ()


def test_hostile_values_stay_values(shop: Callable[..., Workspace]) -> None:
    """Quotes, SQL and strange letters in salts, campaigns and codes are data."""
    for text in ("x'; drop table orc_event; --", "ö\\u0001", "%s :name {0}", "🎉"):
        made = shop(
            f'segment asked where in sample 50% salt "{text}" or did bounce_message where (code is "{text}") ever\n'
        )
        query = members_query(made, SegmentRef("asked"), AS_OF, "sqlite")
        ours = query.state("sqlite")
        assert ours is not None
        assert "drop table" not in ours.sql() + query.sql()


def test_nobody_defines_themselves_by_entering(shop: Callable[..., Workspace]) -> None:
    """A segment whose members are those who entered it is a circle."""
    found = said(shop("segment a where entered segment a in last 7 days or age > 3\n"))
    assert [code for code, _ in found] == ["E401"]


CASES = """
cases:
  - name: read, clicked, and became rich
    segment: asked
    as_of: 2026-11-22T10:00
    people: [{id: 1}, {id: 2}, {id: 3}]
    events:
      receive_message:
        - {key: 1, at: 2026-11-20T10:00, campaign: spring, clicked: true}
        - {key: 2, at: 2026-11-20T10:00, campaign: spring, clicked: false}
        - {key: 3, at: 2026-11-20T10:00, campaign: spring, clicked: true}
    membership:
      - {segment: rich, key: 1, at: 2026-11-21T10:00, change: entered}
      - {segment: rich, key: 3, at: 2026-11-21T10:00, change: CHANGE}
    members: [MEMBERS]
"""


def outcome(shop: Callable[..., Workspace], change: str, members: str) -> Any:
    """Give the result of the one case."""
    document = CASES.replace("CHANGE", change).replace("MEMBERS", members)
    project = "edition: 1\nname: x\nzone: UTC\n"
    cases = load_texts({"campaigns/tests/a.yml": document, "campaigns/project.yml": project}, Path())
    made = shop(
        "segment rich where points > 10\n"
        "segment asked where did receive_message where (clicked is true) ever and entered segment rich in last 7 days\n"
    )
    (result,) = run_tests(made, cases.workspace.tests)
    return result


def test_a_workspaces_own_test_gives_messages_and_membership(shop: Callable[..., Workspace]) -> None:
    """`orc test` has both homes in one database in memory."""
    assert outcome(shop, "left", "1").passed
    assert outcome(shop, "entered", "1, 3").passed
    assert list(outcome(shop, "left", "1, 3").sentences()) == ["expected in asked, but not there: 3"]
    assert "is `entered` or `left`, not `moved`" in " ".join(outcome(shop, "moved", "1").sentences())
